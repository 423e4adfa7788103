#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices that are lost while the real command runs: the next one takes over, and no picture is missing or comes twice.

Faults are injected by the command's own option. Usage: lost_devices.py SLUICE SOURCE_DIR
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"
PICTURES = pathlib.Path("/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz")
TAKEOVER = r"(\S+) is lost: (.*); (\S+) takes over, (\d+) images? submitted again"


def sluice(*arguments, code=0, **how):
    done = subprocess.run([str(a) for a in (SLUICE, *arguments)], capture_output=True, text=True, timeout=200, **how)
    assert done.returncode == code, f"{done.returncode}: {done.stdout[-2000:]}{done.stderr}"
    return done


class LostDevices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="sluice-lost-")
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.bundle = cls.folder / "bundle"
        sluice("plan", MODEL, "--calib", PICTURES, "--calib-images", 8, "--held-out", 8, "--engine", "pair_sparse", "-o", cls.bundle)
        cls.labels = sluice("classify", cls.bundle, PICTURES, "--first", 120, "--format", "csv").stdout

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def classify(self, devices, *more, **how):
        return sluice("classify", self.bundle, PICTURES, "--first", 120, "--format", "csv", "--device", devices, *more, **how)

    def takeovers(self, done):
        return re.findall(TAKEOVER, done.stderr)

    def test_each_way_of_being_lost_is_told_in_a_sentence_and_no_picture_is_missing(self):
        for fault, cause in (("lose@30", "collect() number 30 failed"), ("refuse@20", "submit() number 20 failed"),
                             ("wrong-image@40", "image 41 row 0 came out where image 40 row 0 went in"),
                             ("cut@7", "9 scores for 10 classes"), ("repeat@9", "image 8 row 0 came out"), ("wrong-row@3", "image 3 row 1 came out")):
            done = self.classify("cpu,cpu", "--inject-fault", fault)
            self.assertEqual(done.stdout, self.labels, fault)
            (lost, told, successor, again), = self.takeovers(done)
            self.assertIn(cause, told)
            self.assertEqual((lost, successor), ("cpu", "cpu"))
            self.assertTrue(0 <= int(again) <= 64, again)

    def test_the_circuits_take_over_from_the_processor(self):
        log = self.folder / "audit.jsonl"
        done = self.classify("cpu,pocl", "--inject-fault", "lose@50", "--audit-log", log)
        self.assertEqual(done.stdout, self.labels)
        self.assertEqual([t[2] for t in self.takeovers(done)], ["pocl"])
        replayed = json.loads(sluice("replay", log, "--json").stdout)
        self.assertEqual(replayed["images"], 120)
        self.assertEqual(len(replayed["takeovers"]), 1)
        self.assertRegex(replayed["takeovers"][0], r"after \d+ images " + TAKEOVER)
        self.assertIn("takes over", sluice("replay", log).stdout)

    def test_a_device_that_never_answers_is_given_up(self):
        done = self.classify("cpu,cpu", "--inject-fault", "hang@11", "--answer-limit", 1)
        self.assertEqual(done.stdout, self.labels)
        self.assertIn("no answer for 1 s", self.takeovers(done)[0][1])
        alone = self.classify("cpu", "--inject-fault", "hang@11", "--answer-limit", 1, code=2)
        self.assertIn("no answer for 1 s", alone.stderr)
        self.assertEqual(alone.stdout, "".join(self.labels.splitlines(keepends=True)[:12]), "what came before stays")

    def test_a_late_answer_is_no_loss(self):
        done = self.classify("cpu,cpu", "--inject-fault", "late@11:300")
        self.assertEqual(done.stdout, self.labels)
        self.assertEqual(self.takeovers(done), [])

    def test_eval_on_two_devices_is_bit_exact(self):
        done = sluice("eval", self.bundle, "--images", PICTURES, "--first", 60, "--reference-images", 20, "--device", "cpu,cpu",
                      "--inject-fault", "lose@30", "--json")
        exact = json.loads(done.stdout)["bit_exact"]
        self.assertEqual([exact[who]["equal"] for who in ("with_reference", "with_integer")], [20, 60])
        self.assertEqual(len(self.takeovers(done)), 1)

    def test_what_makes_no_sense_is_refused(self):
        for options, words in ((("--device", "cpu,sim"), "cannot stand in"), (("--device", "cpu,null"), "null computes nothing"),
                               (("--inject-fault", "burn@3"), "late names milliseconds"), (("--device", "fpga,fpga", "--board", "a,b,c"), "3 boards are named for 2")):
            done = sluice("classify", self.bundle, PICTURES, "--first", 2, *options, code=1)
            self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
