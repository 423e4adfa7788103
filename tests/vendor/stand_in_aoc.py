#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the vendor's compiler: takes the arguments that the documented versions take, refuses all others, and
leaves files of the documented forms. It makes no circuit.

What it shall be like is said by variables of the environment, as a test sets them:
  STAND_IN_VERSION   19.1 ... 22.4; default 20.4
  STAND_IN_CLOCK     MHz that are reached; default 220
  STAND_IN_FAULT     licence, crash, empty, no_report, no_clock, flat (the reports of 18.x), or one of these on the
                     kernel named in STAND_IN_KERNEL: ii, not_pipelined, serial, replicated, turns
Its calls are appended to the file STAND_IN_LOG, an argument list as JSON a line.
"""
import json
import os
import pathlib
import re
import struct
import subprocess
import sys

BOARDS = {"pac_a10": "arria10", "pac_s10_dc": "stratix10", "a10gx": "arria10"}
VERSION = os.environ.get("STAND_IN_VERSION", "20.4")
NUMBER = tuple(int(part) for part in VERSION.split("."))
FAULT, FAULTY = os.environ.get("STAND_IN_FAULT", ""), os.environ.get("STAND_IN_KERNEL", "")


def stop(words):
    print("Error: " + words)
    sys.exit(1)


def parse(arguments):
    """Options as this version has them; two dashes and separated values are of the time before."""
    options, sources, folders, defines = {}, [], [], {}
    words = list(arguments)
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            stop(f"{word}: options have one dash")
        if word == "-I":
            folders.append(words.pop(0))
        elif word.startswith("-D"):
            name, _, value = word[2:].partition("=")
            defines[name] = value
        elif word == "-o":
            options["o"] = words.pop(0)
        elif word in ("-rtl", "-report", "-v"):
            options[word[1:]] = True
        elif word == "-fast-emulator" and NUMBER < (19, 3):
            options["fast-emulator"] = True
        elif re.fullmatch(r"-march=emulator|-board=\w+|-seed=\d+|-parallel=\d+|-profile=all", word):
            name, _, value = word[1:].partition("=")
            options[name] = value
        elif re.fullmatch(r"-clock=\d+MHz", word) and NUMBER >= (20, 1):
            options["clock"] = int(word[7:-3])
        elif re.fullmatch(r"-fmax=\d+", word) and NUMBER < (20, 1):
            options["clock"] = int(word[6:])
        elif word == "-no-interleaving=default":  # of all versions: 19.1 to 22.4
            options["no-interleaving"] = "default"
        elif word == "-hyper-optimized-handshaking=off":
            options["handshaking"] = "off"
        elif word.startswith("-"):
            stop(f"Unrecognized option {word}")
        else:
            sources.append(word)
    return options, sources, folders, defines


def kernels(source, folders, defines):
    """Name, file and line of each kernel's loop, from the preprocessed text: what the real one sees."""
    text = subprocess.run(["clang-14", "-E", "-x", "cl", "-cl-no-stdinc", *[f"-I{f}" for f in folders],
                           *[f"-D{n}={v}" if v else f"-D{n}" for n, v in defines.items()], source],
                          capture_output=True, text=True)
    if text.returncode:
        stop(text.stderr)
    found, file, line = [], "", 0
    for row in text.stdout.split("\n"):
        marker = re.match(r'# (\d+) "([^"]*)"', row)
        if marker:
            line, file = int(marker.group(1)), marker.group(2)
            continue
        kernel = re.search(r"__kernel void (\w+)\(", row)
        if kernel:
            found.append([kernel.group(1), pathlib.Path(file).name, line])
        if found and re.search(r"\b(while|for) ?\(", row) and len(found[-1]) == 3:
            found[-1].append(line)
        line += 1
    return [k for k in found if len(k) == 4]


def loops_report(all_kernels):
    nodes = []
    for name, file, _, line in all_kernels:
        is_faulty = name == FAULTY
        data = ["Yes", "~1", "n/a"]
        details = []
        if is_faulty and FAULT == "ii":
            data, details = ["Yes", "~3", "II"], [{"type": "text", "text": "Data dependency on variable"}]
        if is_faulty and FAULT == "not_pipelined":
            data, details = ["No", "n/a", "n/a"], [{"type": "text", "text": "Out-of-order inner loop"}]
        if is_faulty and FAULT == "serial":
            details = [{"type": "text", "text": "Serial exe: Memory dependency"}]
        # What carries no picture may be slow.
        if name == "collector":
            data = ["Yes", "~4", "II"]
        nodes.append({"name": f"Kernel: {name}", "debug": [[{"filename": file, "line": line}]], "children": [
            {"name": f"{name}.B1", "type": "loop", "data": data, "debug": [[{"filename": file, "line": line}]], "details": details,
             "children": [{"name": "Fully unrolled loop", "data": ["n/a", "n/a", "n/a"], "debug": [[{"filename": file, "line": line + 4}]],
                           "details": [{"type": "text", "text": "Unrolled by #pragma unroll"}], "children": []}]}]})
    return {"columns": ["", "Pipelined", "II", "Bottleneck", "Details"], "children": nodes}


def flat_report(all_kernels):
    """As 18.x wrote it: a script with several objects, and a list without kernels."""
    functions = [{"name": f"Block{i}", "data": ["No", "n/a", "n/a"] if name == FAULTY else ["Yes", "1", "n/a"],
                  "debug": [[{"filename": file, "line": line, "level": 0}]], "details": ["Out-of-order inner loop"] if name == FAULTY else []}
                 for i, (name, file, _, line) in enumerate(all_kernels)]
    return ("var loopsJSON=" + json.dumps({"columns": ["Pipelined", "II", "Bottleneck"], "functions": functions}) +
            "\n;var mavJSON={\"nodes\":[]}\n;var areaJSON=" + json.dumps(area_report(all_kernels)) + ";\n")


def area_report(all_kernels):
    children = []
    for name, file, line, _ in all_kernels:
        memory = {"name": f"{file}:{line} (curve_lines)", "type": "resource", "data": [10, 20, 2, 0, 0],
                  "debug": [[{"filename": file, "line": line}]],
                  "details": [{"type": "text", "text": "Stall-free, 8 reads and 1 write. Replicated 8 times."}]}
        faulty = dict(memory, name=f"{file}:{line} (weights)")
        if name == FAULTY and FAULT == "replicated":
            faulty["details"] = [{"type": "text", "text": "Stall-free, 4 reads and 1 write."}, {"Number of replicates": 4}]
        elif name == FAULTY and FAULT == "turns":
            faulty["details"] = [{"type": "text", "text": "Stallable, 9 writes."}]
        else:
            faulty["details"] = [{"type": "text", "text": "Stall-free, 1 read and 1 write."}]
        children.append({"name": name, "type": "function", "total_kernel_resources": [1000, 2000, 3, 4, 5], "children": [memory, faulty]})
    return {"columns": ["", "ALUTs", "FFs", "RAMs", "DSPs"], "children": children}


def quartus_report(clock):
    text = ("ALUTs: 201000\nRegisters: 402,500\nLogic utilization: 195,000 / 427,200 ( 46 % )\nI/O pins: 310 / 826 ( 38 % )\n"
            "DSP blocks: 1,280 / 1,518 ( 84 % )\nMemory bits: 31,000,000 / 55,562,240 ( 56 % )\nRAM blocks: 2,000 / 2,713 ( 74 % )\n")
    if FAULT != "no_clock":
        text += f"Actual clock freq: {clock}\nKernel fmax: {float(clock) + 0.4}\n1x clock fmax: {float(clock) + 0.4}\n"
    return text + "2x clock fmax: Unused\nHighest non-global fanout: 100000\n"


def elf():
    """A head that announces no sections: whole as it is."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 0, 1, 0, 0, 0, 0, 64, 0, 0, 64, 0, 0)


def main():
    if log := os.environ.get("STAND_IN_LOG"):
        with open(log, "a", encoding="utf-8") as file:
            file.write(json.dumps(sys.argv[1:]) + "\n")
    if sys.argv[1:] == ["-version"]:
        print(f"Intel(R) FPGA SDK for OpenCL(TM), 64-Bit Offline Compiler\nVersion {VERSION}.0 Build 72 Pro Edition")
        return
    if sys.argv[1:] == ["-list-boards"]:
        print("Board list:\n" + "".join(f"  {b}\n     Board Package: /opt/boards/{b}\n" for b in BOARDS))
        return
    options, sources, folders, defines = parse(sys.argv[1:])
    if len(sources) != 1 or not pathlib.Path(sources[0]).is_file():
        stop(f"no input file: {sources}")
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", pathlib.Path(sources[0]).name):
        stop("file names hold letters, digits, -, _ and . only")
    if "SLUICE_DIALECT_INTEL" not in defines:
        stop("top.cl: choose a dialect")
    if FAULT == "crash":
        stop("Compiler Error: something inside")
    is_emulated = options.get("march") == "emulator"
    if is_emulated and "no-interleaving" in options:
        stop("-no-interleaving is for a board's memory")
    if is_emulated and NUMBER < (19, 3) and "fast-emulator" not in options:
        stop("the legacy emulator knows no autorun kernels like these")
    if not is_emulated:
        if options.get("board") not in BOARDS:
            stop(f"board {options.get('board')} is not known")
        if "handshaking" in options and BOARDS[options["board"]] == "arria10":
            stop("-hyper-optimized-handshaking is for Stratix 10 and Agilex")
    all_kernels = kernels(sources[0], folders, defines)
    output = pathlib.Path(options["o"])
    if FAULT == "licence" and not is_emulated and "rtl" not in options:
        stop("Can't find a valid license for feature quartus_pro (LM_LICENSE_FILE)")
    if is_emulated:
        output.write_bytes(b"" if FAULT == "empty" else elf())
        return
    project = output.with_suffix("")
    reports = project / "reports" / "lib"
    if FAULT != "no_report":
        (reports / "json").mkdir(parents=True)
        if FAULT == "flat":
            (reports / "report_data.js").write_text(flat_report(all_kernels))
        else:
            (reports / "json" / "loops.json").write_text(json.dumps(loops_report(all_kernels)))
            (reports / "json" / "area.json").write_text(json.dumps(area_report(all_kernels)))
    if "rtl" in options:
        output.write_bytes(elf())
        return
    clock = float(os.environ.get("STAND_IN_CLOCK", "220")) + int(options.get("seed", 1)) - 1
    clock += 12 if "handshaking" in options else 0
    project.mkdir(exist_ok=True)
    (project / "acl_quartus_report.txt").write_text(quartus_report(f"{clock:g}"))
    output.write_bytes(elf() + str(sorted(options.items())).encode())


main()
