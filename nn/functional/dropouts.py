"""Dropout: elements or whole channels set to zero at random. The masks are those that PyTorch draws."""

from __future__ import annotations

import math
import warnings

import autograd
from autograd import Tensor

ALPHA = 1.7580993408473766  # minus the limit of SELU towards minus infinity


def _check(p: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _drop(input: Tensor, shape: tuple, p: float, training: bool, inplace: bool) -> Tensor:
    """``input`` times a random mask of ``shape``, kept values scaled up to the same expectation."""
    _check(p)
    if not training or p == 0 or input.numel() == 0:
        return input
    if p == 1:
        return input.mul_(0.0) if inplace else input * autograd.zeros((), dtype=input.dtype)
    mask = input.new_empty(shape).bernoulli_(1 - p)
    mask /= 1 - p
    return input.mul_(mask) if inplace else input * mask


def _channels(input: Tensor) -> tuple:
    """The shape of a mask for whole channels."""
    if input.dim() < 2:
        raise RuntimeError(f"feature dropout requires at least 2 dimensions in the input, but got {input.dim()}")
    return (*input.shape[:2], *(1 for _ in input.shape[2:]))


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero each element with probability ``p`` and divide the others by ``1 − p``; the input itself outside training.

    As ``torch.nn.functional.dropout`` (Srivastava et al., 2014), with its masks after the same ``manual_seed``.
    ValueError for a ``p`` that is no probability.

    >>> import autograd, nn.functional as F
    >>> sorted(set(F.dropout(autograd.ones(100), p=0.5).tolist()))
    [0.0, 2.0]
    """
    return _drop(input, input.shape, p, training, inplace)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (N, C, L) or (C, L). As ``torch.nn.functional.dropout1d`` (Tompson et al., 2015).

    RuntimeError for another number of dimensions.

    >>> import autograd, nn.functional as F
    >>> F.dropout1d(autograd.ones(2, 3), training=False)
    tensor([[1., 1., 1.],
            [1., 1., 1.]])
    """
    _check(p)
    if input.dim() not in {2, 3}:
        raise RuntimeError(f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input")
    if input.dim() == 3:
        return _drop(input, _channels(input), p, training, inplace)
    return _drop(input, (input.shape[0], 1), p, training, inplace)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (N, C, H, W). As ``torch.nn.functional.dropout2d`` (Tompson et al., 2015).

    A 3-D input is taken as (N, C, L), with PyTorch's warning.

    >>> import autograd, nn.functional as F
    >>> F.dropout2d(autograd.ones(2, 3, 1, 1), training=False).shape
    autograd.Size([2, 3, 1, 1])
    """
    _check(p)
    if input.dim() not in {3, 4}:
        _warn_dims("dropout2d", input.dim(), "4-D", "3-D")
    if input.dim() == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d: it is taken as (N, C, L), and whole channels are dropped "
            "(dropout1d says so); for an unbatched (C, H, W), add the batch dimension.",
            UserWarning,
            stacklevel=2,
        )
    return _drop(input, _channels(input), p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W). As ``torch.nn.functional.dropout3d``.

    >>> import autograd, nn.functional as F
    >>> F.dropout3d(autograd.ones(2, 3, 1, 1, 1), training=False).shape
    autograd.Size([2, 3, 1, 1, 1])
    """
    _check(p)
    if input.dim() not in {4, 5}:
        _warn_dims("dropout3d", input.dim(), "5-D", "4-D")
    if input.dim() == 5:
        return _drop(input, _channels(input), p, training, inplace)
    return _drop(input, (input.shape[0], *(1 for _ in input.shape[1:])), p, training, inplace)


def _warn_dims(name: str, ndim: int, batched: str, single: str) -> None:
    warnings.warn(
        f"{name}: Received a {ndim}-D input, which is deprecated and will be an error; expected {batched}, or {single} "
        "without a batch",
        UserWarning,
        stacklevel=3,
    )


def _alpha_drop(input: Tensor, shape: tuple, p: float, training: bool, inplace: bool) -> Tensor:
    """Dropout that keeps mean and variance of what SELU gives: dropped values become its limit −α."""
    _check(p)
    if not training or p == 0 or input.numel() == 0:
        return input
    if p == 1:
        return input.mul_(0.0) if inplace else input * autograd.zeros((), dtype=input.dtype)
    mask = input.new_empty(shape).bernoulli_(1 - p)
    scale = 1.0 / math.sqrt((ALPHA * ALPHA * p + 1) * (1 - p))
    shift = (mask - 1) * (ALPHA * scale) + ALPHA * scale * p
    mask *= scale
    return input.mul_(mask).add_(shift) if inplace else input * mask + shift


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout for SELU: dropped elements become −α, and mean and variance stay. As ``torch.nn.functional.alpha_dropout``.

    Klambauer et al., 2017. ValueError for a ``p`` that is no probability.

    >>> import autograd, nn.functional as F
    >>> len(set(F.alpha_dropout(autograd.ones(100), p=0.5, training=True).tolist()))
    2
    """
    return _alpha_drop(input, input.shape, p, training, inplace)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """``alpha_dropout`` of whole channels. As ``torch.nn.functional.feature_alpha_dropout``.

    >>> import autograd, nn.functional as F
    >>> F.feature_alpha_dropout(autograd.ones(1, 1, 2), training=False)
    tensor([[[1., 1.]]])
    """
    return _alpha_drop(input, _channels(input), p, training, inplace)


__all__ = ["alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"]
