"""A language model of a text file of your own, beside n-grams; it writes on from a prompt."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnbook.data.errors import DataError
from rnnbook.data.files import read_text
from rnnbook.data.vocab import UNKNOWN, Vocabulary
from rnnbook.data.wikitext import by_frequency
from rnnbook.language import char_lm, word_lm
from rnnbook.language.decoding import generate
from rnnbook.own.budget import epochs_for, timed
from rnnbook.own.keep import load as kept
from rnnbook.own.keep import save
from rnnbook.own.ngrams import ORDERS, best_kneser_ney, unigram_nats
from rnnbook.own.parts import in_order
from rnnbook.own.report import Report, compare
from rnnbook.own.running import streams_of, train_in_order
from rnnbook.own.tokens import WAYS, lines_of, text_of, tokens_of, way_of
from rnnbook.training.fitting import adam_cosine, seed_everything, without_xla
from rnnbook.training.weights import get_weights

MOST = {"characters": 1_000_000, "words": 300_000}  # tokens that are read
KINDS = 10_000   # that the vocabulary holds at most
BLOCKS = 20      # of the test part, at least; none longer than:
BLOCK = 500
LENGTH = {"characters": 100, "words": 30}  # tokens that are written


@dataclass
class LanguageModel:
    """What `language` found: the trained weights and the report."""

    vocab: Vocabulary
    way: str      # how a text is cut, a name in `WAYS`
    weights: dict
    report: Report = None

    @property
    def level(self):
        """Which tokens it knows, "characters" or "words"."""
        return level_of(self.way)

    def predict(self, prompts, length=None, temperature=0.8, seed=0, **knobs):
        """Write on from each prompt, as if it stood at the beginning of a line; never <unk>.

        Args:
            prompts: list of str; an empty one leaves the beginning to the network.
            length: tokens to write; by default 100 characters or 30 words.
            temperature, seed, knobs: as `decoding.generate`.
        Returns:
            list of str, without the prompts.
        Warns:
            UserWarning: tokens that the vocabulary lacks; they are read as <unk>.
        """
        end, weights = WAYS[self.way][2], dict(self.weights)
        bias = "logits.bias" if self.level == "characters" else "output.bias"
        weights[bias] = weights[bias] - 1e9 * (np.arange(len(self.vocab)) ==
                                               self.vocab.stoi[UNKNOWN])
        model, written = reader_of(self.level)(weights), []
        for prompt in prompts:
            given = [end, *tokens_of(prompt, self.way)[:-1]]
            if strange := sorted({token for token in given if token not in self.vocab}):
                warnings.warn(f"read as {UNKNOWN}, being rare or new: {' '.join(strange[:10])}",
                              stacklevel=2)
            ids = generate(model, self.vocab.encode(given), length or LENGTH[self.level],
                           temperature=temperature, seed=seed, **knobs)[0]
            written.append(text_of([self.vocab.itos[i] for i in ids], self.way))
        return written

    def nats(self, ids):
        """Measure each token's loss but the first's, the state carried: float (N - 1,), nats."""
        reader = reader_of(self.level)
        return char_lm.token_nats(lambda **options: reader(self.weights, **options), ids, 256)

    def save(self, folder):
        """Keep the network in a folder; `load` takes it out again."""
        save(folder, "language model", list(self.weights.values()), {
            "tokens": self.vocab.itos, "way": self.way, "names": list(self.weights)})

    def __str__(self):
        return str(self.report)


def load(folder):
    """Take out what `LanguageModel.save` kept; its report is None.

    Raises:
        DataError: nothing was saved there, or it is damaged.
    """
    arrays, facts = kept(folder, "language model")
    return LanguageModel(Vocabulary(facts["tokens"]), facts["way"],
                         dict(zip(facts["names"], arrays)))


def level_of(way):
    """Name the level of a way to cut: "characters" or "words"."""
    return "characters" if way == "characters" else "words"


def reader_of(level):
    """Choose what builds a chain ids -> logits around weights."""
    return char_lm.from_weights if level == "characters" else word_lm.reader


def network(level, ids, size, cut, updates):
    """Build and compile the network of chapter 11 or 12; its bias knows the frequencies."""
    options = {"input_dropout": 0.1, "dropout": 0.2, "stateful": True}
    if level == "characters":
        model = char_lm.build_lm(size, 128, 64, batch=cut[0], steps=cut[1], **options)
        counts = np.bincount(ids, minlength=size) + 1.0
        model.get_layer("logits").bias.assign(np.log(counts / counts.sum()).astype("float32"))
        loss = char_lm.lm_loss()
    else:
        model = word_lm.WordLM(size, 128, 64, **options)
        model(np.zeros(cut, "int32"))
        word_lm.start_from_counts(model, ids)
        loss = None
    model.compile(adam_cosine(updates, 0.004, warmup=min(50, updates // 10), decay=0.01,
                              beta_2=0.99), loss, jit_compile=without_xla())
    return model


def language(path, *, level="characters", encoding="utf-8", seed=0, epochs=None, say=print):
    """Train a language model on a text and compare it with n-grams, on the same test tokens.

    Tokens that stand once in the training part, and those that are new later, are <unk>, for
    the network and for the n-grams.

    Args:
        path: str or Path of a text file, in any language; the parts are taken in running order.
        level: "characters", the network of chapter 11, or "words", that of chapter 12.
        encoding: of the file, such as "gb18030".
        seed: of the training.
        epochs: passes over the training part at most; by default from its size.
        say: receives the report; None keeps quiet.
    Returns:
        LanguageModel.
    Raises:
        DataError: the file is malformed or too short, or nothing in it stands twice.
        ValueError: another level.
    """
    level = level or "characters"
    text = read_text(path, encoding)
    way = way_of(text, level)
    told, end = WAYS[way][3], WAYS[way][2]
    tokens = tokens_of(text, way, MOST[level])
    parts = in_order(tokens, end)
    vocab = by_frequency(parts["train"], KINDS, least=2)
    if UNKNOWN not in vocab:
        vocab = Vocabulary([*vocab.itos, UNKNOWN])
    if len(vocab) < 4:
        raise DataError(f"{path}: only {len(vocab) - 1} kinds of {level} stand twice in the "
                        "training part: nothing to learn")
    train, validation, test = (vocab.encode(part) for part in parts.values())
    cut = streams_of(len(validation))
    epochs = epochs or epochs_for(len(train) // cut[1], cut[0])
    seed_everything(seed)
    model = network(level, train, len(vocab), cut, epochs * (len(train) // cut[0] // cut[1]))
    losses = []
    seconds = timed(lambda: losses.extend(
        train_in_order(model, train, validation, *cut, epochs)))
    found = LanguageModel(vocab, way, get_weights(model))
    counted = best_kneser_ney(train, validation, len(vocab), ORDERS[level])
    rival = f"Kneser-Ney {counted.order}-gram"
    nats = {"network": found.nats(test), rival: counted.token_nll(test)[1:],
            "unigram": unigram_nats(train, test, len(vocab))[1:]}
    block = max(1, min(BLOCK, len(test) // BLOCKS))
    starts = np.arange(0, len(test) - 1, block)
    scores, gain = compare(
        {name: np.stack([np.add.reduceat(row, starts) for row in (cost, np.ones_like(cost))], 1)
         for name, cost in nats.items()}, lambda sums: sums[..., 0] / sums[..., 1], lower=True)
    scores = scores.assign(**({"bits": scores.score / np.log(2)} if level == "characters" else
                              {"perplexity": np.exp(scores.score)}))
    known = {tuple(line) for line in lines_of(parts["train"], end)}
    lines = [tuple(line) for line in lines_of(parts["test"], end) if line]
    again = sum(line in known for line in lines)
    unknown = vocab.stoi[UNKNOWN]
    found.report = Report(
        f"language model of {Path(path).name}: {level}", {
            "tokens": f"{len(tokens):,} {told}" + ("" if len(tokens) < MOST[level] else
                                                   "; the rest of the file was not read"),
            "train, validation, test": " ".join(f"{len(p):,}" for p in parts.values()) +
                                       ", in running order",
            "vocabulary": f"{len(vocab):,} kinds that stand twice or more in train",
            "unknown": f"{np.mean(test == unknown):.1%} of the test part, "
                       f"{np.mean(train == unknown):.1%} of train: {UNKNOWN} for all models",
            "repeated lines": f"{again} of {len(lines)} lines of the test part stand in train",
            "network": f"LSTM, {model.count_params():,} parameters, epoch "
                       f"{np.argmin(losses) + 1} of {len(losses)} (the best in validation)",
            "rival": f"Kneser-Ney, order {counted.order}, discount "
                     f"{counted.discount or 'by the counts'} (the best in validation)",
        }, f"nats per {level[:-1]}", scores, gain, seconds, lower=True,
        drawn=f"blocks of {block} {level}")
    if say:
        say(str(found))
    return found
