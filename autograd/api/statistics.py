"""Covariance and correlation."""

from __future__ import annotations

import warnings
from typing import Any

from autograd import dtypes
from autograd.api.export import export
from autograd.api.reduce import check_tensor
from autograd.ops import reduce as ops
from autograd.tensor import Tensor


@export()
def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariance matrix of variables that are rows, with observations in columns. As ``torch.cov``.

    ``Σ w (x − μ)(y − μ)ᵀ / (Σ w − correction · Σ w a / Σ w)``, where each observation counts ``w = fweights · aweights``
    times (1 by default). One variable has a 0-d variance. Raises RuntimeError for bool, more than two dimensions, and
    weights that are negative, add to 0, or have another length, dtype or number of dimensions (``fweights``: integers,
    ``aweights``: floating); warns where no degree of freedom is left.

    >>> import autograd
    >>> autograd.cov(autograd.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    check_tensor(input, "cov")
    if input.ndim > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions but got {input.ndim}")
    if input.dtype == dtypes.bool_:
        raise RuntimeError("cov(): bool dtype is not supported for input")
    rows = input.reshape(1, -1) if input.ndim < 2 else input
    if not dtypes.is_differentiable(rows.dtype):
        rows = ops.cast.function(rows, dtypes.get_default_dtype())
    count = rows.shape[1]
    weights = _weights(count, fweights, aweights)
    total: Any = count if weights is None else weights.sum()
    if weights is not None and float(total) == 0:
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    freedom = total
    if correction:
        freedom = total - correction * (
            1 if aweights is None or weights is None else (weights * aweights).sum() / total
        )
    if float(freedom) <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
            UserWarning,
            stacklevel=2,
        )
        freedom = 0.0
    weighted = rows if weights is None else rows * weights
    centred = rows - weighted.sum(1, keepdim=True) / total
    found = ((centred if weights is None else centred * weights) @ centred.t()) / freedom
    return found.reshape(()) if found.numel() == 1 else found


def _weights(count: int, fweights: Tensor | None, aweights: Tensor | None) -> Tensor | None:
    """How often each of ``count`` observations counts, or None; RuntimeError for weights that do not fit."""
    product: Any = None
    for name, given in (("fweights", fweights), ("aweights", aweights)):
        if given is None:
            continue
        check_tensor(given, "cov", name)
        if given.ndim > 1:
            raise RuntimeError(f"cov(): expected {name} to have one or fewer dimensions but got {given.ndim}")
        integral = name == "fweights"
        if dtypes.is_differentiable(given.dtype) == integral or given.dtype == dtypes.bool_:
            kind = "integral" if integral else "floating point"
            raise RuntimeError(f"cov(): expected {name} to have {kind} dtype but got {given.dtype}")
        if given.numel() != count:
            raise RuntimeError(
                f"cov(): expected {name} to have one element for each of {count} observations, but got {given.numel()}"
            )
        if count and bool((given._array < 0).any()):
            raise RuntimeError(f"cov(): {name} cannot be negative")
        product = given if product is None else product * given
    return product


@export()
def corrcoef(input: Tensor) -> Tensor:
    """The correlation coefficients of variables that are rows: ``cov`` over the standard deviations, in [-1, 1].

    As ``torch.corrcoef``; the arguments and errors are those of ``cov``.

    >>> import autograd
    >>> autograd.corrcoef(autograd.tensor([[0.0, 1.0, 2.0], [4.0, 2.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    check_tensor(input, "corrcoef")
    found = cov(input)
    if found.ndim == 0:
        return found / found
    deviation = found.diagonal().sqrt()
    return (found / deviation.reshape(-1, 1) / deviation).clamp(-1.0, 1.0)
