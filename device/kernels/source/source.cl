/* SPDX-License-Identifier: Apache-2.0 */
/* source.cl: brings parameters and pictures from global memory into the pipeline.
 *
 * Why: the one place where the host's memory meets the streams on the way in. The idea: the host describes segments
 * (SOURCE_KIND and so on, contract/wire.h); the kernel sends them in order. Beats after a HEADER are P_OUT_LANES codes
 * each, beats after an ADDRESS are 32-bit words.
 *
 * Memory is read a word of 512 bits at a time, which is what a board's memory gives in a cycle; single codes would each
 * cost a load, and those of three channels be misaligned (best practices guide, chapter 3, aligned and coalesced
 * accesses). A register holds the word; its first beat leaves and the rest moves up by one of two constants, so
 * no multiplexer selects among 64 places. The load's address hangs on counters only, hence loads run ahead.
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

#define BEAT_BYTES SOURCE_BEAT_BYTES(LANE_BYTES(OUT) * P_OUT_LANES)
#define WORD_BYTES SOURCE_WORD_BYTES(BEAT_BYTES)
/* What stands `bytes` farther in the word. */
#define MOVED(bytes) (at + (bytes) < WORD_BYTES ? word[(at + (bytes)) % WORD_BYTES] : (uchar)0)

HOST_TASK(P_NAME, TO(OUT), __global const uchar* restrict bytes, __global const uint4* restrict segments, uint count) {
  BEGIN_OUT(OUT)
  typedef struct ALIGNED(64) { uchar part[WORD_BYTES]; } memory_word;
  for (uint s = 0; s < count; ++s) {
    const uint4 segment = segments[s];
    const bool is_picture = SOURCE_KIND(segment) == KIND_HEADER;
    __global const memory_word* words = (__global const memory_word*)(bytes + SOURCE_OFFSET(segment));
    uchar word[WORD_BYTES];
    uint next = 0, left = 0; /* the word to be loaded next; beats that are still in this one */
    for (uint i = 0; i < SOURCE_BEATS(segment); ++i) {
      P_OUT_T beat = BEAT_OF(OUT, (int)SOURCE_KIND(segment), SOURCE_WORD(segment));
      if (i > 0) {
        if (left == 0) {
          const memory_word loaded = words[next];
#pragma unroll
          for (int at = 0; at < WORD_BYTES; ++at) word[at] = loaded.part[at];
          next = next + 1;
          left = is_picture ? WORD_BYTES / BEAT_BYTES : WORD_BYTES / 4;
        }
        beat = BEAT_OF(OUT, KIND_WEIGHTS,
                       (uint)word[0] | (uint)word[1] << 8 | (uint)word[2] << 16 | (uint)word[3] << 24);
        if (is_picture) {
          beat.kind = KIND_DATA;
#pragma unroll
          for (int lane = 0; lane < P_OUT_LANES; ++lane) {
            uint code = 0;
#pragma unroll
            for (int part = 0; part < LANE_BYTES(OUT); ++part)
              code |= (uint)word[lane * LANE_BYTES(OUT) + part] << 8 * part;
            beat.v[lane] = (P_OUT_E)code;
          }
        }
#pragma unroll
        for (int at = 0; at < WORD_BYTES; ++at) word[at] = is_picture ? MOVED(BEAT_BYTES) : MOVED(4);
        left = left - 1;
      }
      WRITE(OUT, beat);
    }
  }
  END(OUT)
}

#undef BEAT_BYTES
#undef WORD_BYTES
#undef MOVED

#include "lib/end_layer.h"
