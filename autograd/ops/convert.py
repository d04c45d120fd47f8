"""Conversion of dtype, as an operation."""

from __future__ import annotations

import numpy as np

from autograd.op import Op, linear
from autograd.samples import real, s


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
