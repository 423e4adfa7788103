// SPDX-License-Identifier: Apache-2.0
// See design_builder.hpp.
#include "compiler/driver/design_builder.hpp"

#include <algorithm>
#include <limits>

#include "compiler/dse/netlist_resources.hpp"
#include "compiler/model/memory_traffic.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

// Block RAM for streams: what the target has left after everything else.
std::int64_t blocks_left(const Design& design, const Target& target) {
  const double others = netlist_resources(design.network, design.netlist, target.model).total.m20k -
                        double(stream_ram_blocks(design.netlist));
  return std::max<std::int64_t>(0, std::int64_t(target.budget.m20k - others));
}

// An error leaves the design as it was.
Result<StreamSizing> size(Design& design, const DesignTable& rows, const std::vector<RowSample>& pictures,
                          double tolerance, const std::optional<Target>& target) {
  const std::int64_t most_blocks =
      target && target->board ? blocks_left(design, *target) : std::numeric_limits<std::int64_t>::max();
  Design sized = design;
  StreamSizing sizing = SLUICE_TRY(size_streams(sized, rows, pictures, tolerance, most_blocks));
  SLUICE_CHECK(own_work(sized.netlist.validate(sized.network), "the netlist with sized streams"));
  if (target) {
    const Resources total = netlist_resources(sized.network, sized.netlist, target->model).total;
    const ResourceUse fullest =
        uses_of(total, memory_bytes_per_image(sized.netlist), sizing.interval_cycles[0], *target).front();
    if (fullest.short_by() > 0)
      return user_error("with simulated ones the design needs {:.0f} {} too many", fullest.short_by(),
                        fullest.resource);
  }
  design = std::move(sized);
  return sizing;
}

}  // namespace

Result<BuiltDesign> build_design(const IntegerNetwork& network, const LayerConfigs& configs,
                                 const std::vector<search::FrontPoint>& front, double clock_mhz,
                                 const std::vector<RowSample>& pictures, double tolerance,
                                 const std::optional<Target>& target) {
  Netlist netlist = SLUICE_TRY(build_netlist(network, configs));
  BuiltDesign built{{network, std::move(netlist)}, {}, {}, {}};
  built.rows = search::table_of(built.design, front, clock_mhz);
  if (tolerance <= 0) return built;
  auto sizing = size(built.design, built.rows, pictures, tolerance, target);
  if (sizing)
    built.sizing = std::move(sizing).value();
  else if (sizing.error().fault() != Fault::user)
    return std::move(sizing).error();
  else
    built.unsized_because = sizing.error().text();
  return built;
}

}  // namespace sluice
