"""A check of source text: the code is English."""

import io
import re
import tokenize

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def chinese_in_code(text):
    """Return a problem for each comment or name with Chinese; string data may hold it.

    Args:
        text: Python source. Docstrings count as code: they are English.
    """
    problems = []
    previous = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_docstring = token.type == tokenize.STRING and previous in (
            tokenize.NEWLINE, tokenize.INDENT, tokenize.NL, tokenize.ENCODING)
        if token.type in (tokenize.COMMENT, tokenize.NAME) or (
                is_docstring and token.line.strip().startswith(('"""', 'r"""'))):
            if CHINESE.search(token.string):
                problems.append(f"line {token.start[0]}: Chinese in code: {token.string[:60]!r}")
        if token.type not in (tokenize.COMMENT,):
            previous = token.type
    return problems
