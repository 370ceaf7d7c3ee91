"""Dates: each notation by example; the parts share no date."""

from datetime import date

import pytest

from rnnbook.data import dates

DAY = date(2024, 3, 5)
EXAMPLES = {
    "slashes": "2024/3/5", "dots": "2024.03.05", "digits": "20240305",
    "day first": "5 March 2024", "month first": "March 5, 2024", "short": "5 Mar 2024",
    "ordinal": "the 5th of March, 2024", "weekday": "Tuesday, March 5, 2024",
    "年月日": "2024年3月5日", "公元": "公元2024年03月05日", "星期": "2024年3月5日 星期二",
    "汉字": "二〇二四年三月五日", "汉字零": "二零二四年三月五日",
}


def test_every_style_has_its_example():
    assert {style: dates.write_date(DAY, style) for style in dates.STYLES} == EXAMPLES


def test_a_style_is_recognised():
    assert {dates.style_of(text, "2024-03-05") for text in EXAMPLES.values()} == set(EXAMPLES)
    with pytest.raises(ValueError, match="no style writes 2024-03-06 as '5 March 2024'"):
        dates.style_of("5 March 2024", "2024-03-06")


@pytest.mark.parametrize(("number", "text"), [
    (1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (31, "三十一")])
def test_chinese_numbers(number, text):
    assert dates.chinese_number(number) == text


def test_ordinals():
    found = [dates.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30, 31)]
    assert found == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd",
                     "23rd", "30th", "31st"]


def test_no_text_stands_for_two_dates():
    for style in dates.STYLES:
        days = [date(y, m, d) for y in (1900, 1911, 2011, 2099)
                for m in range(1, 13) for d in range(1, 29)]
        assert len({dates.write_date(day, style) for day in days}) == len(days)


def test_the_parts_share_no_date():
    train, validation, test = dates.date_pairs(300, seed=1, test=50)
    assert [len(part) for part in (train, validation, test)] == [300, 50, 50]
    assert len({iso for part in (train, validation, test) for _, iso in part}) == 400
    assert dates.date_pairs(300, seed=1, test=50)[0] == train
    assert dates.date_pairs(300, seed=2, test=50)[0] != train


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="no style 'us'; there are: slashes"):
        dates.write_date(DAY, "us")
    with pytest.raises(ValueError, match="73,049 days"):
        dates.date_pairs(73_000, seed=1)
