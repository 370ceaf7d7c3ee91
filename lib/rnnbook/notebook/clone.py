"""Where the book stands: the library runs from a clone and reads files beside itself."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
