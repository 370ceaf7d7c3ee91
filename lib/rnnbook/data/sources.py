"""Datasets by name: full data where they can be had, else a built-in sample that says so."""

import difflib
import os
from dataclasses import dataclass
from pathlib import Path

from rnnbook.data import registry
from rnnbook.data.download import download_all
from rnnbook.data.errors import DataError, DownloadError
from rnnbook.notebook.publish import publish


@dataclass(frozen=True)
class Source:
    """Where a dataset was found: its folder, and whether these are the full data."""

    name: str
    path: Path
    kind: str

    @property
    def full(self):
        """Whether these are the full data."""
        return self.kind == "full"


def cache_folder():
    """The user's cache: ``RNNBOOK_CACHE``, or the place that the system has for caches."""
    if own := os.environ.get("RNNBOOK_CACHE"):
        return Path(own)
    import platformdirs

    return Path(platformdirs.user_cache_dir("rnnbook"))


def offline():
    """Whether ``RNNBOOK_OFFLINE`` forbids the network."""
    return os.environ.get("RNNBOOK_OFFLINE", "") not in ("", "0")


def dataset(name):
    """The registry's entry of a name.

    Raises:
        DataError: there is no such dataset; the message proposes the nearest, or lists all.
    """
    known = registry.load()
    if name in known:
        return known[name]
    if near := difflib.get_close_matches(name, known, n=1):
        raise DataError(f"no dataset {name!r}; did you mean {near[0]!r}?",
                        f"没有叫 {name} 的数据集；是不是 {near[0]}？")
    raise DataError(f"no dataset {name!r}; there are: {', '.join(known)}",
                    f"没有叫 {name} 的数据集；有这些：{'、'.join(known)}")


def _faults(entry, folder):
    """What is wrong with the files of a dataset in one folder: file -> reason."""
    checked = ((file, registry.verify(folder / file.name, file)) for file in entry.files)
    return {file: fault for file, fault in checked if fault}


def _own_folder(entry):
    """The folder in ``RNNBOOK_DATA`` when it holds the whole dataset, else None."""
    given = os.environ.get("RNNBOOK_DATA")
    if not given:
        return None
    if not Path(given).is_dir():
        raise DataError(f"RNNBOOK_DATA={given} is not a folder: correct it or unset it",
                        f"RNNBOOK_DATA={given} 不是文件夹：改正它，或者不设它")
    folder = Path(given) / entry.folder
    faults = _faults(entry, folder)
    for file, fault in faults.items():
        if fault != "missing":
            raise DataError(
                f"{folder / file.name} {fault}: delete it or replace it by the file of "
                f"`python -m rnnbook.data fetch {entry.name}`, or unset RNNBOOK_DATA",
                f"{folder / file.name} 与登记的不一致：删掉它，或者不设 RNNBOOK_DATA，再下载一次"
            )
    return None if faults else folder


def _find(entry):
    """The folder with the full data on this machine, or None; and what the cache lacks."""
    if folder := _own_folder(entry):
        return folder, {}
    folder = cache_folder() / entry.folder
    faults = _faults(entry, folder)
    if not faults:
        return folder, {}
    builtin = registry.root() / "samples" / entry.folder
    return (None if _faults(entry, builtin) else builtin), faults


def _sample(entry):
    """The folder of the built-in sample, or None where the book has none."""
    folder = registry.root() / "samples" / entry.folder
    names = {file.name for file in entry.files}
    found = folder.is_dir() and any(path.name in names for path in folder.iterdir())
    return folder if found else None


def _download(entry, faults):
    """Bring the full data into the cache; raise DownloadError when that fails."""
    if offline():
        raise DownloadError("RNNBOOK_OFFLINE=1", "设了 RNNBOOK_OFFLINE=1，不联网")
    folder = cache_folder() / entry.folder
    download_all(entry, list(faults), folder)
    return folder


def status(name):
    """Say without network and without output what ``fetch`` has on this machine.

    Args:
        name: a dataset of the registry.

    Returns:
        "full", "sample", or "missing" (not here, and the book has no sample of it).
    """
    entry = dataset(name)
    folder, _ = _find(entry)
    if folder:
        return "full"
    return "sample" if _sample(entry) else "missing"


def fetch(name):
    """Find a dataset or download it; where that fails, use the built-in sample and say so.

    The order: ``RNNBOOK_DATA``, the user's cache, built-in full data, a download, the sample.

    Args:
        name: a dataset of the registry.

    Returns:
        ``Source`` with the folder of the dataset and its kind, "full" or "sample".

    Raises:
        DataError: a file in ``RNNBOOK_DATA`` is wrong, or there is no sample to fall back on.
    """
    entry = dataset(name)
    folder, faults = _find(entry)
    notice = ""
    if folder is None:
        try:
            folder = _download(entry, faults)
        except DownloadError as error:
            folder = _sample(entry)
            if folder is None:
                raise DataError(
                    f"{name} is not on this machine and has no built-in sample ({error}); "
                    f"fetch it once with a network: python -m rnnbook.data fetch {name}"
                ) from None
            notice = (
                f"\n注意：本机没有 {name} 的完整数据，下载不成（{error.chinese}），"
                f"现在用的是书中自带的小样例，结果会与正文不同。要得到完整数据：联网后运行 "
                f"make data 或 python -m rnnbook.data fetch {name}。"
            )
    kind = "sample" if notice else "full"
    publish(f"data: {name} {kind}{notice}", data={name: kind})
    return Source(name, folder, kind)


def require(name):
    """Bring the full data onto this machine.

    Args:
        name: a dataset of the registry.

    Returns:
        the folder of the dataset.

    Raises:
        DataError: the full data cannot be had; the message says why.
    """
    entry = dataset(name)
    folder, faults = _find(entry)
    return folder or _download(entry, faults)
