"""Normalisation of arrays of any shape and floating dtype: what the operations call.

float16 is normalised in float32, as PyTorch does; means and inverse deviations stay float32 then.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.kernels import norm, norm_channels
from autograd.kernels.norm import widened


def _check_dtypes(name: str, x: np.ndarray, **others: Any) -> None:
    """Floating input, and parameters of its dtype (float32 beside float16)."""
    if not dtypes.is_differentiable(x.dtype):
        raise NotImplementedError(f"{name}: not implemented for {x.dtype}; convert the input to a floating dtype")
    found = {key: value.dtype for key, value in others.items() if value is not None}
    if len(set(found.values())) > 1:
        listed = ", ".join(f"{key} {dtype}" for key, dtype in found.items())
        raise RuntimeError(f"{name}: mixed dtype: all parameters must have one dtype, but got {listed}")
    for key, dtype in found.items():
        if dtype is not x.dtype and not (x.dtype == np.float16 and dtype == np.float32):
            raise RuntimeError(
                f"{name}: mixed dtype: with an input of {x.dtype} expect parameter {key!r} to have the same dtype, "
                f"but got {dtype}"
            )


def _check_sizes(name: str, shape: tuple, **others: Any) -> None:
    """Parameters with one element for each channel of an input of ``shape``."""
    for key, value in others.items():
        if value is not None and value.shape != (shape[1],):
            if value.size == shape[1] and name != "group_norm":
                continue
            raise RuntimeError(
                f"{name}: {key} should contain {shape[1]} elements, one for each channel of the input {list(shape)}, "
                f"not {value.size} (shape {list(value.shape)})"
            )


def _back(array: Any, like: Any) -> Any:
    """A gradient in the shape and dtype of its argument."""
    return None if array is None or like is None else array.reshape(like.shape).astype(like.dtype, copy=False)


# -- the last dimensions ------------------------------------------------------------------------------------------------


def _check_normalized(name: str, x: np.ndarray, shape: tuple, **others: Any) -> None:
    if not shape:
        raise RuntimeError(
            f"{name}: Expected normalized_shape to be at least 1-dimensional, i.e., with at least one size, but got "
            "normalized_shape = []"
        )
    for key, value in others.items():
        if value is not None and value.shape != shape:
            raise RuntimeError(
                f"{name}: Expected {key} to be of same shape as normalized_shape, but got {key} of shape "
                f"{list(value.shape)} and normalized_shape = {list(shape)}"
            )
    if x.shape[-len(shape) :] != shape:
        sizes = ", ".join(map(str, shape))
        raise RuntimeError(
            f"{name}: Given normalized_shape=[{sizes}], expected input with shape [*, {sizes}], but got input of size "
            f"{list(x.shape)}"
        )


def _matrix(shape: tuple, last: int) -> tuple[int, int]:
    split = len(shape) - last
    return math.prod(shape[:split]), math.prod(shape[split:])


def layer_norm(
    x: Any, weight: Any = None, bias: Any = None, normalized_shape: tuple = (), eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The input, its last dimensions normalised and then scaled and moved; mean and ``rstd``.

    >>> layer_norm(np.array([1.0, 3.0]), None, None, (2,), 0.0)
    (array([-1.,  1.]), array([2.]), array([1.]))
    """
    x = np.asarray(x)
    _check_normalized("layer_norm", x, normalized_shape, weight=weight, bias=bias)
    _check_dtypes("layer_norm", x, weight=weight, bias=bias)
    return _last_norm(x, weight, bias, normalized_shape, eps, True)


def rms_norm(
    x: Any, weight: Any = None, normalized_shape: tuple = (), eps: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The input divided by the root of the mean of its squares over the last dimensions, then scaled; and ``rstd``.

    >>> rms_norm(np.array([1.0, 1.0]), None, (2,), 0.0)
    (array([1., 1.]), array([1.]))
    """
    x = np.asarray(x)
    _check_normalized("rms_norm", x, normalized_shape, weight=weight)
    _check_dtypes("rms_norm", x)
    out, _, rstd = _last_norm(x, weight, None, normalized_shape, epsilon(x.dtype, eps), False)
    return out, rstd


def epsilon(dtype: np.dtype, eps: float | None) -> float:
    """``eps``, or the default of ``rms_norm``: the machine epsilon of the dtype in which it computes.

    >>> epsilon(np.dtype(np.float32), 0.1)
    0.1
    """
    return float(np.finfo(np.float32 if dtype.char == "e" else dtype).eps) if eps is None else eps


def _last_norm(x: np.ndarray, weight: Any, bias: Any, shape: tuple, eps: float, center: bool) -> tuple:
    wide, weight, bias = widened(x, weight, bias)
    if weight is not None and weight.dtype != wide.dtype:
        weight = weight.astype(wide.dtype)
    rows = wide.reshape(_matrix(x.shape, len(shape)))
    out, mean, rstd = norm.row_norm(rows, _flat(weight), _flat(bias), eps, center)
    kept = x.shape[: x.ndim - len(shape)] + (1,) * len(shape)
    return out.reshape(x.shape).astype(x.dtype, copy=False), mean.reshape(kept), rstd.reshape(kept)


def last_norm_pull(
    g: Any, x: Any, weight: Any, bias: Any, mean: Any, rstd: Any, last: int, center: bool, needs: tuple
) -> tuple[Any, Any, Any]:
    """The gradients of ``layer_norm`` (or of ``rms_norm``, without ``center``); ``last`` dimensions are normalised.

    >>> x, one = np.array([1.0, 3.0]), np.ones(1)
    >>> last_norm_pull(np.array([1.0, 0.0]), x, None, None, 2 * one, one, 1, True, (True, False, False))[0]
    array([0., 0.])
    """
    g_, x_, weight_ = widened(g, x, weight)
    if weight_ is not None:
        weight_ = weight_.reshape(-1).astype(x_.dtype, copy=False)
    size = _matrix(x_.shape, last)
    rows = np.zeros(size[0], x_.dtype) if mean is None else np.asarray(mean).reshape(-1)
    found = norm.row_norm_pull(
        g_.reshape(size), x_.reshape(size), weight_, rows, np.asarray(rstd).reshape(-1), center, needs
    )
    return _back(found[0], x), _back(found[1], weight), _back(found[2], bias)


# -- channels -----------------------------------------------------------------------------------------------------------


def batch_norm(
    x: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The input normalised by channel over all else, scaled and moved; mean, biased variance and ``rstd``.

    >>> batch_norm(np.array([[1.0], [3.0]]), eps=0.0)[1:]
    (array([2.]), array([1.]), array([1.]))
    """
    x = np.asarray(x)
    check_channels("batch_norm", x, weight=weight, bias=bias)
    wide, weight, bias = widened(x, weight, bias)
    weight, bias = (None if p is None else p.reshape(-1) for p in (weight, bias))
    out, mean, var, rstd = norm_channels.batch_norm(wide, weight, bias, eps)
    return out.astype(x.dtype, copy=False), mean, var, rstd


def check_channels(name: str, x: np.ndarray, **others: Any) -> None:
    """Errors of a normalisation by channel: dimensions, sizes of the parameters, dtypes."""
    if x.ndim < 2:
        raise IndexError(f"{name}: Dimension out of range: the input needs channels at dimension 1, but is {x.ndim}-D")
    _check_sizes(name, x.shape, **others)
    _check_dtypes(name, x, **others)


def batch_norm_pull(g: Any, x: Any, weight: Any, bias: Any, mean: Any, rstd: Any, needs: tuple) -> tuple[Any, Any, Any]:
    """The gradients of ``batch_norm``.

    >>> x, one = np.array([[1.0], [3.0]]), np.ones(1)
    >>> batch_norm_pull(x, x, None, None, 2 * one, one, (True, False, False))[0].tolist()
    [[0.0], [0.0]]
    """
    g_, x_, weight_ = widened(g, x, weight)
    found = norm_channels.batch_norm_pull(g_, x_, _flat(weight_), mean.reshape(-1), rstd.reshape(-1), needs)
    return _back(found[0], x), _back(found[1], weight), _back(found[2], bias)


def _flat(values: Any) -> Any:
    return None if values is None else values.reshape(-1)


def group_norm(
    x: Any, weight: Any = None, bias: Any = None, groups: int = 1, eps: float = 1e-5
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The input normalised by group of channels of an example, scaled and moved by channel; mean, ``rstd``, variance.

    >>> group_norm(np.array([[1.0, 3.0]]), eps=0.0)
    (array([[-1.,  1.]]), array([[2.]]), array([[1.]]), array([[1.]]))
    """
    x = np.asarray(x)
    if x.ndim < 2:
        raise RuntimeError(f"group_norm: Expected at least 2 dimensions for input tensor but received {x.ndim}")
    if groups < 1 or x.shape[1] % groups:
        raise RuntimeError(
            "group_norm: Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(x.shape)} and num_groups={groups}"
        )
    check_channels("group_norm", x, weight=weight, bias=bias)
    wide, weight, bias = widened(x, weight, bias)
    out, mean, var, rstd = norm_channels.group_norm(wide, weight, bias, groups, eps)
    return out.astype(x.dtype, copy=False), mean, rstd, var


def group_norm_pull(
    g: Any, x: Any, weight: Any, bias: Any, mean: Any, rstd: Any, groups: int, needs: tuple
) -> tuple[Any, Any, Any]:
    """The gradients of ``group_norm``.

    >>> x, one = np.array([[1.0, 3.0]]), np.ones((1, 1))
    >>> group_norm_pull(x, x, None, None, 2 * one, one, 1, (True, False, False))[0].tolist()
    [[0.0, 0.0]]
    """
    g_, x_, weight_ = widened(g, x, weight)
    found = norm_channels.group_norm_pull(g_, x_, weight_, mean, rstd, groups, needs)
    return _back(found[0], x), _back(found[1], weight), _back(found[2], bias)


def running_batch_norm(
    x: Any, mean: Any, var: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> np.ndarray:
    """``(x - mean) / √(var + eps) · weight + bias`` by channel.

    >>> running_batch_norm(np.array([[3.0]]), np.array([1.0]), np.array([4.0]), eps=0.0)
    array([[1.]])
    """
    x = np.asarray(x)
    check_channels("batch_norm", x, weight=weight, bias=bias)
    _check_dtypes("batch_norm", x, running_mean=mean, running_var=var)
    scale = norm.inverse_root(var.astype(np.float32) if var.dtype.char == "e" else var, eps)
    if weight is not None:
        scale = scale * weight.reshape(-1)
    shift = mean * scale
    return channel_affine(x, scale, np.negative(shift) if bias is None else bias.reshape(-1) - shift)


def running_weight_pull(g: Any, x: Any, weight: Any, mean: Any, rstd: Any) -> np.ndarray:
    """The gradient of the weight of ``running_batch_norm``: the sums of ``g · (x - mean) · rstd``.

    >>> one = np.ones(1)
    >>> running_weight_pull(np.ones((2, 1)), np.array([[3.0], [5.0]]), one, one, one)
    array([6.])
    """
    g, x = widened(g, x)
    if (np.abs(mean) * rstd > norm.FAR).any():
        total = norm_channels.channel_sums(g, x - mean.reshape(-1, *[1] * (x.ndim - 2)))
    else:
        total = norm_channels.channel_sums(g, x) - mean * norm_channels.channel_sums(g)
    return _back(total * rstd, weight)


def channel_affine(x: Any, scale: Any, shift: Any = None) -> np.ndarray:
    """``x · scale + shift`` with a number of each for every channel, in the dtype of ``x``.

    >>> channel_affine(np.ones((1, 2)), np.array([1.0, 2.0]))
    array([[1., 2.]])
    """
    x = np.asarray(x)
    if 0 < x.size <= norm.FEW:
        place = (-1, *[1] * (x.ndim - 2))
        out = x * scale.reshape(place)
        if shift is not None:
            out += shift.reshape(place)
        return out.astype(x.dtype, copy=False)
    wide, scale, shift = widened(x, scale, shift)
    return norm_channels.channel_affine(wide, scale, shift).astype(x.dtype, copy=False)


def channel_sums(g: Any, x: Any = None, dtype: Any = None) -> np.ndarray:
    """The sum of ``g``, or of ``g · x``, over everything but the channels.

    >>> channel_sums(np.ones((3, 2)))
    array([3., 3.])
    """
    g = np.asarray(g)
    check_channels("channel_sums", g)
    found = norm_channels.channel_sums(*widened(g, x))
    return found.astype(g.dtype if dtype is None else dtype, copy=False)


# -- any dimensions, without weights ------------------------------------------------------------------------------------


def standardize(x: Any, axes: tuple, eps: float = 1e-5, center: bool = True) -> tuple:
    """``(x - mean) · rstd`` over ``axes`` (without ``center`` no mean is taken away); mean and ``rstd``, axes kept.

    >>> standardize(np.array([[1.0], [3.0]]), (0,), 0.0)[0].tolist()
    [[-1.0], [1.0]]
    """
    x = np.asarray(x)
    _check_dtypes("standardize", x)
    order, kept = _arranged(x.ndim, axes)
    moved = x.transpose(order)
    out, mean, rstd = _last_norm(moved, None, None, moved.shape[len(kept) :], eps, center)
    back = np.argsort(order)
    return np.ascontiguousarray(out.transpose(back)), mean.transpose(back), rstd.transpose(back)


def standardize_pull(
    g: Any, x: Any, mean: Any = None, rstd: Any = None, axes: tuple = (), eps: float = 1e-5, center: bool = True
) -> np.ndarray:
    """The gradient of ``standardize``: ``rstd · (g - avg g - h · avg(g · h))`` with ``h`` its result.

    >>> standardize_pull(np.array([1.0, 2.0]), np.array([1.0, 3.0]), axes=(0,), eps=0.0)
    array([0., 0.])
    """
    g, x = np.asarray(g), np.asarray(x)
    if g.shape != x.shape:
        raise RuntimeError(f"standardize_pull: the gradient is {list(g.shape)}, the input {list(x.shape)}")
    if mean is None or rstd is None:
        _, mean, rstd = standardize(x, axes, eps, center)
    order, _ = _arranged(x.ndim, axes)
    if sorted(axes) == [0, *range(2, x.ndim)] and x.ndim > 1 and center:
        return batch_norm_pull(g, x, None, None, mean, rstd, (True, False, False))[0]
    back = last_norm_pull(
        g.transpose(order), x.transpose(order), None, None, mean, rstd, len(axes), center, (True, False, False)
    )[0]
    return np.ascontiguousarray(back.transpose(np.argsort(order)))


def _arranged(ndim: int, axes: tuple) -> tuple[list[int], list[int]]:
    """All axes with ``axes`` last, and the others."""
    kept = [i for i in range(ndim) if i not in axes]
    return kept + sorted(axes), kept
