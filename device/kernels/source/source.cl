/* SPDX-License-Identifier: Apache-2.0 */
/* source.cl: brings parameters and pictures from global memory into the pipeline.
 *
 * Why: the one place where the host's memory meets the streams on the way in. The idea: the host describes segments
 * (SOURCE_KIND and so on, contract/wire.h); the kernel sends them in order. Beats after a HEADER are P_OUT_LANES codes
 * each, beats after an ADDRESS are 32-bit words.
 *
 * One iteration of the inner loop writes one beat; II = 1; loads are sequential and coalesce into bursts.
 *
 *   cycles = sum of beats over the segments
 *
 * Before: `segments` describes data that is in `bytes`. After: all of it has been written to the stream.
 */
#ifndef P_NAME
#include "kernels/source/source_params.h"
#endif

HOST_TASK(P_NAME, TO(OUT), __global const uchar* restrict bytes, __global const uint4* restrict segments, uint count) {
  BEGIN_OUT(OUT)
  for (uint s = 0; s < count; ++s) {
    const uint4 segment = segments[s];
    __global const P_OUT_E* codes = (__global const P_OUT_E*)(bytes + SOURCE_OFFSET(segment));
    __global const uint* words = (__global const uint*)(bytes + SOURCE_OFFSET(segment));
    for (uint i = 0; i < SOURCE_BEATS(segment); ++i) {
      P_OUT_T beat = BEAT_OF(OUT, (int)SOURCE_KIND(segment), SOURCE_WORD(segment));
      if (i > 0 && SOURCE_KIND(segment) == KIND_ADDRESS) beat = BEAT_OF(OUT, KIND_WEIGHTS, words[i - 1]);
      if (i > 0 && SOURCE_KIND(segment) == KIND_HEADER) {
        beat.kind = KIND_DATA;
#pragma unroll
        for (int lane = 0; lane < P_OUT_LANES; ++lane) beat.v[lane] = codes[(i - 1) * P_OUT_LANES + lane];
      }
      WRITE(OUT, beat);
    }
  }
  END(OUT)
}

#include "lib/end_layer.h"
