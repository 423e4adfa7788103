// SPDX-License-Identifier: Apache-2.0
// Layer shapes of well-known classifiers, two at 224 x 224 and one at 32 x 32, written out from their papers.
//
// Why: the explorer is measured and tested at real sizes, without a model file. Before: nothing. After: layers in
// order, joins and pools included; densities are the caller's.
#pragma once

#include <vector>

#include "compiler/dse/layer_menu.hpp"

namespace sluice::testing {

class ShapeWriter {
 public:
  ShapeWriter(int size, int channels) : map_{size, size, channels} {}

  ShapeWriter& layer(LayerKind kind, int filters, int kernel, int stride) {
    const int pad = kernel / 2;
    LayerSpec spec;
    spec.work = {
        std::to_string(specs_.size()), kind, map_, {}, {kernel, kernel, stride, stride, pad, pad, pad, pad}, 0};
    spec.work.output = {(map_.height - 1) / stride + 1, (map_.width - 1) / stride + 1, filters};
    if (kind == LayerKind::global_average_pool) spec.work.output = {1, 1, filters};
    if (kind == LayerKind::add) spec.work.second_operand = map_.size();
    if (kind == LayerKind::scale) spec.work.second_operand = map_.channels;
    spec.is_first = specs_.empty();
    spec.most_pixels = spec.is_first ? 4 : 1;
    spec.engines = {KernelKind::conv_dense, KernelKind::conv_activation_sparse, KernelKind::conv_grouped_prefix,
                    KernelKind::conv_weight_sparse, KernelKind::conv_pair_sparse};
    map_ = spec.work.output;
    specs_.push_back(spec);
    return *this;
  }
  ShapeWriter& conv(int filters, int kernel, int stride = 1) { return layer(LayerKind::conv, filters, kernel, stride); }
  ShapeWriter& depthwise(int kernel, int stride) { return layer(LayerKind::depthwise, map_.channels, kernel, stride); }
  ShapeWriter& add() { return layer(LayerKind::add, map_.channels, 1, 1); }
  ShapeWriter& average() { return layer(LayerKind::global_average_pool, map_.channels, 1, 1); }

  MapShape& map() { return map_; }
  std::vector<LayerSpec> specs() const { return specs_; }

 private:
  MapShape map_;
  std::vector<LayerSpec> specs_;
};

inline std::vector<LayerSpec> resnet50_shapes() {
  ShapeWriter net(224, 3);
  net.conv(64, 7, 2).layer(LayerKind::max_pool, 64, 3, 2);
  const int blocks[] = {3, 4, 6, 3};
  for (int stage = 0; stage < 4; ++stage) {
    const int width = 64 << stage;
    for (int block = 0; block < blocks[stage]; ++block) {
      const int stride = block == 0 && stage > 0 ? 2 : 1;
      const MapShape in = net.map();
      if (block == 0) {
        net.conv(4 * width, 1, stride);  // shortcut
        net.map() = in;
      }
      net.conv(width, 1).conv(width, 3, stride).conv(4 * width, 1).add();
    }
  }
  net.average().conv(1000, 1);
  return net.specs();
}

inline std::vector<LayerSpec> resnet20_shapes() {
  ShapeWriter net(32, 3);
  net.conv(16, 3);
  for (int stage = 0; stage < 3; ++stage) {
    const int width = 16 << stage;
    for (int block = 0; block < 3; ++block) net.conv(width, 3, block == 0 && stage > 0 ? 2 : 1).conv(width, 3).add();
  }
  net.average().conv(10, 1);
  return net.specs();
}

inline std::vector<LayerSpec> mobilenet_v3_large_shapes() {
  struct Block {
    int kernel, expand, out, squeeze, stride;
  };
  const Block blocks[] = {{3, 16, 16, 0, 1},     {3, 64, 24, 0, 2},     {3, 72, 24, 0, 1},     {5, 72, 40, 24, 2},
                          {5, 120, 40, 32, 1},   {5, 120, 40, 32, 1},   {3, 240, 80, 0, 2},    {3, 200, 80, 0, 1},
                          {3, 184, 80, 0, 1},    {3, 184, 80, 0, 1},    {3, 480, 112, 120, 1}, {3, 672, 112, 168, 1},
                          {5, 672, 160, 168, 2}, {5, 960, 160, 240, 1}, {5, 960, 160, 240, 1}};
  ShapeWriter net(224, 3);
  net.conv(16, 3, 2);
  for (const Block& b : blocks) {
    const MapShape in = net.map();
    if (b.expand != in.channels) net.conv(b.expand, 1);
    net.depthwise(b.kernel, b.stride);
    if (b.squeeze > 0) {
      const MapShape wide = net.map();
      net.average().conv(b.squeeze, 1).conv(b.expand, 1);
      net.map() = wide;
      net.layer(LayerKind::scale, b.expand, 1, 1);
    }
    net.conv(b.out, 1);
    if (b.stride == 1 && in.channels == b.out) net.add();
  }
  net.conv(960, 1).average().conv(1280, 1).conv(1000, 1);
  return net.specs();
}

}  // namespace sluice::testing
