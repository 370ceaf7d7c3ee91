"""Show which input positions attention weighs: a heat map for ASCII, HTML for any script."""

from html import escape

import numpy as np
from keras import ops

from rnnbook.notebook.figures import SEQUENTIAL


def attention_weights(model, source, target_in):
    """Read the attention weights of a `Seq2Seq` under teacher forcing.

    Args:
        model: Seq2Seq with attention.
        source: (B, S) int, padded on the right with 0.
        target_in: (B, T) int, START first.
    Returns:
        (B, T, S): row t holds the weights with which output t was written.
    Raises:
        ValueError: the model has no attention.
    """
    if not model.attention:
        raise ValueError("this model has no attention: its context is one vector")
    state, memory = model.encode(ops.convert_to_tensor(source))
    h = model.decoder(model.embed_target(target_in), initial_state=state)
    return ops.convert_to_numpy(model.logits(h, memory)[1])


def heat_map(axis, weights, inputs, outputs):
    """Draw weights (T, S) on a matplotlib axis: a row for each output, a column for each input.

    Args:
        axis: matplotlib Axes.
        weights: (T, S) float, from 0 to 1.
        inputs: S ASCII labels.
        outputs: T ASCII labels.
    Returns:
        the image, for a colour bar.
    Raises:
        ValueError: labels that do not fit the weights, or need a font that may be missing.
    """
    _fits(weights, inputs, outputs)
    if not all(str(label).isascii() for label in (*inputs, *outputs)):
        raise ValueError("the figure's font may lack these characters: use alignment_html")
    image = axis.imshow(weights, cmap=SEQUENTIAL, vmin=0, vmax=1, aspect="auto")
    axis.set(xticks=range(len(inputs)), yticks=range(len(outputs)), xticklabels=inputs,
             yticklabels=outputs)
    axis.grid(False)
    return image


def alignment_html(weights, inputs, outputs, caption=""):
    """Write weights (T, S) as an HTML table; darker is more, and each cell names its weight.

    Args:
        weights: (T, S) float, from 0 to 1.
        inputs: S labels, any script.
        outputs: T labels, any script.
        caption: a line under the table, such as the credit of a sentence.
    Returns:
        str of HTML; the text in it is escaped.
    Raises:
        ValueError: labels that do not fit the weights.
    """
    _fits(weights, inputs, outputs)
    head = "".join(f"<th style='padding:2px 6px'>{escape(label)}</th>" for label in inputs)
    rows = [f"<tr><th></th>{head}</tr>"]
    for label, row in zip(outputs, weights):
        cells = "".join(
            f"<td title='{w:.2f}' style='text-align:center;min-width:2.2em;"
            f"background:rgba(0,114,178,{w:.2f});color:{'#fff' if w > 0.5 else '#222'}'>"
            f"{f'{100 * w:.0f}' if w >= 0.05 else ''}</td>" for w in row)
        rows.append(f"<tr><th style='padding:2px 6px'>{escape(label)}</th>{cells}</tr>")
    return (f"<table style='border-collapse:collapse;font-size:90%'>{''.join(rows)}</table>"
            f"<small>{escape(caption)}</small>")


def _fits(weights, inputs, outputs):
    if np.shape(weights) != (len(outputs), len(inputs)):
        raise ValueError(f"weights of shape {np.shape(weights)} do not fit {len(outputs)} outputs "
                         f"and {len(inputs)} inputs")
