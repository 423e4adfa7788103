#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a binary of this bundle with the Intel FPGA SDK for OpenCL, Pro edition, 19.x to 22.4. Stands in every bundle, for
# machines that have the SDK and no Sluice; `sluice build` calls it, and reads and judges what it leaves.
#
# Why: the compiler's flags changed from version to version, and a wrong one costs hours. This file is the one place that
# knows them. What a bundle is made for stands beside it, in build_fpga.conf.
#
#   bash build_fpga.sh STAGE --sdk DIR --work DIR [--board NAME] [--family NAME] [--banks N] [--seed N] [--clock MHZ]
#     [--handshaking off] [--parallel N]
#
#   emulator   the SDK's emulator, streams of at least 8192 beats: minutes           WORK/emulator/design.aocx
#   report     loops and resources as the compiler sees them: tens of minutes        WORK/report/design/reports/
#   hardware   the board's binary, its SHA-256, what was placed: hours                WORK/hardware-sN/design.aocx
#   profile    the same with counters, in a folder of its own, never the real binary  WORK/profile-sN/design.aocx
#
# Before: a bundle in this file's folder. After: status 0 and the files above, or one sentence on standard error and
# 2 a wrong call, 3 no such SDK, 4 no such board, 5 no licence, 6 aoc failed (its words are in WORK/STAGE/aoc.log).
set -u
bundle=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$bundle/build_fpga.conf"

fail() { echo "build_fpga.sh: $2" >&2; exit "$1"; }

[ $# -ge 1 ] || fail 2 "which stage? emulator, report, hardware or profile"
stage=$1; shift
sdk=${INTELFPGAOCLSDKROOT:-} work= board=$BOARD family=$FAMILY banks=$MEMORY_BANKS seed=1 clock=$CLOCK_MHZ handshaking=auto parallel=
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail 2 "$1 needs a value"
  case $1 in
    --sdk) sdk=$2 ;;
    --work) work=$2 ;;
    --board) board=$2 ;;
    --family) family=$2 ;;  # of the board's FPGA, where --board is not that of the plan
    --banks) banks=$2 ;;  # of the board's memory, likewise
    --seed) seed=$2 ;;
    --clock) clock=$2 ;;
    --handshaking) handshaking=$2 ;;
    --parallel) parallel=$2 ;;
    *) fail 2 "$1 is not known" ;;
  esac
  shift 2
done
case $stage in emulator|report|hardware|profile) ;; *) fail 2 "stage $stage is not known; there are emulator, report, hardware and profile" ;; esac
case $banks in ''|*[!0-9]*) fail 2 "--banks $banks is no number" ;; esac
[ -n "$work" ] || fail 2 "--work DIR is missing: where results go (not into the bundle, which is refused when it has other files)"
[ -n "$sdk" ] || fail 3 "no SDK: name it with --sdk, or source its init_opencl.sh"

[ -x "$sdk/hld/bin/aoc" ] && sdk=$sdk/hld
aoc=$sdk/bin/aoc
[ -x "$aoc" ] || fail 3 "$sdk: no SDK, bin/aoc is not there; name the folder hld of an Intel FPGA SDK for OpenCL, Pro edition, 19.x to 22.4"
export INTELFPGAOCLSDKROOT=$sdk PATH="$sdk/bin:$PATH" LD_LIBRARY_PATH="$sdk/host/linux64/lib:${LD_LIBRARY_PATH:-}"

version=$("$aoc" -version 2>&1 | sed -n 's/^.*Version \([0-9]*\.[0-9]*\).*$/\1/p' | head -n 1)
[ -n "$version" ] || fail 3 "$aoc -version names no version: $("$aoc" -version 2>&1 | head -n 2 | tr '\n' ' ')"
number=$((10#${version%%.*} * 100 + 10#${version#*.}))
[ $number -ge 1901 ] && [ $number -le 2204 ] || fail 3 "the SDK is version $version; this program is written for 19.1 to 22.4 of the Pro edition"

if [ $stage != emulator ]; then
  [ -n "$board" ] || fail 4 "the bundle was planned for no board: name one of aoc -list-boards with --board"
  "$aoc" -list-boards 2>/dev/null | grep -qw -- "$board" ||
    fail 4 "the SDK knows no board $board; its package is not installed (aocl install, AOCL_BOARD_PACKAGE_ROOT). It knows: $("$aoc" -list-boards 2>/dev/null | sed -n 's/^  *\([A-Za-z0-9_-]*\) *$/\1/p' | tr '\n' ' ')"
fi

flags=(-DSLUICE_DIALECT_INTEL -I "$bundle")
case $stage in
  emulator)
    folder=$work/emulator
    flags+=(-march=emulator -DSLUICE_EMULATOR -DSLUICE_MINIMUM_DEPTH=8192)
    [ $number -ge 1903 ] || flags+=(-fast-emulator)  # the only one from 19.3 on
    ;;
  *)
    folder=$work/$stage
    [ $stage = report ] || folder=$folder-s$seed
    flags+=("-board=$board")
    if [ $number -ge 2001 ]; then flags+=("-clock=${clock}MHz"); else flags+=("-fmax=$clock"); fi
    # One bank for what the source reads, one for what sink and collector write; the host places buffers accordingly.
    [ $banks -lt 2 ] || flags+=(-no-interleaving=default)
    if [ "$handshaking" = off ]; then
      # Other families refuse the option.
      case $family in
        stratix10|agilex7) flags+=(-hyper-optimized-handshaking=off); folder=$folder-plain ;;
        *) fail 2 "--handshaking off is for Stratix 10 and Agilex; $board has ${family:-an FPGA that is not known; say --family}" ;;
      esac
    fi
    if [ $stage = report ]; then
      flags+=(-rtl -report)
    else
      flags+=("-seed=$seed" -v)
      [ -z "$parallel" ] || flags+=("-parallel=$parallel")
    fi
    [ $stage != profile ] || flags+=(-profile=all)
    ;;
esac
output=design.aocx
[ $stage != report ] || output=design.aocr

mkdir -p "$folder" || fail 6 "$folder cannot be made"
cd "$folder" || fail 6 "$folder cannot be entered"
rm -rf design design.aocx design.aocr design.aocx.sha256
echo "$stage, SDK $version: aoc ${flags[*]} $bundle/top.cl -o $output"
"$aoc" "${flags[@]}" "$bundle/top.cl" -o "$output" > aoc.log 2>&1
status=$?
if [ $status -ne 0 ] || [ ! -s "$output" ]; then
  rm -f "$output"
  grep -qi -e 'licens\|LM_LICENSE_FILE' aoc.log && fail 5 "the SDK found no licence: set LM_LICENSE_FILE ($(grep -i -m 1 licens aoc.log))"
  fail 6 "aoc ended with $status in stage $stage: $(grep -i -m 1 -e error aoc.log || tail -n 1 aoc.log) ($folder/aoc.log)"
fi
[ "$output" = design.aocr ] || sha256sum "$output" > "$output.sha256"
echo "$folder/$output"
