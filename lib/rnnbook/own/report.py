"""What was learned from a file: one shape of report for every task."""

from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from rnnbook.data.files import write_text
from rnnbook.data.redraws import redrawn

DRAWS = 1000
STYLE = ("body{font-family:sans-serif;max-width:46em;margin:2em auto;line-height:1.5}"
         "table{border-collapse:collapse}td,th{border:1px solid #999;padding:.3em .6em;"
         "text-align:left}")


@dataclass(frozen=True)
class Report:
    """Facts about a file, scores of a network and of its rivals, and what follows from them."""

    title: str           # task and file
    facts: dict          # name -> value, as they are shown
    measure: str         # name of the score
    scores: pd.DataFrame  # row per model; columns score, sd
    gain: tuple          # network less its best rival: difference, its standard deviation
    seconds: float       # of the training
    lower: bool = False  # whether a lower score is better
    drawn: str = "examples"  # what the test sets are drawn from

    @property
    def verdict(self):
        """One sentence: better, worse, or cannot be told from the rival."""
        (difference, sd), rival = self.gain, best_rival(self.scores, self.lower)
        better = "lower is better, " if self.lower else ""
        told = (f"{difference:+.3f} ± {sd:.3f} ({self.measure}, {better}paired over the test "
                f"{self.drawn})")
        lead = -difference if self.lower else difference
        if lead > 2 * sd:
            return f"The network is better than the {rival}: {told}."
        if lead < -2 * sd:
            return f"The network is WORSE than the {rival}: {told}. Use the {rival}."
        return (f"The network cannot be told from the {rival}: {told}. The {rival} is "
                "cheaper.")

    def __str__(self):
        width = max(map(len, self.facts))
        return "\n".join([
            self.title, *(f"  {name:{width}s}  {value}" for name, value in self.facts.items()), "",
            self.scores.round(3).to_string(), "", self.verdict,
            f"± is the standard deviation over test sets drawn anew; {self.seconds:.0f} s of "
            "training."])

    def _repr_html_(self):
        """Show the report in a notebook."""
        facts = "".join(f"<tr><th>{escape(str(name))}</th><td>{escape(str(value))}</td></tr>"
                        for name, value in self.facts.items())
        return (f"<h3>{escape(self.title)}</h3><table>{facts}</table><p></p>"
                f"{self.scores.round(3).to_html()}<p><b>{escape(self.verdict)}</b></p>"
                f"<p>± is the standard deviation over test sets drawn anew; {self.seconds:.0f} s "
                "of training.</p>")

    def save(self, path):
        """Write the report as a page, whole or not at all."""
        write_text(path, f"<!doctype html><meta charset='utf-8'><title>{escape(self.title)}"
                         f"</title><style>{STYLE}</style>{self._repr_html_()}")


def compare(counts, score_of, lower=False):
    """Score models on one test part, with errors by the bootstrap.

    Args:
        counts: dict of model -> float (N, D), the counts of each test example from which a
            score is made; one of the models is "network".
        score_of: function of sums (..., D) -> scores (...).
        lower: whether a lower score is better.
    Returns:
        DataFrame (row per model; score, sd), and the network's score less that of its best
        rival: difference and standard deviation, paired.
    """
    often = redrawn(len(counts["network"]), DRAWS)
    drawn = {name: score_of(often @ np.asarray(c)) for name, c in counts.items()}
    scores = pd.DataFrame({name: {"score": float(score_of(np.sum(c, axis=0))),
                                  "sd": float(drawn[name].std())}
                           for name, c in counts.items()}).T
    rival = best_rival(scores, lower)
    return scores, (float(scores.score["network"] - scores.score[rival]),
                    float((drawn["network"] - drawn[rival]).std()))


def best_rival(scores, lower=False):
    """Name the best of the models that are not the network."""
    rivals = scores.drop("network").score
    return rivals.idxmin() if lower else rivals.idxmax()


def in_blocks(values, block):
    """Sum values over contiguous blocks, which a bootstrap may draw where neighbours depend.

    Args:
        values: float (N,).
        block: values in one; the last may have fewer.
    Returns:
        float (ceil(N / block), 2): sums and numbers of values.
    """
    starts = np.arange(0, len(values), block)
    return np.stack([np.add.reduceat(row, starts)
                     for row in (values, np.ones(len(values)))], axis=1)
