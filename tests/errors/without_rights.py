#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The smoke part of the tests as a user without home and rights, as a service or a container has it.

As root, each command runs as a user that owns nothing (setpriv) with HOME=/nonexistent; otherwise as this user, with
that HOME and no XDG_CACHE_HOME. The program and its inputs lie where everybody may read. Cases that need root say that
they were skipped. Usage: without_rights.py SLUICE SOURCE_DIR
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
IS_ROOT = os.getuid() == 0
NOBODY = 65534
OURS = ("HOME", "XDG_CACHE_HOME", "POCL_CACHE_DIR", "TMPDIR")


class WithoutRights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="sluice-without-"))
        cls.shared.chmod(0o755)
        cls.program = shutil.copy(SLUICE, cls.shared / "sluice")
        cls.model = shutil.copy(SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx", cls.shared / "model.onnx")
        pictures = cls.shared / "pictures"
        pictures.mkdir()
        for i in range(4):
            pixels = bytes((40 * i + x * y) % 256 for x in range(28) for y in range(28))
            (pictures / f"{i}.pgm").write_bytes(b"P5 28 28 255\n" + pixels)
        (cls.shared / "labels.txt").write_text("".join(f"pictures/{i}.pgm 3\n" for i in range(4)))
        done = subprocess.run([cls.program, "plan", cls.model, "--calib", pictures, "--engine", "dense", "-o", cls.shared / "bundle"],
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.shared)

    def setUp(self):
        # The one folder that this user may write to; nothing may stay in it.
        self.own = pathlib.Path(tempfile.mkdtemp(prefix="own-", dir=self.shared))
        if IS_ROOT:
            os.chown(self.own, NOBODY, NOBODY)

    def run_as_nobody(self, *words, **environment):
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] if IS_ROOT else []
        return subprocess.run([*become, self.program, *words], capture_output=True, text=True, cwd=self.shared, timeout=120,
                              env={**kept, "HOME": "/nonexistent", "TMPDIR": str(self.own), **environment})

    def test_every_verb_works(self):
        for words in [
            ["check", "model.onnx", "--board", "pac_a10"],
            ["inspect", "bundle"],
            ["classify", "bundle", "pictures"],
            ["classify", "bundle", "pictures", "--device", "pocl"],
            ["classify", "bundle", "pictures", "--device", "threads"],
            ["eval", "bundle", "--images", "labels.txt", "--model", "model.onnx"],
            ["bench", "bundle", "--seconds", "0.2"],
            ["simulate", "bundle", "--images", "pictures"],
            ["boards", "show", "d5005"],
        ]:
            done = self.run_as_nobody(*words)
            self.assertEqual(done.returncode, 0, f"{words}: {done.stderr}")
            self.assertTrue(done.stdout, words)
        left = [path.name for path in self.own.iterdir() if not path.name.startswith("sluice-threads-")]
        self.assertEqual(left, [], "only what the next run can use stays")

    def test_plan_writes_only_its_output(self):
        done = self.run_as_nobody("plan", "model.onnx", "--calib", "pictures", "--engine", "dense", "-o", self.own / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([path.name for path in self.own.iterdir()], ["out"])

    def test_output_where_nothing_may_be_written(self):
        if not IS_ROOT:
            self.shared.chmod(0o555)
        done = self.run_as_nobody("plan", "model.onnx", "--calib", "pictures", "--engine", "dense", "-o", "out")
        self.shared.chmod(0o755)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("EACCES", done.stderr)

    def test_a_named_cache_that_cannot_be_used(self):
        done = self.run_as_nobody("classify", "bundle", "pictures", "--device", "pocl", POCL_CACHE_DIR="/proc/none")
        self.assertEqual(done.returncode, 2, done.stderr)
        for words in ("POCL_CACHE_DIR", "/proc/none", "ENOENT"):
            self.assertIn(words, done.stderr)

    def test_no_folder_at_all_names_the_variable(self):
        done = self.run_as_nobody("classify", "bundle", "pictures", "--device", "pocl", TMPDIR="/proc")
        self.assertEqual(done.returncode, 2, done.stderr)
        for words in ("/proc", "set POCL_CACHE_DIR"):
            self.assertIn(words, done.stderr)

    def with_small_disk(self, then):
        """Runs classify with its cache on a disk of 256 KiB, after the shell command `then`."""
        script = f"mount -t tmpfs -o size=256k none own && {{ {then}; }} && POCL_CACHE_DIR={self.shared}/own/cache ./sluice classify bundle pictures --device pocl"
        (self.shared / "own").mkdir(exist_ok=True)
        done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, cwd=self.shared)
        if "unshare failed" in done.stderr or "permission denied" in done.stderr.lower():
            self.assertFalse(IS_ROOT, "root must be able to mount a tmpfs: " + done.stderr)
            self.skipTest("this user may not mount a file system")
        return done

    def test_a_full_cache_is_named(self):
        done = self.with_small_disk("true")
        self.assertEqual(done.returncode, 2, done.stderr)
        for words in ("own/cache", "the disk is full", "POCL_CACHE_DIR"):
            self.assertIn(words, done.stderr)

    def test_a_read_only_cache_is_named(self):
        done = self.with_small_disk("mount -o remount,ro own")
        self.assertEqual(done.returncode, 2, done.stderr)
        for words in ("own/cache", "EROFS", "POCL_CACHE_DIR"):
            self.assertIn(words, done.stderr)

    def test_results_do_not_depend_on_the_user(self):
        mine = subprocess.run([self.program, "classify", "bundle", "pictures", "--json"], capture_output=True, text=True, cwd=self.shared)
        others = self.run_as_nobody("classify", "bundle", "pictures", "--json")
        lines = lambda done: [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(lines(others), lines(mine))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
