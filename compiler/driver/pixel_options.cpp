// SPDX-License-Identifier: Apache-2.0
// Reads the small file key by key, and turns the options into the bundle's Preprocess (see pixel_options.hpp).
#include "compiler/driver/pixel_options.hpp"

#include <cmath>
#include <functional>
#include <map>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr int kLargestSide = 65536;

// Each takes a key's value, or says what it should have been.
using Reader = std::function<Status(const json&)>;

Reader number_into(double& to) {
  return [&to](const json& value) -> Status {
    if (!value.is_number()) return user_error("{} is not a number", value.dump());
    to = value;
    return ok();
  };
}

Reader numbers_into(std::vector<double>& to) {
  return [&to](const json& value) -> Status {
    const json list = value.is_array() ? value : json::array({value});
    for (const json& number : list) {
      if (!number.is_number()) return user_error("{} is not a number or a list of numbers", value.dump());
      to.push_back(number);
    }
    return ok();
  };
}

Reader flag_into(bool& to) {
  return [&to](const json& value) -> Status {
    if (!value.is_boolean()) return user_error("{} is neither true nor false", value.dump());
    to = value;
    return ok();
  };
}

Reader side_into(int& to) {
  return [&to](const json& value) -> Status {
    if (!value.is_number_integer() || value < 0 || value > kLargestSide)
      return user_error("{} is not a whole number from 0 to {}", value.dump(), kLargestSide);
    to = value;
    return ok();
  };
}

Reader orientation_into(std::string& to) {
  return [&to](const json& value) -> Status {
    if (value != kApplyExif && value != kIgnoreExif)
      return user_error("{} is neither \"{}\" nor \"{}\"", value.dump(), kApplyExif, kIgnoreExif);
    to = value;
    return ok();
  };
}

Result<std::vector<double>> per_channel(const char* option, const std::vector<double>& values, int channels,
                                        double otherwise) {
  if (values.empty()) return std::vector<double>(channels, otherwise);
  if (values.size() == 1) return std::vector<double>(channels, values[0]);
  if (std::ssize(values) != channels) {
    return user_error("{}: {} values for a network with {} input channels; give one for all or {}", option,
                      values.size(), channels, channels);
  }
  return values;
}

}  // namespace

Result<PixelOptions> read_pixel_options(const std::filesystem::path& file) {
  const std::string text = SLUICE_TRY(read_file(file, kMostTextBytes));
  const json j = parse_json(text);
  if (!j.is_object())
    return user_error("{}: not a JSON object like {{\"pixel_max\": 1, \"mean\": [0.5], \"std\": [0.5]}}",
                      file.string());
  PixelOptions pixels;
  const std::map<std::string, Reader> readers{{"pixel_max", number_into(pixels.pixel_max)},
                                              {"mean", numbers_into(pixels.mean)},
                                              {"std", numbers_into(pixels.std)},
                                              {"bgr", flag_into(pixels.is_bgr)},
                                              {"resize_short_side", side_into(pixels.resize_short_side)},
                                              {"exif_orientation", orientation_into(pixels.exif_orientation)}};
  for (const auto& [key, value] : j.items()) {
    const auto reader = readers.find(key);
    if (reader == readers.end()) {
      std::string known;
      for (const auto& [name, read] : readers) known += (known.empty() ? "" : ", ") + name;
      return user_error("{}: unknown key \"{}\"; these are possible: {}", file.string(), key, known);
    }
    auto status = reader->second(value);
    if (!status) return std::move(status).error().in(fmt::format("{}: {}", file.string(), key));
  }
  return pixels;
}

Result<Preprocess> preprocess_from(const PixelOptions& pixels, int channels) {
  if (!(pixels.pixel_max > 0) || !std::isfinite(pixels.pixel_max))
    return user_error("pixel maximum (--pixel-max): {} is not a positive number; 255 and 1 are usual",
                      pixels.pixel_max);
  Preprocess preprocess;
  preprocess.is_bgr = pixels.is_bgr;
  preprocess.resize_short_side = pixels.resize_short_side;
  preprocess.applies_exif = pixels.exif_orientation == kApplyExif;
  preprocess.mean = SLUICE_TRY(per_channel("--mean", pixels.mean, channels, 0.0));
  preprocess.deviation = SLUICE_TRY(per_channel("--std", pixels.std, channels, 1.0));
  for (double& value : preprocess.mean) {
    if (!std::isfinite(value)) return user_error("--mean: {} is not a number", value);
    value *= 255.0 / pixels.pixel_max;
  }
  for (double& value : preprocess.deviation) {
    if (!(value > 0) || !std::isfinite(value)) return user_error("--std: {} is not a positive number", value);
    value *= 255.0 / pixels.pixel_max;
  }
  return preprocess;
}

ir::Range pixel_range(const PixelOptions& pixels) {
  const auto or_one = [](const std::vector<double>& values, double otherwise) {
    return values.empty() ? std::vector<double>{otherwise} : values;
  };
  std::optional<ir::Range> range;
  for (const double mean : or_one(pixels.mean, 0)) {
    for (const double deviation : or_one(pixels.std, 1)) {
      if (!(deviation > 0)) return {};
      const ir::Range channel{-mean / deviation, (pixels.pixel_max - mean) / deviation};
      range = range ? range->hull(channel) : channel;
    }
  }
  return *range;
}

}  // namespace sluice
