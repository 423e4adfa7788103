// SPDX-License-Identifier: Apache-2.0
// Reads and prepares them (see pictures.hpp).
#include "apps/bench/pictures.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/bundle/golden_codes.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/images/preprocess.hpp"

namespace sluice::bench {

Result<Pictures> load_pictures(const Bundle& bundle, const std::optional<ImageSet>& given) {
  Pictures pictures;
  if (!given) {
    pictures.codes = SLUICE_TRY(golden_codes(bundle));
    if (pictures.codes.empty())
      return user_error("the bundle has no golden pictures to measure with; give some with --images");
    pictures.what = fmt::format("{} golden pictures of the bundle", pictures.codes.size());
    return pictures;
  }
  pictures.files = given->slice({.first = kMostPictures});
  const Preprocessor preprocessor(bundle.network());
  for (std::size_t i = 0; i < pictures.files->size(); ++i) {
    const Picture picture = SLUICE_TRY(pictures.files->load(i));
    std::vector<std::int16_t> codes = SLUICE_TRY(preprocessor.codes(picture));
    pictures.codes.push_back(std::move(codes));
  }
  pictures.what = fmt::format("{} given pictures", pictures.codes.size());
  return pictures;
}

std::vector<float> float_picture(const IntegerNetwork& network, const std::vector<std::int16_t>& codes) {
  const auto channels = std::size_t(network.input.channels), pixels = codes.size() / channels;
  std::vector<float> values(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i)
    values[i % channels * pixels + i / channels] = static_cast<float>(codes[i] * network.input_scale);
  return values;
}

std::vector<int> first_classes(const IntegerNetwork& network, const std::vector<std::vector<std::int16_t>>& pictures) {
  const Evaluator evaluator(network);
  std::vector<int> classes;
  for (const auto& codes : pictures) classes.push_back(top_k(evaluator.scores(codes), 1)[0]);
  return classes;
}

}  // namespace sluice::bench
