/* SPDX-License-Identifier: Apache-2.0 */
/* begin_layer.h: first line of every parameter header. A layer that was not closed would leak its numbers into the
 * next one; stop here, where the reader can see which file is to blame. end_layer.h is the closing half. No guard: it
 * is meant to be included once per layer. */
#ifdef P_NAME
#error "the previous layer is still open: its kernel file did not include lib/end_layer.h"
#endif
