// SPDX-License-Identifier: Apache-2.0
// Networks of known shapes (see known_shapes.hpp).
#include "tests/support/known_shapes.hpp"

#include <array>
#include <vector>

namespace sluice::test {
namespace {

Window square(int kernel, int stride = 1) {
  const int pad = kernel / 2;
  return {kernel, kernel, stride, stride, pad, pad, pad, pad};
}

}  // namespace

IntegerNetwork resnet50(Random& random, int size) {
  NetworkMaker make(random, {size, size, 3});
  int at = make.pool(LayerKind::max_pool, square(3, 2), make.conv(64, square(7, 2), kNetworkInput));
  const std::array<int, 4> blocks{3, 4, 6, 3};
  for (int stage = 0; stage < 4; ++stage) {
    const int width = 64 << stage;
    for (int block = 0; block < blocks[std::size_t(stage)]; ++block) {
      const int stride = stage > 0 && block == 0 ? 2 : 1;
      const int branch = make.conv(4 * width, {}, make.conv(width, square(3, stride), make.conv(width, {}, at)));
      at = make.add(branch, block == 0 ? make.conv(4 * width, square(1, stride), at) : at);
    }
  }
  return make.finish(1000);
}

namespace {

struct InvertedResidual {
  int kernel, expanded, channels;
  bool is_excited, has_swish;
  int stride;
};

// What both tables share: the stem, the rows, and the last layers.
IntegerNetwork mobilenet_v3(Random& random, int size, const std::vector<InvertedResidual>& rows, int last, int wide) {
  NetworkMaker make(random, {size, size, 3});
  const auto with_curve = [&](int layer) {
    make.add_curve(layer);
    return layer;
  };
  int at = with_curve(make.conv(16, square(3, 2), kNetworkInput));
  for (const InvertedResidual& row : rows) {
    const int before = at;
    // As in the authors' code, a row that does not widen begins without a 1x1 convolution.
    if (row.expanded != make.shape_of(at).channels) {
      at = make.conv(row.expanded, {}, at);
      if (row.has_swish) make.add_curve(at);
    }
    at = make.depthwise(square(row.kernel, row.stride), at);
    if (row.has_swish) make.add_curve(at);
    if (row.is_excited) at = make.squeeze_excite(at, (row.expanded / 4 + 7) / 8 * 8);
    at = make.conv(row.channels, {}, at);
    if (make.shape_of(at) == make.shape_of(before)) at = make.add(before, at);
  }
  at = make.global_pool(with_curve(make.conv(last, {}, at)));
  with_curve(make.conv(wide, {}, at));
  return make.finish(1000);
}

}  // namespace

IntegerNetwork mobilenet_v3_large(Random& random, int size) {
  return mobilenet_v3(random, size,
                      {{3, 16, 16, false, false, 1},
                       {3, 64, 24, false, false, 2},
                       {3, 72, 24, false, false, 1},
                       {5, 72, 40, true, false, 2},
                       {5, 120, 40, true, false, 1},
                       {5, 120, 40, true, false, 1},
                       {3, 240, 80, false, true, 2},
                       {3, 200, 80, false, true, 1},
                       {3, 184, 80, false, true, 1},
                       {3, 184, 80, false, true, 1},
                       {3, 480, 112, true, true, 1},
                       {3, 672, 112, true, true, 1},
                       {5, 672, 160, true, true, 2},
                       {5, 960, 160, true, true, 1},
                       {5, 960, 160, true, true, 1}},
                      960, 1280);
}

IntegerNetwork mobilenet_v3_small(Random& random, int size) {
  return mobilenet_v3(random, size,
                      {{3, 16, 16, true, false, 2},
                       {3, 72, 24, false, false, 2},
                       {3, 88, 24, false, false, 1},
                       {5, 96, 40, true, true, 2},
                       {5, 240, 40, true, true, 1},
                       {5, 240, 40, true, true, 1},
                       {5, 120, 48, true, true, 1},
                       {5, 144, 48, true, true, 1},
                       {5, 288, 96, true, true, 2},
                       {5, 576, 96, true, true, 1},
                       {5, 576, 96, true, true, 1}},
                      576, 1024);
}

IntegerNetwork squeezenet(Random& random, int size) {
  NetworkMaker make(random, {size, size, 3});
  const Window third{3, 3, 2, 2, 0, 0, 0, 0};
  const auto pool = [&](int source) { return make.pool(LayerKind::max_pool, third, source, true); };
  int at = pool(make.conv(64, third, kNetworkInput));
  at = pool(make.fire(16, 64, 64, make.fire(16, 64, 64, at)));
  at = pool(make.fire(32, 128, 128, make.fire(32, 128, 128, at)));
  at = make.fire(48, 192, 192, make.fire(48, 192, 192, at));
  at = make.fire(64, 256, 256, make.fire(64, 256, 256, at));
  make.conv(1000, {}, at);
  return make.finish(1000);
}

}  // namespace sluice::test
