"""How far a share may be trusted: the lower end of Wilson's interval, which asks more of a small group than of a large
one before it is said to stand out. Source: Wilson, JASA 22 (1927) 209-212."""

from math import sqrt

Z = 1.96
"""Of the normal distribution: an interval of 95 %."""


def at_least(n: int, of: int) -> float:
    """The least share that `n` of `of` speaks for, 0 to 1; 0 where nobody was asked."""
    if of <= 0:
        return 0.0
    share, square = n / of, Z * Z
    middle = share + square / (2 * of)
    spread = Z * sqrt((share * (1 - share) + square / (4 * of)) / of)
    return max(0.0, (middle - spread) / (1 + square / of))
