// SPDX-License-Identifier: Apache-2.0
// The checks of binary.hpp.
#include "runtime/drivers/fpga/binary.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice::fpga {
namespace {

// Fields of an ELF file's head (System V ABI): offset, then size, in the 32-bit and in the 64-bit form.
struct Field {
  std::size_t at, bytes;
};
struct Form {
  std::size_t head_bytes;
  Field section_table, section_bytes, sections;
  Field offset, bytes;  // of a section, inside its entry of the table
};
constexpr Form kForm32{52, {32, 4}, {46, 2}, {48, 2}, {16, 4}, {20, 4}};
constexpr Form kForm64{64, {40, 8}, {58, 2}, {60, 2}, {24, 8}, {32, 8}};
constexpr std::size_t kTypeAt = 4;     // of a section, inside its entry
constexpr std::uint64_t kNoBytes = 8;  // the type of a section that has no bytes in the file

std::uint64_t number(const std::string& bytes, std::uint64_t base, Field field) {
  std::uint64_t value = 0;
  if (base > bytes.size() || base + field.at + field.bytes > bytes.size()) return 0;
  std::memcpy(&value, bytes.data() + base + field.at, field.bytes);  // both sides are little-endian
  return value;
}

// How long the file must be for all that its head announces.
std::uint64_t announced_bytes(const std::string& bytes) {
  const Form& form = bytes[4] == 1 ? kForm32 : kForm64;
  if (bytes.size() < form.head_bytes) return form.head_bytes;
  const std::uint64_t table = number(bytes, 0, form.section_table);
  const std::uint64_t entry = number(bytes, 0, form.section_bytes), count = number(bytes, 0, form.sections);
  std::uint64_t end = table + entry * count;
  for (std::uint64_t i = 0; i < count && end <= bytes.size(); ++i) {
    const std::uint64_t at = table + i * entry;
    if (number(bytes, at, {kTypeAt, 4}) == kNoBytes) continue;
    end = std::max(end, number(bytes, at, form.offset) + number(bytes, at, form.bytes));
  }
  return end;
}

}  // namespace

Result<std::string> read_binary(const std::filesystem::path& file) {
  std::string bytes = SLUICE_TRY(read_file(file));
  if (bytes.size() < 16 || bytes.compare(0, 4,
                                         "\x7f"
                                         "ELF") != 0) {
    return user_error("{}: no file of the vendor's compiler; a board takes the .aocx that aoc makes of the bundle",
                      file.string());
  }
  const std::uint64_t announced = announced_bytes(bytes);
  if (announced > bytes.size()) {
    return user_error("{}: the file was cut short: it has {} bytes, its head announces {}; copy it again",
                      file.string(), bytes.size(), announced);
  }
  const std::filesystem::path beside = file.string() + ".sha256";
  std::error_code error;
  if (!std::filesystem::exists(beside, error)) return bytes;
  std::string stated = SLUICE_TRY(read_file(beside));
  stated = stated.substr(0, stated.find_first_of(" \n"));
  const std::string found = sha256_hex(bytes);
  if (stated != found) {
    return user_error("{}: the file is not the one that was built: its SHA-256 is {}, {} states {}; copy both again",
                      file.string(), found, beside.string(), stated);
  }
  return bytes;
}

}  // namespace sluice::fpga
