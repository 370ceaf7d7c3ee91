"""Numbers in prose, tied to the claim that measured them.

A mark is an invisible comment right after the number it vouches for:

    The test error is 0.052<!-- claim mlp_mse -->.    97.5%<!-- claim form_rate --> keep the form.
    It takes about 12 s<!-- seconds -->, the run time that the build stored, and
    its main path 60<!-- minutes --> minutes to read.

The value may stand in another chapter: `<!-- claim 01_sequences/ngram_5 -->`; or be an end of
what other seeds gave: `<!-- claim least/live_lstm -->`, `<!-- claim most/live_lstm -->`.
"""

import re

NUMBER = r"(?P<number>[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?)"
MARK = re.compile(
    NUMBER + r"(?P<unit>\s?%|\s?s|\s?倍|\s?分钟)?(?P<close>\*\*|`)?"
    r"<!-- (?P<what>claim (?P<name>[\w/]+)|seconds|minutes) -->"
)
ANY_MARK = re.compile(r"<!-- (claim\b.*?|seconds|minutes) -->")


def shown(value, like, percent=False):
    """Write a value with as many digits as the number it replaces.

    Args:
        value: the measured value.
        like: the number as it stands in the text, e.g. "1,234", "0.052", "3.1e-08".
        percent: whether the text shows hundredths.
    """
    value = 100 * value if percent else value
    if "e" in like:
        digits = len(like.split("e")[0].partition(".")[2])
        return f"{value:.{digits}e}"
    digits = len(like.partition(".")[2])
    return f"{value:{',' if ',' in like or abs(value) >= 1e5 else ''}.{digits}f}"


def check_marks(text, lookup, clock):
    """Return a problem for every mark whose number is not the stored value.

    Args:
        text: Markdown.
        lookup: function from a claim's name to its value, KeyError if there is none.
        clock: dict that may hold "seconds", the stored run time, and "minutes" of reading.
    """
    problems = []
    for match, value in _values(text, lookup, clock, problems):
        wanted = _wanted(match, value)
        if match["number"].replace("−", "-") != wanted:
            problems.append(f"prose says {match['number']}, {match['what']} is {wanted}")
    if len(ANY_MARK.findall(text)) != len(MARK.findall(text)):
        bad = [m.group() for m in ANY_MARK.finditer(MARK.sub("", text))]
        problems.append(f"a mark has no number right before it: {', '.join(bad)}")
    return problems


def refresh_marks(text, lookup, clock):
    """Return the text with every marked number set to its stored value.

    Args:
        text: Markdown.
        lookup: function from a claim's name to its value, KeyError if there is none.
        clock: dict that may hold "seconds", the stored run time, and "minutes" of reading.
    """
    for match, value in reversed(list(_values(text, lookup, clock, []))):
        start, end = match.span("number")
        text = text[:start] + _wanted(match, value) + text[end:]
    return text


def _wanted(match, value):
    return shown(value, match["number"], percent="%" in (match["unit"] or ""))


def _values(text, lookup, clock, problems):
    for match in MARK.finditer(text):
        if match["name"] is None:
            if match["what"] in clock:
                yield match, clock[match["what"]]
            continue
        try:
            yield match, lookup(match["name"])
        except KeyError:
            problems.append(f"no claim {match['name']!r} is stored")
