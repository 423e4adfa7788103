#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles whose kernels are not those of this program, with hashes that vouch for them: nothing of them runs.

Each bundle would write a file if its text were compiled and run. Usage: hostile_kernels.py SLUICE SOURCE_DIR
"""
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"


class HostileKernels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="sluice-kernels-"))
        cls.good = cls.shared / "good"
        cls.good.mkdir()
        for i in range(2):
            pixels = bytes((40 * i + x * y) % 256 for x in range(28) for y in range(28))
            (cls.good / f"{i}.pgm").write_bytes(b"P5 28 28 255\n" + pixels)
        cls.bundle = cls.shared / "bundle"
        done = subprocess.run([SLUICE, "plan", MODEL, "--calib", cls.good, "--trials", "0", "-o", cls.bundle], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.shared)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="case-", dir=self.shared))

    def run_in(self, *words):
        return subprocess.run([SLUICE, *words], capture_output=True, text=True, cwd=self.folder, timeout=120)

    def sealed(self, **files):
        """The bundle with other files, by the name with __ for / and _dot_ for a point."""
        bundle = self.folder / "sealed"
        shutil.rmtree(bundle, ignore_errors=True)
        shutil.copytree(self.bundle, bundle)
        manifest = json.loads((bundle / "manifest.json").read_text())
        for name, edit in files.items():
            name = name.replace("__", "/").replace("_dot_", ".")
            before = (bundle / name).read_bytes() if (bundle / name).exists() else b""
            content = edit(before)
            (bundle / name).write_bytes(content)
            manifest["files"][name] = hashlib.sha256(content).hexdigest()
        (bundle / "manifest.json").write_text(json.dumps(manifest))
        return bundle

    def classify(self, bundle, *more):
        return self.run_in("classify", bundle, self.good, "--json", *more)

    def assert_same_answers(self, bundle, *more):
        wanted, done = self.classify(self.bundle), self.classify(bundle, *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, wanted.stdout)

    def test_the_bundle_as_planned_needs_no_trust(self):
        for device in ("pocl", "threads"):
            self.assert_same_answers(self.bundle, "--device", device)

    def test_text_of_others_is_not_compiled(self):
        mark = self.folder / "mark"
        shell = f'\nextern "C" int system(const char*); static int run_first = system("touch {mark}");\n'.encode()
        for name in ("top_dot_cl", "kernels__sink__sink_dot_cl", "lib__stream_dot_h", "contract__numbers_dot_h", "identity_dot_h"):
            bundle = self.sealed(**{name: lambda text: text + shell})
            path = name.replace("__", "/").replace("_dot_", ".")
            for device in ("threads", "pocl"):
                done = self.classify(bundle, "--device", device)
                self.assertEqual((done.returncode, done.stdout), (1, ""), f"{path}: {done.stderr}")
                for words in (path, "--trust-kernels", "rebuild-kernels"):
                    self.assertIn(words, done.stderr)
            self.assertFalse(mark.exists(), path)
            for device in ("cpu", "sim"):
                self.assertEqual(self.classify(bundle, "--device", device).returncode, 0, f"{device} compiles nothing")
        # It would have run: the same bundle, trusted.
        bundle = self.sealed(top_dot_cl=lambda text: text + shell)
        done = self.classify(bundle, "--device", "threads", "--trust-kernels")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(mark.exists())

    def test_a_file_more_counts_too(self):
        bundle = self.sealed(lib__more_dot_h=lambda _: b"int more;\n")
        done = self.classify(bundle, "--device", "pocl")
        self.assertEqual(done.returncode, 1)
        self.assertIn("lib/more.h", done.stderr)

    def test_includes_of_the_machine_are_refused_even_when_trusted(self):
        for line in (b'# include "/etc/passwd"', b"#include </etc/passwd>", b'#include "../../../etc/passwd"', b'#\\\ninclude "/etc/passwd"',
                     b'/**/ #/**/include "/etc/passwd"', b'%:include "/etc/passwd"', b'??=include "/etc/passwd"', b'#inc\\\nlude "/etc/passwd"',
                     b'#include_next "/etc/passwd"', b'#define F "/etc/passwd"\n#include F', b'#import "/etc/passwd"', b'#inc\\ \nlude "/etc/passwd"',
                     b'#include "/etc/passwd'):
            bundle = self.sealed(top_dot_cl=lambda text: text + b"\n" + line + b"\n")
            for device in ("pocl", "threads"):
                done = self.classify(bundle, "--device", device, "--trust-kernels")
                self.assertEqual(done.returncode, 1, f"{line}: {done.stderr}")
                self.assertNotIn("root:", done.stderr)

    def test_rebuilt_kernels_are_known_and_compute_the_same(self):
        bundle = self.sealed(kernels__sink__sink_dot_cl=lambda text: text + b"\n// another\n", lib__more_dot_h=lambda _: b"int more;\n")
        done = self.run_in("rebuild-kernels", bundle, "-o", "new")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same_answers(self.folder / "new", "--device", "pocl")
        for name in ("design.json", "table.json", "weights.bin", "golden/golden.json", "lib/stream.h"):
            self.assertEqual((self.folder / "new" / name).read_bytes(), (self.bundle / name).read_bytes(), name)
        self.assertFalse((self.folder / "new/lib/more.h").exists())

    def test_kernels_of_an_older_version_are_replaced(self):
        def older(text):
            design = json.loads(text)
            design["kernel_version"] -= 1
            return json.dumps(design).encode()
        bundle = self.sealed(design_dot_json=older)
        done = self.classify(bundle)
        self.assertEqual(done.returncode, 1)
        self.assertIn("rebuild-kernels", done.stderr)
        done = self.run_in("rebuild-kernels", bundle, "-o", "new")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same_answers(self.folder / "new", "--device", "pocl")
        self.assertEqual(self.run_in("inspect", "new").returncode, 0)

    def test_what_cannot_be_rebuilt_says_why(self):
        def edited(change):
            def edit(text):
                value = json.loads(text)
                change(value)
                return json.dumps(value).encode()
            return edit
        newer = edited(lambda d: d.__setitem__("kernel_version", d["kernel_version"] + 1))
        scores = edited(lambda g: g["vectors"][0]["scores"].__setitem__(0, 1234))
        for files, says in [({"design_dot_json": newer}, "kernel_version"), ({"golden__golden_dot_json": scores}, "compute other scores"),
                            ({"weights_dot_bin": lambda b: b[:-9]}, "weights.bin"), ({"table_dot_json": lambda _: b"[]"}, "table.json")]:
            done = self.run_in("rebuild-kernels", self.sealed(**files), "-o", "new")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(says, done.stderr)
            self.assertFalse((self.folder / "new").exists())
        self.assertEqual(self.run_in("rebuild-kernels", self.bundle, "-o", self.bundle).returncode, 1, "nothing is overwritten")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
