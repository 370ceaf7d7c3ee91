"""Sentences with persons, places and organisations in IOB2, as in Universal NER."""

import random
import re

from generators.common import SEED, pick, read_words


class Writer:
    """Writes tagged sentences from patterns; names are put together from their parts."""

    def __init__(self, rng):
        self.rng, self.words = rng, read_words("entities.txt")

    def draw(self, kind, least=1, most=None, skew=1.0):
        """Join some entries of a list to one word."""
        count = self.rng.randint(least, most or least)
        return "".join(pick(self.rng, self.words[kind], skew) for _ in range(count))

    def person(self):
        """A surname and a given name, or a foreign name, sometimes in two parts."""
        if self.rng.random() < 0.7:
            return [self.draw("surname", skew=1.5), self.draw("given", 1, 2)]
        name = [self.draw("sound", 2, 4)]
        return [*name, "·", self.draw("sound", 2, 3)] if self.rng.random() < 0.4 else name

    def place(self):
        """A country, or a name of two characters with what it is."""
        if self.rng.random() < 0.3:
            return [self.draw("country", skew=1.5)]
        kind = pick(self.rng, ["region", "region", "nature", "road"])
        return [self.draw("place", 2), self.draw(kind)]

    def organisation(self):
        """A place, a level or a foreign name, what it works on, and what it is."""
        name = pick(self.rng, [self.place, lambda: [self.draw("level")],
                               lambda: [self.draw("sound", 2, 3)]])()
        middle = [self.draw("field")] if self.rng.random() < 0.6 else []
        return [*name, *middle, self.draw("body")]

    def sentence(self, name):
        """A sentence in the five columns of UNER."""
        entity = {"P": ("PER", self.person), "L": ("LOC", self.place),
                  "O": ("ORG", self.organisation), "T": (None, self.time)}
        rows = []
        for part in pick(self.rng, self.words["BODY"]).split():
            slot = re.fullmatch("{(.+)}", part)
            if slot and slot[1] in entity:
                kind, make = entity[slot[1]]
                rows += [(word, ("I-" if i else "B-") + kind if kind else "O")
                         for i, word in enumerate(make())]
            else:
                rows.append((self.draw(slot[1]) if slot else part, "O"))
        text = "".join(word for word, _ in rows)
        lines = [f"{i}\t{word}\t{tag}\t-\t-" for i, (word, tag) in enumerate(rows, 1)]
        return "\n".join([f"# sent_id = {name}", f"# text = {text}", *lines, "", ""])

    def time(self):
        """A time, with the year's number and sign apart."""
        word = self.draw("time")
        return [word[:-1], "年"] if word[0].isdigit() else [word]


def entities(name, count, seed):
    """Tagged sentences of our own: names that are new in every part, from the same parts."""
    writer = Writer(random.Random(SEED + seed))
    return "".join(writer.sentence(f"{name}-{i:04d}") for i in range(1, count + 1))
