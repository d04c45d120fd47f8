"""The three maps that make up everything about convolution, each with the fastest way there is for its arguments.

``convolve`` is a convolution (as everywhere in this field, without turning the kernel round). ``spread`` is what it does
backwards to its input, which is also the transposed convolution; ``weight_sums`` what it does backwards to its weight.
Each is linear in both of its arrays, and their derivatives are each other. Arrays have a batch: ``x`` (N, C, …), ``w``
(O, C / groups, …), ``g`` (N, O, …), with one, two or three spatial dimensions; settings are tuples, one number each.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels import conv_depthwise, conv_rows, conv_tiles, conv_winograd, threads

FEW = 2  # as many channels in the result as in the input: then reading windows is faster than adding to them
NARROW = 16  # channels of a gradient up to which it pays to bring them innermost
PIECE = 1_000_000  # multiplications that are worth a thread's while


def output_size(size: tuple, kernel: tuple, stride: tuple, padding: tuple, dilation: tuple) -> tuple[int, ...]:
    """The spatial shape of a convolution's result: ``⌊(n + 2 p − d (k − 1) − 1) / s⌋ + 1`` along each dimension.

    >>> output_size((28, 28), (5, 5), (1, 2), (2, 0), (1, 1))
    (28, 12)
    """
    each = zip(size, kernel, stride, padding, dilation, strict=True)
    return tuple([(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in each])


def convolve(x: Any, w: Any, bias: Any, stride: tuple, padding: tuple, dilation: tuple) -> Any:
    """The convolution of ``x`` with ``w``, plus ``bias`` (or None).

    >>> convolve(np.ones((1, 1, 3)), np.ones((1, 1, 3)), None, (1,), (1,), (1,))
    array([[[2., 3., 2.]]])
    """
    size = output_size(x.shape[2:], w.shape[2:], stride, padding, dilation)
    if x.dtype == np.float16:
        wide = convolve(*_widened(x, w, bias), stride, padding, dilation)
        return wide.astype(np.float16)
    out = np.empty((x.shape[0], w.shape[0], *size), x.dtype)
    if not out.size or not w.size:
        _fill(out, bias)
    elif _pointwise(w, stride, padding):
        _product(x, w, bias, out, back=False)
    elif conv_winograd.fits(x, w.shape, size, stride, padding, dilation, x.shape[1] // w.shape[1]):
        for images in conv_winograd.correlate(x, w.transpose(2, 3, 1, 0), bias, out, padding):
            conv_tiles.correlate(x[images], w, bias, out[images], padding, stride, dilation)
    elif conv_depthwise.fits(w.shape, x.shape[1]):
        conv_depthwise.correlate(x, w, bias, out, padding, stride, dilation)
    elif conv_rows.fits(len(x), w.shape, size, dilation, x.shape[1] // w.shape[1]):
        conv_rows.correlate(x, w, bias, out, padding, stride, dilation[1])
    else:
        conv_tiles.correlate(x, w, bias, out, padding, stride, dilation)
    return out


def spread(g: Any, w: Any, bias: Any, size: tuple, stride: tuple, padding: tuple, dilation: tuple, groups: int) -> Any:
    """What each element of ``g`` times ``w`` adds to the window of a result of spatial shape ``size``, plus ``bias``.

    >>> spread(np.ones((1, 1, 3)), np.ones((1, 1, 3)), None, (3,), (1,), (1,), (1,), 1)
    array([[[2., 3., 2.]]])
    """
    if g.dtype == np.float16:
        return spread(*_widened(g, w, bias), size, stride, padding, dilation, groups).astype(np.float16)
    out = np.empty((g.shape[0], w.shape[1] * groups, *size), g.dtype)
    border = tuple([d * (k - 1) - p for k, p, d in zip(w.shape[2:], padding, dilation, strict=True)])
    back = output_size(size, w.shape[2:], stride, padding, dilation)
    if not g.size or not out.size or not w.size:
        _fill(out, bias)
    elif _pointwise(w, stride, padding) and g.shape[2:] == out.shape[2:]:
        _product(g, w, bias, out, back=True)
    elif conv_winograd.fits(g, w.shape, size, stride, padding, dilation, groups):
        turned = _turned(w, 1)
        for images in conv_winograd.correlate(g, turned.transpose(2, 3, 1, 0), bias, out, border):
            conv_tiles.correlate(g[images], turned, bias, out[images], border, stride, dilation)
    elif conv_depthwise.fits(w.shape, groups):
        conv_depthwise.scatter(g, w, bias, out, padding, stride, dilation)
    elif conv_rows.fits(len(g), w.shape, g.shape[2:], dilation, groups):
        conv_rows.scatter(g, w, bias, out, padding, stride, dilation[1])
    elif (
        all([s == 1 for s in stride]) and w.shape[0] <= FEW * out.shape[1] and min(border) >= 0 and g.shape[2:] == back
    ):
        conv_tiles.correlate(g, _turned(w, groups), bias, out, border, stride, dilation)
    else:
        conv_tiles.scatter(g, w, bias, out, padding, stride, dilation)
    return out


def weight_sums(g: Any, x: Any, weight: tuple, stride: tuple, padding: tuple, dilation: tuple) -> Any:
    """For each element of a weight of shape ``weight``, the sum of ``g`` times what it meets in ``x``.

    >>> weight_sums(np.ones((1, 1, 3)), np.ones((1, 1, 3)), (1, 1, 3), (1,), (1,), (1,))
    array([[[2., 3., 2.]]])
    """
    if x.dtype == np.float16:
        return weight_sums(*_widened(g, x)[:2], weight, stride, padding, dilation).astype(np.float16)
    if not g.size or not x.size:
        return np.zeros(weight, x.dtype)
    if conv_winograd.fits(x, weight, g.shape[2:], stride, padding, dilation, x.shape[1] // weight[1]):
        sums = conv_winograd.weight_sums(g, x, padding)
        if conv_winograd.finite(sums):
            return sums
    if conv_depthwise.fits(weight, x.shape[1]):
        return conv_depthwise.weight_sums(g, x, weight, padding, stride, dilation)
    if weight[0] <= NARROW and conv_rows.fits(len(x), weight, g.shape[2:], dilation, x.shape[1] // weight[1]):
        return conv_rows.weight_sums(g, x, weight, padding, stride, dilation[1])
    return conv_tiles.weight_sums(g, x, weight, padding, stride, dilation)


def _widened(x: Any, w: Any, bias: Any = None) -> tuple[Any, Any, Any]:
    """Arrays of half precision in single precision, in which their products are summed."""
    return x.astype(np.float32), w.astype(np.float32), None if bias is None else bias.astype(np.float32)


def _turned(w: Any, groups: int) -> Any:
    """The weight whose convolution is the transposed one of ``w``: turned round, its channels exchanged in each group."""
    o, c, *kernel = w.shape
    parts = w.reshape(groups, o // groups, c, *kernel).swapaxes(1, 2)
    return parts[(slice(None),) * 3 + (slice(None, None, -1),) * len(kernel)].reshape(groups * c, o // groups, *kernel)


def _fill(out: Any, bias: Any) -> None:
    """The result where there is nothing to sum."""
    out[...] = 0 if bias is None else bias.reshape(-1, *[1] * (out.ndim - 2))


def _pointwise(w: Any, stride: tuple, padding: tuple) -> bool:
    """Whether each output sees one place of the input, its own."""
    return all([k == 1 for k in w.shape[2:]]) and all([s == 1 for s in stride]) and not any(padding)


def _product(x: Any, w: Any, bias: Any, out: Any, back: bool) -> None:
    """A kernel of one place: the channels of each image times one matrix for each group."""
    n = x.shape[0]
    o, c = w.shape[:2]
    groups = (out if back else x).shape[1] // c
    matrix = w.reshape(groups, o // groups, c)
    if back:
        matrix = matrix.swapaxes(1, 2)
    left = x.reshape(n, groups, x.shape[1] // groups, math.prod(x.shape[2:]))
    right = out.reshape(n, groups, out.shape[1] // groups, math.prod(out.shape[2:]))
    if bias is not None:
        bias = bias.reshape(groups, -1, 1)

    def task(start: int, stop: int) -> None:
        part = np.matmul(matrix, left[start:stop], out=right[start:stop])
        if bias is not None:
            np.add(part, bias, out=part)

    threads.split(task, n, max(1, PIECE * n // max(1, out.size * matrix.shape[2])))
