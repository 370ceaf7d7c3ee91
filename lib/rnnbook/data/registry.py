"""The registry of datasets: which files, which addresses, which hashes and licences."""

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from rnnbook.notebook import clone


@dataclass(frozen=True)
class File:
    """One file of a dataset: name inside the folder, hash, size in bytes (0: unknown)."""

    name: str
    digest: str
    size: int
    urls: tuple


@dataclass(frozen=True)
class Dataset:
    """A named set of files that stand in one folder of the cache."""

    name: str
    title: str
    folder: str
    homepage: str
    citation: str
    licences: tuple
    files: tuple

    @property
    def size(self):
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    @property
    def amount(self):
        """The size for a reader: "45 kB", "1.1 MB", or "?" where the registry has none."""
        if self.size < 1e6:
            return f"{self.size / 1e3:.0f} kB" if self.size else "?"
        return f"{self.size / 1e6:.1f} MB"


def root():
    """The folder ``datasets`` of the clone that the library runs from."""
    folder = clone.ROOT / "datasets"
    if not (folder / "registry.json").is_file():
        raise FileNotFoundError(f"no {folder / 'registry.json'}: rnnbook runs from a clone of "
                                "the book, installed with `pip install -e .`")
    return folder


def _files(folder, name, sources, templates):
    for line in (folder / "files" / f"{name}.tsv").read_text("utf-8").splitlines():
        digest, size, source, file, *path = line.split("\t")
        source = sources[int(source)]
        where = {
            "repo": source["repo"],
            "commit": source["commit"],
            "path": quote(path[0] if path else file),
        }
        urls = tuple(templates[m].format(**where) for m in source["mirrors"])
        yield File(file, digest, int(size), urls)


@functools.cache
def load(folder=None):
    """Read the registry.

    Args:
        folder: the folder that holds ``registry.json``; the book's own by default.

    Returns:
        dict from name to ``Dataset``, in the registry's order.
    """
    folder = Path(folder) if folder else root()
    registry = json.loads((folder / "registry.json").read_text("utf-8"))
    datasets = {}
    for name, entry in registry["datasets"].items():
        sources = entry["sources"]
        datasets[name] = Dataset(
            name=name,
            title=entry["title"],
            folder=entry["folder"],
            homepage=entry["homepage"],
            citation=entry["citation"],
            licences=tuple(dict.fromkeys(s["licence"] for s in sources)),
            files=tuple(_files(folder, name, sources, registry["mirrors"])),
        )
    return datasets


def new_hash(digest, size):
    """The hash object for one digest: SHA-256, or git's SHA-1 of a blob (``gitblob:``)."""
    if digest.startswith("gitblob:"):
        return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    return hashlib.sha256()


@functools.lru_cache(maxsize=20_000)
def _digest_is(path, digest, size, mtime_ns):
    with open(path, "rb") as stream:
        hashed = new_hash(digest, size)
        while block := stream.read(1 << 20):
            hashed.update(block)
    return hashed.hexdigest() == digest.removeprefix("gitblob:")


def verify(path, file):
    """Compare a file on disk with the registry; hashed once per process.

    Args:
        path: the file on disk.
        file: its ``File`` in the registry.

    Returns:
        "" when the file is right, else what is wrong with it: "missing", or a sentence.
    """
    try:
        info = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if file.size and info.st_size != file.size:
        return f"has {info.st_size:,} bytes, expected {file.size:,}"
    try:
        right = _digest_is(str(path), file.digest, info.st_size, info.st_mtime_ns)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if right else "has the right size but the wrong hash"
