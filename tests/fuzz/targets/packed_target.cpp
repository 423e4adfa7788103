// SPDX-License-Identifier: Apache-2.0
// Any bytes as IDX pictures, as their labels, and as a CIFAR-10 file, plain or gzip. Every picture that is promised is
// there.
#include "runtime/images/packed_pictures.hpp"
#include "runtime/images/picture.hpp"
#include "tests/fuzz/targets/target.hpp"

namespace {

using namespace sluice;

void load_all(const Result<PackedPictures>& set) {
  if (!fuzz::is_value(set)) return;
  constexpr std::size_t kMost = 64;
  for (std::size_t i = 0; i < std::min(set.value().count, kMost); ++i) (void)set.value().picture(i);
  (void)set.value().picture(set.value().count - 1);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The first byte says where the labels begin.
  const std::string_view all = fuzz::text_of(data, size);
  const std::size_t cut = all.empty() ? 0 : std::min(all.size(), std::size_t{1} + 8 * std::size_t{data[0]});
  const fuzz::MemoryFile pictures(all.substr(std::min<std::size_t>(1, all.size()), cut)), labels(all.substr(cut));
  load_all(read_idx(pictures.path(), {}));
  load_all(read_idx(pictures.path(), labels.path()));
  const fuzz::MemoryFile whole(all);
  load_all(read_cifar10(whole.path()));
  return 0;
}
