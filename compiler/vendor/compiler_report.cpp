// SPDX-License-Identifier: Apache-2.0
// Walks the JSON of the compiler's reports, whatever stands around what is looked for.
#include "compiler/vendor/compiler_report.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <regex>

#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"

namespace sluice::vendor {
namespace {

using nlohmann::json;

// Memories that the kernels' texts say are kept several times.
constexpr const char* kReplicated[] = {"curve_lines", "rows"};

std::string small(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

bool has(const std::string& text, const char* words) { return small(text).find(words) != std::string::npos; }

// "var loopsJSON={...};": the object; a plain JSON text is itself.
std::string object_of(const std::string& text, const std::string& name) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start != std::string::npos && text[start] == '{') return text;
  const std::size_t at = text.find(name);
  const std::size_t from = at == std::string::npos ? at : text.find('{', at);
  if (from == std::string::npos) return "";
  int depth = 0;
  bool is_quoted = false;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (is_quoted && text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      is_quoted = !is_quoted;
    else if (!is_quoted && text[i] == '{')
      ++depth;
    else if (!is_quoted && text[i] == '}' && --depth == 0)
      return text.substr(from, i + 1 - from);
  }
  return "";
}

std::string text_of(const json& j) {
  if (j.is_string()) return j.get<std::string>();
  if (j.is_number_integer()) return j.dump();
  std::string all;
  for (const auto& part : j.items()) {
    if (j.is_object()) all += part.key() + " ";
    if (part.value().is_structured() || part.value().is_string() || part.value().is_number_integer())
      all += text_of(part.value()) + " ";
  }
  return all;
}

std::string name_of(const json& j) {
  const auto found = j.find("name");
  return found != j.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// [[{"filename": "window.cl", "line": 67}]], under any nesting.
void find_place(const json& j, std::string& file, int& line) {
  if (j.is_object() && j.contains("filename") && j.contains("line") && file.empty()) {
    file = text_of(j["filename"]);
    line = std::atoi(text_of(j["line"]).c_str());
  }
  for (const json& part : j) {
    if (part.is_structured()) find_place(part, file, line);
  }
}

std::string kernel_of(const json& node, const std::string& around) {
  const std::string name = name_of(node);
  if (name.rfind("Kernel: ", 0) == 0) return name.substr(8);
  const auto type = node.find("type");
  const bool is_kernel = type != node.end() && type->is_string() && (*type == "kernel" || *type == "function");
  return is_kernel ? name : around;
}

void find_loops(const json& node, const std::string& around, std::vector<ReportedLoop>& loops) {
  if (!node.is_structured()) return;
  std::string kernel = around;
  if (node.is_object()) {
    kernel = kernel_of(node, around);
    const auto data = node.find("data");
    if (data != node.end() && data->is_array() && data->size() >= 2 && (*data)[0].is_string() &&
        node.contains("debug")) {
      ReportedLoop loop{kernel, name_of(node), "", 0, text_of((*data)[0]), text_of((*data)[1]), ""};
      find_place(node["debug"], loop.file, loop.line);
      if (node.contains("details")) loop.details = text_of(node["details"]);
      if (data->size() > 2) loop.details += text_of((*data)[2]);
      loops.push_back(std::move(loop));
    }
  }
  for (const json& part : node) find_loops(part, kernel, loops);
}

void find_memories(const json& node, const std::string& around, std::vector<ReportedMemory>& memories) {
  if (!node.is_structured()) return;
  std::string kernel = around;
  if (node.is_object()) {
    kernel = kernel_of(node, around);
    const auto details = node.find("details");
    const std::string told = details == node.end() ? "" : text_of(*details);
    if (has(told, "replicat") || has(told, "stallable") || has(told, "arbitrat")) {
      static const std::regex count("replicat(?:ed|es)\\D{0,3}(\\d+)", std::regex::icase);
      static const std::regex variable("\\(?'?([A-Za-z_]\\w*)'?\\)?\\s*$");
      ReportedMemory memory{kernel, name_of(node), "", 0, 1, has(told, "stallable") || has(told, "arbitrat")};
      std::smatch hit;
      if (std::regex_search(told, hit, count))
        memory.replicates = std::atoi(hit[1].str().c_str());
      else if (has(told, "replicat"))
        memory.replicates = 2;
      const std::string name = memory.name;
      if (std::regex_search(name, hit, variable)) memory.name = hit[1].str();
      if (node.contains("debug")) find_place(node["debug"], memory.file, memory.line);
      memories.push_back(std::move(memory));
    }
  }
  for (const json& part : node) find_memories(part, kernel, memories);
}

std::string where(const std::string& kernel, const std::string& file, int line) {
  return fmt::format("{}{}{}:{}", kernel, kernel.empty() ? "" : ", ", file.empty() ? "?" : file, line);
}

}  // namespace

Result<CompilerReport> read_compiler_report(const std::string& loops, const std::string& area) {
  CompilerReport report;
  const json tree = parse_json(object_of(loops, "loopsJSON"));
  if (!tree.is_object()) return user_error("the compiler's report of loops is no JSON that this program reads");
  find_loops(tree, "", report.loops);
  if (report.loops.empty()) return user_error("the compiler's report lists no loop");
  if (area.empty()) return report;
  const json resources = parse_json(object_of(area, "areaJSON"));
  if (!resources.is_object())
    return user_error("the compiler's report of resources is no JSON that this program reads");
  find_memories(resources, "", report.memories);
  return report;
}

std::vector<std::string> objections(const CompilerReport& report, const std::set<std::string>& without_pictures) {
  std::vector<std::string> all;
  const auto may_be_slow = [&](const std::string& kernel, const std::string& file) {
    return without_pictures.count(kernel) != 0 ||
           without_pictures.count(file.substr(file.rfind('/') == std::string::npos ? 0 : file.rfind('/') + 1)) != 0;
  };
  for (const ReportedLoop& loop : report.loops) {
    if (may_be_slow(loop.kernel, loop.file) || has(loop.details, "unroll") || has(loop.name, "unroll")) continue;
    const std::string place = where(loop.kernel, loop.file, loop.line);
    const std::size_t digit = loop.interval.find_first_of("0123456789");
    const long interval = digit == std::string::npos ? 0 : std::strtol(loop.interval.c_str() + digit, nullptr, 10);
    const std::string why = loop.details.empty() ? "" : " (" + loop.details + ")";
    if (has(loop.pipelined, "no"))
      all.push_back(fmt::format("{}: a loop is not pipelined, expected II 1{}", place, why));
    else if (has(loop.details, "serial"))
      all.push_back(fmt::format("{}: a loop runs serially, expected II 1{}", place, why));
    else if (interval > 1)
      all.push_back(fmt::format("{}: a loop has II {}, expected 1{}", place, interval, why));
  }
  for (const ReportedMemory& memory : report.memories) {
    if (may_be_slow(memory.kernel, memory.file)) continue;
    const std::string place = where(memory.kernel, memory.file, memory.line);
    const bool is_planned =
        std::find(std::begin(kReplicated), std::end(kReplicated), memory.name) != std::end(kReplicated);
    if (memory.takes_turns)
      all.push_back(fmt::format("{}: accesses of the memory {} take turns", place, memory.name));
    else if (memory.replicates > 1 && !is_planned)
      all.push_back(
          fmt::format("{}: the memory {} is kept {} times, expected once", place, memory.name, memory.replicates));
  }
  return all;
}

}  // namespace sluice::vendor
