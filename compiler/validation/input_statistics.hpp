// SPDX-License-Identifier: Apache-2.0
// unlike_training: are pictures prepared as they were when the network was trained?
//
// Why: forgotten preprocessing makes a network bad in float already, so no comparison of float with int8 shows it. What
// does is the first BatchNormalization of the file: it holds mean and variance of what stood in front of it in
// training. The idea: the file is run up to there on the user's pictures. The spread of each channel is divided by the
// stored one, and the distance of the means by the stored deviation; the former's geometric mean over channels, and the
// latter's root mean square, tell pixels of 0..255 from 0..1 and a forgotten mean from one that is there. A few
// pictures differ from all of training, so only what is far off counts.
//
// Before: the model of a file, the graph in normal form that was imported from it, and at least one picture: all that
// are given are run. After: an empty text, or a sentence for the user. Files whose BatchNormalization is folded into
// weights have nothing to tell.
#pragma once

#include "compiler/ir/graph.hpp"
#include "compiler/onnx_definition/model.hpp"
#include "runtime/images/fitted_pictures.hpp"

namespace sluice {

Result<std::string> unlike_training(const definition::DefinedModel& model, const ir::Graph& graph,
                                    const FittedPictures& pictures);

}  // namespace sluice
