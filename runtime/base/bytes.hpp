// SPDX-License-Identifier: Apache-2.0
// ByteWriter and ByteReader: numbers, lists and texts as bytes, little-endian, for files that only Sluice reads.
//
// Why: a graph's weights and a histogram's bins are megabytes. As JSON they would be tens of them. The idea: a value is
// its bytes, a list is its length (8 bytes) and its values. A reader that runs out of bytes answers with zeros and
// empty lists from then on and remembers it, so that whoever reads a long file asks once, at the end.
//
// Before: bytes of any origin. After: nothing is read beyond their end, and no list is longer than the bytes that are
// left.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace sluice {

class ByteWriter {
 public:
  template <typename Value>
  requires std::is_arithmetic_v<Value>
  void put(Value value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  template <typename Value>
  requires std::is_arithmetic_v<Value>
  void put(const std::vector<Value>& list) {
    put(std::uint64_t{list.size()});
    bytes_.append(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(Value));
  }
  void put(std::string_view text) {
    put(std::uint64_t{text.size()});
    bytes_.append(text);
  }
  void put(const std::vector<std::string>& list) {
    put(std::uint64_t{list.size()});
    for (const std::string& text : list) put(std::string_view(text));
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename Value>
  requires std::is_arithmetic_v<Value> Value number() {
    Value value{};
    if (const char* from = next(sizeof value)) std::memcpy(&value, from, sizeof value);
    return value;
  }
  template <typename Value>
  requires std::is_arithmetic_v<Value> std::vector<Value> list() {
    const std::size_t count = length(sizeof(Value));
    std::vector<Value> values(count);
    if (const char* from = next(count * sizeof(Value)); from && count > 0)
      std::memcpy(values.data(), from, count * sizeof(Value));
    return values;
  }
  std::string text() {
    const std::size_t count = length(1);
    const char* from = next(count);
    return from ? std::string(from, count) : std::string();
  }
  std::vector<std::string> texts() {
    std::vector<std::string> list(length(sizeof(std::uint64_t)));
    for (std::string& one : list) one = text();
    return list;
  }
  // A number of items that follow, each of at least so many bytes; 0 where the bytes cannot hold them.
  std::size_t length(std::size_t least_bytes) {
    const auto count = number<std::uint64_t>();
    if (count <= (bytes_.size() - at_) / least_bytes) return static_cast<std::size_t>(count);
    is_good_ = false;
    return 0;
  }

  // Nothing was missing, and nothing is left over.
  bool is_complete() const { return is_good_ && at_ == bytes_.size(); }
  bool is_good() const { return is_good_; }

 private:
  const char* next(std::size_t count) {
    if (!is_good_ || count > bytes_.size() - at_) {
      is_good_ = false;
      return nullptr;
    }
    at_ += count;
    return bytes_.data() + (at_ - count);
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool is_good_ = true;
};

}  // namespace sluice
