// SPDX-License-Identifier: Apache-2.0
// Requantisation of one lane (device/contract/numbers.h): sum and bias, times an unsigned multiplier of 16 bits, an
// arithmetic shift by a constant, half away from zero as one carry, clamp. Shift and clamp are numbers of the program, so no
// logic moves bits: what remains are the adder of the bias, the carry into the kept bits, and the saturation.
// Swept by ../sweep.sh, a model for counting: it is not built into any design.
module requantise #(parameter A = 26, D = 8, S = 24, LOW = 1 - (1 << (D - 1)), HIGH = (1 << (D - 1)) - 1)
  (input clk, input signed [A - 1:0] sum, input signed [A - 1:0] bias, input [15:0] multiplier,
   output reg signed [D - 1:0] code);
  localparam P = A + 16;
  reg signed [A - 1:0] with_bias;
  reg signed [P:0] product;
  reg signed [P - S:0] rounded;
  wire carry = product[S - 1] & (~product[P] | (|product[S - 2:0]));
  always @(posedge clk) begin
    with_bias <= sum + bias;
    product <= with_bias * $signed({1'b0, multiplier});
    rounded <= $signed(product[P:S]) + $signed({1'b0, carry});
    code <= rounded < LOW ? LOW : rounded > HIGH ? HIGH : rounded[D - 1:0];
  end
endmodule
