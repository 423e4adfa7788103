# SPDX-License-Identifier: Apache-2.0
"""The rules of the repository that a script can check, one function each.

A rule takes the tree, a dictionary from path to text, and returns its breaches as sentences; nothing is read from disk
here, so that repository_test.py can plant a breach and see each rule find it.
"""
import re
import sys

SOURCE = re.compile(r"\.(cpp|hpp|h|cl|inc|py)$")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:"([^"]+)"|<([^>]+)>)', re.M)

# Where a header of another project comes from; the longest prefix counts.
PACKAGE_OF_HEADER = {
    "CL/": "opencl-clhpp-headers", "CLI/": "libcli11-dev", "benchmark/": "libbenchmark-dev", "fmt/": "libfmt-dev",
    "httplib.h": "libcpp-httplib-dev", "gmock/": "libgmock-dev", "gtest/": "libgtest-dev", "google/protobuf/": "libprotobuf-dev",
    "nlohmann/": "nlohmann-json3-dev", "oneapi/tbb/": "libtbb-dev", "tbb/": "libtbb-dev", "onnx.pb.h": "libonnx-dev",
    "opencv2/": "libopencv-dev", "openssl/": "libssl-dev", "pugixml.hpp": "libpugixml-dev", "spdlog/": "libspdlog-dev", "zlib.h": "zlib1g-dev",
}
# C, C++ and Linux itself, by build-essential.
PLAIN_HEADER = re.compile(r"^([a-z_]+|std[a-z]+\.h|string\.h|unistd\.h|fcntl\.h|sched\.h|pthread\.h|dlfcn\.h|execinfo\.h|spawn\.h|signal\.h|malloc\.h|immintrin\.h|(arpa|sys|linux)/[a-z]+\.h)$")

PACKAGE_OF_CMAKE = {
    "fmt": "libfmt-dev", "spdlog": "libspdlog-dev", "nlohmann_json": "nlohmann-json3-dev", "TBB": "libtbb-dev",
    "OpenCV": "libopencv-dev", "OpenCL": "ocl-icd-opencl-dev", "Protobuf": "protobuf-compiler", "CLI11": "libcli11-dev",
    "ZLIB": "zlib1g-dev", "pugixml": "libpugixml-dev", "OpenSSL": "libssl-dev", "GTest": "libgtest-dev", "benchmark": "libbenchmark-dev",
    "PkgConfig": "pkg-config", "Python3": "python3", "Threads": "build-essential", "SLUICE_CLANG": "clang-14", "SLUICE_ONNX_PROTO_DIR": "libonnx-dev",
    "SLUICE_ONNX_CASES": "libonnx-testdata",
}
OUR_OWN_PACKAGE = ("sluice", "Sluice")  # what the program of tests/install and the example find
PACKAGE_OF_MODULE = {"PIL": "python3-pil", "numpy": "python3-numpy", "torch": "python3-torchvision", "torchvision": "python3-torchvision"}
MODULE_NOT_IN_DEBIAN = {"onnxruntime", "onnx", "optuna"}  # from PyPI by ./run, under build/; tests are skipped, visibly, without

# Needed without a header or a find_package() that says so.
PACKAGE_BY_ITSELF = {
    "build-essential": "the compiler", "cmake": "the build", "ninja-build": "the build",
    "libclang-rt-14-dev": "libFuzzer", "python3-venv": "the folder of what comes from PyPI", "opencl-headers": "what CL/opencl.hpp includes", "pocl-opencl-icd": "the device at run time",
    "dataset-fashion-mnist": "the demo's pictures", "fonts-dejavu-core": "the text lines that tests draw",
}

# Which folders a folder may include from, besides itself. Longest prefix counts; a folder that is not here may not be.
BASE, BUNDLE, CONTRACT = "runtime/base", "runtime/bundle", "device/contract"
MAY_INCLUDE = {
    "device/contract": set(),
    "device/lib": {CONTRACT, "device/kernels"},
    "device/kernels": {CONTRACT, "device/lib"},
    "device": set(),
    "device/threads": set(),
    "runtime/base": set(),
    "runtime/bundle": {BASE, CONTRACT},
    "runtime/hal": {BASE, BUNDLE},
    "runtime/program": {BASE, BUNDLE, "device"},
    "runtime/scores": {BASE, BUNDLE},
    "runtime/reference": {BASE, BUNDLE, CONTRACT},
    "runtime/evaluate": {BASE, BUNDLE, CONTRACT, "runtime/reference"},
    "runtime/simulate": {BASE, BUNDLE, CONTRACT, "runtime/evaluate", "runtime/reference"},
    "runtime/images": {BASE, BUNDLE},
    "runtime/observe": {BASE, BUNDLE, "runtime/hal", "runtime/evaluate", "runtime/reference", "runtime/simulate"},
    "runtime/drivers": {BASE, BUNDLE, CONTRACT, "runtime/hal", "runtime/evaluate", "runtime/program", "runtime/reference", "runtime/simulate"},
    # It compiles the kernel files natively, with the queue they are compiled against.
    "runtime/drivers/threads": {BASE, BUNDLE, "runtime/hal", "runtime/drivers/segments", "runtime/program", "device", "device/threads"},
    "runtime/stream": {BASE, BUNDLE, "runtime/hal", "runtime/images"},
    "runtime/adapt": {BASE, BUNDLE, "runtime/hal", "runtime/observe"},
    "runtime/session": {BASE, BUNDLE, "runtime/adapt", "runtime/drivers", "runtime/hal", "runtime/observe", "runtime/stream"},
    "bsp": {BASE},
    "compiler/ir": {BASE},
    "compiler/ops": {BASE, "compiler/ir"},
    "compiler/onnx_file": {BASE},
    # It judges what the importer and the passes make of a file, so it shares the protobuf message with them and no more.
    "compiler/onnx_definition": {BASE, "compiler/onnx_file"},
    "compiler/frontend": {BASE, "compiler/ir", "compiler/onnx_file", "compiler/ops"},
    "compiler/passes": {BASE, "compiler/ir", "compiler/ops"},
    "compiler/quantise": {BASE, BUNDLE, CONTRACT, "runtime/images", "compiler/ir", "compiler/ops"},
    "compiler/measure": {BASE, BUNDLE, "runtime/evaluate", "runtime/simulate", "compiler/model"},
    "compiler/model": {BASE, BUNDLE, CONTRACT, "bsp"},
    "compiler/target": {BASE, CONTRACT, "bsp", "compiler/model"},
    "compiler/dse": {BASE, BUNDLE, CONTRACT, "compiler/model", "compiler/pipeline", "compiler/target", "runtime/evaluate"},
    "compiler/pipeline": {BASE, BUNDLE, CONTRACT},
    "compiler/search/sampler": {BASE},
    "compiler/codegen": {BASE, BUNDLE},
    "compiler/language": {BASE, BUNDLE, CONTRACT},
    "compiler/vendor": {BASE, BUNDLE, "bsp", "compiler/codegen", "compiler/pipeline", "device", "runtime/program"},
    "compiler/accuracy": {BASE, BUNDLE, "runtime/evaluate", "runtime/images", "compiler/ir", "compiler/ops", "compiler/quantise"},
    "compiler/search": {BASE, BUNDLE, "runtime/evaluate", "runtime/simulate", "compiler/accuracy", "compiler/dse", "compiler/model",
                        "compiler/measure", "compiler/target"},
    "compiler/validation": {BASE, BUNDLE, "runtime/evaluate", "runtime/images", "runtime/scores", "compiler/accuracy", "compiler/ir",
                            "compiler/onnx_definition", "compiler/ops", "compiler/quantise"},
    "compiler/driver": {BASE, BUNDLE, CONTRACT, "bsp", "device", "runtime/evaluate", "runtime/simulate", "runtime/images", "runtime/program", "runtime/reference", "compiler"},
    "apps": {"bsp", "compiler", "runtime"},
    # What the page tells of a bundle; it knows nothing of the command.
    "apps/report": {"bsp", "compiler", "runtime"},
    # Measures devices and other engines; it knows nothing of planning.
    "apps/bench": {"runtime"},
    # The live demo; it knows nothing of planning.
    "apps/camera": {"runtime"},
    "apps/cli": {"bsp", "compiler", "runtime", "apps/bench", "apps/camera", "apps/report"},
    "tests": {"bsp", "compiler", "runtime", "device", "apps"},
}

# Headers of other projects that only some places may see.
ONLY_IN = {
    "OpenCL": (re.compile(r"^CL/"), ("runtime/drivers/fpga/", "runtime/drivers/opencl/", "runtime/drivers/pocl/", "tests/board/icd/", "tests/support/failing_opencl.cpp")),
    "ONNX's protobuf": (re.compile(r"^(onnx\.pb\.h|google/protobuf/)"),
                        ("compiler/frontend/", "compiler/onnx_definition/", "compiler/onnx_file/", "tests/fuzz/exported_forms.cpp", "tests/fuzz/mutate.cpp", "tests/operators/", "tests/support/onnx_writer.cpp",
                         "tests/support/opencv_model.cpp", "tests/unit/compiler/frontend/", "tests/unit/compiler/passes/refusal_test.cpp",
                         "tests/unit/compiler/validation/validate_import_test.cpp")),
    "nlohmann's JSON": (re.compile(r"^nlohmann/json\.hpp"), ("runtime/base/json.hpp",)),
    "TBB": (re.compile(r"^(oneapi/)?tbb/"),
            ("runtime/base/parallel.cpp", "compiler/search/magnitude_counts.cpp", "tests/")),
}

# Written so that this file does not break its own rule.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/([w]ork|[w]t|[r]oot|[h]ome)/"),
    "who or what wrote it": re.compile(r"\b([A]I|[L]LM|[a]gents?|[s]ubagents?)\b"),
    "a note to do it later": re.compile(r"\b([T]ODO|[F]IXME|[X]XX)\b"),
}


def _sources(tree):
    return {path: text for path, text in tree.items() if SOURCE.search(path)}


def _includes(path, text):
    """(name, is_ours): device files include from device/, all others from the root."""
    for match in INCLUDE.finditer(text):
        quoted, angled = match.groups()
        if quoted is None:
            yield angled, False
        elif quoted.split("/")[0] in ("lib", "kernels", "contract") and path.startswith("device/"):
            yield "device/" + quoted, True
        else:
            yield quoted, quoted.split("/")[0] in ("device", "runtime", "bsp", "compiler", "apps", "tests")


def _longest(prefixes, name):
    found = [prefix for prefix in prefixes if name == prefix or name.startswith(prefix if prefix.endswith("/") else prefix + "/")]
    return max(found, key=len, default=None)


def _listed(run, name):
    block = re.search(rf"^{name}=\(([^)]*)\)", re.sub(r"#.*", "", run), re.M)
    return set(block.group(1).split()) if block else set()


def packages(tree):
    """./run installs what the sources include, the build finds and the scripts import, and nothing else."""
    listed, torchvision = _listed(tree["run"], "packages"), _listed(tree["run"], "torchvision_packages")
    breaches, needed = [], dict.fromkeys(PACKAGE_BY_ITSELF, "")

    def need(package, where, group):
        needed[package] = where
        if package not in group:
            breaches.append(f"{where} needs {package}, which ./run does not install")

    for path, text in _sources(tree).items():
        for name, is_ours in _includes(path, text) if not path.endswith(".py") else ():
            package = PACKAGE_OF_HEADER.get(name) or PACKAGE_OF_HEADER.get(_longest(PACKAGE_OF_HEADER, name))
            if package:
                need(package, f"{path}: <{name}>", listed)
            elif not is_ours and not PLAIN_HEADER.match(name):
                breaches.append(f"{path}: <{name}>: no package is known to hold it")
        for module in re.findall(r"^\s*(?:import|from) (\w+)", text, re.M) if path.endswith(".py") else ():
            is_local = f"{path.rpartition('/')[0]}/{module}.py" in tree
            if module in PACKAGE_OF_MODULE:
                need(PACKAGE_OF_MODULE[module], f"{path}: import {module}", listed | torchvision)
            elif module not in sys.stdlib_module_names and module not in MODULE_NOT_IN_DEBIAN and not is_local:
                breaches.append(f"{path}: import {module}: no package is known to hold it")
    for path, text in tree.items():
        if not path.endswith("CMakeLists.txt"):
            continue
        for name in re.findall(r"^\s*find_(?:package|program|path)\((\w+)", text, re.M):
            if name in OUR_OWN_PACKAGE:
                continue
            if name in PACKAGE_OF_CMAKE:
                need(PACKAGE_OF_CMAKE[name], f"{path}: {name}", listed)
            else:
                breaches.append(f"{path}: {name}: no package is known to hold it")
    breaches += [f"./run installs {package}, which nothing needs" for package in (listed | torchvision) - set(needed)]
    breaches += [f"./run does not install {package} ({PACKAGE_BY_ITSELF[package]})" for package in set(PACKAGE_BY_ITSELF) - listed]
    return breaches


def include_directions(tree):
    """Folders depend one way only."""
    breaches = []
    for path, text in _sources(tree).items():
        if path.endswith(".py"):
            continue
        own = _longest(MAY_INCLUDE, path)
        if own is None:
            breaches.append(f"{path}: its folder has no line in MAY_INCLUDE")
            continue
        for name, is_ours in _includes(path, text):
            if ".." in name:
                breaches.append(f"{path}: \"{name}\": paths are written from the root")
            elif is_ours and _longest(MAY_INCLUDE[own] | {own}, name) is None:
                breaches.append(f"{path}: {own} may not include \"{name}\"")
            elif is_ours and name not in tree:
                breaches.append(f"{path}: \"{name}\" does not exist")
            elif own == "device/contract" and name != "stdint.h":
                breaches.append(f"{path}: the contract includes nothing, not \"{name}\"")
            for what, (pattern, places) in ONLY_IN.items():
                if pattern.match(name) and not path.startswith(places):
                    breaches.append(f"{path}: \"{name}\": {what} only in {', '.join(places)}")
    return breaches


def public_headers(tree):
    """What is installed includes the standard library and what is installed, nothing else."""
    build = "runtime/CMakeLists.txt"
    listed = re.search(r"set\(SLUICE_PUBLIC_HEADERS([^)]*)\)", tree[build])
    headers = set(listed.group(1).split()) if listed else set()
    breaches = [] if headers else [f"{build}: SLUICE_PUBLIC_HEADERS is not there"]
    for path in sorted(headers):
        if path not in tree:
            breaches.append(f"{build}: the public header {path} does not exist")
            continue
        for name, is_ours in _includes(path, tree[path]):
            if name not in headers and (is_ours or not re.match(r"^[a-z_]+$", name)):
                breaches.append(f"{path}: is public and includes \"{name}\", which is not")
    return breaches


def heads(tree):
    """A source opens with its licence and a sentence that says what it is."""
    breaches = []
    for path, text in _sources(tree).items():
        lines = text.splitlines()
        if lines and lines[0].startswith("#!"):
            lines = lines[1:]
        if not lines or "SPDX-License-Identifier: Apache-2.0" not in lines[0]:
            breaches.append(f"{path}: the first line is not the SPDX line")
        elif len(lines) < 2 or not re.match(r'(#|""") ?\w.{15}' if path.endswith(".py") else r"(//|/\*) \w.{15}", lines[1]):
            breaches.append(f"{path}: no head comment after the SPDX line")
    return breaches


def forbidden_words(tree):
    """Nothing of one machine, of how the text came about, or of work left over."""
    return [f"{path}:{number}: {what}: {line.strip()[:80]}" for path, text in tree.items() for number, line in enumerate(text.splitlines(), 1)
            for what, pattern in FORBIDDEN.items() if pattern.search(line)]


# The wall clock: it jumps when somebody sets it, and the runtime measures and waits by the steady one.
WALL_CLOCK = re.compile(r"\b(system_clock|high_resolution_clock|utc_clock|file_clock|CLOCK_REALTIME\w*|gettimeofday|timespec_get|pthread_cond_timedwait)\b|"
                        r"\btime\((nullptr|NULL|0)\)")


def steady_clocks(tree):
    """A clock that is set, forwards or back, matters to nothing that runs a bundle or measures one."""
    return [f"{path}:{number}: the wall clock may jump; take std::chrono::steady_clock: {line.strip()[:80]}" for path, text in _sources(tree).items()
            if path.startswith(("runtime/", "apps/bench/", "device/threads/")) for number, line in enumerate(text.splitlines(), 1) if WALL_CLOCK.search(line)]


# A literal, or a comment: parentheses in them do not count.
LITERAL = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])*\'|//[^\n]*', re.S)


def _blanked(text):
    """The same text, line by line, with spaces for what is between quotes and for comments."""
    return LITERAL.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def tries(tree):
    """SLUICE_TRY stands for a whole right-hand side: `x = SLUICE_TRY(...);`, `return SLUICE_TRY(...);`, the range of a `for`.

    It may leave the function. Inside braces, a call or a larger expression other parts are then already made, and clang before 19
    does not destroy those of a braced initialiser.
    """
    breaches = []
    for path, text in tree.items():
        if not path.endswith((".cpp", ".hpp")) or "SLUICE_TRY" not in text:
            continue
        plain = _blanked(text)
        for match in re.finditer(r"\bSLUICE_TRY\(", plain):
            before, depth, end = plain[:match.start()].rstrip(), 1, match.end()
            if before.endswith("#define"):
                continue
            while depth and end < len(plain):
                depth += {"(": 1, ")": -1}.get(plain[end], 0)
                end += 1
            after = plain[end:].lstrip()
            is_side = after.startswith(";") and re.search(r"(?<![=!<>])=$|\breturn$", before)
            is_range = after.startswith(")") and re.search(r"\bfor \([^;()]* :$", before)
            if not is_side and not is_range:
                line = plain.count("\n", 0, match.start()) + 1
                breaches.append(f"{path}:{line}: SLUICE_TRY is not a whole right-hand side: {text.splitlines()[line - 1].strip()[:80]}")
    return breaches


def readme_folders(tree):
    """A folder that a README's table names exists, beside the README or from the root."""
    folders = {path[:i] for path in tree for i, c in enumerate(path) if c == "/"}
    breaches = []
    for path, text in tree.items():
        if not path.endswith("README.md"):
            continue
        here = path.rpartition("/")[0]
        column = None
        for line in text.splitlines():
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.lstrip().startswith("|") else []
            if not cells:
                column = None
            elif column is None:
                column = next((i for i, cell in enumerate(cells) if cell.startswith("folder")), len(cells))
            elif column < len(cells):
                for folder in re.findall(r"`([^`]+)`", cells[column]):
                    folder = folder.rstrip("/")
                    if folder not in folders and f"{here}/{folder}".strip("/") not in folders:
                        breaches.append(f"{path}: the folder `{folder}` does not exist")
    return breaches


# What names a sparse engine beyond the list of device/README.md, by engine, each with its reason.
ENGINE_NAMED_ELSEWHERE = {
    ("conv_activation_sparse", "compiler/driver/engine_rule.cpp"): "the rule of --engine auto takes it for 1x1 windows",
    ("conv_activation_sparse", "compiler/dse/measured_density.cpp"): "its counters tell the zeros of every window",
    ("conv_activation_sparse", "compiler/pipeline/layer_config.cpp"): "stands in where grouped_prefix finds no G",
    ("conv_pair_sparse", "compiler/driver/engine_rule.cpp"): "the rule of --engine auto takes it for other windows",
    ("conv_pair_sparse", "compiler/dse/measured_density.cpp"): "its vectors of live pairs are measured for its ways",
    ("conv_pair_sparse", "compiler/pipeline/layer_config.cpp"): "the only one with N, and with the taps of a channel as a vector",
    ("conv_weight_sparse", "compiler/pipeline/layer_config.cpp"): "the only one with tiles (P)",
    ("conv_weight_sparse", "runtime/bundle/kernels/tile.cpp"): "a tile kernel feeds this engine alone",
    ("conv_weight_sparse", "runtime/simulate/layer_cycles.cpp"): "its periods follow from its counter, not from the picture",
    ("conv_weight_sparse", "compiler/language/array_rules.cpp"): "one of its arrays is known to be slower on a board",
    ("conv_grouped_prefix", "compiler/pipeline/layer_config.cpp"): "the only one that groups filters (G)",
}
MOST_ENGINE_FILES = 12
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)


def engine_places(tree):
    """A sparse engine is in the files that device/README.md lists under "Adding an engine", and in no others."""
    section = re.search(r"^## Adding an engine$(.*?)^## ", tree["device/README.md"], re.M | re.S)
    listed = re.findall(r"^\d+\. `([^`]+)`", section.group(1), re.M) if section else []
    if not listed:
        return ["device/README.md: no list under \"Adding an engine\""]
    breaches = []
    if len(listed) > MOST_ENGINE_FILES:
        breaches.append(f"device/README.md: an engine takes {len(listed)} files, more than {MOST_ENGINE_FILES}")
    engines = re.findall(r"^SLUICE_SPARSE_ENGINE\((\w+), (\w+)\)", tree["device/contract/kernel_list.inc"], re.M)
    production = {path: COMMENT.sub(" ", text) for path, text in tree.items()
                  if path.startswith(("device/", "runtime/", "compiler/", "apps/")) and re.search(r"\.(cpp|hpp|h|cl|inc)$", path)}
    for op, name in engines:
        own = [path.replace("<op>", op) for path in listed]
        for path in own:
            # Sources call it <op>; coefficients and prose call it by its name.
            is_named = op in production[path] if path in production else re.search(rf"\b{name}\b", tree.get(path, ""))
            if path not in tree:
                breaches.append(f"{path} does not exist; {op} needs it")
            elif not is_named:
                breaches.append(f"{path} does not name {op}")
        for path, code in production.items():
            if op in code and path not in own and (op, path) not in ENGINE_NAMED_ELSEWHERE:
                breaches.append(f"{path} names {op}, but is not in the list of device/README.md")
    breaches += [f"{path} is let off for {op}, which it does not name" for op, path in ENGINE_NAMED_ELSEWHERE
                 if op not in production.get(path, "")]
    return breaches


# What names a layer without weights beyond the list of device/README.md, each with its reason.
OPERATOR_NAMED_ELSEWHERE = {
    ("add", "compiler/model/engine_resources.cpp"): "its two products need no requantiser's product after them",
    ("concat", "runtime/program/opencl_writer.cpp"): "the only kernel file that reads the order of its ports",
    ("concat", "compiler/pipeline/kernel_order.cpp"): "its operands' groups change places with its ports",
    ("concat", "compiler/pipeline/layer_config.cpp"): "its lanes divide the channels of both operands",
    ("concat", "compiler/quantise/channel_order.cpp"): "orders the channels of two maps at once",
    ("global_average_pool", "compiler/model/engine_memories.cpp"): "keeps sums of all channels",
    ("global_average_pool", "compiler/pipeline/fifo_depth.cpp"): "waits for the last pixel of its map",
    ("global_average_pool", "runtime/simulate/kernel_cycles.cpp"): "its work lies in what it reads, all but the end",
    ("scale", "compiler/dse/network_menus.cpp"): "layers that make its gates hurry",
    ("scale", "compiler/model/layer_time.cpp"): "takes its gates before its map",
    ("scale", "compiler/pipeline/fifo_depth.cpp"): "its map waits for its gates",
    ("scale", "compiler/pipeline/kernel_order.cpp"): "its ports may not change places",
    ("scale", "compiler/pipeline/layer_kernels.cpp"): "its gates come on port A",
    ("scale", "compiler/pipeline/map_forks.cpp"): "parameters pass on the port of its gates",
}
MOST_OPERATOR_FILES = 8


def operator_places(tree):
    """A layer without weights is in the files of device/README.md, "Adding an operator with a kernel", and in no others."""
    def holds_word(path, word):
        return path in tree and re.search(rf"(?<!\w){re.escape(word)}" + (r"(?!\w)" if word[-1:].isalnum() else ""), tree[path])

    section = re.search(r"^## Adding an operator with a kernel$(.*?)(^## |\Z)", tree["device/README.md"], re.M | re.S)
    items = re.findall(r"^\d+\. (.*?): (.*?)(?=^\d+\. |^$)", section.group(1), re.M | re.S) if section else []
    if not items:
        return ["device/README.md: no list under \"Adding an operator with a kernel\""]
    breaches = []
    if len(items) > MOST_OPERATOR_FILES:
        breaches.append(f"device/README.md: an operator takes {len(items)} files, more than {MOST_OPERATOR_FILES}")
    for op in re.findall(r"^SLUICE_LAYER_KERNEL\((\w+)\)", tree["device/contract/kernel_list.inc"], re.M):
        own = set()
        for files, words in items:
            # Of several files, one holds the words.
            paths = [path.replace("<op>", op) for path in re.findall(r"`([^`]+)`", files)]
            needed = [word.replace("<op>", op) for word in re.findall(r"`([^`]*<op>[^`]*)`", words)]
            own.update(paths)
            missing = [word for word in needed or [""] if not any(holds_word(path, word) for path in paths)]
            breaches += [f"{' or '.join(paths)} does not hold {word or 'anything'}; {op} needs it" for word in missing]
        for path, text in tree.items():
            named = path not in own and path.startswith(("device/", "runtime/", "compiler/", "apps/")) and re.search(r"\.(cpp|hpp)$", path) \
                and re.search(rf"\b(LayerKind|KernelKind)::{op}\b", COMMENT.sub(" ", text))
            if bool(named) != ((op, path) in OPERATOR_NAMED_ELSEWHERE):
                breaches.append(f"{path} names {op}, but is not in the list of device/README.md" if named
                                else f"{path} is let off for {op}, which it does not name")
    return breaches


def columns(tree):
    """A line of C++ outside tests/ has at most 120 columns, as .clang-format says; tests hold golden text that is longer."""
    return [f"{path}:{number}: {len(line)} columns" for path, text in tree.items()
            if re.search(r"\.(cpp|hpp)$", path) and not path.startswith("tests/")
            for number, line in enumerate(text.split("\n"), 1) if len(line) > 120]


def security_tests(tree):
    """Each line of the table of SECURITY.md names tests, and they are there."""
    tests = "\n".join(text for path, text in tree.items() if path.startswith("tests/"))
    rows = [row for row in tree["SECURITY.md"].splitlines() if row.startswith("| ") and not row.startswith(("| input", "| ---"))]
    breaches = [] if rows else ["SECURITY.md: no table"]
    for row in rows:
        what, test = row.split(" | ")[0].strip("| "), row.split(" | ")[-1]
        named = re.findall(r"`([^`]+)`", test)
        if not named:
            breaches.append(f"SECURITY.md: {what}: no test")
        for name in named:
            pattern = (rf"fuzz_target\({name[5:]} |add_test\(NAME {name} " if name.startswith("fuzz.") else rf"add_test\(NAME {name}\s" if "." in name and name[0].islower()
                       else rf"TEST(_F|_P)?\({name[:-2]}," if name.endswith(".*") else rf"def test_\w*{name}")
            if not re.search(pattern, tests):
                breaches.append(f"SECURITY.md: {what}: there is no test {name}")
    return breaches


RULES = [packages, include_directions, public_headers, heads, columns, forbidden_words, steady_clocks, tries, readme_folders, engine_places, operator_places, security_tests]
