"""The cheap rivals of a language model: n-grams, chosen on the validation part."""

from rnnbook.language.kneser_ney import KneserNey
from rnnbook.language.ngram import WittenBell

ORDERS = {"characters": range(2, 9), "words": range(2, 6)}
DISCOUNTS = (None, 0.5, 0.7, 0.9)  # None: three of them, estimated


def best_kneser_ney(train, validation, size, orders):
    """Choose order, then discount, of a Kneser-Ney model on the validation part.

    Args:
        train, validation: int (N,), tokens.
        size: number of kinds of token.
        orders: lengths of n-grams to try.
    Returns:
        KneserNey, fitted on the training part.
    """
    def fitted(order, discount=None):
        return KneserNey(order, discount).fit(train, size)

    def cost(model):
        return model.token_nll(validation)[1:].mean()

    best = min((fitted(order) for order in orders), key=cost)
    return min([best, *(fitted(best.order, d) for d in DISCOUNTS[1:])], key=cost)


def unigram_nats(train, ids, size):
    """Give each token's cost by its frequency alone: float (N,), nats."""
    return WittenBell(1).fit(train, size).token_nll(ids)[0]
