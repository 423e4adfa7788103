// SPDX-License-Identifier: Apache-2.0
// Implementation of image_set.hpp: tells the kinds of source apart, by what the path is first and by its name second.
#include "runtime/images/image_set.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/images/decode.hpp"
#include "runtime/images/list_file.hpp"

namespace sluice {
namespace fs = std::filesystem;
namespace {

std::string lower_extension(const fs::path& file) {
  std::string text = file.extension().string();
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool is_one_of(const std::string& text, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&](const char* entry) { return text == entry; });
}

// Kinds that cannot be decoded are listed too: a skipped file would be missed by nobody, a refused one is told.
bool is_named_like_a_picture(const fs::path& file) {
  return is_one_of(lower_extension(file), {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".webp", ".pgm", ".ppm",
                                           ".pnm", ".gif", ".tif", ".tiff", ".heic", ".avif", ".jp2"});
}

bool is_named_like_a_list(const fs::path& file) { return is_one_of(lower_extension(file), {".txt", ".lst", ".csv"}); }

}  // namespace

// Builds sets; the only one who fills items_.
class ImageSetOpener {
 public:
  static Result<ImageSet> open(const fs::path& source, const fs::path& labels_file) {
    std::error_code error;
    if (fs::is_directory(source, error)) return labels_file.empty() ? folder(source) : list(labels_file, source);
    if (error == std::errc::no_such_file_or_directory) return user_error("{}: no such file or folder", source.string());
    SLUICE_CHECK(check_regular_file(source));
    if (looks_like_idx_images(source)) return packed(read_idx(source, labels_file));
    if (!labels_file.empty()) {
      return user_error("{}: a labels file goes with a folder or with IDX pictures; this is a single file",
                        source.string());
    }
    if (lower_extension(source) == ".bin") return packed(read_cifar10(source));
    if (is_named_like_a_list(source)) return list(source, source.parent_path());
    ImageSet set;
    set.items_.push_back({source.string(), nullptr, 0, -1});
    return set;
  }

 private:
  static Result<ImageSet> folder(const fs::path& source) {
    std::error_code error;
    fs::directory_iterator entries(source, error);
    if (error) return world_error("{}: reading the folder failed: {}", source.string(), errno_text(error.value()));
    std::vector<std::string> names;
    std::string other;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      const std::string name = entries->path().filename().string();
      if (name.starts_with('.')) continue;
      std::error_code ignored;
      if (is_named_like_a_picture(name) && !entries->is_directory(ignored)) {
        names.push_back(name);
      } else if (other.empty() || name < other) {
        other = name;
      }
    }
    if (error) return world_error("{}: reading the folder failed: {}", source.string(), errno_text(error.value()));
    if (names.empty()) {
      if (other.empty()) return user_error("{}: the folder is empty", source.string());
      return user_error("{}: no picture files in this folder, only things like {}; name the file or sub-folder itself",
                        source.string(), other);
    }
    std::sort(names.begin(), names.end());
    ImageSet set;
    for (const std::string& name : names) set.items_.push_back({(source / name).string(), nullptr, 0, -1});
    return set;
  }

  static Result<ImageSet> list(const fs::path& list_file, const fs::path& base) {
    const std::vector<ListEntry> entries = SLUICE_TRY(read_list_file(list_file));
    const auto is_any_under = [&](const fs::path& folder) {
      return std::any_of(entries.begin(), entries.end(), [&](const ListEntry& entry) {
        std::error_code error;
        return fs::exists(folder / entry.file, error);
      });
    };
    // One absent file is that picture's own error; all of them mean the wrong folder. Lists of subsets lie beside the
    // folders that they name.
    const fs::path beside = list_file.parent_path();
    const bool is_under_base = is_any_under(base);
    if (!is_under_base && !is_any_under(beside)) {
      return user_error("{}: none of the {} files it names exists; the first would be {}", list_file.string(),
                        entries.size(), (base / entries[0].file).string());
    }
    ImageSet set;
    for (const ListEntry& entry : entries)
      set.items_.push_back({((is_under_base ? base : beside) / entry.file).string(), nullptr, 0, entry.label});
    return set;
  }

  static Result<ImageSet> packed(Result<PackedPictures> read) {
    if (!read) return std::move(read).error();
    const auto pictures = std::make_shared<const PackedPictures>(std::move(read).value());
    ImageSet set;
    for (std::size_t i = 0; i < pictures->count; ++i) {
      set.items_.push_back({"", pictures, i, pictures->labels.empty() ? -1 : pictures->labels[i]});
    }
    return set;
  }
};

std::string ImageSet::name(std::size_t i) const {
  const Item& item = items_[i];
  return item.packed ? fmt::format("{}[{}]", item.packed->file, item.record) : item.file;
}

std::optional<int> ImageSet::label(std::size_t i) const {
  return items_[i].label < 0 ? std::nullopt : std::optional<int>(items_[i].label);
}

bool ImageSet::is_labelled() const {
  return std::all_of(items_.begin(), items_.end(), [](const Item& item) { return item.label >= 0; });
}

Result<Picture> ImageSet::load(std::size_t i) const {
  if (i >= items_.size()) return bug_error(fmt::format("item {} of a set of {}", i, items_.size()));
  const Item& item = items_[i];
  if (item.packed) return item.packed->picture(item.record);
  return load_picture(item.file);
}

ImageSet ImageSet::slice(const Slice& slice) const {
  ImageSet set;
  const std::size_t start = slice.part == Part::even ? 1 : 0;
  const std::size_t step = slice.part == Part::all ? 1 : 2;
  for (std::size_t i = start; i < items_.size(); i += step) {
    if (slice.first != 0 && set.items_.size() == slice.first) break;
    set.items_.push_back(items_[i]);
  }
  return set;
}

ImageSet ImageSet::without_first(std::size_t count) const {
  ImageSet rest;
  if (count < items_.size()) rest.items_.assign(items_.begin() + static_cast<std::ptrdiff_t>(count), items_.end());
  return rest;
}

void ImageSet::append(const ImageSet& other) {
  const std::vector<Item> added = other.items_;  // a copy first: a set may be appended to itself
  items_.insert(items_.end(), added.begin(), added.end());
}

Result<ImageSet> open_images(const fs::path& source, const fs::path& labels_file) {
  return ImageSetOpener::open(source, labels_file);
}

Result<ImageSet> open_images(const std::vector<fs::path>& sources) {
  ImageSet all;
  // A packed file that is named again is not read again: it may be a gigabyte.
  std::map<fs::path, ImageSet> opened;
  for (const fs::path& source : sources) {
    auto found = opened.find(source);
    if (found == opened.end()) {
      ImageSet part = SLUICE_TRY(open_images(source));
      found = opened.emplace(source, std::move(part)).first;
    }
    all.append(found->second);
  }
  if (all.size() == 0) return user_error("no pictures were given");
  return all;
}

}  // namespace sluice
