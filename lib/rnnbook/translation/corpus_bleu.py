"""BLEU of any set of sentences, from counts that are kept sentence by sentence."""

import numpy as np

from rnnbook.translation.translator import bleu_metric


def bleu_counts(hypotheses, references, language="chinese"):
    """Count, sentence by sentence, what BLEU is made of (by sacrebleu).

    Args:
        hypotheses: list of N str.
        references: list of N lists of str.
        language: of the translations.
    Returns:
        float (N, 10): pieces of 1 to 4 tokens that a reference has, too; all pieces of 1 to 4
        tokens; tokens written; tokens of the reference that is nearest in length.
    Raises:
        ValueError: not as many hypotheses as lists of references.
    """
    metric, rows = bleu_metric(language), []
    for text, wanted in zip(hypotheses, references, strict=True):
        score = metric.corpus_score([text], [[reference] for reference in wanted])
        rows.append([*score.counts, *score.totals, score.sys_len, score.ref_len])
    return np.array(rows, "float64")


def bleu_of(counts):
    """Compute BLEU from counts that are summed up already.

    Args:
        counts: float (..., 10), as of `bleu_counts`; no smoothing, so that none may be 0.
    Returns:
        float (...), 0 to 100.
    Source: Papineni et al. 2002 (doi:10.3115/1073083.1073135), section 2.3.
    """
    right, pieces = counts[..., :4], counts[..., 4:8]
    own, wanted = counts[..., 8], counts[..., 9]
    penalty = np.minimum(0, 1 - wanted / own)  # logarithm of the brevity penalty
    return 100 * np.exp(penalty + np.log(right / pieces).mean(axis=-1))
