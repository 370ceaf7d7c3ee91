"""Read one member of a zip archive without unpacking anything onto the disk."""

import re
import zipfile
from pathlib import Path

from rnnbook.data import DataError

OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)")


def read_member(archive, member, limit=64_000_000):
    """Read a member of a zip archive as bytes.

    Args:
        archive: path of the zip file.
        member: name of the member, e.g. "cmn.txt".
        limit: largest size in bytes that is unpacked.

    Returns:
        bytes of the member.

    Raises:
        DataError: no zip file, a member that points outside the archive (an absolute
            path or ``..``), no such member, a damaged one, or one above the limit.
    """
    archive = Path(archive)
    try:
        with zipfile.ZipFile(archive) as zipped:
            outside = [name for name in zipped.namelist() if OUTSIDE.search(name)]
            if outside:
                raise DataError(f"{archive}: member {outside[0]!r} points outside the archive")
            if zipped.getinfo(member).file_size > limit:
                raise DataError(f"{archive}: {member} is larger than {limit:,} bytes")
            return zipped.read(member)
    except KeyError:
        raise DataError(f"{archive} has no member {member!r}") from None
    except (zipfile.BadZipFile, EOFError) as error:
        raise DataError(f"{archive} is not a sound zip file: {error}") from None
    except OSError as error:
        raise DataError(f"{archive} cannot be read: {error.strerror}") from None
