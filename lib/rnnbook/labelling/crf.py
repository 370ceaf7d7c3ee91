"""A linear-chain conditional random field over the tags of a sentence, in `keras.ops`.

The score of tags y for emissions e is start[y_1] + sum_t e[t, y_t] + sum_t A[y_{t-1}, y_t] +
end[y_T]. One recurrence serves all: with log-sum-exp it sums over all sequences of tags
(forward algorithm), with max it finds the best one (Viterbi). Padding stands on the right.
"""

from itertools import pairwise

from keras import ops

from rnnbook.data.iob2 import continues

FORBIDDEN = -1e4  # e**-1e4 is 0 in every float


def check_shapes(emissions, mask, transitions):
    """Raise ValueError where shapes do not belong together; arguments as `path_score`.

    A dimension that is not known yet fits any other.
    """
    e, m, a = (tuple(x.shape) for x in (emissions, mask, transitions))
    if (len(e), len(m), len(a)) != (3, 2, 2) or any(
            None not in pair and pair[0] != pair[1]
            for pair in zip((*m, *a), (*e[:2], e[2], e[2]))):
        raise ValueError("wanted: emissions (B, T, K), mask (B, T), transitions (K, K); "
                         f"got {e}, {m}, {a}")


def path_score(emissions, tags, mask, transitions, start, end):
    """Score one sequence of tags for each sentence.

    Args:
        emissions: float (B, T, K), the score of each tag at each word.
        tags: int (B, T); what stands at padded words does not count.
        mask: bool (B, T), True at real words, which come first; one at least.
        transitions: float (K, K), the score of tag j after tag i at [i, j].
        start, end: float (K,), the scores of the first and the last tag.
    Returns:
        float (B,).
    Raises:
        ValueError: shapes that do not belong together, here and in all functions below.
    """
    check_shapes(emissions, mask, transitions)
    kinds = emissions.shape[-1]
    one_hot = ops.one_hot(tags, kinds, dtype=emissions.dtype) \
        * ops.cast(mask, emissions.dtype)[..., None]  # zero at padding
    emitted = ops.sum(emissions * one_hot, axis=(1, 2))
    moved = ops.sum(ops.matmul(one_hot[:, :-1], transitions) * one_hot[:, 1:], axis=(1, 2))
    follower = ops.concatenate([one_hot[:, 1:], ops.zeros_like(one_hot[:, :1])], axis=1)
    last = one_hot * (1 - ops.sum(follower, axis=-1, keepdims=True))  # no word follows
    return emitted + moved + ops.matmul(one_hot[:, 0], start) \
        + ops.sum(ops.matmul(last, end[:, None]), axis=(1, 2))


def recur(emissions, mask, transitions, start, gather):
    """Run the recurrence of the forward and the Viterbi algorithm.

    Args:
        emissions, mask, transitions, start: as `path_score`.
        gather: function (scores (B, K, K), axis) -> (B, K): log-sum-exp or max over the tag
            before.
    Returns:
        float (T, B, K): what all sequences that end in a tag give; padding repeats it.
    """
    check_shapes(emissions, mask, transitions)

    def step(alpha, here):
        e, real = here[:, :-1], here[:, -1:] > 0
        # alpha_t(j) = gather_i [alpha_{t-1}(i) + A(i, j)] + e_t(j)
        new = gather(alpha[:, :, None] + transitions, 1) + e
        alpha = ops.where(real, new, alpha)
        return alpha, alpha

    first = start + emissions[:, 0]
    if emissions.shape[1] == 1:
        return first[None]
    _, alphas = ops.scan(step, first, _steps(emissions[:, 1:], mask))
    return ops.concatenate([first[None], alphas])


def _steps(values, mask):
    """Join values (B, T-1, K) and the mask of the words after the first: (T-1, B, K+1).

    One array, because `ops.scan` over two fails in TensorFlow when T is not known.
    """
    real = ops.cast(mask[:, 1:], values.dtype)[..., None]
    return ops.transpose(ops.concatenate([values, real], axis=-1), (1, 0, 2))


def log_partition(emissions, mask, transitions, start, end):
    """Compute log Z, the log of the sum of e**score over all sequences of tags.

    Args:
        emissions, mask, transitions, start, end: as `path_score`.
    Returns:
        float (B,).
    Source: Lafferty, McCallum, Pereira 2001, section 3.
    """
    alpha = recur(emissions, mask, transitions, start, ops.logsumexp)[-1]
    return ops.logsumexp(alpha + end, axis=-1)


def negative_log_likelihood(emissions, tags, mask, transitions, start, end):
    """Compute -log p(tags) = log Z - score, float (B,); arguments as `path_score`."""
    return log_partition(emissions, mask, transitions, start, end) \
        - path_score(emissions, tags, mask, transitions, start, end)


def marginals(emissions, mask, transitions, start, end):
    """Compute the probability of each tag at each word (forward-backward algorithm).

    Args:
        emissions, mask, transitions, start, end: as `path_score`.
    Returns:
        float (B, T, K); rows of real words sum to 1.
    """
    alphas = recur(emissions, mask, transitions, start, ops.logsumexp)

    def step(beta, here):
        e, real = here[:, :-1], here[:, -1:] > 0
        # beta_{t-1}(i) = log sum_j exp [A(i, j) + e_t(j) + beta_t(j)]
        new = ops.logsumexp(transitions + (e + beta)[:, None, :], axis=2)
        beta = ops.where(real, new, beta)
        return beta, beta

    last = ops.broadcast_to(end, ops.shape(emissions[:, 0]))
    betas = last[None]
    if emissions.shape[1] != 1:
        _, found = ops.scan(step, last, ops.flip(_steps(emissions[:, 1:], mask), axis=0))
        betas = ops.concatenate([ops.flip(found, axis=0), betas])
    return ops.transpose(ops.softmax(alphas + betas, axis=-1), (1, 0, 2))


def viterbi(emissions, mask, transitions, start, end):
    """Find the best sequence of tags of each sentence.

    Args:
        emissions, mask, transitions, start, end: as `path_score`.
    Returns:
        tags int32 (B, T), 0 at padding, and their score, float (B,).
    Source: Viterbi 1967; Forney 1973.
    """
    alphas = recur(emissions, mask, transitions, start, ops.max)
    score = ops.max(alphas[-1] + end, axis=-1)
    tag = ops.cast(ops.argmax(alphas[-1] + end, axis=-1), "int32")

    def step(tag, here):
        alpha, real = here[:, :-1], here[:, -1] > 0  # of the word before, of this word
        into = ops.take(ops.transpose(transitions), tag, axis=0)  # A(i, tag)
        before = ops.cast(ops.argmax(alpha + into, axis=-1), "int32")
        tag = ops.where(real, before, tag)
        return tag, tag

    tags = tag[None]
    if emissions.shape[1] != 1:
        before = ops.transpose(alphas[:-1], (1, 0, 2))
        _, found = ops.scan(step, tag, ops.flip(_steps(before, mask), axis=0))
        tags = ops.concatenate([ops.flip(found, axis=0), tags])
    return ops.transpose(tags) * ops.cast(mask, "int32"), score


def allowed(tags):
    """Tell which tag may follow which, come first, come last.

    Args:
        tags: list of K tags: O, B-X, I-X (I-X continues an X); B, M, E, S (the characters of
            a word); among tags of any other kind all moves are allowed.
    Returns:
        bool lists: transitions (K rows of K), start (K,) and end (K,).
    """
    if set(tags) <= set("BMES"):
        inside = {"B": "ME", "M": "ME", "E": "BS", "S": "BS"}
        return ([[after in inside[before] for after in tags] for before in tags],
                [tag in "BS" for tag in tags], [tag in "ES" for tag in tags])
    if all(tag == "O" or tag[:2] in ("B-", "I-") for tag in tags):
        return ([[continues(before, after) for after in tags] for before in tags],
                [continues("O", tag) for tag in tags], [True] * len(tags))
    return [[True] * len(tags)] * len(tags), [True] * len(tags), [True] * len(tags)


def illegal(sentences):
    """Count the sentences with a move that their scheme of tags forbids.

    Args:
        sentences: list of lists of tags.
    Returns:
        int.
    """
    tags = sorted({tag for sentence in sentences for tag in sentence})
    moves, first, last = allowed(tags)
    rows = [[tags.index(tag) for tag in sentence] for sentence in sentences if sentence]
    return sum(not (first[row[0]] and last[row[-1]]
                    and all(moves[i][j] for i, j in pairwise(row))) for row in rows)
