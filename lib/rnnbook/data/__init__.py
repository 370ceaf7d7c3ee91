"""Where do the numbers come from?

Datasets by name, one reader for each, and generated tasks: every chapter.
"""

from rnnbook.data.sources import DataError, Source, cache_folder, fetch, require, status

__all__ = ["DataError", "Source", "cache_folder", "fetch", "require", "status"]
