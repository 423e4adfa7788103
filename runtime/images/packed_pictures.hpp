// SPDX-License-Identifier: Apache-2.0
// Many small pictures of one size in one file: CIFAR-10's binary form and the IDX form of MNIST and its relatives.
//
// CIFAR-10 (.bin): records of 3,073 bytes: one label, then planes R, G, B of 32 x 32 (cs.toronto.edu/~kriz/cifar.html).
// IDX: big-endian header (magic 0x00000803, count, rows, columns) and grey bytes; labels in a file of their own (magic
// 0x00000801, count) (yann.lecun.com/exdb/mnist). Either may be gzip-compressed.
//
// After success: the bytes of every record are there, `labels` is empty or has one entry per record.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/images/picture.hpp"

namespace sluice {

enum class PackedLayout { grey, planes_rgb };

struct PackedPictures {
  std::string file;
  PackedLayout layout = PackedLayout::grey;
  int height = 0;
  int width = 0;
  std::size_t count = 0;
  std::size_t first_byte = 0;    // of the pixels of record 0
  std::size_t record_bytes = 0;  // from the pixels of one record to those of the next
  std::string bytes;
  std::vector<int> labels;

  Picture picture(std::size_t record) const;
};

Result<PackedPictures> read_cifar10(const std::filesystem::path& file);

// `labels`: the labels file, or empty for "the one next to it": the name with labels-idx1 in place of images-idx3, with
// or without .gz. Without a labels file the pictures are unlabelled.
Result<PackedPictures> read_idx(const std::filesystem::path& images, const std::filesystem::path& labels);

// True when the name or the first bytes say so.
bool looks_like_idx_images(const std::filesystem::path& file);

}  // namespace sluice
