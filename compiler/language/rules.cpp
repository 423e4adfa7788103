// SPDX-License-Identifier: Apache-2.0
// Each rule is a function over the program or over the facts of a kernel; judge() is their list.
#include "compiler/language/rules.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "compiler/language/array_rules.hpp"
#include "compiler/language/carried_values.hpp"
#include "compiler/language/hdl_words.hpp"
#include "compiler/language/kernel_facts.hpp"
#include "device/contract/wire.h"

namespace sluice::language {
namespace {

class Judge {
 public:
  explicit Judge(const Program& program) : program_(program), tree_(program.tree) {
    for (const SyntaxNode& global : tree_.globals) {
      if (global.is_global) channel_ids_.insert(global.id);
    }
    for (const SyntaxNode& function : tree_.functions) facts_.push_back(kernel_facts(function, channel_ids_));
  }

  Verdict run() {
    count_kernels();
    channel_declarations();
    names();
    recursion();
    for (KernelFacts& facts : facts_) {
      const auto head = std::find_if(program_.words.kernels.begin(), program_.words.kernels.end(),
                                     [&](const KernelHead& k) { return k.name == facts.name; });
      loose_channels(facts);
      if (head == program_.words.kernels.end()) continue;
      calls(facts);
      autorun(facts, *head);
      divisions(facts);
      uneven_unrolls(facts);
      const std::set<std::string> rams = array_breaches(facts, tree_, verdict_);
      carried(facts, rams);
    }
    endpoints();
    verdict_.kernels = program_.words.kernels.size();
    verdict_.channels = program_.words.channels.size();
    return std::move(verdict_);
  }

 private:
  void tell(const char* rule, const Place& place, std::string what) {
    verdict_.breaches.push_back({rule, place, std::move(what)});
  }
  void tell(const char* rule, const SyntaxNode& node, std::string what) {
    tell(rule, tree_.place(node), std::move(what));
  }

  // One more than kernels that compute: that which names the program.
  void count_kernels() {
    const auto& kernels = program_.words.kernels;
    if (kernels.size() > MOST_KERNELS + 1)
      tell("kernels", kernels.back().place,
           fmt::format("{} kernels, at most {} are possible", kernels.size() - 1, MOST_KERNELS));
    for (const KernelHead& k : kernels)
      if (!k.is_single) tell("single", k.place, fmt::format("kernel {} lacks max_global_work_dim(0)", k.name));
  }

  void channel_declarations() {
    for (const Channel& c : program_.words.channels) {
      if (!c.depth) tell("depth", c.place, fmt::format("channel {} states no depth", c.name));
      const auto found = tree_.structs.find(c.type);
      if (found != tree_.structs.end() && !found->second.is_packed)
        tell("packed", found->second.place, fmt::format("{}, which channel {} moves, is not packed", c.type, c.name));
    }
  }

  void names() {
    const auto check = [&](const std::string& name, const Place& place) {
      if (is_hdl_word(name)) tell("names", place, fmt::format("{} is a word of Verilog or VHDL", name));
    };
    for (const Channel& c : program_.words.channels) check(c.name, c.place);
    for (const KernelHead& k : program_.words.kernels) check(k.name, k.place);
  }

  void recursion() {
    for (const KernelFacts& f : facts_) {
      std::set<std::string> reached;
      std::vector<std::string> open(f.called.begin(), f.called.end());
      while (!open.empty()) {
        const std::string now = open.back();
        open.pop_back();
        if (!reached.insert(now).second) continue;
        for (const KernelFacts& other : facts_)
          if (other.name == now) open.insert(open.end(), other.called.begin(), other.called.end());
      }
      if (reached.count(f.name) != 0) tell("recursion", *f.function, fmt::format("{} calls itself", f.name));
    }
  }

  void loose_channels(const KernelFacts& f) {
    for (const SyntaxNode* use : f.loose_channels)
      tell("handed on", *use,
           fmt::format("channel {} is more than the place of a read or write in {}", use->word, f.name));
  }

  // What a kernel's calls say of themselves; endpoints() looks at all kernels together.
  void calls(KernelFacts& f) {
    // By channel, direction, and which of an array of channels.
    std::map<std::tuple<std::string, bool, std::int64_t>, std::size_t> sites;
    for (const ChannelCall& call : f.channel_calls) {
      const char* verb = call.is_read ? "reads" : "writes";
      if (call.index != nullptr && !f.fixed.is_fixed(*call.index))
        tell("index", *call.node,
             fmt::format("{} {} one of the channels {} by a number that is not known", f.name, verb, call.channel));
      std::size_t most = 0;
      f.unroll(call.loop, [&] {
        const auto element = call.index == nullptr ? std::optional<std::int64_t>(0) : f.fixed.value(*call.index);
        most = std::max(most, ++sites[{call.channel, call.is_read, element.value_or(-1)}]);
      });
      if (most > 1)
        tell("one site", *call.node, fmt::format("{} {} channel {} at {} places", f.name, verb, call.channel, most));
      users_[call.channel][call.is_read].insert(f.name);
    }
  }

  void endpoints() {
    for (const Channel& c : program_.words.channels) {
      for (const bool is_read : {false, true}) {
        const std::set<std::string>& kernels = users_[c.name][is_read];
        if (kernels.size() == 1) continue;
        std::string list;
        for (const std::string& k : kernels) list += (list.empty() ? ": " : ", ") + k;
        tell("one user", c.place,
             fmt::format("channel {} has {} kernels that {} it{}", c.name, kernels.size(), is_read ? "read" : "write",
                         list));
      }
    }
  }

  void autorun(const KernelFacts& f, const KernelHead& head) {
    if (!head.is_autorun) return;
    if (f.parameters > 0)
      tell("autorun", head.place, fmt::format("autorun kernel {} has {} arguments", f.name, f.parameters));
    const bool is_endless = std::any_of(f.loops.begin(), f.loops.end(), [&](const Loop& l) {
      return l.parent < 0 && !l.is_left && (l.condition == nullptr || f.fixed.value(*l.condition).value_or(0) != 0);
    });
    if (!is_endless) tell("autorun", head.place, fmt::format("autorun kernel {} has no endless loop", f.name));
  }

  void divisions(const KernelFacts& f) {
    for (const auto& [node, loop] : f.divisions)
      if (f.rolled(loop) >= 0)
        tell("division", *node, fmt::format("{} divides by a number of the run in a loop", f.name));
    for (const KernelFacts& helper : facts_)
      if (f.called.count(helper.name) != 0 && !helper.divisions.empty())
        tell("division", *helper.divisions[0].first,
             fmt::format("{}, which {} calls, divides by a number of the run", helper.name, f.name));
  }

  void uneven_unrolls(const KernelFacts& f) {
    for (const SyntaxNode* loop : f.uneven_unrolls)
      tell("unroll", *loop, fmt::format("{} unrolls a loop whose number of turns is not known", f.name));
  }

  void carried(const KernelFacts& f, const std::set<std::string>& rams) {
    std::set<std::string> slow_functions;
    for (const KernelFacts& helper : facts_)
      if (multiplies(*helper.function)) slow_functions.insert(helper.name);
    const CarriedValues values(f, rams, slow_functions);
    for (const SlowCarry& s : values.slow(program_.words.arrays_with_distance(f.name)))
      tell("carried", *s.node,
           fmt::format("in {} the next {} waits for {}: that takes more than a cycle", f.name, s.variable, s.through));
    for (const CarriedRead& r : values.reads_under_condition())
      tell("read", *r.call->node,
           fmt::format("{} reads channel {} under a condition that its loop carries ({})", f.name, r.call->channel,
                       r.variable));
  }

  static bool multiplies(const SyntaxNode& n) {
    const auto is_number = [](const SyntaxNode& part) { return part.bare().kind == NodeKind::literal; };
    if (n.kind == NodeKind::binary && (n.word == "*" || n.word == "/" || n.word == "%") && !is_number(n.children[0]) &&
        !is_number(n.children[1]))
      return true;
    return std::any_of(n.children.begin(), n.children.end(), multiplies);
  }

  const Program& program_;
  const SyntaxTree& tree_;
  std::set<std::string> channel_ids_;
  std::vector<KernelFacts> facts_;
  std::map<std::string, std::map<bool, std::set<std::string>>> users_;
  Verdict verdict_;
};

}  // namespace

std::string Breach::text() const { return fmt::format("{}: {} ({})", place.text(), what, rule); }

Verdict judge(const Program& program) { return Judge(program).run(); }

}  // namespace sluice::language
