/* SPDX-License-Identifier: Apache-2.0 */
/* Signature of collector.cl, and the small legal instance under which the file compiles alone. */
#include "lib/begin_layer.h"
#include "lib/stream.h"
BEAT_I32(i32x4, 4)
STREAM(s_record_a, i32x4, 4)
STREAM(s_record_b, i32x4, 4)
#define P_NAME collector_alone                             /* kernel name */
#define P_IN_T i32x4                                       /* beat type of every record stream */
#define P_STREAMS(each) each(s_record_a) each(s_record_b)  /* the record streams, in the order of the records */
