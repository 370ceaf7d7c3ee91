"""Dates in many notations, English and Chinese, each with its ISO form.

Notations that do not say which number is the month, such as 3/5/2024, are left out.
"""

from datetime import date, timedelta

import numpy as np

FIRST, DAYS = date(1900, 1, 1), 73_049  # the days up to 2099-12-31
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August",
          "September", "October", "November", "December")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DIGITS = "〇一二三四五六七八九"


def ordinal(number):
    """Write a day of the month with its ending: 1st, 2nd, 3rd, 4th, 11th."""
    last = 0 if number // 10 == 1 else number % 10
    return f"{number}{('th', 'st', 'nd', 'rd')[last if last < 4 else 0]}"


def chinese_number(number):
    """Write a number below 100 in Chinese characters: 31 is three-ten-one."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十")
    return head + (DIGITS[ones] if ones or not tens else "")


def chinese_year(year, zero="〇"):
    """Write the digits of a year in Chinese characters, one by one."""
    return "".join(DIGITS[int(digit)] for digit in str(year)).replace("〇", zero)


STYLES = {
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dots": lambda d: f"{d.year}.{d.month:02d}.{d.day:02d}",
    "digits": lambda d: f"{d.year}{d.month:02d}{d.day:02d}",
    "day first": lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    "month first": lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    "short": lambda d: f"{d.day} {MONTHS[d.month - 1][:3]} {d.year}",
    "ordinal": lambda d: f"the {ordinal(d.day)} of {MONTHS[d.month - 1]}, {d.year}",
    "weekday": lambda d: f"{WEEKDAYS[d.weekday()]}, {MONTHS[d.month - 1]} {d.day}, {d.year}",
    "年月日": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "公元": lambda d: f"公元{d.year}年{d.month:02d}月{d.day:02d}日",
    "星期": lambda d: f"{d.year}年{d.month}月{d.day}日 星期{'一二三四五六日'[d.weekday()]}",
    "汉字": lambda d: (f"{chinese_year(d.year)}年{chinese_number(d.month)}月"
                     f"{chinese_number(d.day)}日"),
    "汉字零": lambda d: (f"{chinese_year(d.year, '零')}年{chinese_number(d.month)}月"
                      f"{chinese_number(d.day)}日"),
}


def write_date(day, style):
    """Write a date in one of `STYLES`.

    Args:
        day: datetime.date.
        style: such as "dots".
    Returns:
        str.
    Raises:
        ValueError: no such style; the message lists them.
    """
    if style not in STYLES:
        raise ValueError(f"no style {style!r}; there are: {', '.join(STYLES)}")
    return STYLES[style](day)


def style_of(text, iso):
    """Name the style that a text of `date_pairs` is written in.

    Args:
        text: such as "5 March 2024".
        iso: its ISO form.
    Returns:
        the first of `STYLES` that writes this date so.
    Raises:
        ValueError: none does.
    """
    day = date.fromisoformat(iso)
    for style, write in STYLES.items():
        if write(day) == text:
            return style
    raise ValueError(f"no style writes {iso} as {text!r}")


def date_pairs(count, seed, test=500):
    """Draw dates without repetition and write each in a style drawn at random.

    Args:
        count: dates for training.
        seed: of the draw.
        test: dates for validation, and as many for testing.
    Returns:
        three lists (train, validation, test) of (text, ISO form); no date stands in two.
    Raises:
        ValueError: more dates than the 73,049 days from 1900 to 2099.
    """
    total = count + 2 * test
    if total > DAYS:
        raise ValueError(f"there are {DAYS:,} days from 1900 to 2099, not {total:,}")
    rng = np.random.default_rng(seed)
    days = [FIRST + timedelta(int(n)) for n in rng.permutation(DAYS)[:total]]
    styles = rng.choice(list(STYLES), total)
    pairs = [(write_date(day, style), day.isoformat()) for day, style in zip(days, styles)]
    return pairs[:count], pairs[count:count + test], pairs[count + test:]
