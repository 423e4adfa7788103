// SPDX-License-Identifier: Apache-2.0
// Scanner of device/lib/scanner.h, reduced to what costs logic: three beats of M codes wait in registers, four more are on
// their way; the mask of the beat at hand is compared with the threshold, its lowest set bit chooses a code and is cleared.
// What follows takes a code a cycle. Swept by ../sweep.sh, a model for counting: it is not built into any design.
module scanner #(parameter M = 16, D = 8, X = $clog2(M))
  (input clk, input is_there, input stall, input [D - 1:0] threshold, input signed [M * D - 1:0] arriving,
   output reg ask, output reg has_code, output reg is_empty, output reg is_last, output reg signed [D - 1:0] code,
   output reg [X - 1:0] place);
  integer m;
  reg signed [M * D - 1:0] beat, waiting0, waiting1, waiting2, flying0, flying1, flying2, flying3, head;
  reg [3:0] come, asked;
  reg [1:0] held, held1, first, next;
  reg [2:0] pending, pending1;
  reg is_open, take, has_lowest, was_empty, was_last;
  reg [M - 1:0] rest, fresh, live, lowest, lowest1;
  reg signed [D - 1:0] lane, chosen;
  reg [X - 1:0] number;
  always @* begin
    take = !is_open && held != 0 && !stall;
    head = first == 0 ? waiting0 : first == 1 ? waiting1 : waiting2;
    for (m = 0; m < M; m = m + 1) begin
      lane = head[m * D +: D];
      fresh[m] = (lane < 0 ? -lane : lane) >= threshold;
    end
    live = is_open ? rest : fresh;
    lowest = live & (~live + 1'b1);
    chosen = 0; number = 0;
    for (m = 0; m < M; m = m + 1) begin
      chosen = chosen | (beat[m * D +: D] & {D{lowest1[m]}});
      number = number | (m[X - 1:0] & {X{lowest1[m]}});
    end
    held1 = held - take + come[3];
    pending1 = pending - asked[3];
  end
  always @(posedge clk) begin
    if (take) begin beat <= head; first <= first == 2 ? 0 : first + 1; end
    if (!stall && (is_open || take)) begin
      rest <= live ^ lowest;
      is_open <= (live ^ lowest) != 0;
    end
    lowest1 <= lowest; has_lowest <= is_open || take; was_empty <= live == 0; was_last <= (live ^ lowest) == 0;
    has_code <= has_lowest; is_empty <= was_empty; is_last <= was_last; code <= chosen; place <= number;
    if (come[3] && next == 0) waiting0 <= flying3;
    if (come[3] && next == 1) waiting1 <= flying3;
    if (come[3] && next == 2) waiting2 <= flying3;
    if (come[3]) next <= next == 2 ? 0 : next + 1;
    held <= held1;
    flying3 <= flying2; flying2 <= flying1; flying1 <= flying0; flying0 <= arriving;
    come <= {come[2:0], ask && is_there}; asked <= {asked[2:0], ask};
    ask <= held1 + pending1 < 3;
    pending <= pending1 + (held1 + pending1 < 3);
  end
endmodule
