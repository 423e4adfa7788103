// SPDX-License-Identifier: Apache-2.0
// Networks of the shapes that users bring, with random numbers in them.
//
// Sources: He et al., arXiv 1512.03385, table 1; Howard et al., arXiv 1905.02244, tables 1 and 2; Iandola et al., arXiv
// 1602.07360 and the authors' version 1.1.
#pragma once

#include "tests/support/random_network.hpp"

namespace sluice::test {

// `size` is the picture's side, 224 in the papers.
IntegerNetwork resnet50(Random& random, int size);
IntegerNetwork mobilenet_v3_large(Random& random, int size);
IntegerNetwork mobilenet_v3_small(Random& random, int size);
IntegerNetwork squeezenet(Random& random, int size);

}  // namespace sluice::test
