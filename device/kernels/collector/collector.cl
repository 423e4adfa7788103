/* SPDX-License-Identifier: Apache-2.0 */
/* collector.cl: brings the counter records of all sparse layers to the host.
 *
 * Why: one kernel that the host waits for, instead of one per layer. The idea: for each image, one record from every
 * layer in turn; P_STREAMS names the streams, so this text serves any number of them. Layers that are ahead keep their
 * record in the stream's depth.
 *
 * `records` receives, per image and stream: the word of the image's header, then RECORD_LANES counters.
 *
 *   cycles = images * streams * 2
 */
#ifndef P_NAME
#include "kernels/collector/collector_params.h"
#endif
#if !defined(P_STREAMS) || !defined(P_IN_T)
#error "collector.cl: a parameter is missing; collector_params.h lists them"
#endif

#define COLLECT(stream)                                          \
  for (int index = 0; index < 2; ++index) {                      \
    P_IN_T beat;                                                 \
    READ_NAMED(stream, index, beat);                             \
    const int count = index == 0 ? 1 : RECORD_LANES;             \
    for (int lane = 0; lane < count; ++lane) records[at + lane] = beat.v[lane]; \
    at = at + count;                                             \
  }

COLLECTOR_TASK(P_NAME, P_STREAMS(FROM_NAMED), __global int* restrict records, uint images) {
  uint at = 0;
  for (uint image = 0; image < images; ++image) {
    P_STREAMS(COLLECT)
  }
}

#undef COLLECT
#include "lib/end_layer.h"
