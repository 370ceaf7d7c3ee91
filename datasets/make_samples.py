"""Make the built-in samples: text and tables of our own, from word lists and a fixed seed.

``python datasets/make_samples.py [FOLDER]`` writes the same bytes every time. The series
airline and sunspots are not made here: their samples are the published numbers themselves.
"""

import json
import math
import random
import re
import sys
import uuid
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
SEED = 20240229


def read_words(name):
    """Read a word list: category, tab, entries; ``|`` separates entries with spaces."""
    words = {}
    for line in (HERE / "words" / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            category, *columns = line.split("\t")
            lists = [c.split("|") if "|" in c else c.split() for c in columns]
            lists = [list(dict.fromkeys(entries)) for entries in lists]
            words[category] = lists[0] if len(lists) == 1 else lists
    return words


def pick(rng, entries, skew=1.0):
    """Draw an entry; with skew > 1 the first entries are the frequent ones."""
    return entries[int(len(entries) * rng.random() ** skew)]


VOWELS = "aeiou"


def ending(word, suffix):
    """Join an English suffix by the spelling rules: carried, loving, stopped, boxes."""
    if suffix == "s":
        if word.endswith(("s", "x", "z", "ch", "sh")):
            return word + "es"
        return word[:-1] + "ies" if re.search("[^aeiou]y$", word) else word + "s"
    if suffix == "ly":
        if word.endswith("le"):
            return word[:-1] + "y"
        return word[:-1] + "ily" if re.search("[^aeiou]y$", word) else word + "ly"
    if suffix == "ness":
        return word[:-1] + "iness" if re.search("[^aeiou]y$", word) else word + "ness"
    if word.endswith("e") and not (suffix == "ing" and word.endswith(("ee", "oe"))):
        stem = word[:-2] + "y" if suffix == "ing" and word.endswith("ie") else word[:-1]
        return stem + suffix
    if re.search("[^aeiou]y$", word) and suffix != "ing":
        return word[:-1] + "i" + suffix
    if re.fullmatch("[^aeiou]*[aeiou][bdgmnprt]", word):
        return word + word[-1] + suffix
    return word + suffix


class Playwright:
    """Fills sentence patterns with word forms."""

    def __init__(self, rng):
        self.rng, self.words = rng, read_words("plays.txt")
        for category in ("person", "thing", "abstract", "verb.t", "verb.i", "adjective"):
            rng.shuffle(self.words[category])
        self.cast = self.words["speaker"]

    def word(self, category, skew=1.35):
        return pick(self.rng, self.words[category], skew)

    def verb(self, kind, form):
        base, *irregular = self.word("verb." + kind).split("/")
        past, participle = irregular or [ending(base, "ed")] * 2
        st = base + ("st" if base.endswith("e") else "est")
        forms = {"": base, "s": ending(base, "s"), "ing": ending(base, "ing"), "st": st}
        return {**forms, "d": past, "pp": participle}[form]

    def slot(self, name):
        rng, words = self.rng, self.words
        if name in ("vpp", "ving"):
            return self.verb("t" if name == "vpp" else "i", name[1:])
        if name.startswith(("vt", "vi")):
            return self.verb(name[1], name[2:])
        if name in ("name", "name's"):
            return pick(rng, self.cast).title() + name[4:]
        if name in ("adj", "a_adj"):
            word = self.word("adjective", 1.3)
            article = "an " if word[0] in VOWELS or word[:4] == "hone" else "a "
            return (article if name == "a_adj" else "") + word
        if name == "adjer":
            word = self.word("adjective", 1.3)
            return ending(word, "er") if len(word) < 7 else "more " + word
        if name == "adjest":
            return ending(self.word("adjective", 1.3), "est")
        if name in ("doer", "doers"):
            base = self.word("verb.t").split("/")[0]
            return ending(ending(base, "er"), name[4:]) if name[4:] else ending(base, "er")
        if name in ("adly", "adness"):
            return ending(self.word("adjective", 1.3), name[2:])
        if name == "adv":
            return self.word("adverb")
        if name == "thing2":
            return self.word("thing")
        if name in ("persons", "things"):
            return ending(self.word(name[:-1]), "s").replace("mans", "men")
        if name.endswith("'s"):
            return self.word(name[:-2]) + "'s"
        return self.fill(pick(rng, words[name])) if name.isupper() else self.word(name)

    def fill(self, pattern):
        return re.sub(r"\{([^}]+)\}", lambda match: self.slot(match[1]), pattern)

    def sentence(self):
        text = self.fill(pick(self.rng, self.words["S"]))
        return text[0].upper() + text[1:] if len(text) < 160 else self.sentence()

    def speech(self):
        """Sentences broken into verse lines, each with a capital."""
        text = " ".join(self.sentence() for _ in range(1 + int(4 * self.rng.random() ** 2)))
        lines, width = [""], 30 + int(14 * self.rng.random())
        for word in text.split():
            if len(lines[-1]) + len(word) > width:
                lines.append("")
                width = 34 + int(12 * self.rng.random())
            lines[-1] += (" " if lines[-1] else "") + word
        return "\n".join(line[0].upper() + line[1:] for line in lines)

    def scene(self):
        """Speeches of three to five speakers who take turns."""
        self.cast = self.rng.sample(self.words["speaker"], 3 + int(3 * self.rng.random()))
        voices = self.cast + self.rng.sample(self.words["role"], 1)
        last = None
        for _ in range(12 + int(18 * self.rng.random())):
            last = pick(self.rng, [voice for voice in voices if voice != last], 1.3)
            yield f"{last}:\n{self.speech()}\n"


def plays(size=320_000):
    """Play-like text of at least ``size`` characters, in the layout of tinyshakespeare."""
    author, speeches, length = Playwright(random.Random(SEED)), [], 0
    while length < size:
        for speech in author.scene():
            speeches.append(speech)
            length += len(speech) + 1
    return "\n".join(speeches)


class Poet:
    """Composes lines of five or seven characters; even lines rhyme."""

    def __init__(self, rng):
        self.rng, self.words = rng, read_words("quatrains.txt")
        self.rhymes = [k for k in self.words if k.startswith("rhyme.")]

    def noun(self):
        if self.rng.random() < 0.45:
            return pick(self.rng, self.words["pair"], 1.5)
        adjective, noun = (pick(self.rng, self.words[k], 1.5) for k in ("adjective", "noun"))
        return adjective + noun if adjective != noun else self.noun()

    def five(self, rhyme=None):
        """Two characters and three; an even line ends in the rhyme."""
        rng, verb = self.rng, pick(self.rng, self.words["verb"], 1.5)
        if rng.random() < 0.55:
            tail = pick(rng, self.words[rhyme][0]) if rhyme else self.noun()
            line = self.noun() + verb + tail
        else:
            tail = pick(rng, self.words[rhyme][1] if rhyme else self.words["state"])
            line = self.noun() + self.noun() + tail
        return line if len(set(line)) == 5 else self.five(rhyme)

    def line(self, length, rhyme=None):
        start = pick(self.rng, self.words["prefix"], 1.3) if length == 7 else ""
        return start + self.five(rhyme)

    def paragraphs(self, length, couplets):
        rhyme, lines = pick(self.rng, self.rhymes), []
        while len(lines) < couplets:
            line = f"{self.line(length)}，{self.line(length, rhyme)}。"
            if not lines or line[-2] not in "".join(x[-2] for x in lines):
                lines.append(line)
        return lines


def quatrains(count=3_000):
    """Poems in the schema of chinese-poetry; some are longer or have a missing character."""
    rng = random.Random(SEED + 1)
    poet, poems = Poet(rng), []
    for number in range(count):
        length = 5 if rng.random() < 0.4 else 7
        lines = poet.paragraphs(length, 4 if rng.random() < 0.04 else 2)
        if rng.random() < 0.01:
            lines[-1] = lines[-1][:2] + "□" + lines[-1][3:]
        mark = str(uuid.uuid5(uuid.NAMESPACE_URL, f"rnnbook/quatrain/{number}"))
        title = poet.noun()
        poems.append({"author": "样例", "paragraphs": lines, "title": title, "id": mark})
    return json.dumps(poems, ensure_ascii=False, indent=0) + "\n"


class Tagger:
    """Writes tagged sentences from patterns; a slot names its category and so its tag."""

    def __init__(self, rng, script):
        self.rng, self.script, self.words = rng, script, read_words("tagged.txt")

    def fill(self, slot):
        tag, _, kind = slot.partition(".")
        if slot in ("S", "CL", "NP", "OB"):
            pattern = pick(self.rng, self.words[tag])
            return [word for name in re.findall(r"{([^}]+)}", pattern) for word in self.fill(name)]
        forms = pick(self.rng, self.words["dual" if kind == "dual" else slot], 1.3).split("/")
        return [(forms[min(self.script, len(forms) - 1)], tag)]

    def sentence(self, name):
        """A sentence in CoNLL-U: ten columns, those that the book does not use are empty."""
        words = self.fill("S")
        lines = [f"{i}\t{word}\t_\t{tag}" + "\t_" * 6
                 for i, (word, tag) in enumerate(words, 1)]
        return "\n".join([f"# sent_id = {name}", *lines, "", ""])


def treebank(name, count, seed, traditional=False):
    """Tagged sentences of our own; some words are verbs or nouns as the next word decides."""
    tagger = Tagger(random.Random(SEED + seed), int(traditional))
    return "".join(tagger.sentence(f"{name}-s{i}") for i in range(1, count + 1))


def co2():
    """A monthly concentration: rising trend, yearly season, noise; 741 months."""
    rng, rows = random.Random(SEED + 2), ["Date,CO2,adjusted CO2"]
    for month in range(741):
        year = month / 12
        trend = 315.0 + 0.8 * year + 0.0132 * year * year
        phase = 2 * math.pi * (month + 2) / 12
        season = 2.8 * math.sin(phase) + 0.7 * math.sin(2 * phase + 1.0)
        value = trend + season + rng.gauss(0, 0.25)
        when = f"{1958 + (month + 2) // 12}-{(month + 2) % 12 + 1:02d}-01"
        rows.append(f"{when},{value:.2f},{value - season:.2f}")
    return "\n".join(rows) + "\n"


def weather():
    """Daily weather of an imagined town: season, day-to-day memory, wet winters; 4 years."""
    rng, rows = random.Random(SEED + 3), ["date,precipitation,temp_max,temp_min,wind,weather"]
    drift, wet = 0.0, False
    for day in range(1461):
        when = date(2012, 1, 1) + timedelta(day)
        season = -math.cos(2 * math.pi * (day - 20) / 365.25)
        drift = 0.75 * drift + rng.gauss(0, 1.9)
        wet = rng.random() < (0.68 if wet else 0.28) - 0.18 * season
        rain = round(rng.expovariate(1 / (6.5 - 2 * season)) + 0.1, 1) if wet else 0.0
        high = 16.5 + 9.5 * season + drift - (1.5 if wet else 0)
        low = high - abs(7.5 + 2.5 * season - (2 if wet else 0) + rng.gauss(0, 1.3)) - 0.5
        wind = max(0.4, 3.2 - 0.5 * season + (0.8 if wet else 0) + rng.gauss(0, 1.2))
        dry = pick(rng, ["sun", "sun", "sun", "sun", "fog", "drizzle"])
        sky = ("snow" if high < 3 else "rain") if wet else dry
        rows.append(f"{when},{rain:.1f},{high:.1f},{low:.1f},{wind:.1f},{sky}")
    return "\n".join(rows) + "\n"


def main(folder):
    """Write every generated sample below a folder."""
    made = {
        "tinyshakespeare/input.txt": plays,
        "chinese_poetry/poet.tang.0.json": quatrains,
        "ud_chinese/zh_gsdsimp-ud-dev.conllu": lambda: treebank("dev", 80, 4),
        "ud_chinese/zh_gsdsimp-ud-test.conllu": lambda: treebank("test", 80, 5),
        "ud_chinese/zh_pud-ud-test.conllu": lambda: treebank("pud", 160, 6, traditional=True),
        "timeseries/co2-concentration.csv": co2,
        "timeseries/seattle-weather.csv": weather,
    }
    for name, make in made.items():
        place = Path(folder) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(make().encode())
        print(f"{name}: {place.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else HERE / "samples")
