// SPDX-License-Identifier: Apache-2.0
// IntegerNetwork: the quantised classifier as plain numbers, the thing a bundle is about.
//
// Why: planner, reference interpreter, code generator, runtime and tests must agree on one description that knows
// neither ONNX nor OpenCL. It is written to `design.json` (structure, scales) and `weights.bin` (numbers).
//
// The arithmetic of every field is defined in device/contract/numbers.h.
// Maps are stored pixel by pixel, channels innermost (NHWC, N = 1), which is also the order on every stream.
//
// Before: produced by compiler/quantise or read by bundle reader. After: `validate()` holds, so that a consumer may
// index without checks: shapes fit, every layer reads only earlier layers, vectors have the stated lengths.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice {

// Size of one feature map in elements.
struct MapShape {
  int height = 0;
  int width = 0;
  int channels = 0;

  std::int64_t pixels() const { return std::int64_t{height} * width; }
  std::int64_t size() const { return pixels() * channels; }
  bool operator==(const MapShape&) const = default;
};

// What each kind is: runtime/bundle/layers/layer_record.hpp.
enum class LayerKind {
#define SLUICE_LAYER(kind) kind,
#include "device/contract/kernel_list.inc"
};

const char* to_text(LayerKind kind);
Result<LayerKind> layer_kind_from_text(const std::string& text);

// Operands of a layer: a join has two.
int operand_count(LayerKind kind);
// Does Layer::window count?
bool has_window(LayerKind kind);
// Does the layer change codes by multiplier, shift, clamp and curve? The others keep their inputs' scale.
bool requantises(LayerKind kind);

// Sliding window of a convolution or pool, in pixels. 1x1 convolution and Gemm are windows with kernel 1.
struct Window {
  int kernel_h = 1;
  int kernel_w = 1;
  int stride_h = 1;
  int stride_w = 1;
  int pad_top = 0;
  int pad_left = 0;
  int pad_bottom = 0;
  int pad_right = 0;

  std::int64_t taps() const { return std::int64_t{kernel_h} * kernel_w; }
  bool operator==(const Window&) const = default;
};

// A curve fused after a layer's requantisation, which then makes pre-activation codes of 16 bits. Arithmetic:
// device/contract/numbers.h. The kind is a name for readers: lines and multipliers say what is computed. `other` is any
// curve that is no hard gate.
enum class CurveKind { none, hard_sigmoid, hard_swish, other };

const char* to_text(CurveKind kind);
Result<CurveKind> curve_kind_from_text(const std::string& text);

struct FusedCurve {
  CurveKind kind = CurveKind::none;
  double scale = 1.0;  // pre-activation value = code * scale
  int segment_bits = 0;
  // Of the segments, from the one that begins at code 0 up, then the negative ones.
  std::vector<std::int16_t> base, slope;
  std::vector<std::uint16_t> multiplier;  // from a line's value to an output code: per filter, else one
  int shift = 0;
  int clamp_low = 0;  // of the output codes
  int clamp_high = 0;

  bool operator==(const FusedCurve&) const = default;
};

// Bits of the codes in front of a curve.
inline constexpr int kPreActivationBits = 16;
// With segments so wide, those of a curve are all of these codes.
inline constexpr int kMostSegmentBits = 7;

inline constexpr int kNetworkInput = -1;

// One layer of the integer network. Which fields count depends on kind; the others keep their defaults.
struct Layer {
  std::string name;    // unique, [a-z0-9_], starts with "l<number>_"
  std::string origin;  // the ONNX node it came from, as the user knows it
  LayerKind kind = LayerKind::conv;
  // Indices of producing layers, or kNetworkInput: two for joins, else one. scale: the map, then its 1x1 gates; concat:
  // the maps in the order of their channels.
  std::vector<int> inputs;
  MapShape input;  // of the first operand
  MapShape output;
  Window window;  // conv, depthwise, max_pool, average_pool

  // conv: [filter][kernel_y][kernel_x][channel]; depthwise: [kernel_y][kernel_x][channel]. Signed codes.
  std::vector<std::int16_t> weights;
  std::vector<std::int32_t> bias;  // per filter, in accumulator units
  // Requantisation: one multiplier per filter (conv, depthwise), one (averages, scale), or one per operand (add); one
  // shift.
  std::vector<std::uint16_t> multiplier;
  int shift = 0;
  int sum_bits = 32;  // conv, depthwise: no sum, its bias included, needs more, sign included
  int clamp_low = 0;  // the fused clamp: codes outside [clamp_low, clamp_high] saturate
  int clamp_high = 0;
  FusedCurve curve;                  // after that
  int output_bits = 8;               // 8 inside the network; 16 for the classifier's last layer
  double output_scale = 1.0;         // real value = code * output_scale, over the channel's gain where there are gains
  std::vector<double> channel_gain;  // empty, or one per output channel; no arithmetic needs it
  std::vector<int>
      channel_order;  // empty, or the model's channel in the place of each output channel; no arithmetic needs it

  // Shape of an operand; the second one of scale and concat differs from `input`.
  MapShape operand(std::size_t index) const;
  // Real value of a code of one output channel: the one conversion that everybody uses.
  double real_value(std::int64_t code, int channel) const;
  // The model's channel in the place of one output channel.
  int model_channel(int channel) const;
  // Real value of one unit of the code that requantisation makes: of the pre-activation code where there is a curve.
  double code_scale() const { return curve.kind == CurveKind::none ? output_scale : curve.scale; }
  std::int64_t macs() const;  // dense multiply-accumulates per image, padding positions included
};

// How a decoded picture becomes the network's input codes: turned upright, resize (shorter side), centre crop, colour
// order, then per channel code = round_half_away((pixel - mean) / deviation / input_scale), saturated.
struct Preprocess {
  int resize_short_side = 0;      // 0: the picture is stretched to the input's size
  bool is_bgr = false;            // colour order of the network's channels
  std::vector<double> mean;       // one per channel, in pixel units 0..255
  std::vector<double> deviation;  // one per channel, in pixel units
  bool applies_exif = true;       // pictures are turned as their EXIF orientation says
};

// A step that the host computes on the row of scores after the last layer. Every step keeps the order of the scores.
enum class TailKind { softmax, log_softmax, sigmoid };

const char* to_text(TailKind kind);
Result<TailKind> tail_kind_from_text(const std::string& text);

struct TailStep {
  TailKind kind = TailKind::softmax;
  std::string origin;  // the ONNX node it came from, as the user knows it

  bool operator==(const TailStep&) const = default;
};

inline constexpr std::size_t kMostLabelBytes = 1000;  // of one class name; those of ImageNet have up to 131

struct IntegerNetwork {
  std::string name;
  MapShape input;
  int input_bits = 8;
  double input_scale = 1.0;
  Preprocess preprocess;
  std::vector<std::string> labels;  // empty, or one per class
  std::vector<Layer>
      layers;  // topological order; the last one produces the scores (1 x 1 x classes), in the model's order
  std::vector<TailStep> host_tail;  // after the last layer; computed by runtime/scores

  int classes() const { return layers.empty() ? 0 : layers.back().output.channels; }
  // Bits of the codes that a layer reads, of its widest operand.
  int operand_bits(const Layer& layer) const;
  Status validate() const;
  // The part of it that a correct model and its list of classes may still break: sizes, windows, what it ends in.
  Status check_limits() const;
};

// Input codes of one channel for the 256 possible pixel values, exactly as Preprocess states.
std::vector<std::int16_t> pixel_table(const IntegerNetwork& network, int channel);

}  // namespace sluice
