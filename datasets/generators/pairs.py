"""English sentences with Chinese translations, in the archive and the layout of Tatoeba's pairs."""

import io
import random
import re
import zipfile

from generators.common import SEED, WORDS, pick

ABOUT = "Sentence pairs of our own, made by datasets/make_samples.py; licence CC BY-SA 4.0.\n"
CREDIT = "this book, CC BY-SA 4.0"
PLURAL = {"I", "you", "we", "they"}  # and words in -s: no ending in the present tense


class Translator:
    """Fills a pattern with the same words in both languages."""

    def __init__(self, rng):
        self.rng, self.words, self.patterns = rng, {}, []
        for line in (WORDS / "pairs.txt").read_text("utf-8").splitlines():
            name, _, rest = line.partition("\t")
            if name == "pattern":
                self.patterns.append(rest.split("=>"))
            elif not line.startswith("#"):
                self.words[name] = [entry.split("=") for entry in rest.split("|")]

    def pair(self):
        """Draw a pattern and words: (english, chinese)."""
        drawn = {name: pick(self.rng, entries) for name, entries in self.words.items()}
        chinese = {name: entry[1] for name, entry in drawn.items()}
        english = {name: entry[0] for name, entry in drawn.items()}
        subject, (verb, verb_s) = english["subject"], english["verb"].split("/")
        plural = subject in PLURAL or subject.endswith(("s", "children"))
        be, do = ("are", "do") if plural else ("is", "does")
        be = "am" if subject == "I" else be
        english |= {"s": subject, "S": subject[0].upper() + subject[1:], "verb": verb,
                    "verb.s": verb if plural else verb_s, "ending": "" if plural else "s",
                    "be": be, "Be": be.title(), "do": do, "Do": do.title()}
        chinese["S"] = chinese["subject"]
        left, right = self.rng.choice(self.patterns)
        return _fill(left, english), _fill(right, chinese)


def _fill(pattern, words):
    return re.sub("{([^}]+)}", lambda match: words[match[1]], pattern)


def tatoeba(count=2_000):
    """A zip archive of `count` different pairs: bytes, stored without compression."""
    rng = random.Random(SEED + 20)
    translator, pairs = Translator(rng), {}
    while len(pairs) < count:
        english, chinese = translator.pair()
        pairs.setdefault(english, chinese)
    lines = "".join(f"{english}\t{chinese}\t{CREDIT}\n" for english, chinese in pairs.items())
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, text in (("cmn.txt", lines), ("_about.txt", ABOUT)):
            archive.writestr(zipfile.ZipInfo(name, (2024, 2, 29, 0, 0, 0)), text)
    return body.getvalue()
