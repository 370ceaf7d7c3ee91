"""Play-like text in the layout of tinyshakespeare."""

import random
import re

from generators.common import SEED, pick, read_words

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
