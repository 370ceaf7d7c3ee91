"""Verified downloads: mirrors in order, bounded waiting, never a partial file."""

import contextlib
import os
import queue
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from urllib.parse import quote, urlsplit

from rnnbook.data import registry

CONNECT_TIMEOUT = 5.0  # seconds to reach a host
READ_TIMEOUT = 15.0  # seconds without a byte
ANSWER_TIMEOUT = 8.0  # seconds until the headers of a host not yet known to answer
THREADS = 8

_dead = {}  # host -> why; a host that could not be reached is not asked again
_alive = set()  # hosts that have answered in this process
_local = threading.local()
_blunders = {}  # host -> number of files it could not give


class DownloadError(OSError):
    """No mirror could give the file, or it could not be stored."""


class MirrorError(OSError):
    """One mirror could not give one file; the next one may."""


def forget_hosts():
    """Ask every host again, as if none had failed."""
    _dead.clear()
    _alive.clear()
    _blunders.clear()


def addresses(dataset, file):
    """Addresses of one file, best first; ``RNNBOOK_MIRROR`` stands before the public ones."""
    own = os.environ.get("RNNBOOK_MIRROR", "").split()
    tail = quote(f"{dataset.folder}/{file.name}")
    urls = [f"{mirror.rstrip('/')}/{tail}" for mirror in own] + list(file.urls)
    return sorted(urls, key=lambda url: _blunders.get(urlsplit(url).netloc, 0) > 0)


def _get(url):
    """Ask with this thread's session: thousands of small files share few connections."""
    import requests

    if not hasattr(_local, "session"):
        _local.session = requests.Session()
    return _local.session.get(url, stream=True, timeout=(CONNECT_TIMEOUT, READ_TIMEOUT))


def _first_answer(url):
    """The response of a host not yet known; name resolution is bounded in time too."""
    box = queue.Queue()

    def ask():
        try:
            box.put(_get(url))
        except Exception as error:  # handed to the caller's thread
            box.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = box.get(timeout=ANSWER_TIMEOUT)
    except queue.Empty:
        raise MirrorError("no answer") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _respond(url):
    import requests

    host = urlsplit(url).netloc
    if host in _dead:
        raise MirrorError(_dead[host])
    try:
        response = _get(url) if host in _alive else _first_answer(url)
    except (requests.RequestException, MirrorError) as error:
        why = error if isinstance(error, MirrorError) else type(error).__name__
        _dead[host] = f"{host} cannot be reached ({why})"
        raise MirrorError(_dead[host]) from None
    _alive.add(host)
    if response.status_code != 200:
        response.close()
        raise MirrorError(f"{host} answered {response.status_code}")
    return response


def _stream(url, target, file, advance):
    """Write one address to an open file and verify size and hash."""
    import requests

    host = urlsplit(url).netloc
    blocks, got = [], 0
    with _respond(url) as response:
        hashed = None if not file.size else registry.new_hash(file.digest, file.size)
        try:
            for block in response.iter_content(1 << 16):
                if not blocks:
                    blocks.append(block[:512].lstrip().lower())
                got += len(block)
                if file.size and got > file.size:
                    break
                if hashed:
                    hashed.update(block)
                target.write(block)
                advance(len(block))
        except requests.RequestException as error:
            advance(-got)
            why = f"{host} broke off after {got:,} bytes ({type(error).__name__})"
            raise MirrorError(why) from None
    target.flush()
    if hashed:
        right = got == file.size and hashed.hexdigest() == file.digest
    else:
        right = not registry.verify(target.name, file)
    if not right:
        advance(-got)
        page = blocks and blocks[0].startswith((b"<!doctype html", b"<html"))
        what = "an HTML page instead of the data" if page else f"{got:,} wrong bytes"
        raise MirrorError(f"{host} sent {what}")


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
    import pooch

    pooch.get_logger().setLevel("ERROR")
    place = Path(folder) / file.name
    # pooch writes to a temporary file; ours is moved into place only when verified.
    staged = f".{place.name}.{os.getpid()}.{threading.get_ident()}.part"
    reasons = []
    for url in addresses(dataset, file):

        def downloader(url, path, pooch_):
            with open(path, "wb") as target:
                _stream(url, target, file, advance)

        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            pooch.retrieve(url, None, staged, place.parent, downloader=downloader)
            (place.parent / staged).chmod(0o644)
            os.replace(place.parent / staged, place)
            return
        except MirrorError as error:
            reasons.append(str(error))
            host = urlsplit(url).netloc
            _blunders[host] = _blunders.get(host, 0) + 1
        except OSError as error:
            if not registry.verify(place, file):
                return  # another process was faster and holds the file (Windows)
            why = error.strerror or error
            raise DownloadError(f"cannot write to {place.parent}: {why}") from None
        finally:
            with contextlib.suppress(OSError):
                (place.parent / staged).unlink()
    raise DownloadError(f"{dataset.name}/{file.name}: " + "; ".join(dict.fromkeys(reasons)))


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
