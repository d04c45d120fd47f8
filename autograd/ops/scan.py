"""Scans along one dimension.

The gradients of cumulative products and of logcumsumexp are linear recurrences ``y[k] = b[k] + a[k] · y[k-1]``. The
recurrence is an operation of its own, whose gradient is again a recurrence in the other direction; so these gradients
are right at zeros and without overflow, and to any order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import scan as kernel
from autograd.kernels.dims import one_axis
from autograd.lanes import known
from autograd.op import Op, general, linear
from autograd.ops.convert import cast
from autograd.ops.sort import put_along, take_along
from autograd.samples import Bad, const, distinct, real, s

_OUT_OF_RANGE = Bad(IndexError, "Dimension out of range", real(2, 3), dim=2)
_SAMPLES = [s(real(4), 0), s(real(2, 3), 1), s(real(3, 2, 2), -3), s(real(), 0), s(real(0, 3), 1), s(real(0, 3), 0)]


def as_dtype(g: Any, dtype: Any) -> Any:
    """``g`` converted where it is not of ``dtype``."""
    return g if g.dtype is dtype else cast(g, dtype)


cumsum: Op = linear(
    "cumsum", kernel.cumsum, tensors=("x",), inplace=True, samples=_SAMPLES, errors=[_OUT_OF_RANGE],
    doc="""The sums of the elements up to and including each one along ``dim``; same shape.

    Integers and bool become int64, or ``dtype``; float32 is accumulated in float64. Raises IndexError for a dimension
    out of range. As ``torch.cumsum``.

    >>> import autograd
    >>> autograd.cumsum(autograd.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 3., 6.])
    """,
    x=lambda g, x_dtype, dim: cumsum_back(as_dtype(g, x_dtype), dim),
)  # fmt: skip
cumsum_back: Op = linear(
    "cumsum_back", kernel.cumsum_back, tensors=("x",), public=False, samples=_SAMPLES,
    errors=[_OUT_OF_RANGE],
    doc="The sums of the elements from each one on: the gradient of ``cumsum``.",
    x=lambda g, x_dtype, dim: cumsum(g, dim),
)  # fmt: skip
shift: Op = linear(
    "shift", kernel.shift, tensors=("x",), public=False, samples=[
        s(real(4), 0, 1), s(real(2, 3), -1, -1), s(real(), 0, 1),
        s(real(0, 3), 0, 1), s(real(0, 3), 1, -1),
    ],
    errors=[Bad(IndexError, "Dimension out of range", real(2, 3), 2, 1)],
    doc="The elements moved one place along ``dim``, 0 where none comes from.",
    x=lambda g, dim, by: shift(g, dim, -by),
)  # fmt: skip


def _recurrence_pull(g: Any, a: Any, out: Any, dim: int, reverse: bool, needs: tuple[bool, ...]) -> tuple[Any, Any]:
    step = -1 if reverse else 1
    back = recurrence(g, shift(a, dim, -step), dim, not reverse)
    return back, back * shift(out, dim, step) if needs[1] else None


def _recurrence_push(t: tuple, a: Any, out: Any, dim: int, reverse: bool) -> Any:
    direct = None if t[1] is None else t[1] * shift(out, dim, -1 if reverse else 1)
    total = direct if t[0] is None else t[0] if direct is None else t[0] + direct
    return recurrence(total, a, dim, reverse)


recurrence: Op = general(
    "recurrence", kernel.recurrence, tensors=("b", "a"), public=False,
    samples=[
        s(real(4), real(4), 0, False), s(real(2, 3), real(2, 3), 1, True), s(real(), real(), 0, False),
        s(real(0, 3), real(0, 3), 0, False),
    ],
    errors=[Bad(IndexError, "Dimension out of range", real(2, 3), real(2, 3), 2, False)],
    doc="``y[k] = b[k] + a[k] · y[k-1]`` along ``dim`` (``y[k+1]`` in reverse), with nothing before the first.",
    joint=_recurrence_pull,
    jvp=_recurrence_push,
)  # fmt: skip

# -- products -------------------------------------------------------------------------------------------------------


def _edge(shape: tuple[int, ...], dim: int, place: int) -> np.ndarray:
    """True at the first (0) or last (-1) element along ``dim``, in a shape that broadcasts."""
    axis = one_axis(dim, len(shape))
    n = shape[axis] if shape else 1
    line = np.zeros(n, np.bool_)
    line[place : None if place < 0 else place + 1] = True
    return line.reshape(n, *(1,) * (len(shape) - axis - 1)) if shape else line[0]


def _before(out: Any, dim: int) -> Any:
    """The product of the elements before each one, from the cumulative products."""
    return np.where(_edge(tuple(out.shape), dim, 0), 1, shift(out, dim, 1))


def _cumprod_pull(g: Any, x: Any, out: Any, dim: int) -> Any:
    factors = as_dtype(x, g.dtype)
    if known((factors != 0).all()):
        back = cumsum_back(g * out, dim) / factors
    else:
        back = _before(out, dim) * recurrence(g, shift(factors, dim, -1), dim, True)
    return as_dtype(back, x.dtype)


def _cumprod_push(t: tuple, x: Any, out: Any, dim: int) -> Any:
    return recurrence(as_dtype(t[0], out.dtype) * _before(out, dim), as_dtype(x, out.dtype), dim, False)


cumprod = general(
    "cumprod", kernel.cumprod, tensors=("x",), inplace=True, errors=[_OUT_OF_RANGE],
    samples=[*_SAMPLES, s(const([2.0, 0.0, 3.0, 0.0, 5.0]), 0), s(const([[0.0, 2.0], [3.0, 4.0]]), 1)],
    doc="""The products of the elements up to and including each one along ``dim``; same shape.

    Integers and bool become int64, or ``dtype``. The gradient is right where elements are 0. Raises IndexError for a
    dimension out of range. As ``torch.cumprod``.

    >>> import autograd
    >>> autograd.cumprod(autograd.tensor([1.0, 2.0, 3.0]), dim=0)
    tensor([1., 2., 6.])
    """,
    x=_cumprod_pull,
    jvp=_cumprod_push,
)  # fmt: skip

# -- exponentials ---------------------------------------------------------------------------------------------------


def _decay(out: Any, dim: int, by: int) -> Any:
    """``exp(out[k-1] - out[k])`` for ``by=1``, ``exp(out[k] - out[k+1])`` for -1: at most 1, and 1 at the edge."""
    difference = (shift(out, dim, 1) - out) if by > 0 else (out - shift(out, dim, -1))
    infinite = difference != difference  # noqa: PLR0124 - NaN, from two equal infinities
    return np.exp(np.where(infinite | _edge(tuple(out.shape), dim, 0 if by > 0 else -1), 0, difference))


logcumsumexp = general(
    "logcumsumexp", kernel.logcumsumexp, tensors=("x",), samples=_SAMPLES, errors=[_OUT_OF_RANGE],
    doc="""``log Σ exp x`` of the elements up to and including each one along ``dim``; same shape, no overflow.

    Raises NotImplementedError for integers, IndexError for a dimension out of range. As ``torch.logcumsumexp``.

    >>> import autograd
    >>> autograd.logcumsumexp(autograd.tensor([0.0, 0.0, 0.0]), dim=0)
    tensor([0.0000, 0.6931, 1.0986])
    """,
    x=lambda g, x, out, dim: np.exp(x - out) * recurrence(g, _decay(out, dim, -1), dim, True),
    jvp=lambda t, x, out, dim: recurrence(t[0] * np.exp(x - out), _decay(out, dim, 1), dim, False),
)  # fmt: skip

# -- extremes -------------------------------------------------------------------------------------------------------


def _extreme(name: str, forward: Any, word: str) -> Op:
    return general(
        name, forward, tensors=("x",), public=False, outputs=("values", "indices"), differentiable=("values",),
        samples=[s(distinct(4), 0), s(distinct(2, 3), 1), s(distinct(), 0), s(distinct(0, 3), 0)],
        errors=[_OUT_OF_RANGE],
        doc=f"The {word} up to and including each element along ``dim``, and where it stands last.",
        x=lambda g, indices, x_shape, dim: put_along(g, indices, x_shape, dim),
        jvp=lambda t, indices, dim: take_along(t[0], indices, dim),
    )  # fmt: skip


cummax = _extreme("cummax", kernel.cummax, "largest")
cummin = _extreme("cummin", kernel.cummin, "smallest")
