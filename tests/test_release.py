"""What stands beside the book says the same as pyproject.toml: version, address, Python."""

import json
import re
import tomllib

import yaml
from packaging.specifiers import SpecifierSet

from bookbuild.__main__ import COMMANDS
from bookbuild.chapter import ROOT
from bookbuild.stamp import repository

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_citation():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == PROJECT["version"]
    assert citation["repository-code"] == repository()
    assert citation["authors"][0]["name"] in (ROOT / "LICENSE").read_text("utf-8")


def test_changelog_knows_the_version():
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert versions[:2] == ["未发布", PROJECT["version"]]


def test_errors_are_reported_where_the_book_lives():
    assert f"<{repository()}/issues>" in (ROOT / "chapters" / "errata.md").read_text("utf-8")


def test_container_has_a_python_that_the_book_supports():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    version = container["image"].removeprefix("python:")
    assert SpecifierSet(PROJECT["requires-python"]).contains(version)
    target = container["postCreateCommand"].removeprefix("make ")
    assert target in COMMANDS
