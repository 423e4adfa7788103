// SPDX-License-Identifier: Apache-2.0
// See explain.hpp.
#include "compiler/dse/explain.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "compiler/dse/engine_ways.hpp"
#include "compiler/model/engine_model.hpp"

namespace sluice {
namespace {

// The rule that keeps an engine out of a layer's menu.
std::string rule_against(KernelKind kind, const LayerSpec& spec) {
  const LayerWork& work = spec.work;
  if (spec.is_first && kind != KernelKind::conv_dense)
    return "the first convolution is dense: a picture has no zeros to skip";
  if (std::find(spec.engines.begin(), spec.engines.end(), kind) == spec.engines.end())
    return "the plan was restricted to other engines (--engine)";
  return engine_ways(kind).why_none.get()(work);
}

class Explainer {
 public:
  Explainer(const LayerMenu& menu, const LayerLevels& levels, const Exploration& design, std::size_t layer,
            const Resources& budget, double natural_share)
      : menu_(menu),
        design_(design),
        chosen_(design.layers[layer]),
        budget_(budget),
        ways_(timed_ways(menu, levels, budget, natural_share, design.layers[layer].cost.loss)) {}

  EngineOffer offer_of(KernelKind kind) const {
    if (kind == chosen_.shape.kind)
      return {
          kind,          Verdict::chosen, "the cheapest that keeps the interval, lanes of its neighbours considered",
          chosen_.shape, chosen_.cycles,  chosen_.cost};
    const auto has_kind = [&](const TimedWay& t) { return way_of(t).shape.kind == kind; };
    const auto fastest = std::find_if(ways_.begin(), ways_.end(), has_kind);
    if (fastest == ways_.end()) return {kind, Verdict::not_allowed, rule_against(kind, menu_.spec), {}, 0, {}};
    const TimedWay* best =
        cheapest([&](const TimedWay& t) { return has_kind(t) && t.cycles <= design_.interval_cycles; });
    if (best) {
      const double times = price_of(way_of(*best).cost(best->copies)) / std::max(1e-12, price_of(chosen_.cost));
      return offer(*best, Verdict::dearer,
                   times > 1 ? fmt::format("{:.2f} times the price of the chosen way", times)
                             : "as cheap by itself, but its lanes would need width kernels beside it");
    }
    return offer(*fastest, Verdict::too_slow,
                 fmt::format("takes {:.0f} cycles at best, the interval has {:.0f}", fastest->own_cycles,
                             design_.interval_cycles));
  }

  // The same engine and copies with other numbers of requantisers.
  std::string requantisers() const {
    const EngineShape& s = chosen_.shape;
    if (s.filters == 1) return {};
    std::string text = s.sends_sums ? fmt::format("{} for {} filters{}", s.out_lanes, s.filters,
                                                  s.copies > 1 ? fmt::format(" of {} copies", s.copies) : "")
                                    : "one for each filter" + std::string(s.copies > 1 ? " of each copy" : "");
    for (std::size_t w = 0; w < menu_.ways.size(); ++w) {
      const EngineShape& other = menu_.ways[w].shape;
      if (other.out_lanes == s.out_lanes || !is_same_engine(other)) continue;
      // More copies than are worth it were left out.
      const TimedWay* like = nullptr;
      for (const TimedWay& t : ways_) {
        if (t.way == int(w) && t.copies <= s.copies && (!like || t.copies > like->copies)) like = &t;
      }
      if (!like) continue;
      text += fmt::format("; {} would take {:.0f} cycles at {:.2f} times the price", other.out_lanes, like->own_cycles,
                          price_of(way_of(*like).cost(like->copies)) / std::max(1e-12, price_of(chosen_.cost)));
    }
    return text;
  }

  std::optional<EngineOffer> faster() const {
    const TimedWay* best = cheapest([&](const TimedWay& t) { return t.own_cycles < chosen_.cycles; });
    if (!best) return {};
    EngineOffer next = offer(*best, Verdict::dearer, "the next faster step");
    next.cost += chosen_.cost * -1;
    return next;
  }

 private:
  // But for its requantisers. A taps kernel takes what arrives.
  bool is_same_engine(const EngineShape& other) const {
    const EngineShape& s = chosen_.shape;
    return other.kind == s.kind && other.vector_lanes == s.vector_lanes && other.pairs == s.pairs &&
           other.filters == s.filters && other.group == s.group && other.pixels == s.pixels && other.taps == s.taps &&
           (has_taps(s, menu_.spec.work) || other.in_lanes == s.in_lanes);
  }

  const LayerWay& way_of(const TimedWay& timed) const { return menu_.ways[std::size_t(timed.way)]; }

  double price_of(const Resources& cost) const { return priced(shares_of(cost, budget_), design_.weights); }

  template <typename Condition>
  const TimedWay* cheapest(Condition holds) const {
    const TimedWay* best = nullptr;
    double least = std::numeric_limits<double>::infinity();
    for (const TimedWay& t : ways_) {
      if (!holds(t)) continue;
      const double price = price_of(way_of(t).cost(t.copies));
      if (price < least) least = price, best = &t;
    }
    return best;
  }

  EngineOffer offer(const TimedWay& timed, Verdict verdict, std::string why) const {
    EngineOffer made{way_of(timed).shape.kind, verdict,          std::move(why),
                     way_of(timed).shape,      timed.own_cycles, way_of(timed).cost(timed.copies)};
    made.shape.copies = timed.copies;
    return made;
  }

  const LayerMenu& menu_;
  const Exploration& design_;
  const ChosenLayer& chosen_;
  const Resources& budget_;
  const std::vector<TimedWay> ways_;
};

}  // namespace

const char* to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::chosen:
      return "chosen";
    case Verdict::dearer:
      return "dearer";
    case Verdict::too_slow:
      return "too slow";
    case Verdict::not_allowed:
      break;
  }
  return "not allowed";
}

std::string numbers_text(const EngineShape& s) {
  std::string text;
  const auto number = [&](const char* letter, int value, bool has) {
    if (has) text += fmt::format("{}{}={}", text.empty() ? "" : " ", letter, value);
  };
  if (!is_engine(s.kind)) return fmt::format("{} lanes", s.out_lanes);
  const EngineModel& model = engine_model(s.kind);
  const int m = engine_ways(s.kind).vector_lanes.get()(s);
  number("M", m, m > 0);
  number("taps", s.taps, s.taps > 1);
  number("N", s.pairs, model.takes_taps.get());
  number("O", s.filters, true);
  number("L", s.out_lanes, s.sends_sums);
  number("G", s.group, s.group > 1);
  number("P", s.pixels, s.pixels > 1 || model.has_tiles.get());
  number("E", s.copies, s.copies > 1);
  return text;
}

LayerStory explain_layer(const LayerMenu& menu, const LayerLevels& levels, const Exploration& design, std::size_t layer,
                         const Resources& budget, double natural_share) {
  const Explainer explainer(menu, levels, design, layer, budget, natural_share);
  LayerStory story;
  const KernelKind chosen = design.layers[layer].shape.kind;
  story.offers.push_back(explainer.offer_of(chosen));
  if (menu.spec.work.kind == LayerKind::conv) {
    for (const KernelKind kind : convolution_engines()) {
      if (kind != chosen) story.offers.push_back(explainer.offer_of(kind));
    }
  }
  if (menu.spec.work.kind == LayerKind::conv) story.requantisers = explainer.requantisers();
  story.faster = explainer.faster();
  return story;
}

}  // namespace sluice
