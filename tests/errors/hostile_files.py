#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that were made to hurt, given to the real command: special files, endless ones, names that lead nowhere, text
of other encodings, numbers that become NaN. Each ends in a sentence, in seconds, with the status of a user's mistake.

Usage: hostile_files.py SLUICE SOURCE_DIR
"""
import gzip
import hashlib
import json
import os
import pathlib
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"
SEED = 1


class HostileFiles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = pathlib.Path(tempfile.mkdtemp(prefix="sluice-hostile-"))
        cls.good = cls.shared / "good"
        cls.good.mkdir()
        for i in range(4):
            pixels = bytes((40 * i + x * y) % 256 for x in range(28) for y in range(28))
            (cls.good / f"{i}.pgm").write_bytes(b"P5 28 28 255\n" + pixels)
        cls.bundle = cls.shared / "bundle"
        done = subprocess.run([SLUICE, "plan", MODEL, "--calib", cls.good, "--engine", "pair_sparse", "--board", "pac_a10",
                               "--trials", "0", "--size-streams", "0", "-o", cls.bundle], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.shared)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="case-", dir=self.shared))

    def run_in(self, folder, *words, **how):
        return subprocess.run([SLUICE, *words], capture_output=True, cwd=folder, timeout=60, **how)

    def refused(self, *words, says, code=1, folder=None, **how):
        done = self.run_in(folder or self.folder, *words, **how)
        messages = done.stderr.decode()  # UTF-8, whatever the names are
        self.assertEqual(done.returncode, code, f"{words}: {messages}")
        self.assertIn("error: ", messages)
        for part in [says] if isinstance(says, str) else says:
            self.assertIn(part, messages)
        return done

    def readers(self, file):
        """Each verb that reads a file of a kind of its own."""
        return [["check", file], ["plan", file, "--calib", self.good, "-o", "out"], ["classify", self.bundle, file],
                ["plan", MODEL, "--calib", file, "-o", "out"], ["plan", MODEL, "--calib", self.good, "--class-names", file, "-o", "out"],
                ["plan", MODEL, "--calib", self.good, "--labels", file, "-o", "out"], ["plan", MODEL, "--calib", self.good, "--preprocess", file, "-o", "out"],
                ["eval", self.bundle, "--images", self.good, "--labels", file], ["replay", file], ["boards", "import", file, "-o", "x.board"],
                ["search", "--ask-tell", "--space", file]]

    def test_special_files_are_refused_by_name(self):
        os.mkfifo(self.folder / "pipe")
        listening = socket.socket(socket.AF_UNIX)
        self.addCleanup(listening.close)
        listening.bind(str(self.folder / "socket"))
        for file, kind in [("pipe", "is a FIFO"), ("socket", "is a socket"), ("/dev/zero", "is a device")]:
            for words in self.readers(file):
                self.refused(*words, says=[file, kind])
        for name in ("a.png", "b.txt", "c.bin", "d-idx3-ubyte", "e.board"):
            os.mkfifo(self.folder / name)
            words = ["boards", "show", name] if name == "e.board" else ["classify", self.bundle, name]
            self.refused(*words, says=[name, "is a FIFO"])

    def test_endless_files_are_not_read(self):
        for name in ("a.onnx", "b.txt", "c.bin", "d.json", "e-idx3-ubyte"):
            with open(self.folder / name, "wb") as file:
                file.truncate(60 << 30)
            for words in self.readers(name):
                self.refused(*words, says=[name, "too many"])

    def test_a_line_that_never_ends(self):
        with open("/dev/zero", "rb") as zeros:
            self.refused("search", "--ask-tell", says="a line of more than", stdin=zeros)

    def test_names_that_lead_nowhere(self):
        (self.folder / "loop").symlink_to("loop")
        for name, says in [("loop", "ELOOP"), ("a" * 300, "ENAMETOOLONG")]:
            for words in self.readers(name):
                self.refused(*words, says=says)
        self.refused("plan", MODEL, "--calib", self.good, "-o", "a" * 300, says="too long")
        self.refused("plan", MODEL, "--calib", self.good, "-o", "", says="empty")

    def test_working_folder_that_is_gone(self):
        gone = self.folder / "gone"
        # The shell goes there and removes it before it becomes the command.
        for words, says in [(f"plan '{MODEL}' --calib '{self.good}' -o out", "the folder that the command was started in"),
                            ("check m.onnx", "m.onnx: no such file")]:
            gone.mkdir()
            done = subprocess.run(["sh", "-c", f"rmdir '{gone}'; exec '{SLUICE}' {words}"], capture_output=True, text=True, cwd=gone)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(says, done.stderr)

    def test_names_in_another_encoding(self):
        latin = os.fsencode(self.folder) + b"/caf\xe9"
        shutil.copy(MODEL, latin + b".onnx")
        shutil.copy(self.good / "0.pgm", latin + b".pgm")
        for words in (["check", latin + b".onnx", "--json"],
                      ["plan", latin + b".onnx", "--calib", latin + b".pgm", "-o", latin, "--json"],
                      ["inspect", latin, "--json"], ["classify", latin, latin + b".pgm", "--json"],
                      ["eval", latin, "--images", latin + b".pgm", "--json"]):
            done = self.run_in(self.folder, *words)
            if words[0] == "eval":
                self.assertEqual(done.returncode, 1, done.stderr)  # it has no label
            else:
                self.assertEqual(done.returncode, 0, done.stderr)
                json.loads(done.stdout.decode())
            done.stderr.decode()
        self.refused("check", latin, says="caf\\xE9")

    def test_class_names(self):
        for content, says in [(b"caf\xe9\n" * 10, ["line 1", "caf\\xE9", "not UTF-8", "iconv"]), (b"a" * 1_000_000 + b"\n", "1000000 bytes"),
                              (b"a\0b", "not a text file")]:
            (self.folder / "names").write_bytes(content)
            self.refused("plan", MODEL, "--calib", self.good, "-o", "out", "--class-names", "names", says=says)

    def sealed(self, name, content):
        """A bundle in which one file is another, and whose manifest vouches for it."""
        bundle = self.folder / "sealed"
        if not bundle.exists():
            shutil.copytree(self.bundle, bundle)
        (bundle / name).write_bytes(content)
        manifest = json.loads((self.bundle / "manifest.json").read_text())
        manifest["files"][name] = hashlib.sha256(content).hexdigest()
        (bundle / "manifest.json").write_text(json.dumps(manifest))
        return bundle

    def sealed_json(self, name, edit):
        value = json.loads((self.bundle / name).read_text())
        edit(value)
        return self.sealed(name, json.dumps(value).encode())

    def test_class_names_of_a_bundle_cannot_write_on_the_terminal(self):
        bundle = self.sealed_json("design.json", lambda d: d["network"].__setitem__("labels", ["\x1b[2J\x1b]0;title\x07"] * 10))
        table = json.loads((self.bundle / "table.json").read_text())
        table["design_hash"] = hashlib.sha256((bundle / "design.json").read_bytes()).hexdigest()
        content = json.dumps(table).encode()
        (bundle / "table.json").write_bytes(content)
        manifest = json.loads((bundle / "manifest.json").read_text())
        manifest["files"]["table.json"] = hashlib.sha256(content).hexdigest()
        (bundle / "manifest.json").write_text(json.dumps(manifest))
        for form in ("text", "csv", "jsonl"):
            done = self.run_in(self.folder, "classify", bundle, self.good, "--device", "sim", "--format", form)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn(b"\x1b", done.stdout)
            self.assertIn(b"\\x1B[2J", done.stdout)
        shutil.rmtree(bundle)
        long = self.sealed_json("design.json", lambda d: d["network"].__setitem__("labels", ["a" * 1_000_000] * 10))
        self.refused("inspect", long, says="1000000 bytes")

    def test_report_of_other_types(self):
        """What `inspect` and `report` read, with values of every other kind in every place; the manifest vouches for it."""
        chance = random.Random(SEED)
        print(f"seed {SEED}", file=sys.stderr)
        odd = [None, True, -1, 2**31, 2**63, -2**63, 1e308, "", "x" * 1000, "\x1b[2J", [], [[]], {}, {"a": 1}, [0, "a"]]
        for file, always in (("report/report.json", [("estimated", "uses"), ("estimated", "target", "uses")]),
                             ("report/search.json", [("rows", "front"), ("baselines",)])):
            original = json.loads((self.bundle / file).read_text())
            places = {}

            def walk(value, path):
                places.setdefault(tuple("*" if isinstance(step, int) else step for step in path), path)
                for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []:
                    walk(value[step], (*path, step))

            walk(original, ())
            known = sorted(path for path in places if path)
            for place in chance.sample(known, min(40, len(known))) + always:
                if place not in places:
                    continue
                value = json.loads(json.dumps(original))
                inner = value
                for step in places[place][:-1]:
                    inner = inner[step]
                inner[places[place][-1]] = chance.choice(odd)
                bundle = self.sealed(file, json.dumps(value).encode())
                for words in (["inspect", bundle], ["report", bundle, "-o", "page.html"]):
                    done = self.run_in(self.folder, *words)
                    self.assertIn(done.returncode, (0, 1), f"{words[0]}, {file}: {place}: {done.stderr[-500:]}")
                    self.assertTrue(done.returncode == 0 or b"error: " in done.stderr, place)

    def test_streams_deeper_than_any_memory(self):
        def deep(design):
            for stream in design["netlist"]["streams"]:
                stream["depth_beats"] = 2**31 - 1
        bundle = self.sealed_json("design.json", deep)
        for words in (["classify", bundle, self.good, "--device", "sim"], ["classify", bundle, self.good, "--device", "threads"],
                      ["simulate", bundle, "--images", self.good], ["inspect", bundle]):
            done = self.run_in(self.folder, *words)
            self.assertEqual(done.returncode, 1, f"{words}: {done.stderr[-500:]}")

    def test_numbers_that_become_infinite_name_their_node(self):
        model = self.folder / "large.onnx"
        model.write_bytes(one_large_convolution())
        for words in (["check", model, "--board", "pac_a10"], ["plan", model, "--calib", self.good, "--input-shape", "1x1x28x28", "-o", "out"]):
            self.refused(*words, says=['Conv node "second"', "infinity or NaN"])
        for flag, value in (("--mean", "nan"), ("--mean", "inf"), ("--std", "nan"), ("--std", "inf"), ("--pixel-max", "nan"), ("--pixel-max", "inf")):
            self.refused("plan", MODEL, "--calib", self.good, "-o", "out", flag, value, says=flag)

    def test_a_picture_of_no_bits_spoils_no_other(self):
        header = b"BM" + struct.pack("<IHHI", 254, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 4, 4, 1, 0, 0, 0, 0, 0, 0, 0)
        (self.folder / "zero.bmp").write_bytes(header + bytes(200))
        done = self.refused("classify", self.bundle, "zero.bmp", self.good, "--device", "sim", says=["zero.bmp", "0 bits a pixel", "1 of 5"])
        self.assertEqual(len(done.stdout.splitlines()), 4)
        self.refused("plan", MODEL, "--calib", "zero.bmp", self.good, "-o", "out", says=["zero.bmp", "0 bits a pixel"])

    def test_a_packed_file_named_often_is_opened_once(self):
        pixels = 28 * 28 * 20_000  # 16 MB
        with gzip.open(self.folder / "many-idx3-ubyte.gz", "wb", 1) as file:
            file.write(struct.pack(">IIII", 0x803, 20_000, 28, 28) + bytes(pixels))

        def peak_bytes(times):
            process = subprocess.Popen([SLUICE, "classify", self.bundle, *["many-idx3-ubyte.gz"] * times, "--device", "sim", "--first", "2"],
                                       cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            return usage.ru_maxrss * 1024
        # 2 million items take 60 bytes each; 50 copies of the pixels would be 780 MB.
        self.assertLess(peak_bytes(50) - peak_bytes(1), 300_000_000)


def one_large_convolution():
    """image [1,1,28,28] -> Conv by 1e30 -> Conv "second" by 1e30 -> global average -> flat scores of one class, opset 13."""
    def varint(n):
        out = b""
        while n > 127:
            out, n = out + bytes([n & 127 | 128]), n >> 7
        return out + bytes([n])

    def field(number, payload):
        return varint(number << 3 | 2) + varint(len(payload)) + payload

    def weights(name, shape, value, count):
        dims = b"".join(b"\x08" + varint(d) for d in shape)
        return field(5, dims + b"\x10\x01" + field(8, name) + field(9, struct.pack("<f", value) * count))

    def node(op, name, inputs, output):
        return field(1, b"".join(field(1, i) for i in inputs) + field(2, output) + field(3, name) + field(4, op))

    def value(name, shape):
        dims = b"".join(field(1, b"\x08" + varint(d)) for d in shape)
        return field(1, name) + field(2, field(1, b"\x08\x01" + field(2, dims)))

    graph = (node(b"Conv", b"first", [b"image", b"w1"], b"a") + node(b"Conv", b"second", [b"a", b"w2"], b"b") +
             node(b"GlobalAveragePool", b"mean", [b"b"], b"c") + node(b"Flatten", b"flat", [b"c"], b"scores") + field(2, b"g") +
             weights(b"w1", (2, 1, 1, 1), 1e30, 2) + weights(b"w2", (4, 2, 1, 1), 1e30, 8) +
             field(11, value(b"image", (1, 1, 28, 28))) + field(12, value(b"scores", (1, 4))))
    return b"\x08\x07" + field(7, graph) + field(8, b"\x10\x0d")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
