// SPDX-License-Identifier: Apache-2.0
// What goes into a stream of images and what comes out: ImageInput and Outcome.
//
// Why: pictures arrive decoded (a camera), as files still to be decoded, or as codes that somebody else has prepared (a
// benchmark, a sender that fits pictures itself). The stream must not care, and decodes in parallel. What comes back is
// the same for all.
//
// Before: nothing. After: every image that a stream accepted has one Outcome, in the order in which it was accepted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/bundle/counters.hpp"
#include "runtime/images/picture.hpp"

namespace sluice {

// One image, in one of three forms, each of which converts by itself: submit(picture).
struct ImageInput {
  using Codes = std::vector<std::int16_t>;        // NHWC input codes, as Preprocessor makes them
  using Load = std::function<Result<Picture>()>;  // called at most once, from any thread, while others are loading

  ImageInput(Codes codes) : content(std::move(codes)) {}
  ImageInput(Picture picture) : content(std::move(picture)) {}
  ImageInput(Load load, std::string what, std::optional<int> true_class = {})
      : content(std::move(load)), name(std::move(what)), label(true_class) {}

  std::variant<Codes, Picture, Load> content;
  std::string name;          // what sentences call it; empty: "image" and its number
  std::optional<int> label;  // the true class, where known
  // From here on the total latency counts. A scheduled load sets the moment the image was due.
  std::chrono::steady_clock::time_point arrived = std::chrono::steady_clock::now();
};

struct StageTimes {
  std::chrono::nanoseconds decode{0};
  std::chrono::nanoseconds preprocess{0};
  std::chrono::nanoseconds device{0};  // submission to completion, as the device saw it
  std::chrono::nanoseconds total{0};   // arrival to delivery, waiting included
};

struct Classification {
  std::uint64_t image_id = 0;
  std::uint32_t row_id = 0;
  std::vector<std::int32_t> scores;
  std::vector<int> top;                      // best classes by top_k.hpp
  std::vector<LayerCounters> counters;       // as the device counted; empty where it does not
  std::chrono::nanoseconds completed_at{0};  // on the device's clock
  StageTimes times;
};

// What became of one image.
struct Outcome {
  std::uint64_t index = 0;  // among the accepted images, from 0
  std::string name;
  std::optional<int> label;  // the true class, where known
  Result<Classification> result;
  bool is_lost = false;  // the error is not the image's own: the stream failed before it had an outcome
};

// Called in order, from one thread. A failure (a full disk, say) ends the stream.
using Receiver = std::function<Status(Outcome)>;

}  // namespace sluice
