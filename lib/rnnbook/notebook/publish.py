"""One line of output together with values that the book's build reads back."""

from rnnbook.notebook.pulse import in_notebook


def publish(text, **values):
    """Show one line of text and store values in the cell's output metadata.

    In a notebook the values stand under ``output.metadata.rnnbook``; in a plain
    Python process the line is printed and the values are dropped.

    Args:
        text: the line that the reader sees.
        **values: JSON-serialisable values, e.g. ``claims={"loss": 0.1}``.
    """
    if not in_notebook():
        print(text)
        return
    from IPython.display import publish_display_data

    publish_display_data({"text/plain": text}, metadata={"rnnbook": values})
