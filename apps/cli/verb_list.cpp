// SPDX-License-Identifier: Apache-2.0
// The verbs of the command, each with what its --seed seeds.
#include "apps/cli/verb.hpp"

namespace sluice::cli {

std::span<const Verb> all_verbs() {
  static constexpr Verb kVerbs[] = {
      {"check", "which nodes of an ONNX model run where, and what to change for those that cannot",
       "the picture of noise whose values give the scales that --board's estimate is made with", verb_check},
      {"plan", "make a bundle from an ONNX model and calibration pictures", "the trials of thresholds (--trials)",
       verb_plan},
      {"build", "a binary for a board, by the vendor's compiler: emulator, report, hardware", nullptr, verb_build},
      {"simulate", "images/s of a bundle on real pictures, cycle by cycle: waits, full streams, the bottleneck",
       nullptr, verb_simulate},
      {"classify", "label pictures", nullptr, verb_classify},
      {"camera", "live demo: a camera or video, its labels, and the row that holds the rate, in a page or a window",
       nullptr, verb_camera},
      {"eval", "top-1 and top-5 of a bundle on labelled pictures, beside the reference and the float model", nullptr,
       verb_eval},
      {"bench", "images/s, latencies, and where the time goes", "the codes that are sent where no --images are given",
       verb_bench},
      {"inspect", "what is inside a bundle", nullptr, verb_inspect},
      {"report", "what is known of a bundle, as one page for a browser", nullptr, verb_report},
      {"rebuild-kernels", "the same design with the kernels of this program, for bundles of an older or unknown one",
       nullptr, verb_rebuild_kernels},
      {"boards", "the boards that are known, and where each figure is from; import a package's board_spec.xml", nullptr,
       verb_boards},
      {"replay", "take the decisions of an audit log again, on its own design table or another", nullptr, verb_replay},
      {"search", "one side of a search, over lines of JSON: a sampler for somebody else's evaluator",
       "the trials that are proposed", verb_search},
      {"completion", "a script with which a shell completes verbs and options", nullptr, verb_completion},
      {"manual", "the manual page of the command or of a verb, for man -l -", nullptr, verb_manual},
  };
  return kVerbs;
}

}  // namespace sluice::cli
