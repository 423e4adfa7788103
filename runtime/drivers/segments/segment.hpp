// SPDX-License-Identifier: Apache-2.0
// PackedSegment: what the source kernel is given, a segment of beats and the bytes that they carry; how pictures and
// parameters become segments; what comes back.
//
// Why: every device that runs the bundle's kernels feeds the same source and reads the same sink and collector, whether
// kernels are launches, threads or hardware. The words are those of device/contract/wire.h.
//
// Before: a valid bundle. After: segments that source.cl can send as they are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "device/contract/wire.h"
#include "runtime/bundle/bundle.hpp"

namespace sluice::segments {

// Memory of a board is read in words of so many bytes; every segment begins with one.
inline constexpr std::size_t kSegmentAlignment = 64;
constexpr std::size_t aligned_bytes(std::size_t bytes) {
  return (bytes + kSegmentAlignment - 1) / kSegmentAlignment * kSegmentAlignment;
}

// The four words that source.cl reads, under the names of a vector's components; SOURCE_KIND and so on select them.
struct Segment {
  std::uint32_t x, y, z, w;
};

struct PackedSegment {
  Segment segment;
  std::string bytes;  // of the beats after the first, whole words; the segment's offset counts from their beginning
};

// How much enters and leaves with an image.
struct PipelineEnds {
  explicit PipelineEnds(const Netlist& netlist);

  std::size_t input_code_bytes;    // of a beat
  std::size_t input_beat_bytes;    // of a beat in the source's memory
  std::size_t input_bytes;         // of an image in the source's memory, whole words
  std::uint32_t input_beats;       // of the source for an image, its header among them
  std::uint32_t score_beats;       // of the sink for an image, its header among them
  std::size_t score_words;         // that the sink leaves for an image
  int collector;                   // index of the kernel, -1 where the design has no counters
  std::size_t counter_words;       // that the collector leaves for an image
  std::vector<int> record_layers;  // whose counters those are, one record after another
};

PackedSegment picture_segment(const IntegerNetwork& network, const PipelineEnds& ends,
                              const std::vector<std::int16_t>& codes, std::uint32_t header);

// All parameters of the bundle, in segments of about `words_per_segment` words.
std::vector<PackedSegment> parameter_segments(const Bundle& bundle, std::size_t words_per_segment);

// Several segments to be sent by one call of the source: their offsets count from the beginning of `bytes`, whose size
// is that of whole words.
struct JoinedSegments {
  std::vector<Segment> segments;
  std::string bytes;
};
JoinedSegments joined(const std::vector<PackedSegment>& parts);

}  // namespace sluice::segments
