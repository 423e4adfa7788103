// SPDX-License-Identifier: Apache-2.0
// Follows the edges of the wait-for graph to their end, then tells who stands where.
#include "runtime/bundle/stall_story.hpp"

#include "runtime/bundle/netlist_index.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

using Wait = StallSnapshot::Wait;

bool is_satisfied(const Netlist& netlist, const StallSnapshot& snapshot, const StallSnapshot::KernelState& state) {
  const StallSnapshot::StreamState& beats = snapshot.streams[state.stream];
  return state.wait == Wait::beat
             ? beats.written != beats.taken
             : beats.written - beats.taken < static_cast<std::uint64_t>(netlist.streams[state.stream].depth);
}

// The kernel that this one waits for, or -1.
int waited_for(const NetlistIndex& index, const StallSnapshot& snapshot, int kernel) {
  const StallSnapshot::KernelState& state = snapshot.kernels[kernel];
  if (state.wait == Wait::beat) return index.writer(state.stream);
  if (state.wait == Wait::room) return index.reader(state.stream);
  return -1;
}

std::string line_of(const NetlistIndex& index, const StallSnapshot& snapshot, int kernel) {
  const Netlist& netlist = index.netlist();
  const std::string& name = netlist.kernels[kernel].name;
  const StallSnapshot::KernelState& state = snapshot.kernels[kernel];
  if (state.wait == Wait::nothing) return fmt::format("  {} waits for nothing\n", name);
  if (state.wait == Wait::host) return fmt::format("  {} waits for the host\n", name);
  const Stream& stream = netlist.streams[state.stream];
  const StallSnapshot::StreamState& beats = snapshot.streams[state.stream];
  const bool is_reading = state.wait == Wait::beat;
  return fmt::format("  {} waits to {} {}: {} (depth {}, {} beats written, {} read), waits for {}\n", name,
                     is_reading ? "read" : "write", stream.name,
                     beats.written == beats.taken ? "empty"
                     : is_reading                 ? "not empty"
                                                  : "full",
                     stream.depth, beats.written, beats.taken,
                     netlist.kernels[waited_for(index, snapshot, kernel)].name);
}

// The path from `kernel` along the edges until a kernel stands in it already, or waits for no kernel.
std::vector<int> path_from(const NetlistIndex& index, const StallSnapshot& snapshot, int kernel) {
  std::vector<int> path;
  while (kernel >= 0 && std::find(path.begin(), path.end(), kernel) == path.end()) {
    path.push_back(kernel);
    kernel = waited_for(index, snapshot, kernel);
  }
  return path;
}

// The full streams of a cycle, as the sentence that says what to change.
std::string advice(const Netlist& netlist, const StallSnapshot& snapshot, const std::vector<int>& cycle) {
  std::string full;
  for (const int kernel : cycle) {
    const StallSnapshot::KernelState& state = snapshot.kernels[kernel];
    if (state.wait == Wait::room)
      full += fmt::format("{}{} (depth {})", full.empty() ? "" : ", ", netlist.streams[state.stream].name,
                          netlist.streams[state.stream].depth);
  }
  return full.empty() ? "  no stream of the cycle is full: its kernels disagree on how many beats an image has\n"
                      : fmt::format("  one of these must be deeper: {}\n", full);
}

}  // namespace

bool is_deadlocked(const Netlist& netlist, const StallSnapshot& snapshot) {
  return std::all_of(snapshot.kernels.begin(), snapshot.kernels.end(), [&](const StallSnapshot::KernelState& state) {
    return state.wait == Wait::host || (state.wait != Wait::nothing && !is_satisfied(netlist, snapshot, state));
  });
}

std::string stall_story(const Netlist& netlist, const StallSnapshot& snapshot) {
  const NetlistIndex index(netlist);
  const int kernels = static_cast<int>(netlist.kernels.size());
  std::vector<bool> is_told(kernels, false);
  std::string story;
  for (int kernel = 0; kernel < kernels; ++kernel) {
    std::vector<int> path = path_from(index, snapshot, kernel);
    const int next = waited_for(index, snapshot, path.back());
    const auto start = next < 0 ? path.end() - 1 : std::find(path.begin(), path.end(), next);
    // The end of the path: a cycle, turned so that its first kernel in the netlist stands first, or the one who waits
    // for nobody.
    std::vector<int> end(start, path.end());
    std::rotate(end.begin(), std::min_element(end.begin(), end.end()), end.end());
    if (is_told[end[0]]) continue;
    const Wait last = snapshot.kernels[end.back()].wait;
    if (next >= 0)
      story += fmt::format("a cycle of {} kernels:\n", end.size());
    else if (last == Wait::host && netlist.kernels[end[0]].kind == KernelKind::source)
      story += "all that was given to the source has been sent:\n";
    else if (last == Wait::nothing)
      story += "a kernel computes and touches no stream:\n";
    else
      story += "one end waits for the host:\n";
    for (const int member : end) {
      story += line_of(index, snapshot, member);
      is_told[member] = true;
    }
    if (next >= 0) story += advice(netlist, snapshot, end);
  }
  story += "downstream of them:\n";
  for (int kernel = 0; kernel < kernels; ++kernel) {
    if (!is_told[kernel]) story += line_of(index, snapshot, kernel);
  }
  return story;
}

}  // namespace sluice
