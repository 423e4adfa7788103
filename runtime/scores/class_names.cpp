// SPDX-License-Identifier: Apache-2.0
// Labels of the network, made printable (see class_names.hpp).
#include "runtime/scores/class_names.hpp"

#include "runtime/base/text.hpp"

namespace sluice {

std::string class_name(const IntegerNetwork& network, int index) {
  return network.labels.empty() ? std::to_string(index)
                                : printable(network.labels.at(static_cast<std::size_t>(index)), kMostLabelBytes);
}

std::string shown_class_name(const IntegerNetwork& network, int index) {
  return (network.labels.empty() ? "class " : "") + class_name(network, index);
}

}  // namespace sluice
