"""Elementwise array code that NumPy has in no single function, or in a slower one.

All take arrays or NumPy scalars and give the like. Integers that a function does not take are refused with
NotImplementedError, as in PyTorch; a function whose integers become floats first may be handed integers all the same,
and then answers with some float.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

LARGE = 4096  # elements from which a branch-free form beats NumPy's own
BLOCK = 1 << 15

_INTS = {4: np.dtype(np.int32), 8: np.dtype(np.int64), 2: np.dtype(np.int16)}


def only_float(name: str, *arrays: Any) -> None:
    """Refuse integers.

    >>> only_float("gelu", np.ones(2))
    """
    for array in arrays:
        if array.dtype.kind != "f":
            raise NotImplementedError(
                f"{name}: not implemented for {array.dtype}, only for floats; convert first, as in x.float()"
            )


def no_bool(name: str, *arrays: Any) -> None:
    """Refuse Booleans.

    >>> no_bool("floor", np.ones(2, np.int64))
    """
    for array in arrays:
        if array.dtype.kind == "b":
            raise NotImplementedError(f"{name}: not implemented for bool; convert first, as in x.long()")


def only_real(name: str, **values: Any) -> None:
    """Refuse parameters that are no real numbers.

    >>> only_real("threshold", value=1.0)
    """
    for argument, value in values.items():
        if not isinstance(value, (int, float, np.integer, np.floating)):
            raise TypeError(f"{name}: argument {argument!r} must be a real number, not {type(value).__name__}")


def floats(name: str, function: Callable) -> Callable:
    """``function`` of one array, which refuses integers.

    >>> floats("frac", np.sin)(np.zeros(1))
    array([0.])
    """

    def checked(x: Any) -> Any:
        only_float(name, x)
        return function(x)

    return checked


def float_pairs(name: str, function: Callable) -> Callable:
    """``function`` of two arrays, which refuses integers.

    >>> float_pairs("hypot", np.hypot)(np.array([3.0]), 4.0)
    array([5.])
    """

    def checked(x: Any, y: Any) -> Any:
        only_float(name, *[v for v in (x, y) if hasattr(v, "dtype")])
        return function(x, y)

    return checked


def numbers(name: str, function: Callable) -> Callable:
    """``function`` of one array, which refuses Booleans and leaves integers as they are.

    >>> numbers("floor", np.floor)(np.array([1, 2]))
    array([1, 2])
    """

    def checked(x: Any) -> Any:
        if x.dtype.kind == "f":
            return function(x)
        no_bool(name, x)
        return x.copy()

    return checked


# -- selection ----------------------------------------------------------------------------------------------------


def keep(x: Any, condition: Any) -> Any:
    """``x`` where ``condition`` holds, else 0. The mask multiplies the bits, so that NaN and infinity go too.

    >>> keep(np.array([1.0, np.nan, 3.0]), np.array([True, False, True]))
    array([1., 0., 3.])
    """
    if isinstance(condition, (bool, np.bool_)):
        return x if condition else type(x)(0) if isinstance(x, np.generic) else np.zeros_like(x)
    if x.size >= LARGE and x.dtype.itemsize in _INTS:
        return np.multiply(x.view(_INTS[x.dtype.itemsize]), condition.view(np.int8)).view(x.dtype)
    return np.where(condition, x, x.dtype.type(0))


def choose(condition: Any, x: Any, y: Any) -> Any:
    """``x`` where ``condition`` holds, else ``y``. On large arrays ``np.where`` waits for mispredicted branches.

    >>> choose(np.array([True, False]), np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    array([1., 4.])
    """
    if isinstance(condition, np.generic) and isinstance(x, np.generic) and type(x) is type(y):
        return x if condition else y
    if condition.dtype.kind != "b":
        condition = condition != 0
    if condition.size >= LARGE and x.dtype is y.dtype and x.dtype.itemsize in _INTS and _fits(condition, x, y):
        kind = _INTS[x.dtype.itemsize]
        bits = y.view(kind)
        change = np.bitwise_xor(x.view(kind), bits)
        change = np.multiply(change, condition.view(np.int8), out=change if change.ndim else None)
        return np.bitwise_xor(change, bits, out=change).view(x.dtype)
    return np.where(condition, x, y)[()]


def _fits(condition: Any, *arrays: Any) -> bool:
    """Whether each array has the condition's shape, or is a scalar."""
    return all(a.ndim == 0 or a.shape == condition.shape for a in arrays)


def bounded(x: Any, low: Any, high: Any) -> Any:
    """``min(max(x, low), high)`` for numbers, None for no bound; NaN stays.

    Large arrays are compared with blocks full of the bound: NumPy's maximum of two arrays is several times faster than
    that of an array and a number.

    >>> bounded(np.array([-1.0, 0.5, 3.0]), 0.0, None)
    array([0. , 0.5, 3. ])
    """
    if x.size < LARGE or not x.flags.c_contiguous:
        if low is not None:
            x = np.maximum(x, low)
        return x if high is None else np.minimum(x, high)
    out = np.empty(x.shape, x.dtype)
    flat, results = x.reshape(-1), out.reshape(-1)
    steps = [
        (f, np.full(min(BLOCK, x.size), v, x.dtype))
        for f, v in ((np.maximum, low), (np.minimum, high))
        if v is not None
    ]
    for start in range(0, flat.size, BLOCK):
        part = flat[start : start + BLOCK]
        target = results[start : start + BLOCK]
        for function, bound in steps:
            part = function(part, bound[: part.size], out=target)
    return out


def clamp(x: Any, min: Any = None, max: Any = None) -> Any:
    """``x``, but at least ``min`` and at most ``max``, each a number, an array or None; NaN anywhere gives NaN.

    >>> clamp(np.array([-1.0, 0.5, 3.0]), 0.0, 1.0)
    array([0. , 0.5, 1. ])
    """
    try:
        if not hasattr(min, "dtype") and not hasattr(max, "dtype"):
            return bounded(x, min, max)
        if min is not None and max is not None:
            no_bool("clamp", x)  # one bound alone works in PyTorch
        if min is not None:
            x = np.maximum(x, min)
        return x if max is None else np.minimum(x, max)
    except OverflowError as error:
        raise RuntimeError(f"clamp: the bounds must fit {x.dtype}, but got min={min}, max={max}") from error


def nan_to_num(x: Any, nan: float | None = None, posinf: float | None = None, neginf: float | None = None) -> Any:
    """NaN and the infinities replaced: by 0 and by the largest numbers of the dtype, unless given.

    >>> nan_to_num(np.array([np.nan, np.inf]), None, 9.0, None)
    array([0., 9.])
    """
    only_real(
        "nan_to_num", **{k: v for k, v in (("nan", nan), ("posinf", posinf), ("neginf", neginf)) if v is not None}
    )
    if x.dtype.kind != "f":
        return x.copy()
    if np.isfinite(x).all():
        return x.copy()
    limits = np.finfo(x.dtype)
    out = np.where(np.isnan(x), x.dtype.type(0 if nan is None else nan), x)
    out = np.where(x == np.inf, limits.max if posinf is None else x.dtype.type(posinf), out)
    return np.where(x == -np.inf, limits.min if neginf is None else x.dtype.type(neginf), out)


# -- arithmetic -----------------------------------------------------------------------------------------------------


def power(x: Any, y: Any) -> Any:
    """``x ** y``. Integers to negative integers give 0 or ±1, and RuntimeError where the exponent is a number.

    >>> power(np.array([1.0, 2.0]), 3)
    array([1., 8.])
    """
    kind = type(y)
    if kind is float or kind is int:
        if x.dtype.kind == "f":
            if y == 2:
                return x * x
            if y == 3:
                return x * x * x
            if y == 0.5:
                return np.sqrt(x)
            if y == -1:
                return np.reciprocal(x)
    elif kind is np.ndarray and y.dtype.kind in "iu" and type(x) is not float and np.less(y, 0).any():
        return _integer_power(x, y)
    if getattr(x, "dtype", None) == getattr(y, "dtype", None) == np.bool_:
        if isinstance(y, np.generic) and x.ndim:  # a Python bool, which PyTorch takes
            return x.copy() if y else np.ones_like(x)
        raise NotImplementedError("pow: not implemented for bool; convert first, as in x.long()")
    try:
        return np.power(x, y)
    except ValueError as error:
        if "negative integer powers" in str(error):
            raise RuntimeError("pow: Integers to negative integer powers are not allowed.") from error
        raise


def _integer_power(x: Any, y: Any) -> Any:
    """Integer powers of which some are negative: of those only 1 and −1 give anything but 0."""
    if getattr(x, "dtype", y.dtype).kind == "f":
        return np.power(x, y)
    negative = y < 0
    positive = np.power(x, np.where(negative, 0, y))
    return np.where(negative, np.where(x == 1, 1, np.where(x == -1, 1 - 2 * (y % 2), 0)), positive).astype(y.dtype)


def heaviside(x: Any, y: Any) -> Any:
    """0 below zero and for NaN, ``y`` at zero, 1 above.

    >>> heaviside(np.array([-1.0, 0.0, 2.0]), np.array(0.5))
    array([0. , 0.5, 1. ])
    """
    return np.where(x == 0, y, x > 0)


def lerp(x: Any, end: Any, weight: Any) -> Any:
    """``x + weight · (end − x)``, computed from the nearer end.

    >>> lerp(np.array([0.0]), np.array([10.0]), 0.25)
    array([2.5])
    """
    only_float("lerp", x, end)
    near = np.abs(weight) < 0.5
    step = end - x
    if isinstance(near, (bool, np.bool_)):
        return x + weight * step if near else end - step * (1 - weight)
    return np.where(near, x + weight * step, end - step * (1 - weight))


def rounded(x: Any, decimals: int = 0) -> Any:
    """Rounded to ``decimals`` places, halves to even; integers stay as they are.

    >>> rounded(np.array([0.125, 2.5]), 2)
    array([0.12, 2.5 ])
    """
    if x.dtype.kind != "f":
        no_bool("round", x)
        if decimals:
            raise NotImplementedError(f"round: decimals={decimals} is not implemented for {x.dtype}")
        return x.copy()
    if not isinstance(decimals, int):
        raise TypeError(f"round: argument 'decimals' must be int, not {type(decimals).__name__}")
    if decimals == 0:
        return np.rint(x)
    scale = 10.0 ** abs(decimals)
    return np.rint(x * scale) / scale if decimals > 0 else np.rint(x / scale) * scale


def sign(x: Any) -> Any:
    """−1, 0 or 1, and 0 for NaN.

    >>> sign(np.array([-2.0, 0.0, np.nan]))
    array([-1.,  0.,  0.])
    """
    if isinstance(x, np.floating):
        return type(x)(1 if x > 0 else -1 if x < 0 else 0)
    if x.dtype.kind in "bu":
        return (x > 0).astype(x.dtype)
    return (np.greater(x, 0).view(np.int8) - np.less(x, 0).view(np.int8)).astype(x.dtype)


def absolute(x: Any) -> Any:
    """The absolute value.

    >>> absolute(np.array([-2, 1]))
    array([2, 1])
    """
    no_bool("abs", x)
    return np.abs(x)


def negative(x: Any) -> Any:
    """``−x``; RuntimeError for Booleans.

    >>> negative(np.array([1.0]))
    array([-1.])
    """
    try:
        return -x
    except TypeError as error:
        raise RuntimeError(
            "neg: Negation, the `-` operator, on a bool tensor is not supported. "
            "If you are trying to invert a mask, use the `~` or `logical_not()` operator instead."
        ) from error


def logit(x: Any, eps: float | None = None) -> Any:
    """``log(x / (1 − x))``, ``x`` first clamped to ``[eps, 1 − eps]`` where ``eps`` is given.

    >>> logit(np.array([0.5, 1.0]), 0.25).round(4).tolist()
    [0.0, 1.0986]
    """
    if eps is not None:
        x = np.where(x < eps, x.dtype.type(eps), np.minimum(x, 1 - eps))[()]
    return np.log(x / (1 - x))


def close(x: Any, y: Any, rtol: float, atol: float, equal_nan: bool) -> Any:
    """Whether ``|x − y| ≤ atol + rtol · |y|``, or equal.

    >>> close(np.array([1.0, 2.0]), np.array([1.0 + 1e-9, 2.1]), 1e-5, 1e-8, False)
    array([ True, False])
    """
    same = np.equal(x, y)
    if equal_nan:
        same = same | (np.isnan(x) & np.isnan(y))
    if x.dtype.kind == "f":
        gap = np.abs(x - y)
    else:  # the gap between integers may need the sign bit
        bits = np.dtype(f"u{x.dtype.itemsize}")
        gap = np.asarray(np.maximum(x, y)).view(bits) - np.asarray(np.minimum(x, y)).view(bits)
    return same | (np.isfinite(gap) & (gap <= atol + np.abs(rtol * y)))


def integers(name: str, function: Callable, bools: bool = True) -> Callable:
    """``function`` of two arrays, which refuses floats (and Booleans).

    >>> integers("bitwise_and", np.bitwise_and)(np.array([6]), np.array([3]))
    array([2])
    """

    def checked(x: Any, y: Any) -> Any:
        if "f" in (x.dtype.kind, y.dtype.kind) or (not bools and x.dtype.kind == "b"):
            raise NotImplementedError(f"{name}: not implemented for {np.result_type(x, y)}, only for integers")
        return function(x, y)

    return checked


def invert(x: Any) -> Any:
    """Each bit flipped; refuses floats.

    >>> invert(np.array([0]))
    array([-1])
    """
    if x.dtype.kind == "f":
        raise NotImplementedError(f"bitwise_not: not implemented for {x.dtype}, only for integers")
    return np.invert(x)


def square(x: Any) -> Any:
    """``x²``; Booleans become integers.

    >>> square(np.array([True])).dtype
    dtype('int64')
    """
    return x * x if x.dtype.kind != "b" else x.astype(np.int64)


def threshold(x: Any, threshold: float, value: float) -> Any:
    """``x`` where it exceeds ``threshold``, else ``value``; NaN stays.

    >>> threshold(np.array([1.0, 3.0]), 2.0, 0.0)
    array([0., 3.])
    """
    no_bool("threshold", x)
    only_real("threshold", threshold=threshold, value=value)
    return np.where(x <= threshold, x.dtype.type(value), x)


def addcdiv(x: Any, tensor1: Any, tensor2: Any, value: float = 1) -> Any:
    """``x + value · tensor1 / tensor2``.

    >>> addcdiv(np.array([1.0]), np.array([6.0]), np.array([3.0]))
    array([3.])
    """
    return x + (tensor1 if value == 1 else tensor1 * value) / tensor2


def addcmul(x: Any, tensor1: Any, tensor2: Any, value: float = 1) -> Any:
    """``x + value · tensor1 · tensor2``; integers take the whole part of ``value``.

    >>> addcmul(np.array([1.0]), np.array([6.0]), np.array([3.0]))
    array([19.])
    """
    no_bool("addcmul", x)
    if value != 1:
        tensor1 = tensor1 * (value if x.dtype.kind == "f" else int(value))
    return x + tensor1 * tensor2


def logaddexp(x: Any, y: Any) -> Any:
    """``log(eˣ + eʸ) = max(x, y) + log(1 + exp(−|x − y|))``; NumPy's own takes a number at a time.

    >>> logaddexp(np.array([0.0, -np.inf]), np.array([0.0, -np.inf])).round(4).tolist()
    [0.6931, -inf]
    """
    only_float("logaddexp", *[v for v in (x, y) if hasattr(v, "dtype")])
    return _add_exponentials(x, y, 1.0) if np.size(x) + np.size(y) > LARGE else np.logaddexp(x, y)


def logaddexp2(x: Any, y: Any) -> Any:
    """``log2(2ˣ + 2ʸ)``, likewise.

    >>> logaddexp2(np.array([0.0, 3.0]), np.array([0.0, 3.0])).tolist()
    [1.0, 4.0]
    """
    only_float("logaddexp2", *[v for v in (x, y) if hasattr(v, "dtype")])
    return _add_exponentials(x, y, math.log(2)) if np.size(x) + np.size(y) > LARGE else np.logaddexp2(x, y)


def _add_exponentials(x: Any, y: Any, scale: float) -> Any:
    """``log_b(bˣ + bʸ)`` with ``scale = log b``."""
    gap = np.asarray(x - y)
    np.abs(gap, out=gap)
    np.copyto(gap, 0, where=np.isnan(gap) & np.equal(x, y))  # equal infinities
    np.multiply(gap, -scale, out=gap)
    np.exp(gap, out=gap)
    np.log1p(gap, out=gap)
    if scale != 1:
        np.divide(gap, scale, out=gap)
    return np.add(gap, np.maximum(x, y), out=gap)
