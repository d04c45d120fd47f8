"""Householder reflections, under PyTorch's names: LAPACK's form of the QR factorization and products with its ``Q``."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import return_types
from autograd.api.arguments import spelled, tensor_of
from autograd.api.export import export
from autograd.dispatch import finish, wrap
from autograd.kernels import linalg as kernel
from autograd.ops import householder as ops
from autograd.tensor import Tensor


@export()
def geqrf(input: Tensor, *, out: Any = None) -> return_types.geqrf:
    """The QR factorization in LAPACK's form: ``R`` on and above the diagonal of ``a``, reflections below, ``tau``.

    ``householder_product(a, tau)`` is ``Q``, ``ormqr`` multiplies with it. Not differentiable, see ``linalg.qr``. As
    ``torch.geqrf``.

    >>> import autograd
    >>> a, tau = autograd.geqrf(autograd.tensor([[3.0], [4.0]]))
    >>> a[0], tau
    (tensor([-5.]), tensor([1.6000]))
    """
    return finish(return_types.geqrf(*ops.geqrf.function(input)), out, ops.geqrf, (input,))


@export("orgqr")
@spelled(input2="tau")
def householder_product(input: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The first columns of the product of reflections ``H₁ … H_k``, ``H_i = I − tau_i v_i v_iᵀ``.

    ``v_i`` is column ``i`` of ``input`` ``(..., m, n)``, ``m >= n >= k``, below the diagonal, with a one on it; the rest
    is not read. RuntimeError where shapes or dtypes do not fit. As ``torch.linalg.householder_product``.

    >>> import autograd
    >>> autograd.linalg.householder_product(*autograd.geqrf(autograd.tensor([[3.0], [4.0]])))
    tensor([[-0.6000],
            [-0.8000]])
    """
    name = "linalg.householder_product"
    input, tau = tensor_of(input, name), tensor_of(tau, name, "tau")
    if input.ndim < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    (m, n), k = input.shape[-2:], tau.shape[-1] if tau.ndim else 0
    if m < n:
        raise RuntimeError(f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1], got {m} and {n}")
    if n < k:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1], got {n} and {k}")
    _check(name, input, tau)
    result = ops.reflect(ops.vectors(input, k), tau, wrap(np.eye(m, n, dtype=input.dtype)))
    return finish(result, out, ops.geqrf, (input, tau))


def _check(name: str, input: Tensor, tau: Tensor) -> None:
    """RuntimeError where the batches or the dtypes of reflections and factors differ."""
    if tau.ndim != input.ndim - 1:
        raise RuntimeError(
            f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {tau.ndim} and "
            f"input.ndim is equal to {input.ndim}"
        )
    if tuple(tau.shape[:-1]) != tuple(input.shape[:-2]):
        raise RuntimeError(
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], {list(input.shape[:-2])}, but "
            f"got {list(tau.shape[:-1])}"
        )
    if tau.dtype != input.dtype:
        one, two = kernel.name_of(tau.dtype), kernel.name_of(input.dtype)
        raise RuntimeError(f"{name}: tau dtype {one} does not match input dtype {two}")
    kernel.check(input._array, square=False)


@export()
def ormqr(
    input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """``Q @ other`` (``other @ Q`` with ``left=False``, ``Qᵀ`` with ``transpose``) without forming ``Q``.

    ``Q`` is the whole ``m`` by ``m`` product of the reflections in ``input`` ``(..., m, k)`` and ``tau``, as ``geqrf``
    returns them. RuntimeError where shapes or dtypes do not fit. As ``torch.ormqr``.

    >>> import autograd
    >>> a, tau = autograd.geqrf(autograd.tensor([[3.0], [4.0]]))
    >>> autograd.ormqr(a, tau, autograd.tensor([[3.0], [4.0]]), transpose=True).round(decimals=4).abs()
    tensor([[5.],
            [0.]])
    """
    input, tau, other = (tensor_of(x, "ormqr", n) for x, n in ((input, "input"), (tau, "tau"), (other, "other")))
    for key, x in (("input", input), ("other", other)):
        if x.ndim < 2:
            raise RuntimeError(f"ormqr: {key} must have at least 2 dimensions.")
    side = -2 if left else -1
    if other.shape[side] != input.shape[-2]:
        raise RuntimeError(
            f"ormqr: other.shape[{side}] must be equal to input.shape[-2], got {other.shape[side]} and "
            f"{input.shape[-2]}"
        )
    if tau.ndim != input.ndim - 1 or tau.shape[-1] != min(other.shape[side], input.shape[-1]):
        raise RuntimeError(
            f"ormqr: tau.shape[-1] must be equal to min(other.shape[{side}], input.shape[-1]), "
            f"{min(other.shape[side], input.shape[-1])}, but tau has the shape {list(tau.shape)}"
        )
    if other.ndim != input.ndim:
        raise RuntimeError(
            f"ormqr: Expected other to have the same number of dimensions as input, but got other.ndim equal to "
            f"{other.ndim} and input.ndim is equal to {input.ndim}"
        )
    if tuple(other.shape[:-2]) != tuple(input.shape[:-2]):
        raise RuntimeError(
            f"ormqr: Expected batch dimensions of other to be equal to input.shape[:-2], {list(input.shape[:-2])}, "
            f"but got {list(other.shape[:-2])}"
        )
    if other.dtype != input.dtype:
        one, two = kernel.name_of(input.dtype), kernel.name_of(other.dtype)
        raise RuntimeError(
            f"ormqr: Expected input and other to have the same dtype, but input has dtype {one} and other has dtype "
            f"{two}"
        )
    _check("ormqr", input, tau)
    V = ops.vectors(input, tau.shape[-1])
    # C Q = (Qᵀ Cᵀ)ᵀ
    result = ops.reflect(V, tau, other, transpose) if left else ops.reflect(V, tau, other.mT, not transpose).mT
    return finish(result, out, ops.geqrf, (input, tau, other))
