// SPDX-License-Identifier: Apache-2.0
// The small bundle with rows that differ (see sparse_bundle.hpp).
#include "tests/support/sparse_bundle.hpp"

#include "compiler/measure/rows.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/base/top_k.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/support/quantile_rows.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {

Result<Bundle> sparse_bundle(const Scratch& scratch, double clock_mhz) {
  Random random(17);
  NetworkMaker make(random, {8, 8, 3});
  make.conv(8, {}, make.conv(8, kSame3x3, make.conv(8, kSame3x3, kNetworkInput)));
  const IntegerNetwork network = make.finish(5);
  const LayerConfigs configs{{KernelKind::conv_pair_sparse},
                             {KernelKind::conv_pair_sparse},
                             {KernelKind::conv_activation_sparse},
                             {KernelKind::conv_dense},
                             {KernelKind::conv_dense}};
  const Netlist netlist = SLUICE_TRY(build_netlist(network, configs));
  const Design design{network, netlist};
  std::vector<RowSample> pictures;
  for (int i = 0; i < 24; ++i) {
    const auto codes = random_codes(random, network);
    pictures.push_back({codes, top_k(reference_scores(network, codes), 1)[0]});  // so that row 0 loses nothing
  }
  RowOptions options;
  options.clock_mhz = clock_mhz;
  std::vector<std::vector<std::int16_t>> codes;
  for (const RowSample& picture : pictures) codes.push_back(picture.codes);
  DesignTable rows = quantile_rows(design, codes, {{0, 0}, {0.3, 0.3}, {0.6, 0.5}});
  rows.clock_mhz = clock_mhz;
  DesignTable table = measure_rows(design, std::move(rows), pictures, options);
  table.design_hash = sha256_hex(design_to_json(design));
  return bundle_of(network, scratch.path() / "sparse", configs, [&](DesignTable& t, const Netlist&) { t = table; });
}

}  // namespace sluice::test
