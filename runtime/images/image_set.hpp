// SPDX-License-Identifier: Apache-2.0
// ImageSet: an ordered set of pictures, with class labels where they are known.
//
// Why: calibration, evaluation, benchmark and classification must mean the same thing by "these pictures", whatever
// form they are stored in. Opening reads names and labels; a picture is read and decoded when it is asked for, so a set
// of 50,000 photos costs their names. Packed sets (CIFAR-10, IDX) are held in memory once, shared by all copies.
//
// What a source may be:
//   folder       its picture files, sorted by name (bytewise); hidden files and sub-folders are left out; with a labels
//                file (a list, below): exactly the files it names, in its order
//   picture      one file
//   list         .txt or .lst of "file label" lines, files relative to the list's folder
//   CIFAR-10     .bin, carries its labels
//   IDX          *-images-idx3-ubyte[.gz], labels next to it or given
//
// After opening: at least one item. load() may be called from many threads at once. What is wrong with one picture is
// told by its load(), not by opening, so that one bad file does not spoil a set.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/images/packed_pictures.hpp"
#include "runtime/images/picture.hpp"

namespace sluice {

// Items are counted from 1 here, like the lines of a list: `odd` are items 0, 2, 4, ... of the set.
enum class Part { all, odd, even };

struct Slice {
  Part part = Part::all;
  std::size_t first = 0;  // of that part, the first so many; 0: all of them
};

class ImageSet {
 public:
  std::size_t size() const { return items_.size(); }
  // What to call item i in a report: the path of its file, or "file[record]" in a packed set.
  std::string name(std::size_t i) const;
  std::optional<int> label(std::size_t i) const;
  // True when every item has a label.
  bool is_labelled() const;
  // Decodes item i. Errors name the item.
  Result<Picture> load(std::size_t i) const;

  // Part first, then count. May be empty when the set has a single item.
  ImageSet slice(const Slice& slice) const;
  // All items but the first `count`.
  ImageSet without_first(std::size_t count) const;
  void append(const ImageSet& other);

 private:
  friend class ImageSetOpener;
  struct Item {
    std::string file;  // empty in a packed set
    std::shared_ptr<const PackedPictures> packed;
    std::size_t record = 0;
    int label = -1;
  };
  std::vector<Item> items_;
};

Result<ImageSet> open_images(const std::filesystem::path& source, const std::filesystem::path& labels_file = {});

// Several sources one after the other, each of any kind above.
Result<ImageSet> open_images(const std::vector<std::filesystem::path>& sources);

}  // namespace sluice
