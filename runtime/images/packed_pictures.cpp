// SPDX-License-Identifier: Apache-2.0
// Implementation of packed_pictures.hpp. Compressed files are unpacked whole, up to a limit that an honest file of this
// kind stays under, so that a small hostile file cannot fill the memory.
#include "runtime/images/packed_pictures.hpp"

#include <cstring>
#include <fstream>
#include <memory>

#include <zlib.h>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice {
namespace {

constexpr std::size_t kMaxUnpackedBytes = std::size_t{1} << 30;
constexpr int kCifarSide = 32;
constexpr std::size_t kCifarPixels = 3 * kCifarSide * kCifarSide;
constexpr std::uint32_t kIdxImages = 0x00000803;
constexpr std::uint32_t kIdxLabels = 0x00000801;

Result<std::string> gunzip(const std::string& packed) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return world_error("zlib: inflateInit2 failed: not enough memory");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string plain;
  int code = Z_OK;
  while (code == Z_OK) {
    const std::size_t filled = plain.size();
    if (filled >= kMaxUnpackedBytes) return user_error("unpacks to more than {} bytes", kMaxUnpackedBytes);
    plain.resize(filled + (std::size_t{1} << 20));
    stream.next_out = reinterpret_cast<Bytef*>(plain.data() + filled);
    stream.avail_out = static_cast<uInt>(plain.size() - filled);
    code = inflate(&stream, Z_NO_FLUSH);
    plain.resize(plain.size() - stream.avail_out);
  }
  if (code == Z_BUF_ERROR) return user_error("the gzip data is cut short; copy or download it again");
  if (code != Z_STREAM_END)
    return user_error("the gzip data is damaged ({})", stream.msg ? stream.msg : "unknown reason");
  return plain;
}

Result<std::string> read_plain_or_gzip(const std::filesystem::path& file) {
  Result<std::string> bytes = read_file(file, kMaxUnpackedBytes);
  if (!bytes || !bytes->starts_with("\x1F\x8B")) return bytes;
  Result<std::string> plain = gunzip(*bytes);
  if (!plain) return std::move(plain).error().in(file.string());
  return plain;
}

std::uint32_t big32(const std::string& bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(bytes[at + i])}; };
  return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

// Checks magic and length of an IDX file whose header has `fields` sizes after the magic.
Status check_idx(const std::string& bytes, const std::string& name, std::uint32_t magic, std::size_t fields) {
  if (bytes.size() < 4 + 4 * fields) return user_error("{}: too short for an IDX header", name);
  if (big32(bytes, 0) != magic) {
    return user_error("{}: starts with {:#010x}, an IDX file of this kind starts with {:#010x}", name, big32(bytes, 0),
                      magic);
  }
  // 128 bits hold any product of three 32-bit sizes.
  unsigned __int128 expected = 1;
  for (std::size_t i = 0; i < fields; ++i) expected *= big32(bytes, 4 + 4 * i);
  const std::size_t found = bytes.size() - 4 - 4 * fields;
  if (expected == 0) return user_error("{}: the header says there is nothing in it", name);
  if (expected != found) {
    return user_error("{}: the header announces {} bytes, there are {}; copy or download it again", name,
                      expected > UINT64_MAX ? UINT64_MAX : static_cast<std::uint64_t>(expected), found);
  }
  return ok();
}

std::filesystem::path labels_beside(const std::filesystem::path& images) {
  std::string name = images.filename().string();
  const std::size_t at = name.find("images-idx3");
  if (at == std::string::npos) return {};
  name.replace(at, std::strlen("images-idx3"), "labels-idx1");
  const bool is_packed = name.size() > 3 && name.ends_with(".gz");
  const std::string other = is_packed ? name.substr(0, name.size() - 3) : name + ".gz";
  for (const std::string& candidate : {name, other}) {
    std::error_code error;
    const auto path = images.parent_path() / candidate;
    if (std::filesystem::is_regular_file(path, error)) return path;
  }
  return {};
}

}  // namespace

Picture PackedPictures::picture(std::size_t record) const {
  const auto* from = reinterpret_cast<const unsigned char*>(bytes.data()) + first_byte + record * record_bytes;
  const std::size_t plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
  if (layout == PackedLayout::grey) {
    auto pixels = std::make_shared<std::uint8_t[]>(plane);
    std::memcpy(pixels.get(), from, plane);
    return {height, width, 1, std::move(pixels)};
  }
  auto pixels = std::make_shared<std::uint8_t[]>(3 * plane);
  for (std::size_t i = 0; i < plane; ++i) {
    for (std::size_t c = 0; c < 3; ++c) pixels[3 * i + c] = from[c * plane + i];
  }
  return {height, width, 3, std::move(pixels)};
}

Result<PackedPictures> read_cifar10(const std::filesystem::path& file) {
  PackedPictures set;
  set.file = file.string();
  set.bytes = SLUICE_TRY(read_plain_or_gzip(file));
  set.layout = PackedLayout::planes_rgb;
  set.height = set.width = kCifarSide;
  set.first_byte = 1;
  set.record_bytes = 1 + kCifarPixels;
  set.count = set.bytes.size() / set.record_bytes;
  if (set.bytes.empty()) return user_error("{}: the file is empty", set.file);
  if (set.bytes.size() % set.record_bytes != 0) {
    return user_error(
        "{}: {} bytes are not a whole number of CIFAR-10 records of {} bytes; is it cut short, or CIFAR-100?", set.file,
        set.bytes.size(), set.record_bytes);
  }
  for (std::size_t i = 0; i < set.count; ++i) {
    const int label = static_cast<unsigned char>(set.bytes[i * set.record_bytes]);
    if (label > 9) return user_error("{}: record {} has label {}, CIFAR-10 has 0 to 9", set.file, i, label);
    set.labels.push_back(label);
  }
  return set;
}

Result<PackedPictures> read_idx(const std::filesystem::path& images, const std::filesystem::path& labels) {
  PackedPictures set;
  set.file = images.string();
  set.bytes = SLUICE_TRY(read_plain_or_gzip(images));
  SLUICE_CHECK(check_idx(set.bytes, set.file, kIdxImages, 3));
  const std::uint64_t rows = big32(set.bytes, 8);
  const std::uint64_t columns = big32(set.bytes, 12);
  if (rows * columns > static_cast<std::uint64_t>(kMaxPicturePixels)) {
    return user_error("{}: pictures of {} x {} are too large", set.file, columns, rows);
  }
  set.count = big32(set.bytes, 4);
  set.height = static_cast<int>(rows);
  set.width = static_cast<int>(columns);
  set.first_byte = 16;
  set.record_bytes = rows * columns;

  const std::filesystem::path labels_file = labels.empty() ? labels_beside(images) : labels;
  if (labels_file.empty()) return set;
  const std::string label_bytes = SLUICE_TRY(read_plain_or_gzip(labels_file));
  SLUICE_CHECK(check_idx(label_bytes, labels_file.string(), kIdxLabels, 1));
  if (big32(label_bytes, 4) != set.count) {
    return user_error("{}: {} labels for the {} pictures of {}", labels_file.string(), big32(label_bytes, 4), set.count,
                      set.file);
  }
  for (std::size_t i = 0; i < set.count; ++i) set.labels.push_back(static_cast<unsigned char>(label_bytes[8 + i]));
  return set;
}

bool looks_like_idx_images(const std::filesystem::path& file) {
  if (file.filename().string().find("idx3-ubyte") != std::string::npos) return true;
  char start[4] = {};
  std::ifstream stream(file, std::ios::binary);
  return stream.read(start, 4) && std::memcmp(start, "\0\0\x08\x03", 4) == 0;
}

}  // namespace sluice
