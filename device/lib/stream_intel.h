/* SPDX-License-Identifier: Apache-2.0 */
/* stream_intel.h: the words of stream.h for the Intel FPGA SDK for OpenCL, Pro edition 19.x to 22.4.
 *
 * Why: see stream.h. The idea: one autorun kernel per layer stage, channels with the netlist's depths between them.
 * An autorun kernel may have no argument, so TASK drops its argument list and state becomes private memory of the
 * endless loop. Facts used: channels are file-scope and cannot be passed to functions (hence macros); one call site per
 * endpoint; two channel calls without a dependence may be reordered, so nothing here relies on their order.
 *
 * On hardware a channel's depth is a minimum. The vendor's emulator takes it as it is, and its kernels wait by spinning:
 * with fewer processors than kernels, every full or empty channel costs a time slice. SLUICE_MINIMUM_DEPTH, an option of
 * a build, makes every channel at least so deep. Where it is not defined depths are the netlist's.
 *
 * Before: the top file declared its BEAT types, then its STREAMs. After: plain kernels; nothing host-callable but
 * source and sink (HOST_TASK), collector, and the empty kernel that IDENTITY names.
 */
#ifdef SLUICE_SYNTAX_ONLY
/* clang knows no channels. A channel stands as a program-scope variable (OpenCL C 2.0) and the calls as overloads. */
#define channel __global
#define SLUICE_DECLARE_INTRINSICS(T)                                        \
  T __attribute__((overloadable)) read_channel_intel(T ch);                 \
  T __attribute__((overloadable)) read_channel_nb_intel(T ch, bool* valid); \
  void __attribute__((overloadable)) write_channel_intel(T ch, const T data);
#else
#pragma OPENCL EXTENSION cl_intel_channels : enable
#define SLUICE_DECLARE_INTRINSICS(T)
#endif

/* A channel is as wide as its struct, padding included. */
#define SLUICE_PACKED __attribute__((packed))

#ifdef SLUICE_MINIMUM_DEPTH
#define SLUICE_DEPTH(beats) ((beats) < SLUICE_MINIMUM_DEPTH ? SLUICE_MINIMUM_DEPTH : (beats))
#else
#define SLUICE_DEPTH(beats) beats
#endif
#define STREAM(name, T, beats) channel T name __attribute__((depth(SLUICE_DEPTH(beats))));

#define TASK(name, ...)                        \
  __attribute__((max_global_work_dim(0)))      \
  __attribute__((autorun))                     \
  __kernel void name(void)
#define HOST_TASK(name, stream_argument, ...)  \
  __attribute__((max_global_work_dim(0)))      \
  __kernel void name(__VA_ARGS__)
#define COLLECTOR_TASK(name, stream_arguments, ...) \
  __attribute__((max_global_work_dim(0)))           \
  __kernel void name(__VA_ARGS__)

#define IDENTITY(name)                     \
  __attribute__((max_global_work_dim(0)))  \
  __kernel void name(void) {}

#define FROM(port)
#define TO(port)
#define MEMORY
#define ALIGNED(bytes) __attribute__((aligned(bytes)))
#define BEGIN(port)
#define BEGIN_OUT(port)
#define END(port)

#define RAM(T, name, rows, columns, offset) T name[rows][columns];
#define REGISTER(T, name, offset) T name = 0;
#define KEEP(name)

/* The low bits, sign extended: the same value, and a compiler that makes circuits sees how many bits there are. */
#define NARROW(value, bits) ((int)((uint)(value) << (32 - (bits))) >> (32 - (bits)))

#ifdef SLUICE_SYNTAX_ONLY
#define DISTANCE(array_name, iterations)
#else
#define SLUICE_PRAGMA(words) _Pragma(#words)
#define DISTANCE(array_name, iterations) SLUICE_PRAGMA(ivdep array(array_name) safelen(iterations))
#endif
#define FOREVER(port) while (1)
#define FOREVER_WHILE(port, is_busy) while (1)
#define READ(port, beat) beat = read_channel_intel(P_##port)
#define READ_IF_THERE(port, beat, is_there) beat = read_channel_nb_intel(P_##port, &is_there)
#define WRITE(port, beat) write_channel_intel(P_##port, beat)

#define FROM_LISTED(index, stream)
#define TO_LISTED(index, stream)
#define BEGIN_FROM_LISTED(index, stream)
#define BEGIN_TO_LISTED(index, stream)
#define END_LISTED(index, stream)
#define READ_LISTED(index, stream, beat) beat = read_channel_intel(stream)
#define WRITE_LISTED(index, stream, beat) write_channel_intel(stream, beat)

#define FROM_NAMED(stream)
#define READ_NAMED(stream, index, beat) beat = read_channel_intel(stream)
