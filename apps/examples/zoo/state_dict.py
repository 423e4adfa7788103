# SPDX-License-Identifier: Apache-2.0
"""Reads the weights out of a PyTorch .pth file with numpy alone, and runs nothing that the file asks for.

Why: a .pth file is a pickle, and a pickle is a program: it may call any function of any module by name. PyTorch itself would be
hundreds of MB to read 19 MB of numbers. Idea: Python's own Unpickler asks `find_class` for every name. Here four names are
known, which are all that a dictionary of tensors needs; each other one is refused, by its name, before anything is called. What
these four give are strings and tuples, so nothing in the file can change them after they were checked.

The file (torch.save before version 1.6): four pickles in a row (a magic number, a format version, the machine's word sizes, the
dictionary), a pickle with the list of storage keys, and for each key its number of elements (64 bits) and the raw elements. A
tensor in the dictionary is a view of a storage: an offset, a shape, and strides in elements.

Before: a file from anywhere. After: a dictionary from name to array of its own, or BadFile with one sentence.
"""
import collections
import math
import os
import pickle
import struct
from typing import NamedTuple

import numpy

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
FORMAT_VERSION = 1001
ELEMENT_OF_STORAGE = {"FloatStorage": numpy.dtype("<f4"), "LongStorage": numpy.dtype("<i8")}
MOST_DIMENSIONS = 8


class BadFile(Exception):
    """The file is not what it should be; the text is a sentence for the user."""


class Storage(NamedTuple):
    """A run of elements that tensors look into; the elements come after the dictionary."""
    kind: str
    key: str
    count: int

    @property
    def element(self):
        return ELEMENT_OF_STORAGE[self.kind]


class View(NamedTuple):
    """A tensor as the pickle describes it, inside its storage."""
    storage: Storage
    offset: int
    shape: tuple
    strides: tuple

    def array(self, values):
        strides = [stride * self.storage.element.itemsize for stride in self.strides]
        return numpy.lib.stride_tricks.as_strided(values[self.offset:], self.shape, strides, writeable=False).copy(order="C")


def _view(storage, offset, shape, strides, *_):
    """What the file calls _rebuild_tensor_v2; it ends with two facts of training."""
    view = View(storage, offset, tuple(shape), tuple(strides))
    if type(storage) is not Storage or len(view.shape) != len(view.strides) or len(view.shape) > MOST_DIMENSIONS \
            or not all(type(number) is int and number >= 0 for number in (offset, *view.shape, *view.strides)):
        raise BadFile("a tensor has a shape that cannot be")
    last = offset + sum((length - 1) * stride for length, stride in zip(view.shape, view.strides))
    if not 0 < math.prod(view.shape) <= storage.count or last >= storage.count:
        raise BadFile("a tensor is empty or lies outside its storage")
    return view


class RestrictedUnpickler(pickle.Unpickler):
    """Knows the names of a dictionary of tensors and no other."""

    def __init__(self, file):
        super().__init__(file)
        self.storages = {}

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _view
        if module == "torch" and name in ELEMENT_OF_STORAGE:
            return name
        raise BadFile(f"it asks for {module}.{name}, which no dictionary of weights needs; nothing of it was run")

    def persistent_load(self, reference):
        """("storage", kind, key, device, number of elements, None): the same key is the same storage."""
        if type(reference) is not tuple or len(reference) != 6 or reference[0] != "storage" or reference[5] is not None:
            raise BadFile("it refers to something that is not a storage")
        _, kind, key, _, count, _ = reference
        if type(kind) is not str or kind not in ELEMENT_OF_STORAGE or type(key) is not str or type(count) is not int or count < 1:
            raise BadFile("it describes a storage that cannot be")
        storage = Storage(kind, key, count)
        if self.storages.setdefault(key, storage) != storage:
            raise BadFile(f"it describes the storage {key} in two ways")
        return storage


def _unpickled(file):
    unpickler = RestrictedUnpickler(file)
    try:
        return unpickler.load(), unpickler.storages
    except BadFile:
        raise
    except Exception as reason:  # a damaged pickle ends in any of them: EOFError, UnpicklingError, TypeError, KeyError...
        raise BadFile(f"it is damaged or cut short ({type(reason).__name__})") from None


def _exactly(file, count):
    """So many bytes; a length that the file cannot have reserves no memory."""
    if count > os.fstat(file.fileno()).st_size - file.tell():
        raise BadFile("it is cut short")
    return file.read(count)


def _storage_values(file, storages):
    keys = _unpickled(file)[0]
    if not isinstance(keys, list) or sorted(map(str, keys)) != sorted(storages):
        raise BadFile("its list of storages is not that of its tensors")
    values = {}
    for key in keys:
        storage = storages[key]
        if struct.unpack("<q", _exactly(file, 8))[0] != storage.count:
            raise BadFile(f"the storage {key} has another length than its tensors say")
        values[key] = numpy.frombuffer(_exactly(file, storage.count * storage.element.itemsize), storage.element)
    if file.read(1):
        raise BadFile("something follows its last storage")
    return values


def read_state_dict(path):
    """Name to array, C order, in the order of the file."""
    try:
        with open(path, "rb") as file:
            if _unpickled(file)[0] != MAGIC_NUMBER or _unpickled(file)[0] != FORMAT_VERSION:
                raise BadFile("it is not a file of torch.save before version 1.6")
            machine = _unpickled(file)[0]
            if not isinstance(machine, dict) or machine.get("little_endian") is not True:
                raise BadFile("it was not written on a little-endian machine")
            views, storages = _unpickled(file)
            if not isinstance(views, dict) or not all(type(name) is str and type(view) is View for name, view in views.items()):
                raise BadFile("it holds something else than a dictionary of tensors")
            values = _storage_values(file, storages)
            return {name: view.array(values[view.storage.key]) for name, view in views.items()}
    except BadFile as reason:
        raise BadFile(f"{path}: {reason}") from None
