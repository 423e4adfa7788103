// SPDX-License-Identifier: Apache-2.0
// What becomes of a kernel's private arrays: registers or RAM blocks, and which array can be neither.
//
// Why: an array whose every index is a number becomes registers, and so does one of at most 64 bytes (Intel FPGA SDK
// for OpenCL Pro Edition: Programming Guide, "Inferring a Register"). Any other becomes RAM, whose blocks store at one
// place a cycle. Reads are free: the compiler keeps as many copies as there are reads. A second store to the same bank
// is not: it takes turns with the first, and the loop waits. Banks are told apart by an index that is a number, or
// known modulo a power of two, since low bits of the address choose the bank.
//
// Three kernels of today keep arrays that this finds wanting (kKnownArrays). They work, and are expected to take longer
// on a board than the cycle model says; so they are told, and refuse nothing.
//
// Before: the facts of a kernel. After: each array of it stands in the verdict with its size.
#pragma once

#include <set>
#include <string>

#include "compiler/language/kernel_facts.hpp"
#include "compiler/language/rules.hpp"

namespace sluice::language {

// Adds arrays and breaches; returns the ids of those that become RAM.
std::set<std::string> array_breaches(KernelFacts& facts, const SyntaxTree& tree, Verdict& verdict);

}  // namespace sluice::language
