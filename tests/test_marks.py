"""Marks tie numbers in prose to stored values, digit for digit."""

import pytest

from bookbuild.marks import check_marks, refresh_marks, shown

CLOCK = {"seconds": 12, "minutes": 50}
VALUES = {"mse": 0.05249, "rate": 0.9754, "tiny": 2.98e-08, "count": 14045, "02_x/far": 1.5}


@pytest.mark.parametrize(("value", "like", "percent", "text"), [
    (0.05249, "0.05", False, "0.05"), (0.9754, "97.0", True, "97.5"),
    (2.98e-8, "1.0e-07", False, "3.0e-08"), (14045, "1,000", False, "14,045"),
    (400, "1", False, "400")])
def test_shown_keeps_the_digits_of_the_text(value, like, percent, text):
    assert shown(value, like, percent) == text


@pytest.mark.parametrize("text", [
    "误差 0.052<!-- claim mse -->", "**0.052**<!-- claim mse -->", "`0.05`<!-- claim mse -->",
    "97.5%<!-- claim rate -->", "97.5 %<!-- claim rate -->", "14,045<!-- claim count -->",
    "3.0e-08<!-- claim tiny -->", "1.5 倍<!-- claim 02_x/far -->", "12 s<!-- seconds -->",
    "阅读 50 分钟<!-- minutes -->"])
def test_true_marks_pass_and_refresh_to_themselves(text):
    assert check_marks(text, VALUES.__getitem__, CLOCK) == []
    assert refresh_marks(text, VALUES.__getitem__, CLOCK) == text


@pytest.mark.parametrize(("text", "mended"), [
    ("误差 0.051<!-- claim mse -->", "误差 0.052<!-- claim mse -->"),
    ("98.0%<!-- claim rate -->", "97.5%<!-- claim rate -->"),
    ("9 s<!-- seconds -->", "12 s<!-- seconds -->"),
    ("45 分钟<!-- minutes -->", "50 分钟<!-- minutes -->")])
def test_false_marks_are_found_and_refreshed(text, mended):
    assert len(check_marks(text, VALUES.__getitem__, CLOCK)) == 1
    assert refresh_marks(text, VALUES.__getitem__, CLOCK) == mended


@pytest.mark.parametrize("text", ["很小<!-- claim mse -->", "0.05<!-- claim nope -->"])
def test_a_mark_without_number_or_claim_is_found(text):
    assert check_marks(text, VALUES.__getitem__, CLOCK)
