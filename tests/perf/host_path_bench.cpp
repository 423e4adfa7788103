// SPDX-License-Identifier: Apache-2.0
// host_path_bench BUNDLE PICTURES: what is left of the decoder's rate when JPEG pictures go the whole way of a session.
//
// Why: a board of thousands of images/s waits for whoever decodes for it. The most that a host can give is what its
// threads decode when they do nothing else. So, in one run and on the same JPEG files of 224 x 224 pixels in memory:
//   decode alone   all threads decode, nothing else
//   whole way      decode, preprocess, submit, collect: a session on `null`, a device without a network
// Target: the whole way at 0.9 of decode alone, in processor time, which other work on the machine changes little; the
// rates beside it are those of this machine as it was. Beside it what each stage takes for an image, and what observing
// and choosing rows takes: a Controller on the counters of BUNDLE's design on PICTURES, at most 1 % of the host's time
// for an image.
//
// The pictures are soft random fields with a little noise, as large as photos of that size are; nothing is read.
// Before: a bundle with rows and pictures for it. After: a table on standard output.
#include <algorithm>
#include <atomic>
#include <iostream>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "runtime/adapt/controller.hpp"
#include "runtime/base/large_blocks.hpp"
#include "runtime/images/decode.hpp"
#include "runtime/images/preprocess.hpp"
#include "runtime/session/session.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSide = 224, kFiles = 64, kRounds = 12;
constexpr std::size_t kImages = 1500;
constexpr double kLeastShare = 0.9, kMostControl = 0.01;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::vector<std::string> jpeg_files() {
  cv::RNG random(7);
  std::vector<std::string> files;
  for (int f = 0; f < kFiles; ++f) {
    cv::Mat coarse(28, 28, CV_8UC3), soft, noise(kSide, kSide, CV_16SC3), picture;
    random.fill(coarse, cv::RNG::UNIFORM, 0, 256);
    cv::resize(coarse, soft, cv::Size(kSide, kSide), 0, 0, cv::INTER_CUBIC);
    random.fill(noise, cv::RNG::NORMAL, 0, 4);
    cv::add(soft, noise, picture, cv::noArray(), CV_8UC3);
    std::vector<std::uint8_t> bytes;
    cv::imencode(".jpg", picture, bytes, {cv::IMWRITE_JPEG_QUALITY, 90});
    files.emplace_back(bytes.begin(), bytes.end());
  }
  return files;
}

// Processor time of the process, all threads.
double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct Rate {
  double images_per_s = 0, processor_us = 0;  // of an image

  void take_best(const Rate& other) {
    images_per_s = std::max(images_per_s, other.images_per_s);
    processor_us = processor_us == 0 ? other.processor_us : std::min(processor_us, other.processor_us);
  }
};

class Stopwatch {
 public:
  Rate read() const {
    return {double(kImages) / seconds_since(start_), 1e6 * (processor_seconds() - processor_) / double(kImages)};
  }

 private:
  const Clock::time_point start_ = Clock::now();
  const double processor_ = processor_seconds();
};

// All threads, which do nothing else.
Result<Rate> decoded_alone(const std::vector<std::string>& files) {
  std::atomic<std::size_t> next = 0, failed = 0;
  const Stopwatch watch;
  {
    std::vector<std::jthread> threads;
    for (unsigned t = 0; t < std::max(1u, std::thread::hardware_concurrency()); ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < kImages; i = next++) failed += !decode_picture(files[i % files.size()], "p");
      });
    }
  }
  if (failed > 0) return Error(Fault::bug, "a picture of the benchmark does not decode");
  return watch.read();
}

struct WholeWay {
  Rate rate;
  StreamStatistics statistics;
};

Result<WholeWay> whole_way(const std::shared_ptr<const Bundle>& bundle, const std::vector<std::string>& files) {
  const std::shared_ptr<Device> device = SLUICE_TRY(open_device("null", *bundle));
  const auto session = SLUICE_TRY(Session::open(bundle, device));
  const Stopwatch watch;
  for (std::size_t i = 0; i < kImages; ++i) {
    const std::string& file = files[i % files.size()];
    SLUICE_CHECK(
        session->submit(ImageInput([&file] { return decode_picture(file, "p"); }, "p"),
                        [](const Outcome& outcome) { return outcome.result ? ok() : outcome.result.error(); }));
  }
  SLUICE_CHECK(session->close());
  return WholeWay{watch.read(), session->statistics()};
}

// Seconds of observing, choosing and asking for a row, for one image.
Result<double> control_seconds(const std::string& folder, const std::string& source) {
  const Bundle bundle = SLUICE_TRY(Bundle::open(folder));
  const ImageSet images = SLUICE_TRY(open_images(source));
  const std::unique_ptr<Device> device = SLUICE_TRY(open_device("cpu", bundle));
  const Preprocessor preprocessor(bundle.network());
  std::vector<ImageScores> answers;
  for (std::size_t i = 0; i < 64; ++i) {
    const Picture picture = SLUICE_TRY(images.load(i));
    std::vector<std::int16_t> codes = SLUICE_TRY(preprocessor.codes(picture));
    SLUICE_CHECK(device->submit({i, 0, std::move(codes)}));
    ImageScores answer = SLUICE_TRY(device->collect());
    answers.push_back(std::move(answer));
  }
  PolicyOptions options{.policy = Policy::target_fps};
  options.target_images_per_s = bundle.table().rows[0].throughput_images_per_s;
  const Observer observer(bundle);
  Controller controller(model_of(bundle), options, 16);
  constexpr std::uint64_t kObserved = 200'000;
  std::chrono::nanoseconds now{0};
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < kObserved; ++i) {
    now += std::chrono::microseconds(80);
    const std::uint32_t row = controller.rows_for(i).answer;
    (void)controller.observe(observer.observe(i, row, answers[i % answers.size()].counters, now));
  }
  return seconds_since(start) / double(kObserved);
}

Result<bool> measure(const std::string& folder, const std::string& source) {
  Random random(3);
  NetworkMaker make(random, {kSide, kSide, 3});
  make.global_pool(make.conv(4, {3, 3, 2, 2, 1, 1, 1, 1}, kNetworkInput));
  const Scratch scratch;
  Bundle made = SLUICE_TRY(bundle_of(make.finish(10), scratch.path() / "bundle"));
  const auto bundle = std::make_shared<const Bundle>(std::move(made));
  const std::vector<std::string> files = jpeg_files();
  std::size_t bytes = 0;
  for (const std::string& file : files) bytes += file.size();
  // In turns, and the best of each: other work on the machine only ever takes away.
  Rate alone, whole;
  StreamStatistics statistics;
  for (int round = 0; round < kRounds; ++round) {
    const Rate decoded = SLUICE_TRY(decoded_alone(files));
    alone.take_best(decoded);
    WholeWay way = SLUICE_TRY(whole_way(bundle, files));
    whole.take_best(way.rate);
    statistics = std::move(way.statistics);
  }
  const auto us = [](std::chrono::nanoseconds time) { return 1e-3 * double(time.count()); };
  std::cout << fmt::format("{} JPEG files of 224 x 224 pixels, {:.1f} kB each, {} threads\n", kFiles,
                           1e-3 * double(bytes) / kFiles, std::thread::hardware_concurrency());
  for (const auto& [name, rate] :
       {std::pair("decode alone", alone), std::pair("decode, preprocess, submit, collect", whole)}) {
    std::cout << fmt::format("{:<36} {:>8.0f} images/s {:>8.0f} us of processor time for an image\n", name,
                             rate.images_per_s, rate.processor_us);
  }
  std::cout << fmt::format("median of an image: decode {:.0f} us, preprocess {:.0f} us\n", us(statistics.decode.at(.5)),
                           us(statistics.preprocess.at(.5)));
  const double control = SLUICE_TRY(control_seconds(folder, source));
  std::cout << fmt::format("observing and choosing rows: {:.2f} us for an image\n", 1e6 * control);
  const double share = alone.processor_us / whole.processor_us, control_share = 1e6 * control / whole.processor_us;
  const bool is_met = share >= kLeastShare && control_share < kMostControl;
  std::cout << fmt::format(
      "target: the whole way at {:.2f} of decode alone or more in processor time, {:.3f} measured (rates: {:.3f}); "
      "observing and choosing under {:.0f} % of it, {:.2f} % measured: {}\n",
      kLeastShare, share, whole.images_per_s / alone.images_per_s, 100 * kMostControl, 100 * control_share,
      is_met ? "met" : "missed");
  return is_met;
}

}  // namespace
}  // namespace sluice::test

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  sluice::keep_large_blocks();  // as the command does
  const sluice::Result<bool> is_met = sluice::test::measure(argv[1], argv[2]);
  if (!is_met) std::cerr << is_met.error().text() << "\n";
  return is_met && is_met.value() ? 0 : 1;
}
