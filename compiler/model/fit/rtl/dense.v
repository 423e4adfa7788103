// SPDX-License-Identifier: Apache-2.0
// Dense engine, reduced to what costs logic: M activations times M weights for each of O filters, adder tree, accumulator.
// Memories are ports. Registers: products, tree, accumulators, sums that leave. M = 1 with activations of their own
// (SHARED = 0) is the depthwise engine. Swept by ../sweep.sh, a model for counting: it is not built into any design.
module dense #(parameter M = 4, O = 4, D = 8, W = 8, A = 32, SHARED = 1)
  (input clk, input valid, input first, input last,
   input signed [(SHARED ? 1 : O) * M * D - 1:0] a, input signed [O * M * W - 1:0] w,
   output reg [O * A - 1:0] sums, output reg sums_valid);
  localparam T = D + W + $clog2(M);
  reg [2:0] is_valid, is_first, is_last;
  always @(posedge clk) begin
    is_valid <= {is_valid[1:0], valid}; is_first <= {is_first[1:0], first}; is_last <= {is_last[1:0], last & valid};
    sums_valid <= is_last[2];
  end
  genvar o, m;
  generate for (o = 0; o < O; o = o + 1) begin : filter
    reg signed [D + W - 1:0] product [0:M - 1];
    for (m = 0; m < M; m = m + 1) begin : lane
      wire signed [D - 1:0] of_a = a[((SHARED ? 0 : o) * M + m) * D +: D];
      wire signed [W - 1:0] of_w = w[(o * M + m) * W +: W];
      always @(posedge clk) product[m] <= of_a * of_w;
    end
    integer i;
    reg signed [T - 1:0] total, tree;
    always @* begin total = 0; for (i = 0; i < M; i = i + 1) total = total + product[i]; end
    reg signed [A - 1:0] sum;
    always @(posedge clk) begin
      tree <= total;
      if (is_valid[1]) sum <= (is_first[1] ? {A{1'b0}} : sum) + tree;
      if (is_last[2]) sums[o * A +: A] <= sum;
    end
  end endgenerate
endmodule
