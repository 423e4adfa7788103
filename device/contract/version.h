/* SPDX-License-Identifier: Apache-2.0 */
/* version.h: what a program on the host and a kernel on the device must have in common.
 *
 * Why: a bitstream outlives the program that planned it. The host packs parameter words, settings and thresholds for
 * kernels it does not compile, and reads their records; a kernel of another layout would take them and compute nonsense.
 *
 * Raise it with any change of contract/wire.h or of a kernel's parameter words; tests/unit/device/wire_test.cpp fails until
 * it is raised. A kernel that computes the same from the same words keeps it. 1: first. 2: curves, scale, concat. 3: several engines,
 * copies and lanes a layer. 4: requantisers shared among filters. 5: curves as lines; shift and clamp are numbers of the
 * program. 6: engines scan windows themselves, line buffers and requantisers
 * serve copies. 7: the source reads memory in words, beats of codes
 * are padded so that none lies across two.
 *
 * Before: a bundle's design.json states the version it was planned for. After: a runtime refuses any but this one.
 */
#ifndef SLUICE_DEVICE_CONTRACT_VERSION_H
#define SLUICE_DEVICE_CONTRACT_VERSION_H

#define SLUICE_KERNEL_VERSION 7

#endif
