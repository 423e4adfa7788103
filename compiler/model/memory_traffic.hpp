// SPDX-License-Identifier: Apache-2.0
// Bytes that an image moves through a board's memory, and the interval that its bandwidth allows.
//
// Why: weights stay on the chip, so pictures, scores and counter records are all that a pipeline takes from memory. But
// a design for small pictures runs at rates at which even they add up. The idea: what source.cl, sink.cl and
// collector.cl load and store (an image's words, and nothing else). Host transfers double-buffer meanwhile and use the
// same memory once more.
//
// Before: a valid netlist. After: bytes, host transfers included; cycles of the given clock.
#pragma once

#include "bsp/board.hpp"
#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

double memory_bytes_per_image(const Netlist& netlist);
// At least that, whatever the engines: pictures and scores.
double memory_bytes_per_image(const IntegerNetwork& network);

// Of what a plan may use of all banks together (bsp::Board::kMostBandwidth).
double memory_bytes_per_cycle(const bsp::Board& board, double clock_mhz);

}  // namespace sluice
