"""Bring a new version of a notebook under a reader's own work: a three-way merge of cells.

Cells are told by what stands in them: the book numbers their ids anew when one is added.
nbdime aligns cells as well, but where both sides changed one it keeps only one of them or writes
conflict marks into the code; here both stay, as two cells.
"""

import copy
import secrets
from collections import defaultdict
from difflib import SequenceMatcher
from typing import NamedTuple

from nbformat.v4 import new_markdown_cell

MARK = "> **这是你原来写的**：书更新了上面那一格，你的写法留在下面。用不着就把这两格删掉。"


class Merged(NamedTuple):
    """The merged notebook, and how many cells both sides had changed."""

    notebook: dict
    conflicts: int


def merge(base, mine, new):
    """Merge a reader's notebook with a new version of the one that it came from.

    A cell that the reader did not touch becomes the new one; one that the reader changed or
    added stays; where both changed it, the new cell stands and the reader's follows, marked.
    Outputs of the reader stay with a cell whose source did not change.

    Args:
        base: notebook that the reader was given.
        mine: notebook as it is now.
        new: the new version. All three are nbformat nodes of version 4.
    Returns:
        Merged.
    """
    old, own, fresh = base.cells, mine.cells, new.cells
    to_new = {o: n for n, o in enumerate(partners(old, fresh)) if o is not None}
    ahead = {_key(cell): n for n, cell in enumerate(fresh)}  # of these, mine may have some already
    ahead = {key: n for key, n in ahead.items() if key not in map(_key, old)}
    origins = iter(partners(old, [cell for cell in own if _key(cell) not in ahead]))
    stands = {}  # index of a new cell: the reader's, which takes its place
    after = defaultdict(list)  # the same index: the reader's cells that follow
    seen, conflicts, place = set(), 0, -1
    for cell in own:
        key = _key(cell)
        if key in ahead:
            place = ahead[key]
            stands[place] = cell
            continue
        origin = next(origins)
        target = to_new.get(origin)
        place = place if target is None else target
        seen.add(origin)
        if origin is None:
            after[place].append(cell)
        elif target is not None and _key(fresh[target]) == _key(old[origin]):
            if key != _key(old[origin]) or cell.get("outputs") != old[origin].get("outputs"):
                stands[target] = cell
        elif key != _key(old[origin]):
            conflicts += 1
            if [c.source for c in after[place][-1:]] != [MARK]:
                after[place].append(new_markdown_cell(MARK))
            after[place].append(cell)
    deleted = {n for o, n in to_new.items()
               if o not in seen and _key(old[o]) == _key(fresh[n])}
    cells = list(after[-1])
    for index, cell in enumerate(fresh):
        if index not in deleted:
            cells.append(_in_place_of(cell, stands[index]) if index in stands else cell)
        cells += after[index]
    merged = copy.deepcopy(new)
    merged.cells = _with_own_ids(copy.deepcopy(cells))
    return Merged(merged, conflicts)


def partners(old, new):
    """Return, for each new cell, the index of the old one that it was made from, or None.

    Equal cells are partners; between them, those that resemble each other most, in order.
    """
    found = [None] * len(new)
    matcher = SequenceMatcher(None, [_key(c) for c in old], [_key(c) for c in new],
                              autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            found[j1:j2] = range(i1, i2)
        elif kind == "replace":
            for i, j in _alike(old[i1:i2], new[j1:j2]):
                found[j1 + j] = i1 + i
    return found


def _alike(old, new):
    """Return pairs of indices, in order, that make the sum of the resemblances greatest."""
    best = [[(0.0, ())] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, left in enumerate(old):
        for j, right in enumerate(new):
            score, pairs = best[i][j]
            together = score + _resemblance(left, right), (*pairs, (i, j))
            alone = max(best[i][j + 1], best[i + 1][j], key=lambda entry: entry[0])
            paired = left.cell_type == right.cell_type and together[0] > alone[0]
            best[i + 1][j + 1] = together if paired else alone
    return best[-1][-1][1]


def _resemblance(left, right):
    ratio = SequenceMatcher(None, left.source, right.source, autojunk=False).quick_ratio()
    return 0.01 + ratio  # two cells with nothing in common in one place are still a pair


def _key(cell):
    return cell.cell_type, cell.source.strip()


def _in_place_of(cell, own):
    """Return the reader's cell with the id and the tags of the book's."""
    taken = copy.deepcopy(own)
    taken["id"], taken["metadata"] = cell["id"], copy.deepcopy(cell.metadata)
    return taken


def _with_own_ids(cells):
    used = set()
    for cell in cells:
        while cell.get("id") in used | {None}:
            cell["id"] = secrets.token_hex(4)
        used.add(cell["id"])
    return cells
