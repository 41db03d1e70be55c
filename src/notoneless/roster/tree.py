"""Paths: the tree as text. Six base-36 digits of the unit's id and a dot for each level, root first."""

SEGMENT = 7
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
END = "~"
"""Sorts after every digit and dot: `path <= p < path + END` is the subtree of `path`."""


def segment(unit_id: int) -> str:
    """The fixed-width piece of a path for one unit id (0 < id < 36^6). Raises ValueError outside."""
    if not 0 < unit_id < 36**6:
        raise ValueError(f"unit id {unit_id} does not fit a path segment")
    digits = []
    for _ in range(6):
        unit_id, digit = divmod(unit_id, 36)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits)) + "."


def ids_of(path: str) -> list[int]:
    """The unit ids along a path, root first."""
    return [int(piece, 36) for piece in path.split(".") if piece]


def is_within(path: str, ancestor: str) -> bool:
    """True for the ancestor itself and everything below it."""
    return path.startswith(ancestor)
