# SPDX-License-Identifier: Apache-2.0
"""The smallest recipe that still shows a difference: delta debugging on the recipe's own tree.

Why on the recipe and not on the ONNX graph: a piece taken out of a recipe leaves a classifier that is written anew,
shapes, pairs and all; a node taken out of a graph leaves none.

The idea (after Zeller and Hildebrandt's ddmin, on a tree in place of a list): try every simpler neighbour, largest
steps first; take the first that shows the same kind of difference, and begin again.

    shrink(recipe, shows, most_trials)    shows(recipe) says whether the difference is still there
"""
import copy

SIMPLEST = {
    "reduced": 2, "groups": 1, "depthwise": 0, "dilations": [1, 1], "strides": [1, 1], "pads": [0, 0, 0, 0],
    "kernel": [1, 1], "auto_pad": "", "bias": False, "ceil_mode": False, "count_include_pad": False, "swapped": False,
    "axis": 1, "filters": 2
}
SIMPLEST_TAIL = {
    "end": "", "hidden": [], "between": [], "pool": "global", "flatten": "flatten", "dense": "gemm", "classes": 3
}
SIMPLEST_QUANTISER = {
    "format": "QDQ", "excluded": 0.0, "only": [], "prepared": False, "per_channel": False, "reduce_range": False,
    "calibrate": "MinMax", "activation": "QUInt8", "weight": "QInt8"
}
SIMPLEST_EXTRA = {
    "ActivationSymmetric": False, "WeightSymmetric": True, "DedicatedQDQPair": False, "AddQDQPairToWeight": False,
    "QuantizeBias": True, "UseQDQContribOps": False
}


def _lists(blocks):
    """Every list of blocks in the tree."""
    yield blocks
    for block in blocks:
        for key in ("body", "shortcut"):
            yield from _lists(block.get(key, []))
        for body in block.get("bodies", []):
            yield from _lists(body)


def _edits(recipe):
    """Functions that make a copy simpler by one step, the largest steps first."""
    edits = []
    if recipe["quantise"]:
        edits.append(lambda r: r.update(quantise=None))
    edits += [
        lambda r, k=k, v=v: r.update({k: v})
        for k, v in (("saved", ""), ("layout", "first"), ("normalised", ""), ("constants", "initialisers"))
        if recipe[k] != v
    ]
    for n, blocks in enumerate(_lists(recipe["blocks"])):
        for i, block in enumerate(blocks):

            def at(r, n=n):
                return list(_lists(r["blocks"]))[n]

            edits.append(lambda r, at=at, i=i: at(r).pop(i))
            for inner in [block.get("body"), block.get("shortcut"), *block.get("bodies", [])]:
                if inner is not None:
                    edits.append(
                        lambda r, at=at, i=i, inner=inner: at(r).__setitem__(slice(i, i + 1), copy.deepcopy(inner)))
            if len(block.get("bodies", [])) > 2:
                edits += [lambda r, at=at, i=i, b=b: at(r)[i]["bodies"].pop(b) for b in range(len(block["bodies"]))]
    edits += [lambda r, k=k, v=v: r["tail"].update({k: v}) for k, v in SIMPLEST_TAIL.items() if recipe["tail"][k] != v]
    edits += _small_edits(recipe)
    return edits


def _small_edits(recipe):
    edits = []
    for n, blocks in enumerate(_lists(recipe["blocks"])):
        for i, block in enumerate(blocks):

            def at(r, n=n, i=i):
                return list(_lists(r["blocks"]))[n][i]

            edits += [lambda r, at=at, a=a: at(r)["after"].pop(a) for a in range(len(block["after"]))]
            edits += [
                lambda r, at=at, k=k, v=v: at(r).update({k: v}) for k, v in SIMPLEST.items()
                if k in block and block[k] != v
            ]
            if block.get("filters", 0) > 4:
                edits.append(lambda r, at=at: at(r).update(filters=4))
    for key in ("between", "after_hidden"):
        edits += [lambda r, key=key, a=a: r["tail"][key].pop(a) for a in range(len(recipe["tail"][key]))]
    if recipe["quantise"]:
        edits += [
            lambda r, k=k, v=v: r["quantise"].update({k: v}) for k, v in SIMPLEST_QUANTISER.items()
            if recipe["quantise"][k] != v
        ]
        edits += [
            lambda r, k=k, v=v: r["quantise"]["extra"].update({k: v}) for k, v in SIMPLEST_EXTRA.items()
            if recipe["quantise"]["extra"][k] != v
        ]
    if recipe["input"][0] == 3:
        edits.append(lambda r: r["input"].__setitem__(0, 1))
    for i in (1, 2):
        edits += [
            lambda r, i=i, size=size: r["input"].__setitem__(i, size) for size in (4, recipe["input"][i] - 1)
            if 4 <= size < recipe["input"][i]
        ]
    if recipe["opset"] not in (13, ):
        edits.append(lambda r: r.update(opset=13))
    return edits


def shrink(recipe, shows, most_trials):
    trials, first = 0, 0
    while True:
        edits = _edits(recipe)
        for e in range(len(edits)):
            if trials >= most_trials:
                return recipe
            # What was tried in vain before the last success is tried last.
            candidate = copy.deepcopy(recipe)
            edits[(first + e) % len(edits)](candidate)
            trials += 1
            if shows(candidate):
                recipe, first = candidate, (first + e) % len(edits)
                break
        else:
            return recipe
