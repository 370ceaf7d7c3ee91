"""How answers to texts are scored, and what answers without a network."""

import numpy as np

from rnnbook.own.sides import words_of
from rnnbook.translation.corpus_bleu import bleu_counts, bleu_of
from rnnbook.translation.memory import change_endings, recall


def looked_up(sides, train, validation, score):
    """Make what answers without a network: dict name -> function of texts.

    The validation part chooses how the memory compares sources.

    Args:
        sides: Sides.
        train: list of (source, target), what is remembered.
        validation: dict text -> its targets.
        score: name in `COUNTS`.
    """
    def remember(how):
        return lambda texts: recall(train, texts, **how)

    def worth(answer):
        return COUNTS[score][1](counted(sides, answer(list(validation)), validation, score).sum(0))

    ways = [{}] if sides.letters else [{}, {"analyzer": words_of, "ngram_range": (1, 1)}]
    found = {"translation memory": max(map(remember, ways), key=worth)}
    if sides.letters:
        found["usual change of ending"] = lambda texts: change_endings(train, texts)
    return found | {"copy of the source": list}


def counted(sides, answers, asked, score):
    """Count what a score is made of: float (N, D).

    Args:
        sides: Sides, which write answers and references in one way.
        answers: list of N str.
        asked: dict of N texts -> their targets.
        score: name in `COUNTS`.
    """
    wanted = [[sides.plain(text) for text in texts] for texts in asked.values()]
    return COUNTS[score][0]([sides.plain(text) for text in answers], wanted, sides.language)


def exact(answers, references, language=None):
    """Count right answers: float (N, 2), right and 1."""
    return np.array([(a in wanted, 1) for a, wanted in zip(answers, references)], float)


def share(sums):
    """Right of all."""
    return sums[..., 0] / sums[..., 1]


def bleu(sums):
    """BLEU of summed counts; 0 where nothing of four tokens is right."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(bleu_of(sums))


COUNTS = {"exact": (exact, share), "bleu": (bleu_counts, bleu)}  # counts of texts, their score
