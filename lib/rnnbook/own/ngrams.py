"""The cheap rivals of a language model: n-grams, chosen on the validation part."""

from tqdm import tqdm

from rnnbook.language.kneser_ney import KneserNey
from rnnbook.language.ngram import WittenBell
from rnnbook.notebook.pulse import is_watched

DISCOUNTS = 0.5, 0.7, 0.9  # beside the three that the counts themselves give


def best_kneser_ney(train, validation, size, longest):
    """Choose order, then discount, of a Kneser-Ney model on the validation part.

    Args:
        train, validation: int (N,), tokens.
        size: number of kinds of token.
        longest: highest order to try; the search ends where a longer one costs more.
    Returns:
        KneserNey, fitted on the training part.
    """
    def tried(order, discount=None):
        model = KneserNey(order, discount).fit(train, size)
        return model.token_nll(validation)[1:].mean(), model

    cost, best = tried(2)
    for order in tqdm(range(3, longest + 1), desc="counting", unit="order", leave=False,
                      disable=not is_watched()):
        found, model = tried(order)
        if found >= cost:
            break
        cost, best = found, model
    for discount in DISCOUNTS:
        found, model = tried(best.order, discount)
        if found < cost:
            cost, best = found, model
    return best


def unigram_nats(train, ids, size):
    """Give each token's cost by its frequency alone: float (N,), nats."""
    return WittenBell(1).fit(train, size).token_nll(ids)[0]
