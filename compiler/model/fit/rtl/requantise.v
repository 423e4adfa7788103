// SPDX-License-Identifier: Apache-2.0
// Requantisation of one lane (device/contract/numbers.h): sum times an unsigned 16-bit multiplier, shift right with round
// half away from zero, clamp to D bits. The shift is a register, so this is a barrel shifter: the dearest part of a lane.
// Swept by ../sweep.sh, a model for counting: it is not built into any design.
module requantise #(parameter A = 32, D = 8)
  (input clk, input signed [A - 1:0] sum, input signed [A - 1:0] bias, input [15:0] multiplier, input [5:0] shift,
   input signed [D - 1:0] low, input signed [D - 1:0] high, output reg signed [D - 1:0] code);
  reg signed [A - 1:0] with_bias;
  reg signed [A + 16:0] product;
  reg [A + 16:0] magnitude, half, rounded, shifted;
  reg negative1, negative2, negative3;
  wire signed [A + 16:0] signed_result = negative3 ? -$signed(shifted) : $signed(shifted);
  always @(posedge clk) begin
    with_bias <= sum + bias;
    product <= with_bias * $signed({1'b0, multiplier});
    magnitude <= product < 0 ? -product : product;
    negative1 <= product < 0;
    half <= {{(A + 16){1'b0}}, 1'b1} << (shift - 1'b1);
    rounded <= magnitude + half; negative2 <= negative1;
    shifted <= rounded >> shift; negative3 <= negative2;
    code <= signed_result < low ? low : signed_result > high ? high : signed_result[D - 1:0];
  end
endmodule
