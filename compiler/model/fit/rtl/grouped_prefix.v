// SPDX-License-Identifier: Apache-2.0
// Grouped-prefix engine, reduced to what costs logic: one activation a cycle goes to O multipliers; each owns G filters and
// reads {weight, filter number} at the activation's index, the largest weight first; the product is added to that filter's
// accumulator. `fresh` marks accumulators that hold nothing yet, so none is cleared. A finished list leaves one filter
// of each multiplier a cycle (`drain`), while the list reader waits.
// Memories are ports. Swept by ../sweep.sh, a model for counting: it is not built into any design.
module grouped_prefix #(parameter O = 4, G = 4, D = 8, W = 8, A = 32, IDX = 12, GB = G > 1 ? $clog2(G) : 1)
  (input clk, input valid, input first, input drain, input [GB - 1:0] drain_filter, input [GB:0] k, input [IDX - 1:0] index,
   input signed [D - 1:0] a, input signed [O * W - 1:0] w, input [O * GB - 1:0] id,
   output reg [IDX + GB - 1:0] address, output reg take, output reg [O * A - 1:0] sums, output reg sums_valid);
  reg [GB:0] turn;
  reg [3:0] is_valid, is_first, is_drain;
  reg signed [D - 1:0] a1;
  wire is_end = turn + 1'b1 >= k;
  always @(posedge clk) begin
    turn <= (!valid || is_end) ? 0 : turn + 1'b1;
    take <= is_end;
    address <= {index, turn[GB - 1:0]};
    is_valid <= {is_valid[2:0], valid}; is_first <= {is_first[2:0], first & valid}; is_drain <= {is_drain[2:0], drain};
    sums_valid <= is_drain[1];
    a1 <= a;
  end
  genvar o;
  generate for (o = 0; o < O; o = o + 1) begin : multiplier
    reg signed [D + W - 1:0] product;
    reg [GB - 1:0] id1;
    reg [G - 1:0] fresh;
    reg signed [A - 1:0] sum [0:G - 1];
    wire [GB - 1:0] at = is_drain[1] ? drain_filter : G > 1 ? id1 : 1'b0;
    wire signed [A - 1:0] old = sum[at];
    wire signed [A - 1:0] held = fresh[at] | is_first[1] ? {A{1'b0}} : old;
    wire signed [A - 1:0] next = held + product;
    integer g;
    always @(posedge clk) begin
      product <= a1 * $signed(w[o * W +: W]);
      id1 <= id[o * GB +: GB];
      for (g = 0; g < G; g = g + 1) begin
        if (is_valid[1] && at == g) sum[g] <= next;
        if (is_first[1]) fresh[g] <= at != g;
        else if (is_valid[1] && at == g) fresh[g] <= 1'b0;
      end
      if (is_drain[1]) sums[o * A +: A] <= held;
    end
  end endgenerate
endmodule
