// SPDX-License-Identifier: Apache-2.0
// The elements of board_spec.xml, one after the other; the first that is missing or wrong ends the import with its
// line.
#include "bsp/board_spec.hpp"

#include <algorithm>
#include <cctype>

#include <pugixml.hpp>

#include "runtime/base/errors.hpp"

namespace sluice::bsp {
namespace {

class Spec {
 public:
  Spec(const std::string& file, const std::string& xml) : file_(file), xml_(xml) {}

  Error wrong(std::ptrdiff_t offset, const std::string& words) const {
    const auto line =
        1 + std::count(xml_.begin(),
                       xml_.begin() + std::min<std::ptrdiff_t>(std::max<std::ptrdiff_t>(0, offset), std::ssize(xml_)),
                       '\n');
    return user_error("{}:{}: {}", file_, line, words);
  }
  Error wrong(const pugi::xml_node& node, const std::string& words) const { return wrong(node.offset_debug(), words); }

  Result<long> count(const pugi::xml_node& parent, const char* element) const {
    const pugi::xml_node node = parent.child(element);
    if (!node) return wrong(parent, fmt::format("<{}> has no <{} num=...>", parent.name(), element));
    const std::string text = node.attribute("num").as_string();
    if (text.empty() || text.size() > 9 ||
        !std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; })) {
      return wrong(node, fmt::format("<{} num=\"{}\">: a whole number is needed", element, text));
    }
    return std::stol(text);
  }

 private:
  const std::string& file_;
  const std::string& xml_;
};

// device_model="10ax115s2f45i1sg_dm.xml": the known device whose name the model starts with, spelled the vendor's way.
Result<std::string> device_of(const Spec& spec, const pugi::xml_node& node) {
  std::string model = node.attribute("device_model").as_string();
  std::transform(model.begin(), model.end(), model.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::pair<const char*, const char*> starts[] = {
      {"10ax115", "10ax115"}, {"1sx280", "1sx280"}, {"1sg280", "1sx280"},  {"agfb014", "agf014"}, {"agfb027", "agf027"},
      {"5csema5", "5csea5"},  {"5csea5", "5csea5"}, {"5cseba6", "5csea6"}, {"5csxfc6", "5csea6"}, {"5csea6", "5csea6"}};
  std::string known;
  for (const auto& [start, device] : starts) {
    if (model.rfind(start, 0) == 0) return std::string(device);
    known += (known.empty() ? "" : ", ") + std::string(start);
  }
  return spec.wrong(
      node,
      fmt::format(
          "device_model \"{}\" is not known; models that start with {} are; add a file under bsp/devices for yours",
          model, known));
}

}  // namespace

Result<ImportedBoard> import_board_spec(const std::string& file, const std::string& xml) {
  const Spec spec(file, xml);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  if (!parsed) return spec.wrong(parsed.offset, fmt::format("not XML: {}", parsed.description()));
  const pugi::xml_node board = document.child("board");
  if (!board) return spec.wrong(0, "no <board>; is this a board_spec.xml?");
  std::string name = board.attribute("name").as_string();
  const auto is_plain = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_plain))
    return spec.wrong(board, fmt::format("<board name=\"{}\">: letters, digits, - and _ make a name", name));
  const pugi::xml_node device = board.child("device");
  if (!device) return spec.wrong(board, "<board> has no <device>");
  const std::string device_name = SLUICE_TRY(device_of(spec, device));
  const pugi::xml_node used = device.child("used_resources");
  if (!used) return spec.wrong(device, "<device> has no <used_resources>; what the shell takes is not known");
  const long alms = SLUICE_TRY(spec.count(used, "alms"));
  const long rams = SLUICE_TRY(spec.count(used, "rams"));
  const long dsps = SLUICE_TRY(spec.count(used, "dsps"));
  long banks = 0;
  double megabytes_per_s = 0, bytes = 0;
  for (const pugi::xml_node memory : board.children("global_mem")) {
    const std::string allocation = memory.attribute("allocation_type").as_string();
    if (!allocation.empty() && allocation.find("device") == std::string::npos) continue;  // host memory through PCIe
    megabytes_per_s += memory.attribute("max_bandwidth").as_double();
    for (const pugi::xml_node interface : memory.children("interface")) {
      ++banks;
      bytes += static_cast<double>(interface.attribute("size").as_ullong());  // decimal or 0x...
    }
  }
  if (banks == 0 || megabytes_per_s <= 0)
    return spec.wrong(board, "<board> has no <global_mem max_bandwidth=...> with an <interface>");

  const auto known = SLUICE_TRY(known_devices());
  const auto of_name =
      std::find_if(known.begin(), known.end(), [&](const FpgaDevice& d) { return d.name == device_name; });
  const double clock = (of_name->clock_low_mhz + of_name->clock_high_mhz) / 2;
  const std::string source = "confirmed: board_spec.xml of " + name;
  std::string text = fmt::format(
      "# {0}, imported from its board_spec.xml. Fields: bsp/README.md\ntitle = {0}\ndevice = {1}\n", name, device_name);
  const auto add = [&](const char* key, const std::string& value, const std::string& why) {
    text += fmt::format("{} = {}  # {}\n", key, value, why);
  };
  add("aoc_boards", name, source);
  add("is_build_target", "yes", source);
  add("shell_alms", std::to_string(alms), source);
  add("shell_ram_blocks", std::to_string(rams), source);
  add("shell_dsps", std::to_string(dsps), source);
  add("memory_banks", std::to_string(banks), source);
  add("memory_gb", bytes > 0 ? fmt::format("{:.3f}", bytes / (1u << 30)) : "1",
      bytes > 0 ? source : "unconfirmed: the file states no size");
  add("memory_gb_per_s", fmt::format("{:.3f}", megabytes_per_s / 1000), source);
  add("clock_mhz", fmt::format("{:.0f}", clock),
      "unconfirmed: planned; middle of what public designs of the family reached");
  if (auto read = read_board(name, file, text); !read)
    return std::move(read).error().in("the imported figures are not possible");
  return ImportedBoard{name, text};
}

}  // namespace sluice::bsp
