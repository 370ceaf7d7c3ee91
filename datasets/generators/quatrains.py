"""Quatrains in the schema of chinese-poetry."""

import json
import random
import uuid

from generators.common import SEED, pick, read_words


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
