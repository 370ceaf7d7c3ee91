"""Tagged sentences in CoNLL-U."""

import random
import re

from generators.common import SEED, pick, read_words


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
