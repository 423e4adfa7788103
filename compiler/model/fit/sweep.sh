#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Counts the logic of the engines under rtl/ with yosys (synth_intel_alm, Debian package yosys), one row per size:
#   compiler/model/fit/sweep.sh            all sweeps, into sweeps/*.csv beside this script (about ten minutes)
#   compiler/model/fit/sweep.sh dense      one of them
# Then fit.py turns the rows into ../coefficients. Multipliers become DSP cells; memories are ports of the modules.
set -euo pipefail
cd "$(dirname "$0")"
command -v yosys >/dev/null || { echo "yosys is missing: apt-get install yosys" >&2; exit 1; }

# count MODULE NAME=VALUE...: "alut2,...,alut6,alut_arith,ff,mult" of that size
count() {
  local module=$1 set_parameters="" pair
  shift
  for pair in "$@"; do set_parameters+=" -set ${pair%=*} ${pair#*=}"; done
  yosys -q -w "Replacing memory" -p "read_verilog rtl/$module.v; chparam$set_parameters $module; synth_intel_alm -family cyclonev -top $module -noiopad -noclkbuf; tee -q -o /dev/stdout stat" |
    awk '$1 ~ /^MISTRAL_/ {n[$1] = $2} END {
      if (n["MISTRAL_FF"] == 0) exit 1
      m = n["MISTRAL_MUL9X9"] + n["MISTRAL_MUL18X18"] + n["MISTRAL_MUL27X27"]
      printf "%d,%d,%d,%d,%d,%d,%d,%d\n", n["MISTRAL_ALUT2"], n["MISTRAL_ALUT3"], n["MISTRAL_ALUT4"], n["MISTRAL_ALUT5"], n["MISTRAL_ALUT6"], n["MISTRAL_ALUT_ARITH"], n["MISTRAL_FF"], m }' ||
    { echo "yosys could not count $module $*" >&2; kill $$; }
}

counts="alut2,alut3,alut4,alut5,alut6,alut_arith,ff,mult"

sweep_dense() {
  echo "m,o,width_bits,sum_bits,$counts"
  for width in 8 16; do for m in 2 4 8 16; do for o in 1 4 8; do
    echo "$m,$o,$width,32,$(count dense M=$m O=$o D=$width W=$width)"
  done; done; done
  for m in 4 16; do echo "$m,4,8,26,$(count dense M=$m O=4 A=26)"; done
}

sweep_depthwise_dense() {
  echo "o,width_bits,sum_bits,$counts"
  for width in 8 16; do for o in 4 8 16 32; do
    echo "$o,$width,32,$(count dense M=1 SHARED=0 O=$o D=$width W=$width)"
  done; done
  for o in 4 16; do echo "$o,8,26,$(count dense M=1 SHARED=0 O=$o A=26)"; done
}

sweep_weight_sparse() {
  echo "o,p,k,width_bits,sum_bits,$counts"
  for width in 8 16; do for k in 1 3; do for p in 1 2 4 8; do for o in 2 4 8; do
    echo "$o,$p,$k,$width,32,$(count weight_sparse O=$o P=$p K=$k D=$width W=$width)"
  done; done; done; done
  for p in 1 4; do echo "4,$p,3,8,26,$(count weight_sparse O=4 P=$p K=3 A=26)"; done
}

sweep_grouped_prefix() {
  echo "o,g,width_bits,sum_bits,$counts"
  for width in 8 16; do for g in 1 2 4 8; do for o in 2 4 8 16; do
    echo "$o,$g,$width,32,$(count grouped_prefix O=$o G=$g D=$width W=$width)"
  done; done; done
  for g in 2 8; do echo "4,$g,8,26,$(count grouped_prefix O=4 G=$g A=26)"; done
}

sweep_scanner() {
  echo "m,width_bits,$counts"
  for width in 8 16; do for m in 2 4 8 12 16 24 32; do echo "$m,$width,$(count scanner M=$m D=$width)"; done; done
}

sweep_requantise() {
  echo "width_bits,sum_bits,kept_bits,$counts"
  for width in 8 16; do for bits in 16 20 24 27 28 32; do for kept in $((width + 2)) 20 22 26; do
    echo "$width,$bits,$kept,$(count requantise A=$bits D=$width S=$((bits + 16 - kept)))"
  done; done; done
}

for sweep in ${*:-dense depthwise_dense weight_sparse grouped_prefix scanner requantise}; do
  "sweep_$sweep" > "sweeps/$sweep.csv.new"
  mv "sweeps/$sweep.csv.new" "sweeps/$sweep.csv"
done
