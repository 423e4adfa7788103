// SPDX-License-Identifier: Apache-2.0
// Weight-sparse engine, reduced to what costs logic: O filters walk their lists of non-zero weights in lock step; each
// weight is multiplied with P neighbouring pixels, read from the filter's own copy of the activation RAM.
// K = kernel columns that one RAM word serves: the word holds P + K - 1 pixels and an aligner picks P of them (K = 1: one
// word per tap, no aligner). Per filter also: comparison of the place in the list with the prefix length (a
// weight after it counts as 0), address adder.
// Memories are ports. Swept by ../sweep.sh, a model for counting: it is not built into any design.
module weight_sparse #(parameter O = 4, P = 2, D = 8, W = 8, A = 32, K = 1, IDX = 12)
  (input clk, input valid, input first, input last, input [IDX - 1:0] place, input [IDX - 1:0] tile,
   input [O * IDX - 1:0] prefix, input [O * IDX - 1:0] index, input [O * 2 - 1:0] shift,
   input signed [O * W - 1:0] w, input [O * (P + K - 1) * D - 1:0] row,
   output reg [O * IDX - 1:0] address, output reg [O * P * A - 1:0] sums, output reg sums_valid);
  reg [3:0] is_valid, is_first, is_last;
  always @(posedge clk) begin
    is_valid <= {is_valid[2:0], valid}; is_first <= {is_first[2:0], first}; is_last <= {is_last[2:0], last & valid};
    sums_valid <= is_last[3];
  end
  genvar o, p;
  generate for (o = 0; o < O; o = o + 1) begin : filter
    reg live;
    reg signed [W - 1:0] weight;
    reg [1:0] by;
    wire [(P + K - 1) * D - 1:0] of_row = row[o * (P + K - 1) * D +: (P + K - 1) * D];
    always @(posedge clk) begin
      address[o * IDX +: IDX] <= index[o * IDX +: IDX] + tile;
      live <= place < prefix[o * IDX +: IDX];
      by <= shift[o * 2 +: 2];
      weight <= live ? w[o * W +: W] : {W{1'b0}};
    end
    for (p = 0; p < P; p = p + 1) begin : pixel
      reg signed [D - 1:0] aligned;
      reg signed [D + W - 1:0] product;
      reg signed [A - 1:0] sum;
      always @(posedge clk) begin
        if (K == 1) aligned <= of_row[p * D +: D];
        else aligned <= by == 0 ? of_row[p * D +: D] : by == 1 ? of_row[(p + 1) * D +: D] : of_row[(p + K - 1) * D +: D];
        product <= aligned * weight;
        if (is_valid[2]) sum <= (is_first[2] ? {A{1'b0}} : sum) + product;
        if (is_last[3]) sums[(o * P + p) * A +: A] <= sum;
      end
    end
  end endgenerate
endmodule
