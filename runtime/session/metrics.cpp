// SPDX-License-Identifier: Apache-2.0
// Families of samples, and the thread that writes them (see metrics.hpp).
#include "runtime/session/metrics.hpp"

#include <unistd.h>
#include <condition_variable>
#include <ctime>
#include <fstream>
#include <mutex>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"
#include "runtime/base/file.hpp"

namespace sluice {
namespace {

// A label's value between its quotes.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? "\\n" : std::string(1, c);
  }
  return out;
}

class Families {
 public:
  void begin(const std::string& name, const std::string& type, const std::string& help) {
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  void add(double value, const std::string& label = {}, const std::string& label_value = {},
           const std::string& suffix = {}) {
    const std::string labels = label.empty() ? "" : fmt::format("{{{}=\"{}\"}}", label, escaped(label_value));
    text_ += fmt::format("{}{}{} {}\n", name_, suffix, labels, value);
  }
  const std::string& text() const { return text_; }

 private:
  std::string name_, text_;
};

double processor_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return double(used.tv_sec) + 1e-9 * double(used.tv_nsec);
}

// Zero where the system does not tell.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0, resident_pages = 0;
  file >> pages >> resident_pages;
  return resident_pages * double(::sysconf(_SC_PAGESIZE));
}

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

std::string metrics_text(const Session& session) {
  const StreamStatistics s = session.statistics();
  const DesignTable& table = session.bundle().table();
  Families families;
  families.begin("target_info", "gauge", "1, with the attributes of the program.");
  families.add(1, "service_name", "sluice");
  families.begin("process_cpu_time_seconds_total", "counter", "Processor time of the process, all threads.");
  families.add(processor_seconds());
  families.begin("process_memory_usage_bytes", "gauge", "Resident memory of the process.");
  families.add(resident_bytes());
  families.begin("sluice_device_info", "gauge", "1, with the device that computes.");
  families.add(1, "device", session.device().info().driver);
  families.begin("sluice_images_total", "counter", "Images with an outcome: classified, or an error of their own.");
  families.add(double(s.delivered - s.errors), "outcome", "classified");
  families.add(double(s.errors), "outcome", "error");
  families.begin("sluice_images_lost_total", "counter", "Accepted images whose outcome is the failure of the stream.");
  families.add(double(s.lost + s.abandoned));
  families.begin("sluice_device_takeovers_total", "counter",
                 "Devices that were lost and whose place another one took.");
  families.add(double(session.takeovers()));
  families.begin("sluice_images_resubmitted_total", "counter",
                 "Images that a lost device owed, submitted to the next.");
  families.add(double(session.resubmitted_images()));
  families.begin("sluice_canaries_total", "counter", "Executions besides the answers, to compare rows.");
  families.add(double(s.canaries));
  families.begin("sluice_image_latency_seconds", "summary",
                 "From arrival to delivery, waiting included; quantiles of the latest images.");
  for (const double quantile : {0.5, 0.9, 0.99})
    families.add(seconds(s.total.at(quantile)), "quantile", fmt::format("{}", quantile));
  families.add(seconds(s.total.sum()), {}, {}, "_sum");
  families.add(double(s.total.count()), {}, {}, "_count");
  families.begin("sluice_row", "gauge", "Row of the design table for the images to come.");
  families.add(session.row());
  families.begin("sluice_row_switches_total", "counter", "Decisions that took another row.");
  families.add(double(session.row_switches()));
  families.begin("sluice_layer_density_ratio", "gauge", "Share of a layer's products that the row in charge executes.");
  const std::vector<double> density = session.layer_density();
  for (std::size_t l = 0; l < density.size(); ++l) families.add(density[l], "layer", table.rows[0].layers[l].name);
  families.begin("sluice_disagreement_bound_ratio", "gauge",
                 "Upper 95 % bound of the share of images on which a row disagrees with the densest one.");
  for (std::uint32_t row = 0; row < table.rows.size(); ++row)
    if (const auto bound = session.disagreement_bound(row)) families.add(*bound, "row", fmt::format("{}", row));
  return families.text();
}

Status MetricsFile::write() const {
  Status status = replace_file(file_, metrics_text(session_));
  return status ? ok() : std::move(status).error().in("metrics");
}

Result<std::unique_ptr<MetricsFile>> MetricsFile::open(const std::filesystem::path& file, const Session& session) {
  std::unique_ptr<MetricsFile> metrics(new MetricsFile(file, session));
  SLUICE_CHECK(metrics->write());
  try {
    metrics->writer_ = std::jthread([&m = *metrics](const std::stop_token& stop) { m.write_each_period(stop); });
  } catch (...) {
    return caught_error("the metrics' thread could not be started");
  }
  return metrics;
}

void MetricsFile::write_each_period(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wakes;
  std::unique_lock lock(mutex);
  while (failure_ && !wakes.wait_for(lock, stop, kPeriod, [&] { return stop.stop_requested(); })) {
    try {
      failure_ = write();
    } catch (...) {
      failure_ = caught_error("writing metrics failed");
    }
  }
}

Status MetricsFile::close() {
  if (!writer_.joinable()) return failure_;
  writer_.request_stop();
  writer_.join();
  if (failure_) failure_ = write();
  return failure_;
}

MetricsFile::~MetricsFile() {
  if (const Status status = close(); !status) return;  // close() could have been asked
}

}  // namespace sluice
