"""Requests to a voice assistant, with intents, in the files of MASSIVE."""

import csv
import functools
import io
import random
import re

from generators.common import SEED, pick, read_words

SIZES = {"train": 520, "validation": 100, "test": 140}
SLIPS = 0.35  # share of requests with a character left out, as people type them
DOUBTS = 0.08  # share of requests to which another annotator would give another intent


class Speaker:
    """Fills templates; script 0 is simplified, 1 traditional, 2 English."""

    def __init__(self, rng):
        words = read_words("requests.txt")
        self.rng, self.words = rng, words
        self.intents = {name.removeprefix("intent."): columns
                        for name, columns in words.items() if name.startswith("intent.")}
        self.labels = sorted(self.intents)

    def say(self, label):
        """One request in three scripts, about the same thing as far as the templates agree."""
        chosen, said = {}, []
        for script, templates in enumerate(self.intents[label]):
            template = pick(self.rng, templates)

            def word(match, script=script):
                slot = match.group(1)
                chosen.setdefault(slot, pick(self.rng, self.words[slot]))
                return chosen[slot].split("/")[script]

            said.append(re.sub(r"{(\w+)}", word, template))
        return said


def slip(rng, text):
    """Leave out one character at times."""
    if rng.random() >= SLIPS or len(text) < 4:
        return text
    place = rng.randrange(len(text))
    return text[:place] + text[place + 1:]


def sibling(speaker, label):
    """Another intent of the same domain, the first word of its name; the same if there is none."""
    domain = label.split("_")[0]
    others = [name for name in speaker.labels if name != label and name.split("_")[0] == domain]
    return speaker.rng.choice(others) if others else label


@functools.cache
def requests():
    """All requests: part -> list of (id, label, [simplified, traditional, English])."""
    speaker, number, parts, seen = Speaker(random.Random(SEED + 10)), 0, {}, set()
    for part, size in SIZES.items():
        parts[part] = []
        while len(parts[part]) < size:
            label = pick(speaker.rng, speaker.labels, 1.15)
            said = [slip(speaker.rng, text) for text in speaker.say(label)]
            if speaker.rng.random() < DOUBTS:
                label = sibling(speaker, label)
            if said[0] in seen and speaker.rng.random() < 0.8:
                continue  # few texts stand twice, as in the full data
            seen |= {said[0]} if part == "train" else set()
            parts[part].append((number, label, said))
            number += 1
    known = {label for _, label, _ in parts["train"]}
    assert known == set(speaker.labels), "an intent without a training text"
    return parts, speaker.labels


def table(header, rows):
    """CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def part(name):
    """The file of one part, in simplified Chinese."""
    parts, labels = requests()
    return table(["id", "label", "text", "label_text", "label_text_ch"],
                 [(i, labels.index(label), said[0], label, "") for i, label, said in parts[name]])


def aligned():
    """The file with the training requests in three languages."""
    parts, _ = requests()
    rows = [(i, label, label, said[k], language, language)
            for k, language in enumerate(("zh-CN", "zh-TW", "en"))
            for i, label, said in parts["train"]]
    return table(["id", "label", "label_text", "text", "lang", "language"], rows)
