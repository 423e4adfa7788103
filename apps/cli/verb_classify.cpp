// SPDX-License-Identifier: Apache-2.0
// sluice classify BUNDLE PICTURES: labels as text, CSV or JSON lines, and a contact sheet on request.
//
// A picture that cannot be read becomes a line on standard error; the others are still classified, in order, and the
// exit status says that something was left out.
#include <iostream>
#include <memory>

#include "apps/cli/classification_text.hpp"
#include "apps/cli/contact_sheet.hpp"
#include "apps/cli/log.hpp"
#include "apps/cli/verb.hpp"
#include "runtime/adapt/share_at_target.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/scores/class_names.hpp"
#include "runtime/session/metrics.hpp"
#include "runtime/session/session.hpp"

namespace sluice::cli {
namespace {

struct Options {
  std::filesystem::path bundle;
  std::size_t top = 1;
  std::string format = "text";
  std::filesystem::path sheet;
  std::size_t sheet_images = 64;
  ImageFlags images;
  DeviceFlags device;
  PolicyFlags policy;
  std::filesystem::path metrics;
};

LineFormat format_of(const Options& options, const Common& common) {
  if (common.is_json || options.format == "jsonl") return LineFormat::jsonl;
  return options.format == "csv" ? LineFormat::csv : LineFormat::text;
}

std::string sheet_title(const IntegerNetwork& network, const std::string& device, std::size_t right,
                        std::size_t labelled) {
  std::string title = network.name;
  if (labelled > 0) title += fmt::format(" on {}: {} of {} right", device, right, labelled);
  const std::string percentages = percentages_text(network);
  return percentages.empty() ? title : title + "; " + percentages;
}

// What the stream told of its rows without labels.
void tell_canaries(const Session& session, const PolicyOptions& policy, const StreamStatistics& s) {
  if (policy.canary_period == 0 || s.delivered == 0) return;
  log::info("{} canaries, {:.1f} % of what the device computed", s.canaries,
            100 * static_cast<double>(s.canaries) / static_cast<double>(s.canaries + s.delivered));
  for (std::uint32_t row = 1; row < session.bundle().table().rows.size(); ++row) {
    if (const std::optional<double> bound = session.disagreement_bound(row)) {
      log::info("row {}: another class than the densest row's on at most {:.2f} % of the last pictures (95 %)", row,
                100 * *bound);
    }
  }
}

void tell_target(const ShareAtTarget& share, const PolicyOptions& policy) {
  if (policy.policy != Policy::target_fps) return;
  if (share.windows() == 0) {
    return log::info("at {:.0f} images/s or more: not known, it takes {} pictures and one to tell",
                     policy.target_images_per_s, policy.window_images);
  }
  log::info("at {:.0f} images/s or more in {:.1f} % of {} windows of {} pictures", policy.target_images_per_s,
            100 * static_cast<double>(share.held()) / static_cast<double>(share.windows()), share.windows(),
            policy.window_images);
}

Status classify(const Options& options, const Common& common) {
  const LineFormat format = format_of(options, common);
  const std::shared_ptr<const Bundle> bundle = SLUICE_TRY(options.device.open_bundle(options.bundle));
  const IntegerNetwork& network = bundle->network();
  const ImageSet images = SLUICE_TRY(options.images.open());
  const PolicyOptions policy = SLUICE_TRY(options.policy.get());
  Devices devices = SLUICE_TRY(options.device.open_several(*bundle));
  const auto tell = [](const Decision& d) {
    if (d.choice != d.row) log::info("image {}: row {} -> {}: {}", d.effective_from, d.row, d.choice, d.reason);
  };
  SessionOptions wanted = options.device.session();
  wanted.policy = policy;
  wanted.audit_log = options.policy.audit_log;
  wanted.on_decision = tell;
  wanted.top_k = options.top;
  const std::unique_ptr<Session> session = SLUICE_TRY(Session::open(bundle, std::move(devices), std::move(wanted)));
  std::unique_ptr<MetricsFile> metrics;
  if (!options.metrics.empty()) metrics = SLUICE_TRY(MetricsFile::open(options.metrics, *session));
  if (format == LineFormat::csv)
    std::cout << csv_header(std::min(options.top, static_cast<std::size_t>(network.classes()))) << "\n";
  std::vector<SheetItem> sheet;
  std::size_t right = 0, labelled = 0;
  ShareAtTarget share(policy.target_images_per_s, policy.window_images);
  Fault worst = Fault::user;  // of pictures that could not be classified
  const Receiver receive = [&](Outcome outcome) -> Status {
    if (!outcome.result) {
      log::error("error: {}", outcome.result.error().text());
      if (outcome.result.error().fault() != Fault::user) worst = outcome.result.error().fault();
      return ok();
    }
    if (!(std::cout << classification_line(outcome, network, format) << "\n"))
      return world_error("standard output could not be written");
    share.add(outcome.result->completed_at);
    const int best = outcome.result->top.front();
    labelled += outcome.label.has_value();
    right += outcome.label == best;
    if (!options.sheet.empty() && sheet.size() < options.sheet_images) {
      Picture picture = SLUICE_TRY(images.load(outcome.index));
      const bool is_right = !outcome.label || *outcome.label == best;
      sheet.push_back({picture, short_label(outcome.result.value(), network),
                       outcome.label ? class_name(network, *outcome.label) : "", is_right});
    }
    return ok();
  };
  ImageSetSource source(images);
  const StreamReport report = session->run(source, receive);
  const Status metrics_status = metrics ? metrics->close() : ok();
  SLUICE_CHECK(Status(report.status));
  SLUICE_CHECK(Status(metrics_status));
  if (!options.sheet.empty()) {
    const std::string title = sheet_title(network, session->device().info().driver, right, labelled);
    SLUICE_CHECK(write_contact_sheet(sheet, title, 8, options.sheet));
    log::info("contact sheet: {}", options.sheet.string());
  }
  const StreamStatistics& s = report.statistics;
  const DeviceInfo info = session->device().info();
  log::info("{} pictures, {} could not be read, {:.1f} images/s {} on {}", s.delivered, s.errors, rate_of(s, info),
            info.rate_kind, info.driver);
  tell_target(share, policy);
  tell_canaries(*session, policy, s);
  if (const std::string remark = session->device().remark(); !remark.empty()) log::warn("{}", remark);
  if (s.errors == 0) return ok();
  return Error(worst, fmt::format("{} of {} pictures could not be classified (see above){}", s.errors, s.delivered,
                                  s.errors < s.delivered ? "; the others were" : ""));
}

}  // namespace

Run verb_classify(Command command, const Common& common) {
  auto options = std::make_shared<Options>();
  command.add_option("bundle", options->bundle, "folder made by sluice plan").required();
  options->images.declare(command, "pictures", true);
  command.add_option("--top", options->top, "how many classes per picture").range(1, 1000).capture_default_str();
  command.add_option("--format", options->format, "text, csv or jsonl (--json is jsonl)")
      .one_of({"text", "csv", "jsonl"})
      .capture_default_str();
  command.add_option("--contact-sheet", options->sheet, "also write the first pictures with their labels as PNG");
  command.add_option("--sheet-images", options->sheet_images, "how many pictures on it")
      .range(1, 400)
      .capture_default_str();
  options->device.declare_session(command);
  options->policy.declare(command);
  command.add_option("--metrics", options->metrics,
                     "write counts as Prometheus text to this file, each second and at the end");
  return [=, &common] { return classify(*options, common); };
}

}  // namespace sluice::cli
