// SPDX-License-Identifier: Apache-2.0
// Hypervolume: how much of the space of objectives a set of points covers, and which few of them cover most.
//
// Why: of a rank of equally good trials the sampler keeps some, and they should stand along the whole front. The idea:
// the volume between the points and a reference that is worse than all; each next point is the one that adds most
// (Guerreiro, Fonseca, Paquete, "Greedy hypervolume subset selection in low dimensions", Evolutionary Computation 24,
// 2016: at least 1 - 1/e of the best subset's volume). The volume: points one by one, each less what later ones cover
// of it (While, Bradstreet, Barone, "A fast way of calculating exact hypervolumes", IEEE TEC 16, 2012).
//
// Before: finite objectives, all to be small. After: a subset of the asked size, equals by their position.
#pragma once

#include <cstddef>
#include <vector>

namespace sluice::search {

// Points outside the reference cover nothing.
double hypervolume(const std::vector<std::vector<double>>& points, const std::vector<double>& reference);

// Positions of `count` points, count <= points.size(). The reference is the worst of each objective, a tenth of its
// spread further out: objectives of any units count alike.
std::vector<std::size_t> covering_subset(const std::vector<std::vector<double>>& points, std::size_t count);

}  // namespace sluice::search
