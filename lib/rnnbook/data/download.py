"""Verified downloads: mirrors in order, bounded in time and bytes, never a partial file."""

import contextlib
import os
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from urllib.parse import quote, urlsplit

from rnnbook.data import registry
from rnnbook.data.errors import DownloadError, MirrorError

CONNECT_TIMEOUT = 5.0  # seconds to reach a host
ANSWER_TIMEOUT = 10.0  # seconds until its headers are here; resolving its name counts
PATIENCE = 15.0  # seconds without a byte, or with fewer than LEAST_RATE allows
LEAST_RATE = 1_000  # bytes per second
MOST_BYTES = 16 << 20  # of a file whose size the registry does not know
DEAD_FOR = 60.0  # seconds for which a host that could not be reached is not asked again
THREADS = 8

_dead = {}  # host -> when and why it could not be reached
_late = set()  # hosts that failed to give a file: asked after the others
_local = threading.local()


def addresses(dataset, file):
    """Addresses of one file, best first; ``RNNBOOK_MIRROR`` stands before the public ones."""
    own = os.environ.get("RNNBOOK_MIRROR", "").split()
    tail = quote(f"{dataset.folder}/{file.name}")
    urls = [f"{mirror.rstrip('/')}/{tail}" for mirror in own] + list(file.urls)
    return sorted(urls, key=lambda url: urlsplit(url).netloc in _late)


def _ask(host, url):
    """The response to one address, in another thread: not even a name may hang for ever."""
    import requests

    if not hasattr(_local, "session"):  # thousands of small files share few connections
        _local.session = requests.Session()
    session, answer = _local.session, Future()

    def ask():
        try:
            answer.set_result(session.get(url, stream=True, timeout=(CONNECT_TIMEOUT, PATIENCE)))
        except Exception as error:  # handed to the caller's thread
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answer.result(ANSWER_TIMEOUT)
    except TimeoutError:
        raise MirrorError(host, "cannot be reached (no answer)", "连不上（没有回应）") from None
    except requests.RequestException as error:
        why = f"（{type(error).__name__}）".replace("（ConnectionError）", "")
        raise MirrorError(host, f"cannot be reached ({type(error).__name__})",
                          f"连不上{why}") from None


def _respond(host, url):
    """The good response of a host that is not known to be dead."""
    since, reason = _dead.get(host, (0.0, None))
    if reason and time.monotonic() - since < DEAD_FOR:
        raise reason.with_traceback(None)
    try:
        response = _ask(host, url)
    except MirrorError as error:
        _dead[host] = time.monotonic(), error
        raise
    if response.status_code != 200:
        response.close()
        code = response.status_code
        raise MirrorError(host, f"answered {code}", f"没有给这个文件（{code}）")
    return response


def _receive(host, response, target, most, advance):
    """Write what arrives to an open file; stop when it is too much or comes too slowly."""
    from urllib3.exceptions import HTTPError

    since, before = time.monotonic(), 0
    try:
        # read1 comes back with what is there; a whole block of a trickle can take hours.
        while block := response.raw.read1(1 << 16, decode_content=True):
            target.write(block)
            advance(len(block))
            got = target.tell()
            if got > most:
                raise MirrorError(host, f"sent more than {most:,} bytes: wrong bytes",
                                  "给的文件不对（太长）")
            if time.monotonic() - since > PATIENCE:
                if got - before < PATIENCE * LEAST_RATE:
                    raise MirrorError(host, "is too slow", "太慢")
                since, before = time.monotonic(), got
    except HTTPError as error:
        raise MirrorError(host, f"broke off after {target.tell():,} bytes "
                          f"({type(error).__name__})", "中途断了") from None


def _check(host, path, file):
    """Refuse what a host sent unless size and hash are right."""
    if not registry.verify(path, file):
        return
    with open(path, "rb") as sent:
        start = sent.read(512).lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise MirrorError(host, "sent an HTML page instead of the data",
                          "给的是网页，不是数据（这个网络可能要先登录）")
    raise MirrorError(host, f"sent {path.stat().st_size:,} wrong bytes", "给的文件不对")


def download(dataset, file, folder, advance=lambda n: None):
    """Put one verified file into its place, or leave the place as it was.

    Args:
        dataset: the ``Dataset``.
        file: the ``File`` to get.
        folder: the folder of the dataset in the cache.
        advance: called with the number of bytes received (negative: taken back).

    Raises:
        DownloadError: no mirror gave the right bytes, or the disk refused them.
    """
    place = Path(folder) / file.name
    reasons = []
    for number, url in enumerate(addresses(dataset, file)):
        host = urlsplit(url).netloc
        part = f".{place.name}.{os.getpid()}.{threading.get_ident()}.{number}.part"
        staged = place.with_name(part)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with open(staged, "wb") as target, _respond(host, url) as response:
                _receive(host, response, target, file.size or MOST_BYTES, advance)
            _check(host, staged, file)
            os.replace(staged, place)
            return
        except MirrorError as error:
            advance(-staged.stat().st_size)
            _late.add(host)
            reasons.append(error)
        except OSError as error:
            if not registry.verify(place, file):
                return  # another process was faster and holds the file (Windows)
            why = error.strerror or error
            raise DownloadError(f"cannot write to {place.parent}: {why}",
                                f"写不进 {place.parent}：{why}") from None
        finally:
            with contextlib.suppress(OSError):
                staged.unlink()
    raise DownloadError(
        f"{dataset.name}/{file.name}: " + "; ".join(dict.fromkeys(map(str, reasons))),
        "；".join(dict.fromkeys(reason.chinese for reason in reasons)))


def download_all(dataset, files, folder):
    """Fetch several files of a dataset with one progress bar.

    The first file goes alone: when nobody can give it, nobody is asked for the others.
    Files that arrived stay, so that a later call goes on where this one stopped.

    Args:
        dataset: the ``Dataset``.
        files: the ``File`` objects still missing.
        folder: the folder of the dataset in the cache.

    Raises:
        DownloadError: as ``download``.
    """
    from tqdm import tqdm

    total = sum(file.size for file in files) or None
    bar = tqdm(
        total=total, desc=dataset.name, unit="B", unit_scale=True, delay=0.5, file=sys.stderr
    )
    with bar, ThreadPoolExecutor(THREADS) as pool:
        download(dataset, files[0], folder, bar.update)
        jobs = [pool.submit(download, dataset, f, folder, bar.update) for f in files[1:]]
        try:
            for job in as_completed(jobs):
                job.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
