"""What a notebook defines, and whether the library shows the same under that name."""

import ast
import functools

from bookbuild.chapter import ROOT, BuildError

LIBRARY = ROOT / "lib" / "rnnbook"
# Small helpers and exercises of a notebook that share nothing but a name with the library.
HOMONYMS = {
    "01_sequences": {"seasonal_naive"}, "solutions/01_sequences": {"seasonal_naive"},
    "04_vanishing_gradients": {"train"}, "06_lstm": {"cut"},
    "08_deep_bidirectional": {"clues", "reader", "tags_of", "train"},
    "10_text_classification": {"accuracy", "ask", "score"},
    "11_char_lm": {"make_model"}, "16_attention": {"decode"},
}


def definitions_match(chapter, library=None, homonyms=HOMONYMS):
    """A function or class that the library also has is shown exactly as it is there.

    Args:
        library: as `library_definitions` returns it, for another library.
        homonyms: {label of a notebook: names of its own that only look like the library's}.
    """
    library = library or library_definitions()
    shown = [node for cell in chapter.code_cells() for node in _definitions(parse(cell.source))]
    differing = {node.name for node in shown
                 if node.name in library and _bare(node) not in library[node.name].values()}
    own = homonyms.get(chapter.label, set())
    return [f"{name} differs from {', '.join(library[name])}; if it is another thing, rename it "
            "or list it in definitions.HOMONYMS" for name in sorted(differing - own)] + [
            f"definitions.HOMONYMS lists {name} without need" for name in sorted(own - differing)]


@functools.cache
def library_definitions(folder=LIBRARY):
    """Return {name: {module: syntax tree without docstrings}} of all public definitions.

    Args:
        folder: of the package; its sub-packages are read, too.

    Raises:
        BuildError: nothing is defined there, so that nothing could be compared.
    """
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        for node in _definitions(ast.parse(path.read_text("utf-8"))):
            if not node.name.startswith("_"):
                found.setdefault(node.name, {})[".".join(parts)] = _bare(node)
    if not found:
        raise BuildError(f"no definition under {folder}")
    return found


def parse(source):
    """Parse a cell; magics and deliberately broken listings count as empty."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def _definitions(tree):
    return [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def _bare(node):
    node = ast.parse(ast.unparse(node)).body[0]
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(part) is not None:
            part.body = part.body[1:] or [ast.Pass()]
    return ast.dump(node)
