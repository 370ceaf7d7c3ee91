"""A translator from a file of pairs of your own, beside a translation memory."""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnbook.data.errors import DataError
from rnnbook.data.table import read_table
from rnnbook.data.tatoeba import groups
from rnnbook.data.vocab import Vocabulary
from rnnbook.notebook.pulse import is_watched, moving_line
from rnnbook.own.answers import COUNTS, counted, looked_up, share
from rnnbook.own.budget import epochs_for, timed
from rnnbook.own.keep import load as kept
from rnnbook.own.keep import save
from rnnbook.own.parts import divide
from rnnbook.own.report import Report, best_rival, compare
from rnnbook.own.sides import Sides
from rnnbook.training.bucketing import bucket_of, quantile_boundaries
from rnnbook.training.fitting import seed_everything
from rnnbook.translation import translator
from rnnbook.translation.seq2seq import Seq2Seq

# Of the network, for texts of letters and for sentences; steps: padded tokens that a training may
# read, all epochs together (about three minutes on two cores).
SETTINGS = {
    True: {"units": 96, "embedding": 48, "dropout": 0.1, "rate": 0.01, "smoothing": 0.0,
           "width": 1, "penalty": 0.0, "steps": 6_000_000},
    False: {"units": 192, "embedding": 96, "dropout": 0.3, "rate": 0.008, "smoothing": 0.1,
            "width": 5, "penalty": 1.0, "steps": 3_000_000}}
LONGEST = 64, 0.98  # tokens of a side, share of the pairs: the longer ones teach nothing
MANY = 500, 8000    # examples that are worth the seconds of one more padded length
ASKED = 1000        # texts of the test part that are answered, and of the validation part
CHAINED = 0.05      # share of all pairs: a larger group that hangs together fits into no part
SHORT = 20          # letters of a target that is right or wrong as a whole


@dataclass
class Translator:
    """What `translate` found: a trained network and the report."""

    sides: Sides
    model: object
    longest: int
    report: Report = None

    def predict(self, texts, told=None):
        """Translate texts: list of str. Unknown tokens are told, and read as <unk>.

        Args:
            texts: list of str.
            told: receives a line on each text with unknown tokens; by default standard error.
        Raises:
            DataError: a text is empty.
        """
        texts = [text.strip() for text in texts]
        for text in texts:
            if not text:
                raise DataError(f"{text!r} holds nothing to translate")
            if unknown := self.sides.unknown(text):
                line = f"{text!r}: unknown to the network: {', '.join(map(repr, unknown))}"
                told(line) if told else print(line, file=sys.stderr)
        return self.answer(texts)

    def answer(self, texts):
        """Translate texts that hold a token, and say nothing: list of str."""
        way = SETTINGS[self.sides.letters]
        return translator.translate(self.model, self.sides, texts, way["width"], way["penalty"],
                                    self.longest)

    def save(self, folder):
        """Keep the network in a folder; `load` takes it out again."""
        save(folder, "translator", self.model.get_weights(), {
            "kinds": self.sides.kinds, "tokens": [vocab.itos for vocab in self.sides.vocabs],
            "attention": bool(self.model.attention), "longest": self.longest})

    def __str__(self):
        return str(self.report)


def load(folder):
    """Take out what `Translator.save` kept; its report is None.

    Raises:
        DataError: nothing was saved there, or it is damaged.
    """
    arrays, facts = kept(folder, "translator")
    sides = Sides(tuple(facts["kinds"]), tuple(map(Vocabulary, facts["tokens"])))
    model = network(sides, facts["attention"])
    model.set_weights(arrays)
    return Translator(sides, model, facts["longest"])


def network(sides, attention):
    """Build the network of chapter 16, or without attention that of chapter 15."""
    way = SETTINGS[sides.letters]
    model = Seq2Seq(*sides.sizes, way["units"], way["embedding"],
                    "multiplicative" if attention else None, way["dropout"])
    model((np.ones((1, 2), "int32"), np.ones((1, 2), "int32")))
    return model


def translate(path, source="source", target="target", *, sep=None, encoding="utf-8",
              attention=True, score=None, seed=0, epochs=None, say=print):
    """Train a translator on a file of pairs and compare it with rivals that only look up.

    Args:
        path: str or Path of a CSV file with a header; TSV where the name ends so.
        source, target: names of the two columns; or their numbers from 1, where the file has no
            header and its columns stand between tabs, such as the files of ManyThings (Anki).
        sep: what stands between two columns; by default from the name of the file.
        encoding: of the file, such as "gb18030".
        attention: as in chapter 16; False gives the one vector of chapter 15.
        score: "exact" (share of answers that are right as a whole) or "bleu"; by default
            "exact" where targets are short texts of letters, such as dates.
        seed: of the division into parts and of the training.
        epochs: passes over the training part; by default from its size, and what takes more
            than some minutes is cut.
        say: receives the report; None keeps quiet.
    Returns:
        Translator.
    Raises:
        DataError: the file is malformed or has too few rows; names the line.
        ValueError: another score.
    """
    if score not in (None, *COUNTS):
        raise ValueError(f"score must be one of {list(COUNTS)}, got {score!r}")
    rows = [(a.strip(), b.strip()) for a, b in
            read_table(path, (source, target), encoding, sep)]
    pairs = list(dict.fromkeys(rows))
    key, apart = together(pairs)
    parts, sharing = divide(pairs, key, seed)
    train, validation, test = parts.values()
    seed_everything(seed)
    sides = Sides.learn(train)
    short = sides.letters and np.mean([len(b) for _, b in train]) <= SHORT
    score = score or ("exact" if short else "bleu")
    examples, boundaries, facts = readable(sides, train, epochs)
    epochs, batch = epochs or facts.pop("epochs"), batch_for(examples)
    model, way = network(sides, attention), SETTINGS[sides.letters]
    seconds = timed(lambda: translator.train(
        model, examples, sides.examples(validation, boundaries[-1]) or examples[:batch], epochs,
        way["rate"], batch, seed, way["smoothing"], boundaries,
        say=moving_line() if is_watched() else None))
    found = Translator(sides, model, boundaries[-1])
    asked = {name: dict(list(translator.references(part).items())[:ASKED])
             for name, part in (("validation", validation), ("test", test))}
    models = {"network": found.answer} | looked_up(sides, train, asked["validation"], score)
    answers = {name: answer(list(asked["test"])) for name, answer in models.items()}
    counts = {name: counted(sides, texts, asked["test"], score) for name, texts in answers.items()}
    scores, gain = compare(counts, COUNTS[score][1])
    whole = {name: share(counted(sides, answers[name], asked["test"], "exact").sum(axis=0))
             for name in ("network", best_rival(scores))}
    own = counts["network"].sum(axis=0)
    unknown = [t not in sides.vocabs[0] for text in asked["test"] for t in sides.tokens(text)]
    found.report = Report(
        f"translation of {Path(path).name}: {target} from {source}", {
            "pairs": f"{len(pairs):,}; {len(rows) - len(pairs)} more stand twice and count once",
            "share a text": f"{sharing} with a pair before (kept in one part)" + (
                "" if apart else "; the source only: targets repeat too often to keep apart"),
            "train, validation, test": " ".join(f"{len(part):,}" for part in parts.values()),
            "scored": f"{len(asked['test'])} different sources of the test part",
            "tokens": " -> ".join(f"{len(vocab):,} {kind}" for vocab, kind in
                                  zip(sides.vocabs, sides.kinds)),
            "unknown tokens": f"{np.mean(unknown):.1%} in the sources of the test part", **facts,
            "network": f"encoder-decoder with{'' if attention else 'out'} attention, "
                       f"{model.count_params():,} parameters, {epochs} epochs",
            **({"length": f"{own[8] / own[9]:.2f} of the references"} if score == "bleu" else {}),
            "right as a whole": ", ".join(f"{n} {part:.1%}" for n, part in whole.items()),
        }, {"exact": "exact match", "bleu": "BLEU"}[score], scores, gain, seconds)
    if say:
        say(str(found))
    return found


def together(pairs):
    """Say which pairs must stay in one part: those that share a text, directly or over others.

    Args:
        pairs: list of different (source, target).
    Returns:
        function pair -> its group, and True; where so many hang together that no part could
        hold them, function pair -> its source, and False.
    """
    chained = groups(pairs)
    if max(map(len, chained)) <= max(CHAINED * len(pairs), 1):
        return {pair: k for k, group in enumerate(chained) for pair in group}.get, True
    return (lambda pair: pair[0]), False


def readable(sides, train, epochs):
    """Number the training pairs that can be read in time.

    Args:
        sides: Sides.
        train: list of (source, target).
        epochs: of the caller, who then waits as long as it takes; or None.
    Returns:
        examples, the lengths they are padded to, and a dict of what was left out, for the
        report; in it also "epochs", where the caller named none.
    Raises:
        DataError: all pairs are too long.
    """
    most, part = LONGEST
    examples = sides.examples(train, most)
    if not examples:
        raise DataError(f"all pairs are longer than {most} tokens: cut them into sentences")
    lengths = np.array([max(map(len, row)) for row in examples])
    longest = int(np.quantile(lengths, part, method="higher"))
    examples = [row for row, length in zip(examples, lengths) if length <= longest]
    lengths = lengths[lengths <= longest]
    boundaries = quantile_boundaries(lengths, 1 + sum(len(lengths) >= many for many in MANY))
    facts, most = {}, SETTINGS[sides.letters]["steps"]
    if left := len(train) - len(examples):
        facts["too long"] = f"{left} training pairs of over {longest - 1} tokens: left out"
    if not epochs:
        each = 2 * sum(boundaries[k] for k in bucket_of(lengths, boundaries))
        epochs = epochs_for(len(examples), batch_for(examples))
        facts["epochs"] = epochs = int(max(3, min(epochs, most // each)))
        fit = int(len(examples) * most / (each * epochs))
        if fit < len(examples):
            facts["cut"] = f"the network reads {fit:,} training pairs only, to be done in time"
            examples = examples[:fit]
    return examples, boundaries, facts


def batch_for(examples):
    """Choose the pairs of an update: few where the examples are few."""
    return int(np.clip(len(examples) // 32, 16, 128))
