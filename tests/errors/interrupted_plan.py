#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A plan that is killed with SIGKILL goes on with the same command and makes the bundle of one that was not killed.

The demo network is planned once in peace, then killed as each phase begins and taken up again. Usage:
interrupted_plan.py SLUICE SOURCE_DIR
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"
PHASES = ["import", "validate", "calibrate", "quantise", "sensitivity", "choose", "search", "build", "check", "measure", "write"]


def files_of(bundle):
    """Content by name, without the report, which holds times, and the manifest, which holds the report's hash."""
    return {str(path.relative_to(bundle)): path.read_bytes() for path in bundle.rglob("*")
            if path.is_file() and path.name not in ("report.json", "manifest.json")}


class InterruptedPlan(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="sluice-interrupted-")
        self.folder = pathlib.Path(self.scratch.name)
        (self.folder / "pictures").mkdir()
        for i in range(6):
            header = b"P5 28 28 255\n"
            pixels = bytes((40 * i + x * y) % 256 for x in range(28) for y in range(28))
            (self.folder / "pictures" / f"{i}.pgm").write_bytes(header + pixels)

    def tearDown(self):
        self.scratch.cleanup()

    def command(self, output):
        return [SLUICE, "plan", MODEL, "--calib", self.folder / "pictures", "--calib-images", "4", "-o", output]

    def killed_at(self, phase, output):
        """Starts a plan and kills it when it says that the phase begins."""
        process = subprocess.Popen(self.command(output), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        for line in process.stderr:
            if re.match(rf"\[\d+/\d+\] {phase}:", line):
                break
        process.kill()
        process.stderr.close()
        return process.wait()

    def test_goes_on_where_it_was_killed(self):
        done = subprocess.run(self.command(self.folder / "peace"), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        wanted = files_of(self.folder / "peace")
        for before, phase in zip(PHASES, PHASES[1:-1]):
            output = self.folder / phase
            state = self.folder / f"{phase}.plan"
            self.assertEqual(self.killed_at(phase, output), -9)
            self.assertTrue(state.is_dir(), f"{phase}: a state is left")
            self.assertFalse(output.exists(), phase)
            done = subprocess.run(self.command(output), capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            # The kill may come a phase later than the line that asked for it.
            taken = re.search(r"results up to (\w+) are taken up again", done.stderr)
            self.assertTrue(taken and PHASES.index(taken[1]) >= PHASES.index(before), f"{phase}: {done.stderr}")
            self.assertEqual(files_of(output), wanted, phase)
            self.assertFalse(state.exists(), f"{phase}: the state is removed when the bundle stands")

    def test_folders_that_are_something_else_are_left_alone(self):
        (self.folder / "b.plan").mkdir()
        (self.folder / "b.plan" / "thesis.tex").write_text("text")
        done = subprocess.run(self.command(self.folder / "b"), capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("is no state of a plan", done.stderr)
        self.assertTrue((self.folder / "b.plan" / "thesis.tex").exists())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
