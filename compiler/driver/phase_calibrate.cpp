// SPDX-License-Identifier: Apache-2.0
// calibrate: how large every value is on the calibration pictures, in the network as it is and with equalised channels.

#include "compiler/driver/phase.hpp"
#include "compiler/driver/picture_names.hpp"
#include "compiler/quantise/calibrate.hpp"
#include "compiler/quantise/equalise.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/top_k.hpp"

namespace sluice {
namespace {

constexpr const char* kFile = "statistics.bin";

std::string story(const PlanJob& job) { return fmt::format("{} pictures in float", job.calibration_count); }

nlohmann::json options_of(const PlanJob& job) {
  const PlanOptions& o = job.options;
  return {{"--calib", pictures_text(job.all_pictures.slice({.first = job.calibration_count}))},
          {"--pixel-max", o.pixels.pixel_max},
          {"--mean", o.pixels.mean},
          {"--std", o.pixels.std},
          {"--bgr", o.pixels.is_bgr},
          {"--resize-short-side", o.pixels.resize_short_side},
          {"--exif-orientation", o.pixels.exif_orientation},
          {"--no-equalising", !o.quantise.is_equalised}};
}

// Said as soon as it is known: what follows would be for nothing.
void warn_of_chance(const PlanJob& job, const std::vector<std::vector<float>>& scores) {
  FloatAccuracy accuracy;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (const auto label = job.all_pictures.label(i)) accuracy.add(top_k(scores[i], 1)[0], *label);
  }
  if (accuracy.pictures == 0) return;
  job.say("the float network is right on " + accuracy.text());
  const std::string warning = accuracy.warning(static_cast<int>(scores[0].size()), job.options.pixels);
  if (!warning.empty()) job.say(warning);
}

Status run(PlanJob& job) {
  const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
  const ir::Graph& graph = *job.state.graph;
  Calibration calibration = SLUICE_TRY(calibrate(graph, pictures));
  CalibratedModel model{{{"", std::move(calibration.statistics), {}}}, std::move(calibration.scores)};
  if (job.options.quantise.is_equalised) {
    FloatForm equalised{"equalised", {}, equalise(graph, model.forms[0].statistics)};
    if (!equalised.gains.empty()) {
      Calibration again = SLUICE_TRY(calibrate(graph, pictures, equalised.gains));
      equalised.statistics = std::move(again.statistics);
      model.forms.push_back(std::move(equalised));
    }
  }
  warn_of_chance(job, model.scores);
  job.state.calibrated = std::move(model);
  return ok();
}

BundleFiles save(const PlanState& state) {
  const CalibratedModel& model = *state.calibrated;
  ByteWriter to;
  to.put(std::uint64_t{model.scores.size()});
  for (const std::vector<float>& scores : model.scores) to.put(scores);
  to.put(std::uint64_t{model.forms.size()});
  for (const FloatForm& form : model.forms) {
    to.put(std::string_view(form.name));
    write(form.statistics, to);
    to.put(std::uint64_t{form.gains.size()});
    for (const auto& [value, gains] : form.gains) {
      to.put(std::string_view(value));
      to.put(gains);
    }
  }
  return {{kFile, to.take()}};
}

Status load(const BundleFiles& files, PlanState& state) {
  const std::string bytes = SLUICE_TRY(file_of(files, kFile));
  ByteReader from(bytes);
  CalibratedModel model;
  model.scores.resize(from.length(sizeof(std::uint64_t)));
  for (std::vector<float>& scores : model.scores) scores = from.list<float>();
  model.forms.resize(from.length(sizeof(std::uint64_t)));
  for (FloatForm& form : model.forms) {
    form.name = from.text();
    form.statistics = read_statistics(from);
    for (std::size_t count = from.length(sizeof(std::uint64_t)); count-- > 0;) {
      const std::string value = from.text();
      form.gains[value] = from.list<double>();
    }
  }
  if (!from.is_complete() || model.forms.empty()) return user_error("{} is not whole", kFile);
  state.calibrated = std::move(model);
  return ok();
}

std::string dump(const PlanState& state) {
  std::string text;
  for (const FloatForm& form : state.calibrated->forms) {
    text += fmt::format("{}\n{:<40} {:>12} {:>8} {:>12} {:>9}\n", form.name.empty() ? "as it is" : form.name, "value",
                        "largest", "zeros %", "99.99 %", "channels");
    for (const auto& [name, s] : form.statistics) {
      text += fmt::format("{:<40} {:>12.6g} {:>8.2f} {:>12.6g} {:>9}\n", name, s.largest(), 100 * s.zero_share(),
                          s.clip_percentile(0.9999), s.channel_largest().size());
    }
  }
  return text;
}

}  // namespace

Phase calibrate_phase() {
  return {"calibrate", "statistics of every value", {"import"}, story, options_of, run, save, load, dump};
}

}  // namespace sluice
