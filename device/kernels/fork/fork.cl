/* SPDX-License-Identifier: Apache-2.0 */
/* fork.cl: gives one map to two consumers.
 *
 * Why: a channel has one reader. The idea: copy every beat of a picture. Parameters are not copied: those for the
 * kernels P_BRANCH_FIRST to P_BRANCH_LAST go to OUT1, all others to OUT0, so each kernel is reached on exactly one path
 * (a spanning tree of the network) and nothing arrives twice at a join. An empty range has FIRST above LAST.
 *
 * One iteration reads one beat and writes it once or twice; II = 1, loop-carried is the branch that the last ADDRESS
 * beat chose. The depth of the channels after OUT0 and
 * OUT1 must cover what the longer branch holds back; the netlist says how it was computed.
 *
 *   cycles = beats of the map
 */
#ifndef P_NAME
#include "kernels/fork/fork_params.h"
#endif
#if P_IN_LANES != P_OUT0_LANES || P_IN_LANES != P_OUT1_LANES
#error "fork.cl: all three streams need the same number of lanes"
#endif
#if !defined(P_BRANCH_FIRST) || !defined(P_BRANCH_LAST)
#error "fork.cl: a parameter is missing; fork_params.h lists them"
#endif

TASK(P_NAME, FROM(IN), TO(OUT0), TO(OUT1)) {
  BEGIN(IN)
  BEGIN_OUT(OUT0)
  BEGIN_OUT(OUT1)
  int is_for_branch = 0;

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    if (beat.kind == KIND_ADDRESS) {
      const int kernel_id = ADDRESS_KERNEL(WORD(IN, beat));
      is_for_branch = kernel_id >= P_BRANCH_FIRST && kernel_id <= P_BRANCH_LAST;
    }
    const int is_picture = beat.kind == KIND_HEADER || beat.kind == KIND_DATA;
    if (is_picture || !is_for_branch) WRITE(OUT0, beat);
    if (is_picture || is_for_branch) WRITE(OUT1, beat);
  }
  END(OUT0)
  END(OUT1)
}

#include "lib/end_layer.h"
