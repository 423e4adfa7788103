/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h: the thin layer that lets one kernel text be an Intel autorun kernel and a PoCL kernel over buffers.
 *
 * Why: the text that goes to aoc must be the text that is tested, and aoc cannot be had everywhere. So a kernel never
 * spells a channel, a buffer or an attribute; it uses the words below, and a dialect header gives them meaning.
 *
 *   SLUICE_DIALECT_INTEL   channels, autorun single work-item kernels (intel-opencl programming guide, chapters 5, 12);
 *                          with SLUICE_SYNTAX_ONLY the vendor's intrinsics are declared so that clang can read it
 *   SLUICE_DIALECT_POCL    every kernel works on one segment (an image, or a batch of weights) per launch, over buffers;
 *                          with SLUICE_FAST a kernel may compute its counters instead of walking its engine's cycles
 *
 * The threads driver compiles the intel dialect, unchanged, with a C++ compiler (threads/words.hpp).
 *
 * What travels: beats of a fixed number of lanes, each of a 2-bit kind. HEADER opens an image and DATA carries its codes;
 * ADDRESS opens a batch of parameters and WEIGHTS carries a 32-bit word of it (contract/wire.h has the fields).
 * Parameters use the same streams as pictures, along one spanning tree: forks do not copy them. Every beat has room for
 * a 32-bit word, however narrow its lanes are (an M20K column is 40 bits wide, so the room is free).
 *
 * Words of a kernel file (port is IN, A, B, OUT, OUT0, OUT1, RECORD: it selects P_<port>, P_<port>_T, P_<port>_LANES ...)
 *   TASK(name, arguments)   opens a kernel; arguments are FROM(port), TO(port), MEMORY; separated by commas
 *   BEGIN(port)             one line per input port before the loop, BEGIN_OUT(port) per output port
 *   REGISTER, RAM, KEEP     state that outlives an image: the one macro family for it (private on intel, __global on
 *                           pocl at a byte offset the kernel file states; KEEP stores a register back at the end)
 *   FOREVER(port)           the main loop: endless on intel, until the segment of `port` is used up on pocl
 *   NARROW(value, bits)     the same value, told to fit so many bits; intel makes circuits of no more
 *   DISTANCE(array, n)      before it: an element of this RAM is loaded only n iterations after it was stored, or is not used
 *   READ(port, beat)        blocking read; exactly one call site per port
 *   READ_IF_THERE(port, beat, is_there)   a read that does not wait, in the place of READ, which may stand under a condition
 *                           of registers; pocl has none (lib/scanner.h)
 *   FOREVER_WHILE(port, is_busy)   FOREVER of a kernel that works on what it has read before: on pocl until neither is left
 *   WRITE(port, beat)       blocking write; exactly one call site per port
 *   END(port)               after the loop, once per output port
 *   FROM_LISTED, TO_LISTED, BEGIN_FROM_LISTED, BEGIN_TO_LISTED, READ_LISTED, WRITE_LISTED, END_LISTED   the same for a list
 *                           of like streams, P_STREAMS(each), beside or instead of port IN or OUT, whose type they have
 *   COLLECTOR_TASK, FROM_NAMED, READ_NAMED   for the list of collector.cl, whose streams bring records to the host
 *   IDENTITY(name)          a kernel that does nothing, by whose name the host knows a binary; nothing on pocl
 *   ALIGNED(bytes)          of a struct that is read whole from the host's memory, where it begins so; intel loads it at once
 *   WORD(port, beat)        the 32-bit word of a beat;  BEAT_OF(port, kind, word) the beat that carries one
 *   LANE_BYTES(port)        of a lane of a beat
 */
#ifndef SLUICE_DEVICE_LIB_STREAM_H
#define SLUICE_DEVICE_LIB_STREAM_H

#include "contract/numbers.h"
#include "contract/wire.h"

#define SLUICE_PASTE_(a, b) a##b
#define SLUICE_PASTE(a, b) SLUICE_PASTE_(a, b)

#define WORD(port, beat) SLUICE_PASTE(P_##port##_T, _word)(beat)
#define LANE_BYTES(port) SLUICE_PASTE(SLUICE_BYTES_OF_, P_##port##_E)
#define SLUICE_BYTES_OF_char 1
#define SLUICE_BYTES_OF_short 2
#define SLUICE_BYTES_OF_int 4
#define BEAT_OF(port, kind, word) SLUICE_PASTE(P_##port##_T, _of_word)(kind, word)

/* Beat types. `lanes` is the room in the struct: at least 32 bits. Words are little-endian over the lanes. */
#define BEAT_I8(name, lanes)                                                              \
  typedef struct SLUICE_PACKED { char v[lanes]; uchar kind; } name;                       \
  static inline uint name##_word(name b) {                                                \
    return (uint)(uchar)b.v[0] | (uint)(uchar)b.v[1] << 8 | (uint)(uchar)b.v[2] << 16 |   \
           (uint)(uchar)b.v[3] << 24;                                                     \
  }                                                                                       \
  static inline name name##_of_word(int kind, uint word) {                                \
    name b;                                                                               \
    SLUICE_CLEAR_LANES(b, lanes)                                                          \
    b.kind = (uchar)kind;                                                                 \
    b.v[0] = (char)(word & 0xff);                                                         \
    b.v[1] = (char)(word >> 8 & 0xff);                                                    \
    b.v[2] = (char)(word >> 16 & 0xff);                                                   \
    b.v[3] = (char)(word >> 24 & 0xff);                                                   \
    return b;                                                                             \
  }                                                                                       \
  SLUICE_DECLARE_INTRINSICS(name)

#define BEAT_I16(name, lanes)                                                             \
  typedef struct SLUICE_PACKED { short v[lanes]; uchar kind; } name;                      \
  static inline uint name##_word(name b) { return (uint)(ushort)b.v[0] | (uint)(ushort)b.v[1] << 16; } \
  static inline name name##_of_word(int kind, uint word) {                                \
    name b;                                                                               \
    SLUICE_CLEAR_LANES(b, lanes)                                                          \
    b.kind = (uchar)kind;                                                                 \
    b.v[0] = (short)(word & 0xffff);                                                      \
    b.v[1] = (short)(word >> 16 & 0xffff);                                                \
    return b;                                                                             \
  }                                                                                       \
  SLUICE_DECLARE_INTRINSICS(name)

#define BEAT_I32(name, lanes)                                                             \
  typedef struct SLUICE_PACKED { int v[lanes]; uchar kind; } name;                        \
  static inline uint name##_word(name b) { return (uint)b.v[0]; }                         \
  static inline name name##_of_word(int kind, uint word) {                                \
    name b;                                                                               \
    SLUICE_CLEAR_LANES(b, lanes)                                                          \
    b.kind = (uchar)kind;                                                                 \
    b.v[0] = (int)word;                                                                   \
    return b;                                                                             \
  }                                                                                       \
  SLUICE_DECLARE_INTRINSICS(name)

#define SLUICE_CLEAR_LANES(b, lanes)      \
  _Pragma("unroll")                       \
  for (int lane = 0; lane < (lanes); ++lane) b.v[lane] = 0;

#if defined(SLUICE_DIALECT_INTEL)
#include "lib/stream_intel.h"
#elif defined(SLUICE_DIALECT_POCL)
#include "lib/stream_pocl.h"
#else
#error "choose a dialect: -DSLUICE_DIALECT_INTEL or -DSLUICE_DIALECT_POCL"
#endif

#endif
