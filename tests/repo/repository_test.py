#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tree keeps the rules of rules.py, and each rule finds a breach that is planted for it.

    repository_test.py SOURCE_DIR
"""
import pathlib
import sys
import unittest

import rules

SOURCE = pathlib.Path(sys.argv.pop(1)).resolve()
LEFT_OUT = ("build", "demo-output", "__pycache__")


def read_tree():
    """Text files by path; folders that git ignores and pictures are left out."""
    tree = {}
    for path in SOURCE.rglob("*"):
        parts = path.relative_to(SOURCE).parts
        if path.is_symlink() or not path.is_file() or any(part.startswith(LEFT_OUT) or part == ".git" for part in parts):
            continue
        try:
            tree["/".join(parts)] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            pass
    return tree


TREE = read_tree()


class Tree(unittest.TestCase):
    """One test a rule, made below."""


for rule in rules.RULES:
    def keeps(self, rule=rule):
        self.assertEqual(rule(TREE), [], rule.__doc__)
    setattr(Tree, f"test_{rule.__name__}", keeps)


class PlantedBreaches(unittest.TestCase):
    """(rule, path, text to add or a (from, to) pair, words of the sentence)"""

    BREACHES = [
        (rules.security_tests, "SECURITY.md", ("`errors.signals`", "`errors.bells`"), "there is no test errors.bells"),
        (rules.security_tests, "SECURITY.md", ("`fuzz.boards`", "none"), "no test"),
        (rules.security_tests, "SECURITY.md", ("special_files", "ordinary_files"), "there is no test ordinary_files"),
        (rules.packages, "runtime/base/file.cpp", "#include <boost/asio.hpp>\n", "boost/asio.hpp>: no package"),
        (rules.packages, "run", ("libssl-dev", ""), "needs libssl-dev"),
        (rules.packages, "run", ("zlib1g-dev", "zlib1g-dev libpng-dev"), "installs libpng-dev, which nothing needs"),
        (rules.packages, "run", ("pocl-opencl-icd", ""), "does not install pocl-opencl-icd"),
        (rules.packages, "run", ("python3-torchvision", ""), "needs python3-torchvision"),
        (rules.packages, "CMakeLists.txt", "find_package(Boost REQUIRED)\n", "Boost: no package"),
        (rules.packages, "tests/e2e/classifiers.py", "import pandas\n", "import pandas: no package"),
        (rules.include_directions, "runtime/hal/device.hpp", '#include "compiler/ir/graph.hpp"\n', "runtime/hal may not include"),
        (rules.include_directions, "runtime/base/file.cpp", '#include "runtime/bundle/bundle.hpp"\n', "runtime/base may not include"),
        (rules.include_directions, "compiler/passes/edit.cpp", '#include "compiler/frontend/onnx_import.hpp"\n', "compiler/passes may not include"),
        (rules.include_directions, "compiler/onnx_definition/pooling.cpp", '#include "compiler/ops/window.hpp"\n', "compiler/onnx_definition may not include"),
        (rules.include_directions, "compiler/ops/op.cpp", '#include "../ir/graph.hpp"\n', "from the root"),
        (rules.include_directions, "device/contract/numbers.h", "#include <math.h>\n", "the contract includes nothing"),
        (rules.include_directions, "device/contract/numbers.h", '#include "lib/stream.h"\n', "device/contract may not include"),
        (rules.include_directions, "runtime/drivers/device_list.cpp", "#include <CL/opencl.hpp>\n", "OpenCL only in"),
        (rules.include_directions, "compiler/ops/op.cpp", '#include "onnx.pb.h"\n', "ONNX's protobuf only in"),
        (rules.include_directions, "compiler/ops/op.cpp", "#include <tbb/parallel_for.h>\n", "TBB only in"),
        (rules.include_directions, "runtime/base/file.cpp", '#include "runtime/base/files.hpp"\n', "does not exist"),
        (rules.include_directions, "runtime/new/a.cpp", "// nothing\n", "no line in MAY_INCLUDE"),
        (rules.heads, "runtime/base/a.cpp", "#include <vector>\n", "not the SPDX line"),
        (rules.heads, "runtime/base/a.cpp", "// SPDX-License-Identifier: Apache-2.0\n#include <vector>\n", "no head comment"),
        (rules.heads, "device/kernels/a.cl", "// SPDX-License-Identifier: Apache-2.0\n\n", "no head comment"),
        (rules.public_headers, "runtime/hal/device.hpp", "#include <fmt/format.h>\n", "is public and includes \"fmt/format.h\""),
        (rules.public_headers, "runtime/images/picture.hpp", '#include "runtime/images/opencv_picture.hpp"\n', "is public and includes"),
        (rules.public_headers, "runtime/CMakeLists.txt", ("runtime/base/top_k.hpp", "runtime/base/top_n.hpp"), "runtime/base/top_n.hpp does not exist"),
        (rules.columns, "runtime/base/a.cpp", "// SPDX-License-Identifier: Apache-2.0\n// " + "wide " * 24 + "\n", "columns"),
        (rules.forbidden_words, "README.md", "see /" + "work/main\n", "one machine"),
        (rules.forbidden_words, "run", "# written by an A" + "I\n", "who or what"),
        (rules.forbidden_words, "apps/cli/main.cpp", "// TO" + "DO: later\n", "do it later"),
        (rules.tries, "runtime/base/a.cpp", "void f() { g(SLUICE_TRY(h())); }\n", "not a whole right-hand side"),
        (rules.tries, "runtime/base/a.cpp", "Pair f() { return {1, SLUICE_TRY(h())}; }\n", "not a whole right-hand side"),
        (rules.tries, "runtime/base/a.cpp", "int f() { int x = SLUICE_TRY(h(\")\")).size; }\n", "not a whole right-hand side"),
        (rules.tries, "runtime/base/a.cpp", "int f() { return a == SLUICE_TRY(h()); }\n", "not a whole right-hand side"),
        (rules.tries, "runtime/base/a.cpp", "void f() { SLUICE_TRY(h()); }\n", "not a whole right-hand side"),
        (rules.readme_folders, "README.md", ("`apps/`", "`applications/`"), "`applications` does not exist"),
        (rules.steady_clocks, "runtime/hal/failover_device.cpp", ("std::chrono::steady_clock", "std::chrono::system_clock"), "the wall clock may jump"),
        (rules.steady_clocks, "apps/bench/host.cpp", "const auto now = time(nullptr);\n", "the wall clock may jump"),
        (rules.readme_folders, "tests/README.md", ("`kernels`", "`kernel`"), "`kernel` does not exist"),
        (rules.engine_places, "compiler/model/engine_model.cpp", ("conv_pair_sparse_model", "other_model"), "engine_model.cpp does not name conv_pair_sparse"),
        (rules.engine_places, "runtime/bundle/kernels/conv_pair_sparse.cpp", ("conv_pair_sparse_record", "other_record"), "does not name conv_pair_sparse"),
        (rules.engine_places, "device/contract/kernel_list.inc", "SLUICE_SPARSE_ENGINE(conv_novel, novel)\n", "conv_novel.cl does not exist"),
        (rules.engine_places, "device/contract/kernel_list.inc", "SLUICE_SPARSE_ENGINE(conv_novel, novel)\n", "coefficients does not name"),
        (rules.engine_places, "runtime/base/file.cpp", "constexpr auto k = KernelKind::conv_pair_sparse;\n", "names conv_pair_sparse, but is not in the list"),
        (rules.engine_places, "runtime/bundle/kernels/tile.cpp", ("KernelKind::conv_weight_sparse", "kSome"), "which it does not name"),
        (rules.engine_places, "device/README.md", ("11. `compiler", "11. `a`\n12. `compiler"), "takes 13 files"),
        (rules.engine_places, "device/README.md", ("## Adding an engine", "## Adding engines"), "no list under"),
        (rules.operator_places, "device/contract/kernel_list.inc", "SLUICE_LAYER_KERNEL(novel_pool)\n", "novel_pool.cl does not hold"),
        (rules.operator_places, "device/contract/kernel_list.inc", "SLUICE_LAYER_KERNEL(novel_pool)\n", "does not hold novel_pool_lowering"),
        (rules.operator_places, "runtime/evaluate/layer.cpp", ("case LayerKind::average_pool:", ""), "does not hold LayerKind::average_pool"),
        (rules.operator_places, "runtime/simulate/schedule_flow.cpp", ("Program concat_program", "Program join_program"), "does not hold concat_program"),
        (rules.operator_places, "compiler/model/assumed.coefficients", ("\nconcat.", "\nother."), "does not hold concat."),
        (rules.operator_places, "runtime/base/file.cpp", "constexpr auto k = LayerKind::max_pool;\n", "names max_pool, but is not in the list"),
        (rules.operator_places, "compiler/pipeline/map_forks.cpp", ("LayerKind::scale", "kSome"), "which it does not name"),
        (rules.operator_places, "device/README.md", ("8. `compiler/model/a", "8. `a`: b\n9. `compiler/model/a"), "takes 9 files"),
        (rules.operator_places, "device/README.md", ("## Adding an operator with", "## Adding operators with"), "no list under"),
    ]

    def test_each_is_found(self):
        for rule, path, change, words in self.BREACHES:
            with self.subTest(rule=rule.__name__, words=words):
                before = TREE.get(path, "")
                after = before.replace(*change, 1) if isinstance(change, tuple) else before + change
                self.assertNotEqual(before, after)
                breaches = rule({**TREE, path: after})
                self.assertTrue(breaches, "the rule finds nothing")
                self.assertTrue(any(words in breach for breach in breaches), breaches)


if __name__ == "__main__":
    unittest.main()
