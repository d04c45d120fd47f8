"""Softmax and log-softmax, fused."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import softmax as kernel
from autograd.op import general
from autograd.ops.reduce import as_dtype, sum_
from autograd.samples import Bad, ints, real, s
from autograd.tensor import Tensor


def _softmax_pull(g: Any, out: Any, x_dtype: Any, dim: int) -> Any:
    if isinstance(g, Tensor) or isinstance(out, Tensor):
        back = out * (g - sum_(g * out, dim, True))
    else:
        back = kernel.softmax_pull(g, out, dim)
    return as_dtype(back, x_dtype)


def _log_softmax_pull(g: Any, out: Any, x_dtype: Any, dim: int) -> Any:
    if isinstance(g, Tensor) or isinstance(out, Tensor):
        back = g - np.exp(out) * sum_(g, dim, True)
    else:
        back = kernel.log_softmax_pull(g, out, dim)
    return as_dtype(back, x_dtype)


def _log_softmax_push(t: tuple, out: Any, dim: int) -> Any:
    tangent = as_dtype(t[0], out.dtype)
    return tangent - sum_(np.exp(out) * tangent, dim, True)


_SAMPLES = [s(real(4), 0), s(real(2, 3), 1), s(real(2, 3, 2), 1), s(real(2, 3), -2), s(real(), 0), s(real(0, 3), 1)]
_ERRORS = [
    Bad(IndexError, "Dimension out of range", real(2, 3), 2),
    Bad(NotImplementedError, "not implemented for int64", ints(3), 0),
]

softmax = general(
    "softmax", kernel.softmax, tensors=("x",), samples=_SAMPLES, errors=_ERRORS,
    doc="""``exp x / Σ exp x`` along ``dim``: positive and adding to 1, without overflow; same shape.

    ``dtype`` converts first. A line of -inf only gives NaN. Raises NotImplementedError for integers without a
    floating ``dtype``, IndexError for a dimension out of range. As ``torch.softmax``.

    >>> import autograd
    >>> autograd.softmax(autograd.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """,
    x=_softmax_pull,
    jvp=lambda t, out, dim: _softmax_pull(as_dtype(t[0], out.dtype), out, out.dtype, dim),
)  # fmt: skip
log_softmax = general(
    "log_softmax", kernel.log_softmax, tensors=("x",), samples=_SAMPLES, errors=_ERRORS,
    doc="""``x - log Σ exp x`` along ``dim``: the logarithm of softmax, more accurate than taking it; same shape.

    ``dtype`` converts first. Raises NotImplementedError for integers without a floating ``dtype``, IndexError for a
    dimension out of range. As ``torch.log_softmax``.

    >>> import autograd
    >>> autograd.log_softmax(autograd.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """,
    x=_log_softmax_pull,
    jvp=_log_softmax_push,
)  # fmt: skip
