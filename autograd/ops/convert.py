"""Conversion of dtype, as an operation."""

from __future__ import annotations

import numpy as np

from autograd import dtypes
from autograd.op import Op, elementwise, linear
from autograd.samples import const, each, real, s


def _cast(x: np.ndarray, dtype: np.dtype) -> np.ndarray:
    return x.astype(dtype)


cast: Op = linear(
    "cast",
    _cast,
    tensors=("x",),
    x=lambda g, x_dtype: cast(g, x_dtype),
    symbol="to dtype",
    doc="The values of ``x`` as ``dtype``; the gradient is converted back.",
    samples=[s(real(2, 3), np.dtype(np.float64)), s(real(), np.dtype(np.float64)), s(real(0, 2), np.dtype(np.float64))],
    public=False,
)


def _angle(x: np.ndarray) -> np.ndarray:
    """π below 0, NaN at NaN, else 0."""
    pi = x.dtype.type(np.pi) if dtypes.is_real_float(x.dtype) else np.pi
    return np.where(np.isnan(x), x, np.less(x, 0) * pi)[()]


angle = elementwise(
    "angle",
    _angle,
    x=lambda g: g * 0,
    promotes="float",
    doc="The angle of real numbers: π below 0, else 0; its gradient is 0.",
    samples=[*each(), s(const([-1.0, -0.0, 0.0, float("inf"), float("nan")]))],
    public=False,
)
