"""Small cells: who may not see people may not count them either where there are one to four (domain.md section 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from notoneless.rollup.queries import Completeness, Line
from notoneless.roster.roles import NAMES
from notoneless.roster.scope import Scope
from notoneless.roster.tree import SEGMENT

SMALL = 5
"""The least count of ill people that is shown outside those who care for them."""


def for_viewer(found: Completeness, scope: Scope) -> Completeness:
    """The figures as this viewer may have them: whole for who sees names there, else without small counts of measures.

    Where a hidden count could be reckoned from the whole and its other parts, the least of those is hidden too.
    """
    if scope.may(NAMES, found.line.unit.path):
        return found
    codes = sorted({code for line in (found.line, *found.children) for code in line.measures})
    hidden = {code: hidden_parts(found.line.measures, [c.measures for c in found.children], code) for code in codes}
    whole = frozenset(code for code in codes if 0 < found.line.measures.get(code, 0) < SMALL)
    children = tuple(
        _without(line, frozenset(code for code in codes if place in hidden[code]))
        for place, line in enumerate(found.children)
    )
    return replace(found, line=_without(found.line, whole), children=children)


def hidden_parts(whole: Mapping[str, int], parts: Sequence[Mapping[str, int]], code: str) -> frozenset[int]:
    """The places of the parts whose count of one measure is not shown."""
    counts = [part.get(code, 0) for part in parts]
    hidden = {place for place, n in enumerate(counts) if 0 < n < SMALL}
    # One alone, or several that add up to fewer than SMALL, would be told by the whole less what is shown.
    while hidden and whole.get(code, 0) >= SMALL and (len(hidden) == 1 or sum(counts[p] for p in hidden) < SMALL):
        others = [(n, place) for place, n in enumerate(counts) if n and place not in hidden]
        if not others:
            break
        hidden.add(min(others)[1])
    return frozenset(hidden)


def hidden_below(root: str, counts: Mapping[str, int]) -> frozenset[str]:
    """Of the counts of one measure by path, below the unit with the path `root`, the paths whose count is not shown.

    The tree is walked as the pages are: at each unit its children's sums are its parts. What is hidden above is hidden
    below too, since the parts would tell the sum.
    """
    sums: dict[str, dict[str, int]] = {}
    for path, n in counts.items():
        for end in range(len(root), len(path), SEGMENT):
            parts = sums.setdefault(path[:end], {})
            part = path[: end + SEGMENT]
            parts[part] = parts.get(part, 0) + n
    hidden: set[str] = set()
    own_hidden: set[str] = set()
    for whole, parts in sorted(sums.items()):  # a unit before what is below it
        named = [*parts, ""]
        values = [{"": n} for n in (*parts.values(), counts.get(whole, 0))]
        places = hidden_parts({"": sum(value[""] for value in values)}, values, "")
        if whole in hidden:
            hidden.update(parts)
            own_hidden.add(whole)
        hidden.update(named[place] for place in places if named[place])
        if len(parts) in places:
            own_hidden.add(whole)
    return frozenset(
        path for path, n in counts.items() if path in (own_hidden if path in sums else hidden) or 0 < n < SMALL
    )


def _without(line: Line, codes: frozenset[str]) -> Line:
    kept = {code: n for code, n in line.measures.items() if code not in codes}
    beside = {code: n for code, n in line.voluntary_measures.items() if n >= SMALL}
    return replace(line, measures=kept, voluntary_measures=beside, hidden=tuple(sorted(codes)))
