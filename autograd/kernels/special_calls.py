"""Special functions as operations call them: for integers too, with PyTorch's arguments and errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels import special


def widened(function: Callable, scalar: Callable | None = None) -> Callable:
    """``function``, which takes floats only, for integers too; ``scalar`` computes a single number faster.

    >>> widened(np.sqrt)(np.array([4]))
    array([2.])
    """

    def wide(x: Any) -> Any:
        if scalar is not None and isinstance(x, np.floating):
            return type(x)(scalar(x))
        return function(x if x.dtype.kind == "f" else x * 1.0)

    return wide


def widened_pair(function: Callable) -> Callable:
    """``function``, which takes two floating arrays only, for integers and for a number beside an array too.

    >>> widened_pair(special.xlogy)(np.array([2]), 1.0)
    array([0.])
    """

    def wide(x: Any, y: Any) -> Any:
        array = x if hasattr(x, "dtype") else y
        kind = array.dtype.type if array.dtype.kind == "f" else np.float64
        return function(
            *[v if getattr(v, "dtype", kind) == array.dtype and v.dtype.kind == "f" else kind(1) * v for v in (x, y)]
        )

    return wide


def mvlgamma(x: Any, p: int) -> Any:
    """``p (p − 1) / 4 · log π + Σ lgamma(x − j / 2)`` for j = 0 … p − 1.

    >>> mvlgamma(np.array([3.0]), 1).round(4)
    array([0.6931])
    """
    if p < 1:
        raise RuntimeError(f"mvlgamma: p has to be greater than or equal to 1, but got {p}")
    x = x if x.dtype.kind == "f" else x * 1.0
    total = special.lgamma(x) + p * (p - 1) / 4 * math.log(math.pi)
    for j in range(1, p):
        total = total + special.lgamma(x - j / 2)
    return total


def polygamma(x: Any, n: int) -> Any:
    """The ``n``-th derivative of the digamma function; RuntimeError for negative ``n``.

    >>> polygamma(np.array([1.0]), 1).round(4)
    array([1.6449])
    """
    if n < 0:
        raise RuntimeError(f"polygamma: polygamma(n, x) does not support negative n, but got {n}")
    return special.polygamma(n, x if x.dtype.kind == "f" else x * 1.0)
