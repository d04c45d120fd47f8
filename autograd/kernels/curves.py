"""Activations and their gradients as kernels over blocks: what ``activation`` takes for large arrays.

Each function takes whole arrays and runs its kernel over their blocks. Those named ``…_pull`` give the gradient ``g``
times the slope. What each computes stands as a plain formula in ``activation`` and in the rules of ``ops.activation``.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from autograd.kernels.blocks import constant, over

LOG2_E = math.log2(math.e)
FEW = 1 << 12  # numbers of which the exponentials cost less than an additional call


@functools.cache
def has_quick_exp2() -> bool:
    """Whether NumPy has vector code for ``exp2`` of float32 on this processor: then it takes half the time of ``exp``."""
    try:
        from numpy.lib import introspect  # noqa: PLC0415 - most programs do not ask
    except ImportError:  # a NumPy that does not tell
        return False
    found = introspect.opt_func_info(func_name="^exp2$", signature="float32")
    current = found.get("exp2", {}).get("ff", {}).get("current", "")
    return bool(current) and not current.startswith("baseline")


def exp_of_product(x: Any, factor: float, out: Any, summand: float = 0.0) -> None:
    """``exp(factor · x + summand)``. By powers of 2 in float32: the error grows with the exponent, to 3e-6 at e⁻⁸⁰."""
    quick = x.dtype.char == "f" and x.size > FEW and has_quick_exp2()
    if factor == 1.0 and not (summand or quick):
        np.exp(x, out=out)
        return
    unit = LOG2_E if quick else 1.0
    np.multiply(x, factor * unit, out=out)
    if summand:
        np.add(out, summand * unit, out=out)
    (np.exp2 if quick else np.exp)(out, out=out)


def hold(x: Any, low: float, high: float, out: Any) -> None:
    """``min(max(x, low), high)``: NumPy's clip is quick, also with one end at infinity; its maximum with a number is not."""
    x.clip(low, high, out)


def _not_above(x: Any, value: float, out: Any) -> None:
    """``min(x, value)`` of a vector, ``value`` where ``x`` is NaN."""
    row = constant(value, x.dtype)
    whole = x.size - x.size % row.size
    if whole:
        np.fmin(x[:whole].reshape(-1, row.size), row, out=out[:whole].reshape(-1, row.size))
    if whole < x.size:
        np.fmin(x[whole:], row[: x.size - whole], out=out[whole:])


def _factor(condition: Any, x: Any, value: float, out: Any, row: Any) -> None:
    """1 where ``condition(x, value)`` holds and 0 elsewhere, in ``out``; uses a row of scratch."""
    mask = row.view(np.bool_)[: x.size]
    np.copyto(out, condition(x, x.dtype.type(value), out=mask))


# -- rectifiers -----------------------------------------------------------------------------------------------------------


def _relu(x: Any, out: Any, rows: Any) -> None:
    hold(x, 0.0, math.inf, out)


def relu(x: Any) -> Any:
    """``max(x, 0)``."""
    return over(_relu, 0, x)


def _relu_pull(g: Any, y: Any, out: Any, rows: Any) -> None:
    bits = np.dtype(f"i{g.itemsize}")
    mask = rows[0].view(np.bool_)[: g.size]
    np.not_equal(y, y.dtype.type(0), out=mask)
    np.multiply(g.view(bits), mask.view(np.int8), out=out.view(bits))  # of the bits, so that NaN and infinity go too


def relu_pull(g: Any, y: Any) -> Any:
    """``g`` where the result ``y`` of ``relu`` is not 0."""
    return over(_relu_pull, 1, g, y)


def leaky_relu(x: Any, slope: float) -> Any:
    """``max(x, slope · x)`` for a slope between 0 and 1."""

    def kernel(x: Any, out: Any, rows: Any) -> None:
        np.multiply(x, slope, out=rows[0])
        np.maximum(x, rows[0], out=out)

    return over(kernel, 1, x)


def leaky_relu_pull(g: Any, x: Any, slope: float) -> Any:
    """``g``, or ``slope · g`` where x is not above 0, for a slope between 0 and 1."""

    def kernel(g: Any, x: Any, out: Any, rows: Any) -> None:
        _factor(np.greater, x, 0, out, rows[0])
        hold(out, slope, math.inf, out)
        np.multiply(out, g, out=out)

    return over(kernel, 1, g, x)


def unit_pull(g: Any, x: Any, outer: float, rate: float, scale: float) -> Any:
    """``g`` times ``scale`` above 0 and ``outer · rate · exp(rate · x)`` elsewhere: ELU and its kin."""
    below = outer * rate

    def kernel(g: Any, x: Any, out: Any, rows: Any) -> None:
        _not_above(x, 0.0, out)  # not NaN: that has the slope of a positive number
        if rate != 1:
            np.multiply(out, rate, out=out)
        np.exp(out, out=out)
        if below != 1:
            np.multiply(out, below, out=out)
        if below != scale:
            mask = rows[1].view(np.bool_)[: x.size]
            np.copyto(rows[0], np.logical_not(np.less_equal(x, x.dtype.type(0), out=mask), out=mask))
            np.multiply(rows[0], scale - below, out=rows[0])
            np.add(out, rows[0], out=out)
        np.multiply(out, g, out=out)

    return over(kernel, 2, g, x)


# -- sigmoid and its kin --------------------------------------------------------------------------------------------------


def _sigmoid(x: Any, out: Any, rows: Any = ()) -> None:
    exp_of_product(x, -1.0, out)
    np.add(out, 1.0, out=out)
    np.divide(1.0, out, out=out)


def sigmoid(x: Any) -> Any:
    """``1 / (1 + exp(−x))``."""
    return over(_sigmoid, 0, x)


def _sigmoid_pull(g: Any, y: Any, out: Any, rows: Any) -> None:
    np.subtract(1.0, y, out=rows[0])
    np.multiply(rows[0], y, out=rows[0])
    np.multiply(rows[0], g, out=out)


def sigmoid_pull(g: Any, y: Any) -> Any:
    """``g · y (1 − y)`` for the result ``y``."""
    return over(_sigmoid_pull, 1, g, y)


def _silu(x: Any, out: Any, rows: Any) -> None:
    _sigmoid(x, rows[0])
    np.multiply(rows[0], x, out=out)


def silu(x: Any) -> Any:
    """``x · sigmoid(x)``."""
    return over(_silu, 1, x)


def _silu_pull(g: Any, x: Any, out: Any, rows: Any) -> None:
    s, t = rows
    _sigmoid(x, s)
    np.subtract(1.0, s, out=t)
    np.multiply(t, x, out=t)
    np.add(t, 1.0, out=t)
    np.multiply(t, s, out=t)
    np.multiply(t, g, out=out)


def silu_pull(g: Any, x: Any) -> Any:
    """``g · s (1 + x (1 − s))`` with s = sigmoid(x)."""
    return over(_silu_pull, 2, g, x)


def _logsigmoid_pull(g: Any, x: Any, out: Any, rows: Any) -> None:
    np.exp(x, out=rows[0])
    np.add(rows[0], 1.0, out=rows[0])
    np.divide(g, rows[0], out=out)


def logsigmoid_pull(g: Any, x: Any) -> Any:
    """``g / (1 + exp(x))``."""
    return over(_logsigmoid_pull, 1, g, x)


# -- softplus and its kin -------------------------------------------------------------------------------------------------


def _log1p_exp(x: Any, out: Any, t: Any, u: Any) -> None:
    """``log1p(exp(−|x|))`` by ``log(u) + (e − (u − 1)) / u`` with u = 1 + e: NumPy's own log1p is slow in places."""
    np.abs(x, out=out)
    np.negative(out, out=out)
    np.exp(out, out=out)
    np.add(out, 1.0, out=u)
    np.subtract(u, 1.0, out=t)
    np.subtract(out, t, out=out)
    np.divide(out, u, out=out)
    np.log(u, out=u)
    np.add(out, u, out=out)


def softplus(x: Any, beta: float, threshold: float) -> Any:
    """``log(1 + exp(beta · x)) / beta``, ``x`` where ``beta · x`` exceeds ``threshold``."""

    def kernel(x: Any, out: Any, rows: Any) -> None:
        t, u, scaled = rows
        if beta != 1:
            np.multiply(x, beta, out=scaled)
        else:
            scaled = x
        _log1p_exp(scaled, out, t, u)
        hold(scaled, 0.0, math.inf, t)
        np.add(out, t, out=out)
        if beta != 1:
            np.divide(out, beta, out=out)
        _where_above(scaled, threshold, out, x, u)

    return over(kernel, 3, x)


def _where_above(x: Any, threshold: float, out: Any, value: Any, row: Any) -> None:
    """``value`` in ``out`` where ``x`` exceeds ``threshold``."""
    mask = np.greater(x, x.dtype.type(threshold), out=row.view(np.bool_)[: x.size])
    if mask.any():
        np.copyto(out, value, where=mask)


def softplus_pull(g: Any, x: Any, beta: float, threshold: float) -> Any:
    """``g · sigmoid(beta · x)``, ``g`` where ``beta · x`` exceeds ``threshold``."""

    def kernel(g: Any, x: Any, out: Any, rows: Any) -> None:
        scaled, t = rows
        if beta != 1:
            np.multiply(x, beta, out=scaled)
        else:
            scaled = x
        _sigmoid(scaled, t)
        np.multiply(t, g, out=out)
        _where_above(scaled, threshold, out, g, t)

    return over(kernel, 2, g, x)


def _log_sigmoid(x: Any, out: Any, rows: Any) -> None:
    t, u = rows
    _log1p_exp(x, out, t, u)
    hold(x, -math.inf, 0.0, t)
    np.subtract(t, out, out=out)


def logsigmoid(x: Any) -> Any:
    """``min(x, 0) − log1p(exp(−|x|))``."""
    return over(_log_sigmoid, 2, x)


_MISH_TOP = 20.0  # from here on tanh(softplus(x)) is 1 in any dtype; squares of exp(20) are far from overflow


def _mish_parts(x: Any, w: Any, n: Any) -> None:
    """``w = exp(x)`` and ``n = w (w + 2)``, with which ``tanh(log(1 + w)) = n / (n + 2)``."""
    hold(x, -math.inf, _MISH_TOP, w)
    np.exp(w, out=w)
    np.add(w, 2.0, out=n)
    np.multiply(n, w, out=n)


def _mish(x: Any, out: Any, rows: Any) -> None:
    w, n = rows
    _mish_parts(x, w, n)
    np.add(n, 2.0, out=w)
    np.divide(n, w, out=n)
    np.multiply(n, x, out=out)


def mish(x: Any) -> Any:
    """``x · tanh(softplus(x))``."""
    return over(_mish, 2, x)


def _mish_pull(g: Any, x: Any, out: Any, rows: Any) -> None:
    """With d = 1 / (n + 2): the slope is ``n d + 4 x w (1 + w) d²``."""
    w, n, d = rows
    _mish_parts(x, w, n)
    np.add(n, 2.0, out=d)
    np.divide(1.0, d, out=d)
    np.multiply(n, d, out=n)
    np.multiply(w, d, out=w)  # before it meets another w: their product may be too large
    np.add(w, d, out=d)
    np.multiply(d, w, out=d)
    np.multiply(d, 4.0, out=d)
    np.multiply(d, x, out=d)
    np.add(d, n, out=d)
    np.multiply(d, g, out=out)


def mish_pull(g: Any, x: Any) -> Any:
    """``g`` times the slope of ``mish``."""
    return over(_mish_pull, 3, g, x)


# -- hard swish -----------------------------------------------------------------------------------------------------------


def _hardswish(x: Any, out: Any, rows: Any) -> None:
    np.add(x, 3.0, out=rows[0])
    hold(rows[0], 0.0, 6.0, rows[0])
    np.multiply(rows[0], x, out=rows[0])
    np.divide(rows[0], 6.0, out=out)


def hardswish(x: Any) -> Any:
    """``x · min(max(x + 3, 0), 6) / 6``."""
    return over(_hardswish, 1, x)


def _hardswish_pull(g: Any, x: Any, out: Any, rows: Any) -> None:
    """The slope: 0 up to −3, ``x / 3 + ½`` below 3, then 1."""
    held, t, row = rows
    _not_above(x, 4.0, held)  # NaN has the slope 1, as what is not below 3
    hold(held, -4.0, math.inf, held)
    np.divide(held, 3.0, out=t)
    np.subtract(t, 0.5, out=t)
    _factor(np.less, held, 3, out, row)
    np.multiply(out, t, out=t)
    np.add(t, 1.0, out=t)
    _factor(np.greater, held, -3, out, row)
    np.multiply(t, out, out=t)
    np.multiply(t, g, out=out)


def hardswish_pull(g: Any, x: Any) -> Any:
    """``g`` times the slope of ``hardswish``."""
    return over(_hardswish_pull, 3, g, x)
