"""Distributions drawn from a stream by more than one formula per element: Poisson, and categories with weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.kernels.stream_arithmetic import multiply_add, narrow
from autograd.kernels.streams import Stream

Array = npt.NDArray[Any]

_BLOCK = 1024  # uniforms drawn ahead at a time


def normal_scalar(stream: Stream, shape: tuple, dtype: npt.DTypeLike, mean: float = 0.0, std: float = 1.0) -> Array:
    """Normal numbers all by the scheme of pairs, as PyTorch fills memory that is not contiguous.

    >>> z = normal_scalar(Stream(0), (20,), "float32")
    >>> bool((z[:15] == Stream(0).normal(15, "float32")).all())
    True
    """
    if not std >= 0:
        raise RuntimeError(f"normal: expected std >= 0, got std={std}")
    out = np.empty(shape, dtype)
    values = multiply_add(stream._normal_pairs(out.size), np.float64(std), np.float64(mean))
    out.reshape(-1)[:] = narrow(values, out.dtype)
    return out


def poisson(stream: Stream, rates: Array) -> Array:
    """A Poisson count for each rate, in float64, element after element.

    Below 10 uniforms are multiplied until the product is at most e^−rate (Knuth, TAOCP 2, 3.4.1); from 10 on it is
    Hörmann's transformed rejection (PTRS, 1993). How many uniforms an element takes depends on their values, so this is
    a loop. Raises RuntimeError for a negative rate.

    >>> poisson(Stream(0), np.array([0.0, 3.0, 50.0])).shape
    (3,)
    """
    if not bool(np.all(rates >= 0)):
        raise RuntimeError("poisson: invalid Poisson rate, expected rate to be non-negative")
    before = stream.get_state()
    block: list[float] = []
    taken = 0

    def uniform() -> float:
        nonlocal block, taken
        place = taken % _BLOCK
        if place == 0:
            block = stream.uniform(_BLOCK, np.float64).tolist()
        taken += 1
        return block[place]

    counts = [_poisson_of(rate, uniform) for rate in rates.reshape(-1).tolist()]
    stream.set_state(before)
    stream.u64(taken)  # leave the stream after the uniforms that were used, not those drawn ahead
    return np.array(counts, np.float64).reshape(rates.shape)


def _poisson_of(rate: float, uniform: Callable[[], float]) -> int:
    if rate == 0:
        return 0
    if rate >= 10:
        return _poisson_large(rate, uniform)
    floor, product, count = math.exp(-rate), uniform(), 0
    while product > floor:
        product *= uniform()
        count += 1
    return count


def _poisson_large(rate: float, uniform: Callable[[], float]) -> int:
    """Hörmann's PTRS: a transformed uniform, accepted at once in a squeeze or by the exact density."""
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    squeeze = 0.9277 - 3.6224 / (b - 2)
    log_rate = math.log(rate)
    while True:
        u, v = uniform() - 0.5, uniform()
        away = 0.5 - abs(u)
        if away == 0:
            continue
        k = math.floor((2 * a / away + b) * u + rate + 0.43)
        if away >= 0.07 and v <= squeeze:
            return k
        if k < 0 or (away < 0.013 and v > away) or v == 0:
            continue
        proposed = math.log(v) + math.log(inverse_alpha) - math.log(a / (away * away) + b)
        if proposed <= k * log_rate - rate - math.lgamma(k + 1):
            return k


def choose(stream: Stream, weights: Array, count: int, replacement: bool) -> Array:
    """``count`` categories for each row of weights (rows × categories), as int64.

    With replacement, each is where a ``d53`` falls in the running sum of the row, divided by its total. Without (and for
    one draw) they are the largest of ``weight / exponential``. Source: PyTorch, ``torch.multinomial``; Efraimidis and
    Spirakis, "Weighted random sampling with a reservoir", 2006.

    >>> sorted(choose(Stream(0), np.ones((1, 4)), 4, False)[0].tolist())
    [0, 1, 2, 3]
    """
    if not replacement or count == 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            keys = weights / stream.exponential(weights.shape, weights.dtype)
        if count == 1:
            return np.argmax(keys, axis=-1, keepdims=True)
        return np.argsort(-keys, axis=-1, kind="stable")[..., :count]
    sums = np.cumsum(weights, axis=-1, dtype=weights.dtype)
    sums /= sums[:, -1:].copy()
    draws = stream.uniform((len(weights), count), np.float64)
    found = [np.searchsorted(row.astype(np.float64), u, side="left") for row, u in zip(sums, draws, strict=True)]
    return np.minimum(np.array(found, np.int64).reshape(draws.shape), weights.shape[-1] - 1)
