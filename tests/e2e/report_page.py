#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of `sluice report`, for a bundle planned with baselines and for one of dense engines, read by an HTML parser.

It is one well-formed file that asks no network for anything, whatever classes are called; each chart has its table, and
numbers are those of the bundle's report.json, search.json and table.json.

Usage: report_page.py SLUICE SOURCE_DIR
"""
import base64
import hashlib
import html.parser
import json
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SLUICE, SOURCE = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
MODEL = SOURCE / "apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx"
PLAN = ["--calib", FASHION / "train-images-idx3-ubyte.gz", "--labels", FASHION / "train-labels-idx1-ubyte.gz", "--calib-images", 40,
        "--held-out", 40, "--pixel-max", 1, "--mean", 0.2860, "--std", 0.3530]
HOSTILE = ["</script><script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "<!-- a", "\u2028b", "&amp;", "c]]>", "</title><b>", "{{title}}",
           "'", "</table>"]
VOID = {"meta", "link", "input", "br", "img"}
failures = 0


def run(*arguments, refused=False):
    done = subprocess.run([str(a) for a in (SLUICE, *arguments)], capture_output=True, text=True)
    if (done.returncode != 0) != refused:
        sys.exit(f"{' '.join(map(str, arguments))}\n{done.stdout}{done.stderr}")
    return done.stderr if refused else done.stdout


def check(holds, what):
    global failures
    failures += not holds
    print(("ok    " if holds else "FAIL  ") + what, flush=True)


class Page(html.parser.HTMLParser):
    """Elements in order, tables by the id of their caption: rows of (text, numbers of <data>)."""

    def __init__(self, text):
        super().__init__()
        self.stack, self.elements, self.problems = [], [], []
        self.tables, self.scripts, self.table, self.row, self.caption = {}, [], None, None, None
        self.figures, self.tiles, self.tile = [], [], None
        self.feed(text)
        self.close()
        self.problems += [f"<{tag}> is open at the end" for tag in self.stack]

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.elements.append((tag, values))
        if tag not in VOID:
            self.stack.append(tag)
        if tag == "table":
            self.table = []
        if tag == "caption":
            self.tables[values["id"]] = self.table
        if tag == "tr" and self.table is not None:
            self.row = {"text": "", "values": []}
        if tag == "data" and self.row is not None:
            self.row["values"].append(float(values["value"]))
        if tag == "figure":
            self.figures.append([values["data-chart"], False])
        if tag == "table" and self.figures:
            self.figures[-1][1] = True
        if tag == "script":
            self.scripts.append((values, ""))
        if values.get("class") == "tile":
            self.tile = {"text": "", "values": []}
            self.tiles.append(self.tile)
        if tag == "data" and self.tile is not None:
            self.tile["values"].append(float(values["value"]))

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag:
            self.problems.append(f"</{tag}> ends <{self.stack[-1] if self.stack else 'nothing'}>")
            return
        self.stack.pop()
        if tag == "tr" and self.row is not None:
            self.table.append(self.row)
            self.row = None
        if tag == "div":
            self.tile = None

    def handle_data(self, data):
        if self.stack and self.stack[-1] == "script":
            values, text = self.scripts[-1]
            self.scripts[-1] = (values, text + data)
        for place in (self.row, self.tile):
            if place is not None:
                place["text"] += data

    def rows(self, caption, first):
        """Numbers of the rows whose text begins so."""
        return [row["values"] for row in self.tables[caption] if row["text"].startswith(first)]


def check_structure(page, text):
    check(not page.problems, f"every element is closed {page.problems[:3]}")
    ids = [values["id"] for _, values in page.elements if "id" in values]
    check(len(ids) == len(set(ids)), f"{len(ids)} ids, each once")
    named = [values[key].lstrip("#") for _, values in page.elements for key in ("aria-labelledby", "href") if values.get(key, "").startswith("#") or
             (key == "aria-labelledby" and key in values)]
    check(set(named) <= set(ids), f"{len(named)} references to elements that exist")
    fetched = [values[key] for _, values in page.elements for key in ("src", "href", "srcset", "action", "poster", "background") if key in values]
    check(all(link.startswith(("#", "data:")) for link in fetched), f"nothing is fetched: {fetched}")
    check(not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", text), "no address but the name of SVG")
    check(not {tag for tag, _ in page.elements} & {"img", "b", "iframe", "object"}, "names of classes are no elements")
    check(not any(key.startswith("on") for _, values in page.elements for key in values), "and no handlers")
    check(len(page.scripts) == 2, "two scripts: the data, and one that draws")
    policy = next(values["content"] for tag, values in page.elements if tag == "meta" and values.get("http-equiv") == "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(page.scripts[1][1].encode()).digest()).decode()
    check(policy.startswith("default-src 'none'") and f"'sha256-{digest}'" in policy, "the policy allows this script alone")
    check([name for name, has_table in page.figures if has_table] == ["loss", "progress"], "each chart has its table after it")
    return json.loads(page.scripts[0][1])


def near(a, b):
    return len(a) == len(b) and all(math.isclose(x, y, rel_tol=1e-9) for x, y in zip(a, b))


def check_numbers(page, charts, bundle):
    report, search, table = (json.loads((bundle / name).read_text()) for name in ("report/report.json", "report/search.json", "table.json"))
    clock, rows, layers = 1e6 * table["clock_mhz"], table["rows"], report["layers"]
    simulated = report.get("simulated", {}).get("cycles_per_image_of_rows", [])
    for row in rows:
        cycles = ([simulated[row["id"]]] if simulated else []) + [row["cycles_per_image"]]
        expected = [row["loss_points"]] + [number for c in cycles for number in (c, clock / c)]
        told = page.rows("rows-caption", f"row {row['id']}")
        check(len(told) == 1 and near(told[0], expected), f"row {row['id']}: loss, cycles and rates")
    headline = (simulated or [rows[0]["cycles_per_image"]])[0]
    check(near(page.tiles[0]["values"], [clock / headline, headline]), f"the headline: {clock / headline:.0f} images/s")
    check(("simulated" if simulated else "estimated") in page.tiles[0]["text"], "with its kind")
    for baseline in search["baselines"]:
        expected = [[b["loss_points"]] + [n for c in (b["simulated_cycles"], b["estimated_cycles"]) for n in (c, clock / c)] for b in baseline["rows"]]
        told = page.rows("rows-caption", baseline["name"])
        check(len(told) == len(expected) and all(map(near, told, expected)), f"baseline {baseline['name']}")
    check(bool(charts["loss"]) == (len(rows) > 1 or bool(search["baselines"])), "a single point is not drawn")
    views = {view["kind"]: view["series"][0]["points"] for view in charts["loss"]["views"]} if charts["loss"] else {}
    check(not views or near([p["x"] for p in views["estimated"]], [clock / row["cycles_per_image"] for row in rows]), "the chart draws the table's rates")
    check(("simulated" in views) == bool(simulated and views), "a view for each kind of rate that there is")
    engines = [{layer["name"]: layer for layer in row["layers"]} for row in (rows[0], rows[-1])][:len(rows)]
    for layer in layers:
        name, resources = layer["name"], layer["estimated"]["resources"]
        own = [e[name]["cycles"] if name in e else layer["estimated"]["cycles_per_image"] for e in engines]
        bound = [layer["macs"] / resources["multipliers"]] if resources["multipliers"] else []
        told = page.rows("cycles-caption", name)
        check(len(told) == 1 and near(told[0], [resources["multipliers"], *bound, *own]), f"{name}: cycles")
        if name in engines[0]:
            shares = [layer["zero_share_float"]] if "zero_share_float" in layer else []
            shares += [1 - next(l for l in row["layers"] if l["name"] == name)["density_assumed"] for row in rows]
            check(near(page.rows("sparsity-caption", name)[0], shares), f"{name}: sparsity of every row")
    parts = ("alms", "ram_blocks", "dsp_blocks", "multipliers")
    check(near(page.rows("resources-caption", "together")[0], [report["estimated"]["resources"][p] for p in parts]), "resources together")
    kinds = [row["values"] for row in page.tables["resources-caption"] if len(row["values"]) == len(parts) and not row["text"].startswith(("together", "a plan"))]
    together = [sum(column) for column in zip(*kinds)]
    check(all(abs(a - report["estimated"]["resources"][p]) <= len(layers) + 1 for a, p in zip(together, parts)),
          "kinds of circuits add up to them, each layer rounded")
    steps = search["rows"]["progress"] + search.get("hardware", {}).get("progress", [])
    told = [row["values"] for row in page.tables["progress-caption"] if row["values"]]
    check(sorted(map(tuple, told)) == sorted((step["trial"], step["cycles"]) for step in steps), f"{len(steps)} steps of the search")
    check(bool(steps) == bool(charts["progress"]), "drawn where there are some")
    design = json.loads((bundle / "design.json").read_text())
    streams = {stream["name"]: stream["depth_beats"] for stream in design["netlist"]["streams"]}
    told = {row["text"]: row["values"] for row in page.tables["streams-caption"][1:]}
    depths = {name: next(values[0] for text, values in told.items() if text.startswith(name)) for name in streams}
    check(depths == streams and all(values[2] <= values[1] for values in told.values()), f"{len(streams)} streams, none fuller than it can be")


scratch = pathlib.Path(tempfile.mkdtemp(prefix="sluice-report-"))
try:
    names = scratch / "names.txt"
    names.write_text("\n".join(HOSTILE) + "\n")
    explored, plain = scratch / "explored & 'odd'", scratch / "plain"
    run("plan", MODEL, *PLAN, "--class-names", names, "--budget", "kv260", "--trials", 12, "--baselines", "-o", explored)
    run("plan", MODEL, *PLAN, "--class-names", names, "--engine", "dense", "-o", plain)
    for bundle in (explored, plain):
        print(bundle.name)
        run("report", bundle)
        text = (scratch / f"{bundle.name}.html").read_text(encoding="utf-8")
        page = Page(text)
        check_numbers(page, check_structure(page, text), bundle)
        command = json.loads((bundle / "report/report.json").read_text())["command"]
        check(command.startswith("sluice plan ") and html.unescape(text).count(command) == 1, "the command that made it")
        rate = f"{page.tiles[0]['values'][0]:.0f} images/s"
        check(rate in run("inspect", bundle), f"inspect names the same rate: {rate}")
    check("no network" in run("report", plain, "--no-simulation", "-o", scratch / "quick.html"), "without simulation")
    quick = Page((scratch / "quick.html").read_text(encoding="utf-8"))
    check("streams-caption" not in quick.tables and not quick.problems, "then without streams")
    told = json.loads(run("report", plain, "--json", "-o", scratch / "quick.html"))
    check(told["page_bytes"] == (scratch / "quick.html").stat().st_size, "as JSON")
    check("no_such" in run("report", scratch / "no_such", refused=True), "a bundle that is not there is named")
    check("nowhere" in run("report", plain, "-o", scratch / "nowhere/x.html", refused=True), "and a place where no file can be")
finally:
    shutil.rmtree(scratch, ignore_errors=True)
print(f"{failures} failures")
sys.exit(failures > 0)
