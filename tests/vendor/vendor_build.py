#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The build flow, `sluice build` and build_fpga.sh, on a stand-in for the vendor's compiler: which arguments it gets in which version, which
reports stop a build, what stands beside a binary, and that the fitted clock changes the row that target-fps chooses.

A bundle is planned once from the demo network. Usage: vendor_build.py SLUICE SOURCE_DIR
"""
import csv
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"
PICTURES = pathlib.Path("/usr/share/datasets/fashion-mnist")
PLANNED_MHZ = 220


def run(*words, **more):
    settings = {name: str(value) for name, value in more.items()}
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STAND_IN_") and k != "INTELFPGAOCLSDKROOT"}
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, env={**clean, **settings})


class VendorBuild(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("clang-14"):
            raise unittest.SkipTest("no clang-14: the stand-in reads programs with it")
        cls.place = pathlib.Path(tempfile.mkdtemp())
        cls.bundle = cls.place / "demo"
        planned = run(SLUICE, "plan", MODEL, "--calib", PICTURES / "train-images-idx3-ubyte.gz", "--pixel-max", 1, "--mean", 0.2860,
                      "--std", 0.3530, "--calib-images", 20, "--held-out", 20, "--trials", 0, "--clock-mhz", PLANNED_MHZ,
                      "-o", cls.bundle)
        assert planned.returncode == 0, planned.stderr
        cls.sdk = cls.place / "sdk" / "hld"
        (cls.sdk / "bin").mkdir(parents=True)
        shutil.copy(SOURCE / "tests/vendor/stand_in_aoc.py", cls.sdk / "bin" / "aoc")
        (cls.sdk / "bin" / "aoc").chmod(0o755)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.place)

    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(dir=self.place))
        self.log = self.work / "calls"

    def build(self, *words, board="pac_a10", **settings):
        return run(SLUICE, "build", self.bundle, "--sdk", self.sdk, "--work", self.work / "out", *(["--board", board] if board else []),
                   *words, STAND_IN_LOG=self.log, **settings)

    def calls(self):
        """What the compiler was called with, without questions for version and boards."""
        return [c for c in map(json.loads, self.log.read_text().splitlines()) if len(c) > 1]

    def fails(self, result, *parts):
        self.assertNotEqual(result.returncode, 0)
        for part in parts:
            self.assertIn(part, result.stderr)

    def test_the_whole_way(self):
        result = self.build("--seeds", "1,2")
        self.assertEqual(result.returncode, 0, result.stderr)
        stages = [next((w for w in ("-march=emulator", "-rtl") if w in c), "hardware") for c in self.calls()]
        self.assertEqual(stages, ["-march=emulator", "-rtl"] * 2 + ["hardware"] * 2, "the small design first")
        binary = self.work / "out" / "hardware-s2" / "design.aocx"
        self.assertIn(f"221.0 MHz  {binary}", result.stdout.splitlines()[0], "the fastest first")
        self.assertEqual((binary.parent / "design.aocx.sha256").read_text().split()[0], hashlib.sha256(binary.read_bytes()).hexdigest())
        fit = json.loads(pathlib.Path(f"{binary}.fit.json").read_text())
        self.assertEqual((fit["clock_mhz"], fit["planned_clock_mhz"], fit["seed"], fit["board"], fit["sdk_version"]),
                         (221, PLANNED_MHZ, 2, "pac_a10", "20.4"))
        self.assertEqual((fit["alms"], fit["ram_blocks"], fit["dsp_blocks"]["used"], fit["registers"]),
                         ({"used": 195000, "all": 427200}, {"used": 2000, "all": 2713}, 1280, 402500))
        with open(self.work / "out" / "builds.csv", newline="") as table:
            rows = list(csv.DictReader(table))
        self.assertEqual([r["fitted_mhz"] for r in rows], ["220.00", "221.00"])
        self.assertEqual(rows[0]["placed_alms"], "195000")
        self.assertGreater(int(rows[0]["estimated_alms"]), 10000)
        self.assertIn("ALMs: 195000 placed", result.stderr)
        # What the cost model learns of it: the factor between swept and placed logic.
        learnt = run(sys.executable, SOURCE / "compiler/model/fit/fit.py", "--builds", self.work / "out" / "builds.csv")
        factor = (195000 - int(rows[0]["shell_alms"])) / (int(rows[0]["estimated_alms"]) / float(rows[0]["f_hls"]))
        self.assertRegex(learnt.stdout, r"^hls_factor *= [0-9.]+  # confirmed: 2 builds, pac_a10 SDK 20\.4$")
        self.assertAlmostEqual(float(learnt.stdout.split()[2]), factor, delta=0.01 * factor)
        # The bundle is what it was.
        self.assertEqual(run(SLUICE, "inspect", self.bundle).returncode, 0)

    def test_flags_are_those_of_each_version(self):
        for version, clock, fast in (("19.1", "-fmax=220", True), ("19.4", "-fmax=220", False), ("20.1", "-clock=220MHz", False),
                                     ("22.4", "-clock=220MHz", False)):
            with self.subTest(version):
                self.log.unlink(missing_ok=True)
                result = self.build(STAND_IN_VERSION=version)
                self.assertEqual(result.returncode, 0, result.stderr)
                emulator, report, hardware = self.calls()[-3:]
                self.assertEqual("-fast-emulator" in emulator, fast)
                self.assertIn("-DSLUICE_MINIMUM_DEPTH=8192", emulator)
                self.assertIn("-DSLUICE_EMULATOR", emulator)
                for call in (report, hardware):
                    self.assertIn(clock, call)
                    self.assertIn("-board=pac_a10", call)
                    self.assertFalse([w for w in call if w.startswith(("-DSLUICE_MINIMUM_DEPTH", "-DSLUICE_EMULATOR"))],
                                     "boards have the planned depths, and kernels that do not wait")
                self.assertIn("-seed=1", hardware)

    def test_other_versions_are_refused(self):
        for version in ("18.1", "23.1"):
            self.fails(self.build(STAND_IN_VERSION=version), f"version {version}", "19.1 to 22.4")
        self.assertFalse(self.log.exists() and self.calls(), "nothing was compiled")

    def test_it_stops_after_the_stage_that_is_asked_for(self):
        result = self.build("--stop-after", "report")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertFalse(list((self.work / "out").glob("hardware*")))
        self.assertIn("loops, all with II 1", result.stderr)

    def test_plain_handshaking_and_profile(self):
        self.fails(self.build("--plain-handshaking"), "Stratix 10 and Agilex", "pac_a10 has arria10")
        result = self.build("--plain-handshaking", board="pac_s10_dc")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("-hyper-optimized-handshaking=off", self.calls()[-1])
        self.assertRegex(result.stdout.splitlines()[0], "^232.0 MHz .*hardware-s1-plain/design.aocx")
        result = self.build("--profile")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("-profile=all", self.calls()[-1])
        self.assertNotIn("-profile=all", self.calls()[-2])
        self.assertTrue((self.work / "out" / "profile-s1" / "design.aocx").exists())

    def test_banks_are_used_apart_where_there_are_two(self):
        for board, expected in (("pac_a10", True), ("pac_s10_dc", True), ("a10gx", False)):
            with self.subTest(board):
                self.log.unlink(missing_ok=True)
                result = self.build("--profile", board=board)
                self.assertEqual(result.returncode, 0, result.stderr)
                smoke_emulator, smoke_report, emulator, report, hardware, profile = self.calls()
                for call in (smoke_report, report, hardware, profile):
                    self.assertEqual("-no-interleaving=default" in call, expected, call)
                for call in (smoke_emulator, emulator):
                    self.assertNotIn("-no-interleaving=default", call)
                self.assertEqual([w for w in profile if w not in hardware], ["-profile=all"], "the same program on the same banks")

    def test_slow_loops_stop_the_build(self):
        kernel = "l01_stage1_conv1_conv_conv_pair_sparse"
        for fault, words in (("ii", "a loop has II 3, expected 1"), ("not_pipelined", "a loop is not pipelined, expected II 1"),
                             ("serial", "a loop runs serially, expected II 1"),
                             ("replicated", "the memory weights is kept 4 times, expected once"),
                             ("turns", "accesses of the memory weights take turns")):
            with self.subTest(fault):
                result = self.build(STAND_IN_FAULT=fault, STAND_IN_KERNEL=kernel)
                self.fails(result, words, kernel)
                self.assertRegex(result.stderr, kernel + r", conv_pair_sparse\.cl:\d+: ")
                self.assertFalse(list((self.work / "out").glob("hardware*")), "nothing is placed")
                self.assertFalse(list((self.work / "out").glob("*.fit.json")))

    def test_a_kernel_without_pictures_may_be_slow(self):
        result = self.build("--stop-after", "report", STAND_IN_FAULT="ii", STAND_IN_KERNEL="collector")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_reports_of_the_older_form(self):
        result = self.build("--stop-after", "report", STAND_IN_FAULT="flat")
        self.assertEqual(result.returncode, 0, result.stderr)
        result = self.build("--stop-after", "report", STAND_IN_FAULT="flat", STAND_IN_KERNEL="l03_stage1_add_add")
        self.fails(result, "add.cl:", "a loop is not pipelined, expected II 1")

    def test_what_is_missing_is_said_in_a_sentence(self):
        self.fails(run(SLUICE, "build", self.bundle, "--work", self.work / "out"), "no SDK")
        self.fails(run(SLUICE, "build", self.bundle, "--sdk", self.place, "--work", self.work / "out"), "bin/aoc is not there")
        self.fails(self.build(board="de5"), "knows no board de5", "pac_a10 pac_s10_dc a10gx")
        self.fails(self.build(board=""), "planned for no board")
        self.fails(self.build(STAND_IN_FAULT="licence"), "no licence", "LM_LICENSE_FILE")
        self.fails(self.build(STAND_IN_FAULT="crash"), "the small design that is tried first", "Compiler Error: something inside", "aoc.log")
        self.fails(self.build(STAND_IN_FAULT="empty"), "aoc ended with 0 in stage emulator")
        self.fails(self.build(STAND_IN_FAULT="no_report"), "left no report of loops")
        self.fails(self.build(STAND_IN_FAULT="no_clock"), "states no clock")
        self.fails(run(SLUICE, "build", self.bundle, "--sdk", self.sdk, "--work", self.bundle / "out"), "outside of the bundle")
        self.assertFalse((self.bundle / "out").exists())
        self.assertFalse(list((self.work / "out").rglob("*.fit.json")))

    def test_what_failed_is_packed_into_one_archive(self):
        kernel = "l01_stage1_conv1_conv_conv_pair_sparse"
        self.fails(self.build(STAND_IN_FAULT="ii", STAND_IN_KERNEL=kernel), "--repro")
        archive = self.work / "repro.tar.gz"
        result = self.build("--repro", archive)
        self.assertEqual(result.returncode, 0, result.stderr)
        with tarfile.open(archive) as tar:
            names = tar.getnames()
        for name in ("top.cl", "build_fpga.sh", "build_fpga.conf", "identity.h", "report/report.json", "report/design/reports/lib/json/loops.json",
                     "report/aoc.log", "smoke/report/aoc.log"):
            self.assertIn(name, names)
        self.assertFalse([n for n in names if n.endswith(("weights.bin", "design.json", ".aocx")) or n.startswith("golden/")])
        self.fails(self.build("--repro", archive), "exists already")

    def test_the_script_alone_makes_a_binary(self):
        words = ("bash", self.bundle / "build_fpga.sh")
        result = run(*words, "hardware", "--sdk", self.sdk.parent, "--work", self.work, "--board", "pac_a10", STAND_IN_LOG=self.log)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((self.work / "hardware-s1" / "design.aocx.sha256").exists())
        for call, status, part in ((("hardware",), 2, "--work"), (("paint",), 2, "stage paint is not known"), ((), 2, "which stage?"),
                                   (("report", "--work", self.work), 3, "no SDK"), (("report", "--colour", "red"), 2, "--colour is not known"),
                                   (("report", "--banks", "two"), 2, "--banks two is no number")):
            result = run(*words, *call)
            self.assertEqual(result.returncode, status)
            self.assertIn(part, result.stderr)

    def rows_taken(self, *binary):
        """Rows of the images of a stream that shall hold a rate, on the simulated device."""
        audit = self.work / "audit.jsonl"
        audit.unlink(missing_ok=True)
        result = run(SLUICE, "classify", self.bundle, PICTURES / "t10k-images-idx3-ubyte.gz", "--first", 300, "--device", "sim", "--policy",
                     "target-fps", "--target-fps", self.target, "--probe-period", 0, "--audit-log", audit, *binary)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line).get("row") for line in audit.read_text().splitlines() if '"row"' in line]

    def test_the_fitted_clock_chooses_the_row(self):
        rates = [r["throughput_images_per_s"] for r in json.loads((self.bundle / "table.json").read_text())["rows"]]
        self.target = round(0.9 * rates[0])  # row 0 holds it at 220 MHz with room for the hysteresis, and not at 187
        taken = {}
        for clock in (220, 187):
            result = self.build(STAND_IN_CLOCK=clock)
            self.assertEqual(result.returncode, 0, result.stderr)
            binary = self.work / "out" / "hardware-s1" / "design.aocx"
            rows = self.rows_taken("--binary", binary)
            taken[clock] = rows[-1]
        self.assertEqual(taken[220], 0)
        self.assertGreater(taken[187], 0)
        self.assertEqual(self.rows_taken()[-1], 0, "without a binary the planned clock counts")
        # Simulated rates follow, and the table in the bundle does not.
        simulated = [json.loads(run(SLUICE, "simulate", self.bundle, "--images", PICTURES / "t10k-images-idx3-ubyte.gz", "--first", 5, "--json",
                                    *more).stdout)["clock_mhz"] for more in ((), ("--binary", binary))]
        self.assertEqual(simulated, [PLANNED_MHZ, 187])
        self.assertEqual(json.loads((self.bundle / "table.json").read_text())["clock_mhz"], PLANNED_MHZ)

    def test_bench_says_what_was_planned_at_the_fitted_clock(self):
        result = self.build(STAND_IN_CLOCK=187)
        self.assertEqual(result.returncode, 0, result.stderr)
        result = run(SLUICE, "bench", self.bundle, "--images", PICTURES / "train-images-idx3-ubyte.gz", "--first", 40, "--device", "sim",
                     "--seconds", 0.5, "--binary", self.work / "out" / "hardware-s1" / "design.aocx")
        self.assertEqual(result.returncode, 0, result.stderr)
        line = next(text for text in result.stdout.splitlines() if text.startswith("  row 0 at 187 MHz: "))
        estimated, here = (int(n) for n in re.findall(r"(\d+) (?:images/s estimated|simulated here)", line))
        self.assertLess(abs(here / estimated - 1), 0.2, line)
        self.assertRegex(line, "every layer takes the cycles of the table|first layer that departs: l[0-9]+_")

    def test_a_build_of_another_program_is_refused(self):
        result = self.build()
        self.assertEqual(result.returncode, 0, result.stderr)
        fit = self.work / "out" / "hardware-s1" / "design.aocx.fit.json"
        text = fit.read_text()
        fit.write_text(re.sub(r"sluice_id_[0-9a-f]{16}", "sluice_id_0123456789abcdef", text))
        call = ("bench", self.bundle, "--device", "sim", "--seconds", 0.1, "--binary", fit.with_suffix("").with_suffix(""))
        self.fails(run(SLUICE, *call), "is of a build of the program sluice_id_0123456789abcdef")
        fit.write_text(text.replace('"clock_mhz": 220', '"clock_mhz": 0'))
        self.fails(run(SLUICE, *call), "is not a clock")
        fit.write_text("{")
        self.fails(run(SLUICE, *call), "build again")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
