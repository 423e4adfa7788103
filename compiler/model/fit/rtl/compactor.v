// SPDX-License-Identifier: Apache-2.0
// Compactor, reduced to what costs logic: M codes a cycle are compared with a threshold; a prefix sum ranks the survivors, a
// log-shifter moves lane m down by the number of zeros before it, a rotator brings the run to the bank where the list ends.
// The list's banks are ports. Swept by ../sweep.sh, a model for counting: it is not built into any design.
module compactor #(parameter M = 8, D = 8, IDX = 12, S = $clog2(M), BITS = D + IDX)
  (input clk, input valid, input last, input [D - 1:0] threshold, input [IDX - 1:0] step, input signed [M * D - 1:0] codes,
   output reg [M * BITS - 1:0] entries, output reg [M - 1:0] store, output reg [M * IDX - 1:0] address, output reg [IDX:0] length);
  integer m, s;
  reg [M - 1:0] keep;
  reg signed [M * D - 1:0] codes1;
  reg [IDX - 1:0] step1;
  reg [1:0] is_valid, is_last;
  reg signed [D - 1:0] code;
  reg [S:0] zeros [0:M];
  reg [BITS - 1:0] net [0:S][0:M - 1];
  reg [M - 1:0] full [0:S];
  reg [S:0] move [0:S][0:M - 1];
  reg [BITS - 1:0] packed1 [0:M - 1], turn [0:S][0:M - 1];
  reg [S:0] count, kept1;
  reg [IDX:0] end_of_list;
  always @* begin
    zeros[0] = 0;
    for (m = 0; m < M; m = m + 1) begin
      zeros[m + 1] = zeros[m] + !keep[m];
      net[0][m] = {step1 + m[IDX - 1:0], codes1[m * D +: D]};
      move[0][m] = zeros[m];
      full[0][m] = keep[m];
    end
    for (s = 0; s < S; s = s + 1) for (m = 0; m < M; m = m + 1) begin
      if (m + (1 << s) < M && full[s][m + (1 << s)] && move[s][m + (1 << s)][s]) begin
        net[s + 1][m] = net[s][m + (1 << s)]; move[s + 1][m] = move[s][m + (1 << s)]; full[s + 1][m] = 1'b1;
      end else begin
        net[s + 1][m] = net[s][m]; move[s + 1][m] = move[s][m]; full[s + 1][m] = full[s][m] & !move[s][m][s];
      end
    end
    count = M - zeros[M];
    for (m = 0; m < M; m = m + 1) turn[0][m] = packed1[m];
    for (s = 0; s < S; s = s + 1) for (m = 0; m < M; m = m + 1)
      turn[s + 1][m] = end_of_list[s] ? turn[s][(m + M - (1 << s)) % M] : turn[s][m];
  end
  always @(posedge clk) begin
    for (m = 0; m < M; m = m + 1) begin
      code = codes[m * D +: D];
      keep[m] <= valid && ((code < 0 ? -code : code) >= threshold);
      packed1[m] <= net[S][m];
      entries[m * BITS +: BITS] <= turn[S][m];
      store[m] <= ((m + M - end_of_list[S - 1:0]) % M) < kept1;
      address[m * IDX +: IDX] <= (end_of_list >> S) + (m < end_of_list[S - 1:0]);
    end
    codes1 <= codes; step1 <= step * M;
    is_valid <= {is_valid[0], valid}; is_last <= {is_last[0], last};
    kept1 <= is_valid[0] ? count : 0;
    end_of_list <= is_last[1] ? 0 : end_of_list + kept1;
    length <= end_of_list + kept1;
  end
endmodule
