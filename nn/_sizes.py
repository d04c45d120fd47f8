"""Sizes that may be given as one number for all dimensions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def each(value: Any, count: int) -> tuple:
    """A number ``count`` times, or the entries of anything that can be iterated.

    >>> each(3, 2), each([1, 2], 2)
    ((3, 3), (1, 2))
    """
    return tuple(value) if isinstance(value, Iterable) else (value,) * count


def each_or_one(value: Any, count: int) -> tuple:
    """``each``, where a sequence of one number stands for that number.

    >>> each_or_one([3], 2)
    (3, 3)
    """
    found = each(value, count)
    return found * count if len(found) == 1 else found


__all__: list[str] = []
