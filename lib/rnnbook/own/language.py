"""A language model of a text file of your own, beside n-grams; it writes on from a prompt."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rnnbook.data.errors import DataError
from rnnbook.data.files import read_text
from rnnbook.data.vocab import UNKNOWN, Vocabulary
from rnnbook.data.wikitext import by_frequency
from rnnbook.language.char_lm import token_nats
from rnnbook.language.decoding import generate
from rnnbook.own.budget import epochs_for, timed
from rnnbook.own.keep import load as kept
from rnnbook.own.keep import save
from rnnbook.own.ngrams import best_kneser_ney, unigram_nats
from rnnbook.own.parts import divide, in_order, is_sorted
from rnnbook.own.report import Report, compare, in_blocks
from rnnbook.own.running import network, reader, streams_of, train_in_order, without_token
from rnnbook.own.tokens import (
    LONGEST,
    SAMPLE,
    WAYS,
    is_chinese,
    lines_of,
    text_of,
    tokens_of,
    way_of,
)
from rnnbook.training.fitting import seed_everything
from rnnbook.training.weights import get_weights

MOST = {"characters": 1_000_000, "words": 300_000}  # tokens that are read
MOST_CHINESE = 600_000                    # of Chinese, whose softmax is thousands wide
ORDER = {"characters": 10, "words": 5}    # of the longest n-grams
LENGTH = {"characters": 100, "words": 30}  # tokens that are written
KINDS = 10_000          # in the vocabulary at most
BLOCKS, BLOCK = 20, 500  # of the test part: so many at least, so long at most


@dataclass
class LanguageModel:
    """What `language` found: the trained weights and the report."""

    level: str
    way: str  # how a text is cut, a name in `WAYS`
    vocab: Vocabulary
    weights: dict
    report: Report = None

    def predict(self, prompts, length=None, temperature=0.8, seed=0, **knobs):
        """Write on from each prompt, as if a line began there; <unk> is not written.

        Args:
            prompts: list of str; an empty one leaves the beginning to the network.
            length: tokens to write; by default 100 characters or 30 words.
            temperature, seed, knobs: as `decoding.generate`.
        Returns:
            list of str, without the prompts.
        Warns:
            UserWarning: tokens that the vocabulary lacks; they are read as <unk>.
        """
        model = reader(self.level, without_token(self.weights, self.vocab.stoi[UNKNOWN]))
        written = []
        for prompt in prompts:
            given = tokens_of(prompt + "\n", self.way)[:-1]
            if strange := sorted(set(given) - self.vocab.stoi.keys()):
                warnings.warn(f"not in the vocabulary, read as {UNKNOWN}: "
                              f"{' '.join(strange[:10])}", stacklevel=2)
            ids = generate(model, self.vocab.encode([WAYS[self.way].end, *given]),
                           length or LENGTH[self.level], temperature=temperature, seed=seed,
                           **knobs)[0]
            written.append(text_of([self.vocab.itos[i] for i in ids], self.way))
        return written

    def nats(self, ids):
        """Measure each token's loss but the first's, the state carried: float (N - 1,)."""
        return token_nats(lambda **options: reader(self.level, self.weights, **options), ids, 256)

    def save(self, folder):
        """Keep the network in a folder; `load` takes it out again."""
        save(folder, "language model", list(self.weights.values()), {
            "level": self.level, "way": self.way, "tokens": self.vocab.itos,
            "names": list(self.weights)})

    def __str__(self):
        return str(self.report)


def load(folder):
    """Take out what `LanguageModel.save` kept; its report is None.

    Raises:
        DataError: nothing was saved there, or it is damaged.
    """
    arrays, facts = kept(folder, "language model")
    return LanguageModel(facts["level"], facts["way"], Vocabulary(facts["tokens"]),
                         dict(zip(facts["names"], arrays)))


def language(path, *, level="characters", encoding="utf-8", seed=0, epochs=None, say=print):
    """Train a language model on a text and compare it with n-grams, on the same test tokens.

    Tokens that stand once in the training part, and those that come new later, are <unk>, for
    the network and for the n-grams.

    Args:
        path: str or Path of a text file in any language. It is divided in running order; but
            from a sorted list a network learns the order, so its lines are shuffled.
        level: "characters", the network of chapter 11, or "words", that of chapter 12.
        encoding: of the file, such as "gb18030".
        seed: of the training, and of the shuffling.
        epochs: passes over the training part at most; by default from its size.
        say: receives the report; None keeps quiet.
    Returns:
        LanguageModel.
    Raises:
        DataError: the file is malformed or too short, or hardly a token in it stands twice.
        ValueError: another level.
    """
    text = read_text(path, encoding)
    way = way_of(text, level)
    most = MOST[level]
    if is_chinese(text[:SAMPLE]):
        most = min(most, MOST_CHINESE)
    tokens = tokens_of(text, way, most)
    parts, order = parts_of(tokens, way, seed)
    vocab = vocabulary(parts["train"])
    if len(vocab) < 4:
        raise DataError(f"{path}: only {len(vocab) - 1} kinds of {level} stand twice in the "
                        "training part: nothing to learn")
    train, validation, test = (vocab.encode(part) for part in parts.values())
    cut = streams_of(len(validation))
    epochs = epochs or epochs_for(len(train) // cut[1], cut[0])
    seed_everything(seed)
    model, losses = network(level, train, len(vocab), cut, epochs), []
    seconds = timed(lambda: losses.extend(train_in_order(model, train, validation, cut, epochs)))
    found = LanguageModel(level, way, vocab, get_weights(model))
    counted = best_kneser_ney(train, validation, len(vocab), ORDER[level])
    block = max(1, min(BLOCK, len(test) // BLOCKS))
    scores, gain = compare({name: in_blocks(nats, block) for name, nats in {
        "network": found.nats(test),
        f"Kneser-Ney {counted.order}-gram": counted.token_nll(test)[1:],
        "unigram": unigram_nats(train, test, len(vocab))[1:],
    }.items()}, lambda sums: sums[..., 0] / sums[..., 1], lower=True)
    if level == "characters":
        scores["bits"] = scores.score / np.log(2)
    else:
        scores["perplexity"] = np.exp(scores.score)
    cut_off = len(tokens) == most or len(text) > LONGEST * most
    found.report = Report(f"language model of {Path(path).name}: {level}", {
        "tokens": f"{len(tokens):,} {WAYS[way].told}" + (
            "; the rest of the file is NOT read" if cut_off else ""),
        "train, validation, test": f"{len(train):,} {len(validation):,} {len(test):,}, {order}",
        **about(parts, way, vocab),
        "network": f"LSTM, {model.count_params():,} parameters, epoch {np.argmin(losses) + 1} of "
                   f"{len(losses)}, the best in validation",
        "rival": f"Kneser-Ney, order {counted.order}, discount {counted.discount or 'by counts'},"
                 " the best in validation",
    }, f"nats per {level[:-1]}", scores, gain, seconds, lower=True,
        drawn=f"blocks of {block} {level}")
    if say:
        say(str(found))
    return found


def vocabulary(tokens):
    """Number the tokens that stand twice or more, the most frequent first, and <unk>."""
    vocab = by_frequency(tokens, KINDS, least=2)
    return vocab if UNKNOWN in vocab else Vocabulary([*vocab.itos, UNKNOWN])


def parts_of(tokens, way, seed):
    """Divide a text: dict of three lists of tokens, and in which order they were taken."""
    parts = in_order(tokens, WAYS[way].end)
    lines = [line for line in lines_of(tokens, way) if line]
    if not is_sorted(lines):
        return parts, "in running order"
    parts, _ = divide(lines, key=lambda line: line, seed=seed)
    rng = np.random.default_rng(seed)  # once more: equal lines stand side by side
    return ({name: [token for i in rng.permutation(len(part))
                    for token in (*part[i], WAYS[way].end)] for name, part in parts.items()},
            "lines shuffled, because they were sorted; equal ones kept in one part")


def about(parts, way, vocab):
    """Tell what a reader should know of the parts of a text: dict of str."""
    known = set(lines_of(parts["train"], way))
    lines = [line for line in lines_of(parts["test"], way) if line]
    again = sum(line in known for line in lines)
    unknown = {name: np.mean([token not in vocab or token == UNKNOWN for token in part])
               for name, part in parts.items()}
    return {
        "vocabulary": f"{len(vocab):,} kinds, each twice or more in train",
        "unknown": f"{unknown['test']:.1%} of the test part, {unknown['train']:.1%} of train: "
                   f"one {UNKNOWN} for all models",
        "repeated lines": f"{again} of {len(lines)} in the test part stand in train",
    }
