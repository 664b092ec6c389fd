"""Middle, nine in ten, shares, and what is more than chance would bring. Pure arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence

STANDS_OUT = 3  # fewer are never more than chance
UNLIKELY = 0.01


def quantile(values: Sequence[int], share: float) -> int | None:
    """The value that this share of all do not exceed; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def share(part: int, whole: int) -> int | None:
    """Percent, rounded; None of nothing."""
    return round(100 * part / whole) if whole else None


def is_unusual(count: int, usual: float) -> bool:
    """Whether so many are hardly chance where ``usual`` many are expected (Poisson)."""
    if count < STANDS_OUT or count < 2 * usual:
        return False
    below = sum(math.exp(-usual) * usual**n / math.factorial(n) for n in range(min(count, 150)))
    return 1 - below < UNLIKELY


def step_of(most: int, lines: int = 4) -> int:
    """The distance of grid lines: 1, 2, 5, 10, 20 ..., so that there are at most ``lines``."""
    step, factors, n = 1, (2, 2.5, 2), 0
    while most / step > lines:
        step = round(step * factors[n % 3])
        n += 1
    return step
