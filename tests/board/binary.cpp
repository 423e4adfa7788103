// SPDX-License-Identifier: Apache-2.0
// Writes and reads the ELF file of binary.hpp (System V ABI, 64 bits; every section has an entry, names are by place).
#include "tests/board/binary.hpp"

#include <cstdint>
#include <cstring>
#include <sstream>

namespace sluice::board {
namespace {

constexpr std::size_t kHeadBytes = 64, kEntryBytes = 64, kSections = 5;  // the first entry is empty, as ELF has it
constexpr std::uint32_t kProgramBits = 1;                                // a section's type
constexpr char kMark[] =
    "\x7f"
    "ELF\2\1\1";

struct Head {
  char mark[16];
  std::uint16_t type, machine;
  std::uint32_t version;
  std::uint64_t entry, program_table, section_table;
  std::uint32_t flags;
  std::uint16_t head_bytes, program_bytes, programs, section_bytes, sections, names;
};
static_assert(sizeof(Head) == kHeadBytes);

struct Entry {
  std::uint32_t name, type;
  std::uint64_t flags, address, offset, bytes;
  std::uint32_t link, info;
  std::uint64_t alignment, unit;
};
static_assert(sizeof(Entry) == kEntryBytes);

}  // namespace

std::string Binary::bytes() const {
  std::ostringstream list;
  for (const BinaryKernel& kernel : kernels)
    list << kernel.name << ' ' << (kernel.is_autorun ? "autorun" : "host") << " ." << kernel.arguments << '\n';
  const std::string contents[kSections] = {"", board, list.str(), netlist, text};
  Head head{};
  std::memcpy(head.mark, kMark, sizeof(kMark));
  head.section_table = kHeadBytes;
  head.head_bytes = kHeadBytes;
  head.section_bytes = kEntryBytes;
  head.sections = kSections;
  std::string all(reinterpret_cast<const char*>(&head), sizeof(head));
  std::uint64_t at = kHeadBytes + kSections * kEntryBytes;
  for (const std::string& content : contents) {
    Entry entry{};
    entry.type = at == kHeadBytes + kSections * kEntryBytes && content.empty() ? 0 : kProgramBits;
    entry.offset = at;
    entry.bytes = content.size();
    all.append(reinterpret_cast<const char*>(&entry), sizeof(entry));
    at += content.size();
  }
  for (const std::string& content : contents) all += content;
  return all;
}

std::optional<Binary> Binary::parse(const std::string& bytes) {
  if (bytes.size() < kHeadBytes + kSections * kEntryBytes || std::memcmp(bytes.data(), kMark, sizeof(kMark)) != 0)
    return std::nullopt;
  std::string contents[kSections];
  for (std::size_t s = 0; s < kSections; ++s) {
    Entry entry{};
    std::memcpy(&entry, bytes.data() + kHeadBytes + s * kEntryBytes, sizeof(entry));
    if (entry.offset > bytes.size() || entry.bytes > bytes.size() - entry.offset) return std::nullopt;
    contents[s] = bytes.substr(entry.offset, entry.bytes);
  }
  Binary binary{contents[1], {}, contents[3], contents[4]};
  if (binary.board != kBoardName) return std::nullopt;
  std::istringstream lines(contents[2]);
  for (std::string name, kind, arguments; lines >> name >> kind >> arguments;)
    binary.kernels.push_back({name, kind == "autorun", arguments.substr(1)});
  return binary;
}

}  // namespace sluice::board
