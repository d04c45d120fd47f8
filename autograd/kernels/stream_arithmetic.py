"""The arithmetic of random streams: fused multiply-add, remainders and ranges as PyTorch has them, and swaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

MANTISSA = {"e": 11, "E": 8, "f": 24, "d": 53}  # bits of precision by dtype.char; E is bfloat16


def narrow(values: Array, dtype: np.dtype[Any]) -> Array:
    """Ready to be stored as ``dtype``: float16 and bfloat16 are reached by way of float32, as in PyTorch.

    >>> narrow(np.array([1 / 3]), np.dtype("float16")).dtype
    dtype('float32')
    """
    return values.astype(np.float32) if dtype.char in "eE" and values.dtype.char == "d" else values


def multiply_add(x: Array, factor: Any, term: Any) -> Array:
    """x·factor + term rounded once, in the dtype of x, as by a processor's fused multiply-add.

    The float64 result adds back what Dekker's product and Knuth's sum say that rounding lost.

    >>> tiny = 2.0**-30
    >>> multiply_add(np.array([1 + tiny]), np.float64(1 - tiny), np.float64(-1)) == -(tiny**2)
    array([ True])
    """
    if x.dtype.char == "f":
        return (x.astype(np.float64) * np.float64(factor) + np.float64(term)).astype(np.float32)
    if term == 0 or factor in {0.0, 1.0}:
        return x * factor + term
    product = x * factor
    x_high, factor_high = _upper_half(x), _upper_half(factor)
    x_low, factor_low = x - x_high, factor - factor_high
    lost = ((x_high * factor_high - product) + x_high * factor_low + x_low * factor_high) + x_low * factor_low
    total = product + term
    back = total - product
    lost += (product - (total - back)) + (term - back)
    fused = total + lost
    return np.where(np.isfinite(fused), fused, total)  # splitting overflows for enormous factors


def _upper_half(x: Any) -> Any:
    """The upper 26 bits of a float64 (Veltkamp's splitting)."""
    scaled = 134217729.0 * x
    return scaled - (scaled - x)


def remainder(words: Array, width: int) -> Array:
    """words % width, for a width up to 2⁶⁴; may overwrite ``words``.

    >>> remainder(np.array([13, 7], np.uint32), 5).tolist(), remainder(np.array([13], np.uint32), 2**40).tolist()
    ([3, 2], [13])
    """
    if width & (width - 1) == 0:
        words &= words.dtype.type((width - 1) & int(np.iinfo(words.dtype).max))
        return words
    return words % words.dtype.type(width)


def floating_dtype(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """The dtype, or TypeError where it is not float16, bfloat16, float32 or float64.

    >>> floating_dtype("float32")
    dtype('float32')
    """
    dtype = np.dtype(dtype)
    if dtype.char not in MANTISSA:
        raise TypeError(f"dtype: expected float16, float32 or float64, got {dtype}")
    return dtype


def last_integer(dtype: np.dtype[Any]) -> int:
    """The largest whole number that random integers reach in a dtype; TypeError for unsigned dtypes past uint8.

    >>> last_integer(np.dtype("int8")), last_integer(np.dtype("float16"))
    (127, 2048)
    """
    if dtype.char in MANTISSA:
        return 2 ** MANTISSA[dtype.char]
    if dtype.kind == "b":
        return 1
    if dtype.kind == "i" or dtype == np.uint8:
        return int(np.iinfo(dtype).max)
    raise TypeError(f"dtype: expected bool, uint8, a signed integer or a floating dtype, got {dtype}")


def check_bounds(low: int, high: int, dtype: np.dtype[Any]) -> None:
    """Raise RuntimeError unless [low, high) is a range within the dtype.

    >>> check_bounds(0, 256, np.dtype("uint8"))
    """
    if not low < high:
        raise RuntimeError(f"integers: expected low < high, got low={low} and high={high}")
    last = int(np.finfo(dtype).max) if dtype.kind == "f" else last_integer(dtype)
    first = {"i": -last - 1, "f": -last}.get(dtype.kind, 0)
    for name, value in (("low", low), ("high - 1", high - 1)):
        if not max(first, -(2**63)) <= value <= min(last, 2**63 - 1):
            raise RuntimeError(f"integers: {name} = {value} does not fit {dtype}")


def inner_bounds(low: int, high: int, dtype: np.dtype[Any]) -> tuple[int, int]:
    """The range [low, high) with both ends moved inwards to numbers a floating dtype holds, by PyTorch's rule.

    >>> inner_bounds(0, 2**30, np.dtype("float32")) == (0, 2**30 - 64)
    True
    """
    digits = MANTISSA[dtype.char]
    first, last = int(dtype.type(low + 1)), int(dtype.type(high - 1))
    if first < low:
        low = first + (1 << (abs(low + 1).bit_length() - digits))
    if last >= high:
        high = last - (1 << (abs(high - 1).bit_length() - digits))
    return low, high


def swap_in_turn(targets: Array, n: int) -> Array:
    """The permutation of 0 … n−1 made by swapping places i and targets[i], for i = 0 … n−2 in turn.

    >>> swap_in_turn(np.array([2, 1]), 3).tolist()
    [2, 1, 0]
    """
    places = list(range(n))
    for i, target in enumerate(targets.tolist()):
        places[i], places[target] = places[target], places[i]
    return np.array(places, dtype=np.int64)


def swap_at_once(steps: Array, targets: Array, n: int) -> Array:
    """What :func:`swap_in_turn` gives, without a loop over the steps (0 … n−2).

    Step i moves what stands at its target into place i, for good, and leaves at the target what stood at i.  So what
    stands at place p before step i was left there by the last earlier step that targeted p, or is p itself.  Following
    these links by repeated doubling gives what stood at i before step i; sorting the steps by target then finds, for
    every step, the one before it with the same target.

    >>> swap_at_once(np.arange(2), np.array([2, 1]), 3).tolist()
    [2, 1, 0]
    """
    moving = targets != steps
    held = np.arange(n)
    held[targets[moving]] = steps[moving]  # NumPy assigns in order, so the last step wins
    while True:
        further = held[held]
        if np.array_equal(further, held):
            break
        held = further
    bits = n.bit_length()
    keys = (targets << bits) | steps
    keys.sort()
    place, step = keys >> bits, keys & ((1 << bits) - 1)
    taken = place.copy()
    again = np.flatnonzero(place[1:] == place[:-1])
    taken[again + 1] = held[step[again]]
    own = place == step
    taken[own] = held[place[own]]
    out = np.empty(n, np.int64)
    out[step] = taken
    out[n - 1] = held[n - 1]
    return out
