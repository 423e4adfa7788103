// SPDX-License-Identifier: Apache-2.0
// Packing (see segment.hpp).
#include "runtime/drivers/segments/segment.hpp"

#include <cstring>

#include "runtime/bundle/code_bytes.hpp"
#include "runtime/bundle/counters.hpp"
#include "runtime/bundle/parameter_words.hpp"

namespace sluice::segments {
namespace {

Segment segment_of(std::uint32_t kind, std::uint32_t word, std::size_t beats_after_first, std::size_t offset) {
  Segment segment{};
  SOURCE_KIND(segment) = kind;
  SOURCE_WORD(segment) = word;
  SOURCE_BEATS(segment) = static_cast<std::uint32_t>(1 + beats_after_first);
  SOURCE_OFFSET(segment) = static_cast<std::uint32_t>(offset);
  return segment;
}

}  // namespace

PipelineEnds::PipelineEnds(const Netlist& netlist) : collector(-1), counter_words(0) {
  const Stream& input = netlist.streams[std::size_t(netlist.kernels.front().outputs[0])];
  const Stream& output = netlist.streams[std::size_t(netlist.kernels.back().inputs[0])];
  input_code_bytes = std::size_t(input.lanes) * std::size_t(input.element_bits) / 8;
  input_beat_bytes = SOURCE_BEAT_BYTES(input_code_bytes);
  input_bytes = aligned_bytes(std::size_t(input.beats) * input_beat_bytes);
  input_beats = static_cast<std::uint32_t>(1 + input.beats);
  score_beats = static_cast<std::uint32_t>(1 + output.beats);
  score_words = SCORE_RECORD_WORDS(std::size_t(output.beats) * std::size_t(output.lanes));
  for (std::size_t k = 0; k < netlist.kernels.size(); ++k) {
    if (netlist.kernels[k].kind != KernelKind::collector) continue;
    collector = static_cast<int>(k);
    counter_words = RECORD_WORDS * netlist.kernels[k].inputs.size();
    record_layers = sluice::record_layers(netlist, netlist.kernels[k]);
  }
}

PackedSegment picture_segment(const IntegerNetwork& network, const PipelineEnds& ends,
                              const std::vector<std::int16_t>& codes, std::uint32_t header) {
  const std::string dense = code_bytes(codes, network.input_bits);
  std::string bytes(ends.input_bytes, '\0');
  const std::size_t step = ends.input_code_bytes, stride = ends.input_beat_bytes;
  if (step == stride)
    dense.copy(bytes.data(), dense.size());
  else
    for (std::size_t from = 0, to = 0; from < dense.size(); from += step, to += stride)
      std::memcpy(bytes.data() + to, dense.data() + from, step);
  return {segment_of(KIND_HEADER, header, ends.input_beats - 1, 0), std::move(bytes)};
}

std::vector<PackedSegment> parameter_segments(const Bundle& bundle, std::size_t words_per_segment) {
  std::vector<PackedSegment> all;
  for (const ParameterBatch& batch :
       parameter_batches(bundle.network(), bundle.netlist(), bundle.table(), words_per_segment)) {
    const char* first = reinterpret_cast<const char*>(batch.words.data());
    std::string bytes(first, 4 * batch.words.size());
    bytes.resize(aligned_bytes(bytes.size()));
    all.push_back({segment_of(KIND_ADDRESS, batch.address, batch.words.size(), 0), std::move(bytes)});
  }
  return all;
}

JoinedSegments joined(const std::vector<PackedSegment>& parts) {
  JoinedSegments all;
  for (const PackedSegment& part : parts) {
    all.segments.push_back(part.segment);
    SOURCE_OFFSET(all.segments.back()) = static_cast<std::uint32_t>(all.bytes.size());
    all.bytes += part.bytes;
  }
  return all;
}

}  // namespace sluice::segments
