"""Dropout: elements or whole channels set to zero at random. The masks are those that PyTorch draws."""

from __future__ import annotations

import warnings

import autograd
from autograd import Tensor


def _check(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero each element with probability ``p`` and divide the others by ``1 − p``; the input itself outside training.

    As ``torch.nn.functional.dropout`` (Srivastava et al., 2014), with its masks after the same ``manual_seed``.
    ValueError for a ``p`` that is no probability.

    >>> import autograd, nn.functional as F
    >>> sorted(set(F.dropout(autograd.ones(100), p=0.5).tolist()))
    [0.0, 2.0]
    """
    _check(p)
    return autograd.dropout_(input, p, training) if inplace else autograd.dropout(input, p, training)


def _of_channels(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    """Dropout of the channels of a batch."""
    return autograd.feature_dropout_(input, p, training) if inplace else autograd.feature_dropout(input, p, training)


def _alone(input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    """Dropout of the channels of one sample, in which they stand first."""
    if inplace:
        _of_channels(input.unsqueeze(0), p, training, inplace)
        return input
    return _of_channels(input.unsqueeze(0), p, training, inplace).squeeze(0)


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
        return _of_channels(input, p, training, inplace)
    return _alone(input, p, training, inplace)


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
    return _of_channels(input, p, training, inplace)


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
        return _of_channels(input, p, training, inplace)
    return _alone(input, p, training, inplace)


def _warn_dims(name: str, ndim: int, batched: str, single: str) -> None:
    warnings.warn(
        f"{name}: Received a {ndim}-D input, which is deprecated and will be an error; expected {batched}, or {single} "
        "without a batch",
        UserWarning,
        stacklevel=3,
    )


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout for SELU: dropped elements become −α, and mean and variance stay. As ``torch.nn.functional.alpha_dropout``.

    Klambauer et al., 2017. ValueError for a ``p`` that is no probability.

    >>> import autograd, nn.functional as F
    >>> len(set(F.alpha_dropout(autograd.ones(100), p=0.5, training=True).tolist()))
    2
    """
    _check(p)
    return autograd.alpha_dropout_(input, p, training) if inplace else autograd.alpha_dropout(input, p, training)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """``alpha_dropout`` of whole channels. As ``torch.nn.functional.feature_alpha_dropout``.

    >>> import autograd, nn.functional as F
    >>> F.feature_alpha_dropout(autograd.ones(1, 1, 2), training=False)
    tensor([[[1., 1.]]])
    """
    _check(p)
    if inplace:
        return autograd.feature_alpha_dropout_(input, p, training)
    return autograd.feature_alpha_dropout(input, p, training)


__all__ = ["alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"]
