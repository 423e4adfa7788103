/* SPDX-License-Identifier: Apache-2.0 */
/* stream_pocl.h: the words of stream.h for PoCL, where kernels must not wait for each other.
 *
 * Why: PoCL runs a work-group to its end on one thread; kernels spinning on channels would need a thread each and hang
 * with fewer. The idea: a launch handles one *segment* of its streams, an image or a batch of parameters, held whole in
 * a buffer; the host orders the launches by events, so that many images are in the pipeline at once.
 *
 * A segment buffer: four 32-bit words (SEGMENT_KIND and so on, contract/wire.h), then the other beats' lanes without
 * gaps (an image is therefore a plain NHWC tensor), or 32-bit words for parameters.
 * Beats past the first are DATA after HEADER and WEIGHTS after ADDRESS, so a kind costs no memory.
 *
 * Before: the producing kernel has finished. After: the output segment is complete; its beat count is 0 when nothing
 * was written (parameters that stopped here).
 */
#define SLUICE_DECLARE_INTRINSICS(T)
#define STREAM(name, T, beats)
#define SLUICE_PACKED

#define TASK(name, ...) __kernel void name(__VA_ARGS__)
#define HOST_TASK(name, stream_argument, ...) __kernel void name(stream_argument, __VA_ARGS__)
#define COLLECTOR_TASK(name, stream_arguments, ...) __kernel void name(__VA_ARGS__ stream_arguments)
#define IDENTITY(name)

#define FROM(port) __global const uint* restrict SLUICE_PASTE(from_, P_##port)
#define TO(port) __global uint* restrict SLUICE_PASTE(to_, P_##port)
#define MEMORY __global uchar* restrict memory
#define ALIGNED(bytes)

/* `tag` names the local variables of a stream: its port, or its place in a list of like streams. */
#define SLUICE_BEGIN(port, tag, stream)                                           \
  const uint kind_##tag = SLUICE_PASTE(from_, stream)[SEGMENT_KIND];              \
  const uint beats_##tag = SLUICE_PASTE(from_, stream)[SEGMENT_BEATS];            \
  (void)beats_##tag;                                                              \
  __global const P_##port##_E* restrict lanes_##tag =                             \
      (__global const P_##port##_E*)(SLUICE_PASTE(from_, stream) + SEGMENT_HEAD_WORDS); \
  uint cursor_##tag = 0;
#define SLUICE_BEGIN_OUT(port, tag, stream)                                       \
  __global P_##port##_E* restrict lanes_##tag =                                   \
      (__global P_##port##_E*)(SLUICE_PASTE(to_, stream) + SEGMENT_HEAD_WORDS); \
  uint cursor_##tag = 0;
#define BEGIN(port) SLUICE_BEGIN(port, port, P_##port)
#define BEGIN_OUT(port) SLUICE_BEGIN_OUT(port, port, P_##port)
#define END(port) SLUICE_PASTE(to_, P_##port)[SEGMENT_BEATS] = cursor_##port;

#define RAM(T, name, rows, columns, offset) \
  __global T (*restrict name)[columns] = (__global T(*)[columns])(memory + (offset));
#define REGISTER(T, name, offset)                                           \
  __global T* restrict name##_cell = (__global T*)(memory + (offset));      \
  T name = *name##_cell;
#define KEEP(name) *name##_cell = name;

/* A value that fits `bits` bits is an int anyway. */
#define NARROW(value, bits) (value)

#define DISTANCE(array_name, iterations)
#define FOREVER(port) while (cursor_##port < beats_##port)
#define FOREVER_WHILE(port, is_busy) while (cursor_##port < beats_##port || (is_busy))

#define SLUICE_READ(port, tag, stream, beat)                                                  \
  do {                                                                                        \
    if (cursor_##tag == 0) {                                                                  \
      beat = BEAT_OF(port, kind_##tag, SLUICE_PASTE(from_, stream)[SEGMENT_WORD]);            \
    } else if (kind_##tag == KIND_HEADER) {                                                   \
      beat.kind = KIND_DATA;                                                                  \
      _Pragma("unroll")                                                                       \
      for (int lane = 0; lane < P_##port##_LANES; ++lane)                                     \
        beat.v[lane] = lanes_##tag[(size_t)(cursor_##tag - 1) * P_##port##_LANES + lane];     \
    } else {                                                                                  \
      beat = BEAT_OF(port, KIND_WEIGHTS,                                                      \
                     SLUICE_PASTE(from_, stream)[SEGMENT_HEAD_WORDS + cursor_##tag - 1]);   \
    }                                                                                         \
    ++cursor_##tag;                                                                           \
  } while (0)
#define READ(port, beat) SLUICE_READ(port, port, P_##port, beat)

#define SLUICE_WRITE(port, tag, stream, beat)                                                 \
  do {                                                                                        \
    if (cursor_##tag == 0) {                                                                  \
      SLUICE_PASTE(to_, stream)[SEGMENT_KIND] = beat.kind;                                    \
      SLUICE_PASTE(to_, stream)[SEGMENT_WORD] = WORD(port, beat);                             \
    } else if (beat.kind == KIND_DATA) {                                                      \
      _Pragma("unroll")                                                                       \
      for (int lane = 0; lane < P_##port##_LANES; ++lane)                                     \
        lanes_##tag[(size_t)(cursor_##tag - 1) * P_##port##_LANES + lane] = beat.v[lane];     \
    } else {                                                                                  \
      SLUICE_PASTE(to_, stream)[SEGMENT_HEAD_WORDS + cursor_##tag - 1] = WORD(port, beat);  \
    }                                                                                         \
    ++cursor_##tag;                                                                           \
  } while (0)
#define WRITE(port, beat) SLUICE_WRITE(port, port, P_##port, beat)

#define FROM_LISTED(index, stream) , __global const uint* restrict SLUICE_PASTE(from_, stream)
#define TO_LISTED(index, stream) , __global uint* restrict SLUICE_PASTE(to_, stream)
#define BEGIN_FROM_LISTED(index, stream) SLUICE_BEGIN(IN, index, stream)
#define BEGIN_TO_LISTED(index, stream) SLUICE_BEGIN_OUT(OUT, index, stream)
#define END_LISTED(index, stream) SLUICE_PASTE(to_, stream)[SEGMENT_BEATS] = cursor_##index;
#define READ_LISTED(index, stream, beat) SLUICE_READ(IN, index, stream, beat)
#define WRITE_LISTED(index, stream, beat) SLUICE_WRITE(OUT, index, stream, beat)

/* Beat `index` of a stream of records: 0 is its HEADER, 1 its DATA. */
#define FROM_NAMED(stream) , __global const uint* restrict SLUICE_PASTE(from_, stream)
#define READ_NAMED(stream, index, beat)                                                       \
  do {                                                                                        \
    beat.kind = (uchar)((index) == 0 ? KIND_HEADER : KIND_DATA);                              \
    for (int lane = 0; lane < RECORD_LANES; ++lane)                                           \
      beat.v[lane] = (int)SLUICE_PASTE(from_, stream)[(index) == 0 ? SEGMENT_WORD : SEGMENT_HEAD_WORDS + lane]; \
  } while (0)
