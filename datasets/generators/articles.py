"""Encyclopaedic text in the layout of WikiText-2: headings, paragraphs, rare words as <unk>."""

import random
import re
from collections import Counter

from generators.common import SEED, pick, read_words

KINDS = {"RIVER": ("Geography", "Wildlife", "Economy", "History"),
         "BUILDING": ("Description", "History", "Legacy"),
         "PERSON": ("Early life", "Career", "Legacy")}


class Editor:
    """Writes articles about one thing each, so that its name comes back."""

    def __init__(self, rng):
        self.rng, self.words = rng, read_words("articles.txt")

    def subject(self):
        """Fix the names and pronouns of an article."""
        fixed = {kind: pick(self.rng, self.words[kind], 1.3)
                 for kind in ("river", "town", "person", "given", "building", "role", "region")}
        he = pick(self.rng, ["he", "she"])
        return fixed | {"pronoun": he, "Pronoun": he.title()}

    def slot(self, name, fixed):
        """Fill one slot: a fixed name, a number, or a word drawn anew."""
        rng = self.rng
        if name in fixed and (name not in self.words or rng.random() < 0.85):
            return fixed[name]
        if name.startswith("year"):
            return str(1700 + int(250 * rng.random() ** 0.7))
        if name == "number":
            return str(2 + int(90 * rng.random() ** 2))
        if name == "small":
            return pick(rng, ["two", "three", "four", "five", "six"])
        if name == "size":
            return pick(rng, ["small", "short", "slow", "large"])
        if name == "century":
            return pick(rng, ["17th", "18th", "19th", "20th"])
        return pick(rng, self.words[name.rstrip("23")], 1.5)

    def fill(self, pattern, fixed):
        """Fill every slot of a sentence."""
        return re.sub(r"\{(\w+)\}", lambda match: self.slot(match[1], fixed), pattern)

    def article(self):
        """Heading, first paragraph, and sections with some sentences each."""
        kind, fixed = pick(self.rng, list(KINDS)), self.subject()
        title = {"RIVER": "River {river}", "BUILDING": "{building} of {town}",
                 "PERSON": "{given} {person}"}[kind].format(**fixed)
        first, *others = self.words[kind]
        lines = ["", f"= {title} =", "", self.fill(first, fixed)]
        for section in self.rng.sample(KINDS[kind], 2):
            chosen = self.rng.sample(others, 3)
            lines += ["", f"= = {section} = =", "",
                      " ".join(self.fill(pattern, fixed) for pattern in chosen)]
        return lines


def article_part(part):
    """One part ("train", "valid" or "test") of the generated text; words seen less than
    three times in the training part are written <unk> in all three, as in WikiText-2."""
    editor = Editor(random.Random(SEED))
    parts = {"train": 130, "valid": 16, "test": 16}
    texts = {name: [line.split() for _ in range(count) for line in editor.article()]
             for name, count in parts.items()}
    counts = Counter(word for line in texts["train"] for word in line)
    lines = [[word if counts[word] >= 3 else "<unk>" for word in line] for line in texts[part]]
    return "".join(f" {' '.join(line)} \n" if line else " \n" for line in lines)
