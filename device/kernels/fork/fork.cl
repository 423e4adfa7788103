/* SPDX-License-Identifier: Apache-2.0 */
/* fork.cl: gives one map to two consumers.
 *
 * Why: a channel has one reader. The idea: copy every beat. Parameters go to OUT0 only: each kernel is reached on
 * exactly one path (a spanning tree of the network), so nothing arrives twice at a join.
 *
 * One iteration reads one beat and writes it once or twice; II = 1, no state. The depth of the channels behind OUT0 and
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

TASK(P_NAME, FROM(IN), TO(OUT0), TO(OUT1)) {
  BEGIN(IN)
  BEGIN_OUT(OUT0)
  BEGIN_OUT(OUT1)

  FOREVER(IN) {
    P_IN_T beat;
    READ(IN, beat);
    WRITE(OUT0, beat);
    if (beat.kind == KIND_HEADER || beat.kind == KIND_DATA) WRITE(OUT1, beat);
  }
  END(OUT0)
  END(OUT1)
}

#include "lib/end_layer.h"
