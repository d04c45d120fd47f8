"""Poisson, binomial and gamma numbers, element after element: how many uniforms each takes depends on their values.

Uniforms are read ahead in blocks, and the stream is left after those that were used. The algorithms are those that
PyTorch runs on a CPU, in its order of draws and in its precision, so equal seeds give equal numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd.kernels.streams import Stream

Array = npt.NDArray[Any]
Uniform = Callable[[], float]

_FEW = 200  # uniforms expected, below which reading ahead does not pay
_LARGEST_BLOCK = 4096  # uniforms drawn ahead at a time
_MASK, _UNIT = 2**53 - 1, 2.0**-53
_THIRD = float(np.float32(1 / 3))  # PyTorch writes both constants in single precision
_SQUEEZE = float(np.float32(0.0331))


class Ahead:
    """The ``d53`` of a stream one by one; ``finish`` leaves the stream after the last one used.

    Many are drawn in blocks, beyond what will be needed; few straight from the twister, without a look at its state.

    >>> stream = Stream(0); ahead = Ahead(stream, 500); first = ahead.uniform(); ahead.finish()
    >>> first == Stream(0).uniform(1, "float64")[0], stream.u32(1) == Stream(0).u32(3)[2:]
    (np.True_, array([ True]))
    """

    __slots__ = ("before", "block", "kept", "length", "place", "raw", "stream", "taken", "uniform")

    def __init__(self, stream: Stream, expected: int) -> None:
        self.stream, self.kept = stream, stream._normal
        self.raw = stream._twister.random_raw
        self.length = min(expected, _LARGEST_BLOCK)
        self.block: list[float] = []
        self.place = self.taken = 0
        blocks = expected >= _FEW
        self.before = stream._twister.state if blocks else None
        self.uniform: Uniform = self._from_block if blocks else self._from_twister

    def _from_twister(self) -> float:
        """The next uniform, of two outputs of the twister."""
        return ((self.raw() << 32 | self.raw()) & _MASK) * _UNIT

    def _from_block(self) -> float:
        """The next uniform, read ahead."""
        if self.place == len(self.block):
            self.taken += len(self.block)
            self.block, self.place = self.stream.uniform(self.length, np.float64).tolist(), 0
        self.place += 1
        return self.block[self.place - 1]

    def normal(self) -> float:
        """The next normal number: the second of a pair where one is kept, else the first of a new pair."""
        if self.kept is not None:
            value, self.kept = self.kept, None
            return value
        angle = 2 * math.pi * self.uniform()
        radius = math.sqrt(-2 * math.log1p(-self.uniform()))
        self.kept = radius * math.sin(angle)
        return radius * math.cos(angle)

    def finish(self) -> None:
        """Leave the stream as if only the numbers that were asked for had been drawn."""
        if self.before is not None:
            self.stream._twister.state = self.before
            self.stream.u64(self.taken + self.place)
        self.stream._normal = self.kept


# -- Poisson --------------------------------------------------------------------------------------------------------------


def poisson(stream: Stream, rates: Array) -> Array:
    """A Poisson count for each rate, in float64, element after element.

    Below 10 uniforms are multiplied until the product is at most e^−rate (Knuth, TAOCP 2, 3.4.1); from 10 on it is
    Hörmann's transformed rejection (PTRS, 1993). Raises RuntimeError for a negative rate.

    >>> poisson(Stream(0), np.array([0.0, 3.0, 50.0])).shape
    (3,)
    """
    if not bool(np.all(rates >= 0)):
        raise RuntimeError("poisson: invalid Poisson rate, expected rate to be non-negative")
    ahead = Ahead(stream, 4 * rates.size)
    counts = [_poisson_of(rate, ahead.uniform) for rate in rates.reshape(-1).tolist()]
    ahead.finish()
    return np.array(counts, np.float64).reshape(rates.shape)


def _poisson_of(rate: float, uniform: Uniform) -> int:
    if rate == 0:
        return 0
    if rate >= 10:
        return _poisson_large(rate, uniform)
    floor, product, count = math.exp(-rate), uniform(), 0
    while product > floor:
        product *= uniform()
        count += 1
    return count


def _poisson_large(rate: float, uniform: Uniform) -> int:
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


# -- binomial -------------------------------------------------------------------------------------------------------------


def binomial(stream: Stream, counts: Array, chances: Array) -> Array:
    """The number of successes among ``counts`` trials of probability ``chances`` (equal shapes), in float64.

    Below 10 expected successes the gaps between them are drawn as geometric numbers (Devroye, 1986, X.4.3); from 10 on
    it is Hörmann's transformed rejection (BTRS, 1993). A chance above ½ counts the failures. A chance or count of 0 or
    less gives 0, a chance of 1 or more every trial, NaN gives NaN. As in PyTorch, the expected number, the mode and the odds
    are computed in the dtype of the arguments, the rest in float64.

    >>> binomial(Stream(0), np.array([5.0, 5.0]), np.array([0.0, 1.0])).tolist()
    [0.0, 5.0]
    """
    with np.errstate(all="ignore"):
        rare = np.where(chances <= 0.5, chances, 1 - chances)
        columns = (counts, chances, rare, counts * rare, np.floor((counts + 1) * rare), rare / (1 - rare))
    ahead = Ahead(stream, 8 * counts.size)
    rows = zip(*[v.reshape(-1).tolist() for v in columns], strict=True)
    found = [_binomial_of(ahead.uniform, *row) for row in rows]
    ahead.finish()
    return np.array(found, np.float64).reshape(counts.shape)


def _binomial_of(
    uniform: Uniform, count: float, chance: float, rare: float, mean: float, mode: float, odds: float
) -> float:
    if count <= 0 or chance <= 0:
        return 0.0
    if chance >= 1:
        return count
    if math.isnan(count) or math.isnan(chance):
        return math.nan
    if mean >= 10:
        found = _binomial_large(uniform, count, rare, mean, mode, odds)
    else:
        found = _binomial_gaps(uniform, count, rare)
    return found if chance <= 0.5 else count - found


def _binomial_gaps(uniform: Uniform, count: float, chance: float) -> float:
    """Successes until the gaps between them, drawn one by one, exceed the number of trials."""
    base, trials, found = math.log1p(-chance), 0.0, 0
    while True:
        u = uniform()
        trials += math.ceil(math.log(u) / base) if u > 0 else math.inf
        if trials > count:
            return float(found)
        found += 1


def _binomial_large(uniform: Uniform, count: float, chance: float, mean: float, mode: float, odds: float) -> float:
    """Hörmann's BTRS: a transformed uniform, accepted at once in a box or by the ratio to the mode's probability."""
    deviation = math.sqrt(mean * (1 - chance))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * chance
    c = mean + 0.5
    box = 0.92 - 4.2 / b
    alpha = (2.83 + 5.1 / b) * deviation
    while True:
        u, v = uniform() - 0.5, uniform()
        away = 0.5 - abs(u)
        if away == 0:
            continue
        k = math.floor((2 * a / away + b) * u + c)
        if away >= 0.07 and v <= box:
            return float(k)
        if k < 0 or k > count:
            continue
        proposed = math.log(v * alpha / (a / (away * away) + b)) if v > 0 else -math.inf
        bound = (
            (mode + 0.5) * math.log((mode + 1) / (odds * (count - mode + 1)))
            + (count + 1) * math.log((count - mode + 1) / (count - k + 1))
            + (k + 0.5) * math.log(odds * (count - k + 1) / (k + 1))
            + _factorial_tail(mode)
            + _factorial_tail(count - mode)
            - _factorial_tail(k)
            - _factorial_tail(count - k)
        )
        if proposed <= bound:
            return float(k)


def _tail_of(k: int) -> float:
    """``log k! − (½ log 2π + (k + ½) log(k + 1) − (k + 1))``, from the factorial itself."""
    return math.log(math.factorial(k)) - (0.5 * math.log(2 * math.pi) + (k + 0.5) * math.log(k + 1) - (k + 1))


_TAILS = tuple(_tail_of(k) for k in range(10))


def _factorial_tail(k: float) -> float:
    """What Stirling's formula for ``log k!`` leaves, by its series from 10 on."""
    if k < 10:
        return _TAILS[int(k)]
    square = (k + 1) * (k + 1)
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)


# -- gamma ----------------------------------------------------------------------------------------------------------------


def gamma(stream: Stream, shapes: Array) -> Array:
    """A standard gamma number for each shape parameter, in float64: Marsaglia and Tsang's method (2000).

    A cubed, shifted normal is accepted by a squeeze or by its density. A shape below 1 is raised by 1 and the number
    multiplied by ``u^(1/shape)``. Computed from float32 shapes as PyTorch does, with their precision.

    >>> bool(abs(gamma(Stream(0), np.full(4000, 3.0)).mean() - 3) < 0.1)
    True
    """
    flat = shapes.reshape(-1)
    real = flat.dtype.type
    low = flat < 1
    with np.errstate(all="ignore"):
        powers = np.where(low, 1 / flat, 0)
        shifted = (np.where(low, flat + real(1), flat) - real(_THIRD)).astype(np.float64)
        slopes = 1 / np.sqrt(9 * shifted)
    columns = [v.tolist() for v in (flat, shifted, slopes, powers)]
    ahead = Ahead(stream, 4 * flat.size)
    normal, uniform = ahead.normal, ahead.uniform
    found = []
    for alpha, d, c, power in zip(*columns, strict=True):
        if alpha == 0:
            found.append(0.0)
            continue
        scale = (1 - uniform()) ** power if power else 1.0
        while True:
            x = normal()
            y = 1 + c * x
            while y <= 0:
                x = normal()
                y = 1 + c * x
            v = y * y * y
            u = 1 - uniform()
            square = x * x
            if u < 1 - _SQUEEZE * square * square or math.log(u) < 0.5 * square + d * (1 - v + _log(v)):
                break
        found.append(scale * d * v)
    ahead.finish()
    return np.array(found, np.float64).reshape(shapes.shape)


def _log(v: float) -> float:
    return math.log(v) if v > 0 else math.nan


def standard_gamma(stream: Stream, shapes: Array) -> Array:
    """Gamma numbers in the dtype of the shapes, none below its smallest normal number.

    >>> standard_gamma(Stream(0), np.array([0.0, 2.0], "float32"))[0] == np.finfo("float32").tiny
    np.True_
    """
    values = gamma(stream, shapes).astype(shapes.dtype)
    tiny = np.finfo(shapes.dtype).tiny
    return np.where(values > tiny, values, tiny)


def dirichlet(stream: Stream, shapes: Array) -> Array:
    """Points on the simplex of the last dimension: gamma numbers divided by their sum, in the dtype of the shapes.

    Computed in float64; each coordinate stays within the dtype's smallest normal number and the number before 1.

    >>> float(dirichlet(Stream(0), np.ones(3)).sum().round(12))
    1.0
    """
    wide = gamma(stream, shapes.astype(np.float64))
    wide = np.where(wide > np.finfo(np.float64).tiny, wide, np.finfo(np.float64).tiny)
    real = shapes.dtype.type
    points = (wide / wide.sum(axis=-1, keepdims=True) if wide.ndim else np.ones(())).astype(shapes.dtype)
    return np.clip(points, np.finfo(shapes.dtype).tiny, np.nextafter(real(1), real(0)))
