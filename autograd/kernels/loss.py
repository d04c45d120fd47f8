"""Losses over classes, each in as few passes over the array as it takes.

Classes stand in dimension 1 (0 for a single sample); further dimensions are places, each with a class of its own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels import threads
from autograd.kernels.curves import exp_of_product
from autograd.kernels.softmax import FEW, LINES, is_safe, short_lines
from autograd.kernels.sums import CHUNK, line_sums

REDUCTIONS = ("none", "mean", "sum")


def check_reduction(reduction: Any) -> None:
    """ValueError unless ``reduction`` is one of the three."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction; expected one of 'none', 'mean', 'sum'")


def reduced(values: Any, reduction: str, total: Any = None) -> Any:
    """``values`` summed, averaged (divided by ``total``, by default their number) or as they are.

    >>> float(reduced(np.array([1.0, 2.0]), "mean"))
    1.5
    """
    if reduction == "none":
        return values
    if reduction not in {"mean", "sum"}:
        check_reduction(reduction)
    half = values.dtype == np.float16  # a sum of many halves needs more digits than a half has
    found = np.add.reduce(values, axis=None, dtype=np.float32 if half else None)
    if reduction == "mean":
        found = found / (values.size if total is None else total)
    return found.astype(np.float16) if half else found


# -- classes --------------------------------------------------------------------------------------------------------


def rows(x: np.ndarray) -> np.ndarray:
    """``x`` as (samples, classes) or (samples, classes, places)."""
    if x.ndim == 2:
        return x
    return x[None] if x.ndim == 1 else x.reshape(x.shape[0], x.shape[1], math.prod(x.shape[2:]))


def taken(x: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The entry of each row of ``x`` at its target."""
    return x[_at(x, target)]


def _at(x: np.ndarray, target: np.ndarray) -> tuple:
    """The index of each row's target."""
    samples = np.arange(x.shape[0])
    if x.ndim == 2:
        return samples, target
    return samples[:, None], target, np.arange(x.shape[2])


def check_classes(
    x: np.ndarray, target: np.ndarray, weight: Any, ignore_index: int, reduction: str, smooth: float
) -> None:
    """Raise PyTorch's errors where logits, targets and weights of classes do not go together."""
    check_reduction(reduction)
    if not 0.0 <= smooth <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {smooth}")
    if x.dtype.kind != "f":
        raise NotImplementedError(f"the input must be floating point, but got {x.dtype}")
    if not x.ndim:
        raise RuntimeError("the input needs a dimension of classes, but got a 0-d tensor")
    _check_weight(x, weight)
    if target.dtype.kind != "f":
        if target.shape == x.shape:
            raise RuntimeError(f"Expected floating point type for target with class probabilities, got {target.dtype}")
        check_index_shape(x, target)
    elif target.shape != x.shape:
        raise RuntimeError(
            f"expected target dtype to be Long (class indices), but got {target.dtype}; class probabilities would have "
            f"the shape of the input, {list(x.shape)}, but the target has {list(target.shape)}"
        )
    elif ignore_index >= 0:
        raise RuntimeError(f"ignore_index is not supported for floating point target, but got {ignore_index}")


def _check_weight(x: np.ndarray, weight: Any) -> None:
    if weight is None:
        return
    classes = x.shape[1 if x.ndim > 1 else 0]
    if weight.shape != (classes,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {classes} classes or no classes "
            f"but got weight tensor of shape: {list(weight.shape)}"
        )
    if weight.dtype != x.dtype:
        raise RuntimeError(f"expected a weight of dtype {x.dtype}, the input's, but found {weight.dtype}")


def check_index_shape(x: np.ndarray, target: np.ndarray) -> None:
    """Raise PyTorch's errors where class indices do not fit the logits."""
    if target.dtype.kind not in "iu":
        raise RuntimeError(f"expected target dtype to be Long (class indices), but got {target.dtype}")
    if x.ndim == 1:
        if target.ndim > 1:
            raise RuntimeError(f"0D or 1D target tensor expected for one sample, but got shape {list(target.shape)}")
        if target.size != 1:
            raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {target.size}")
        return
    if not target.ndim or x.shape[0] != target.shape[0]:
        size = target.shape[0] if target.ndim else "none, for it is 0-d"
        raise ValueError(f"Expected input batch_size ({x.shape[0]}) to match target batch_size ({size}).")
    if x.ndim == 2 and target.ndim > 1:
        raise RuntimeError(
            f"0D or 1D target tensor expected, multi-target not supported: got shape {list(target.shape)}"
        )
    expected = (x.shape[0], *x.shape[2:])
    if target.shape != expected:
        raise RuntimeError(f"Expected target size {list(expected)}, got {list(target.shape)} (input: {list(x.shape)})")


def index_target(x: np.ndarray, target: np.ndarray, ignore_index: int) -> tuple[np.ndarray, np.ndarray | None]:
    """The targets of the rows ``x``, and which of them count (None: all); IndexError for one that is no class."""
    target = np.asarray(target).reshape(x.shape[0], *x.shape[2:]).astype(np.int64, copy=False)
    classes = x.shape[1]
    outside = target.view(np.uint64) >= classes  # negative ones too
    keep = None
    if 0 <= ignore_index < classes or outside.any():
        keep = target != ignore_index
        bad = outside & keep
        if bad.any():
            wrong = target[bad][0]
            raise IndexError(
                f"Target {wrong} is out of bounds: expected a class from 0 to {classes - 1} "
                f"(the input has {classes} classes) or ignore_index={ignore_index}"
            )
        if keep.all():
            keep = None
        else:
            target = np.where(keep, target, 0)
    return target, keep


def row_weights(target: np.ndarray, keep: np.ndarray | None, weight: Any, dtype: np.dtype) -> Any:
    """The weight of each row (its class's, 0 where ignored), or None where all count once."""
    if weight is None:
        return None if keep is None else keep.astype(dtype)
    found = np.asarray(weight)[target]
    return found if keep is None else np.where(keep, found, found.dtype.type(0))


def total_weight(target: np.ndarray, weights: Any) -> Any:
    """What a mean over the rows divides by."""
    return target.size if weights is None else np.add.reduce(weights, axis=None)


def _divisor(target: np.ndarray, keep: np.ndarray | None, weights: Any) -> Any:
    """What the gradient of a mean is divided by: for ignored rows it is 0 even where the mean is NaN, as in PyTorch."""
    total = total_weight(target, weights)
    if total != 0 or keep is None:
        return total
    return np.where(keep, total, total.dtype.type(np.inf))


def softmax_rows(x: np.ndarray) -> tuple[np.ndarray, Any, np.ndarray]:
    """The softmax of each row, what was subtracted from the row, and the logarithm of the sum of exponentials left."""
    if x.shape[1] == 0:
        raise IndexError("there are no classes: expected a dimension 1 of size 1 or more")
    out = np.empty(x.shape, x.dtype)
    if x.ndim == 3 or x.size <= CHUNK:
        return out, *_softmax_block(x, out)
    tops, logs = np.empty((x.shape[0], 1), x.dtype), np.empty((x.shape[0], 1), x.dtype)
    step = max(1, LINES // x.shape[1])

    def piece(first: int, last: int) -> None:
        for start in range(first, last, step):
            part = slice(start, min(start + step, last))
            tops[part], logs[part] = _softmax_block(x[part], out[part])

    threads.split(piece, x.shape[0], step)
    return out, tops, logs


def _softmax_block(x: np.ndarray, out: np.ndarray) -> tuple[Any, np.ndarray]:
    """The softmax of a few rows into ``out``."""
    if x.ndim == 2 and x.size >= FEW:
        exp_of_product(x, 1.0, out)
        sums = line_sums(out)[:, None]
        if is_safe(sums):
            np.divide(out, sums, out=out)
            return np.zeros((len(x), 1), x.dtype), np.log(sums)
    if x.ndim == 3 or x.shape[1] > 512 or x.shape[0] < 64:
        top = np.maximum.reduce(x, axis=1, keepdims=True)
    else:
        top = short_lines(np.maximum, x)[:, None]
    np.subtract(x, top, out=out)
    exp_of_product(out, 1.0, out)
    sums = line_sums(out)[:, None] if x.ndim == 2 else np.add.reduce(out, axis=1, keepdims=True)
    np.divide(out, sums, out=out)
    return top, np.log(sums)


def _plain(x: np.ndarray, target: np.ndarray, weight: Any, ignore_index: int, smooth: float) -> np.ndarray | None:
    """The places of the targets in the flattened rows, where these are a matrix and all of them count alike.

    None where weights, smoothing, ignored rows or anything unusual ask for the long way.
    """
    if weight is not None or smooth or x.ndim != 2 or target.ndim != 1 or target.dtype != np.int64:
        return None
    rows, classes = x.shape
    if rows != target.shape[0] or not x.size or 0 <= ignore_index < classes or x.dtype.char not in "fd":
        return None
    if np.maximum.reduce(target.view(np.uint64)) >= classes:  # negative ones are very large as unsigned numbers
        return None
    return np.arange(0, x.size, classes) + target


def cross_entropy(
    x: np.ndarray,
    target: np.ndarray,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> tuple[Any, np.ndarray]:
    """Cross-entropy of logits ``x`` with classes (integers) or class probabilities; and the softmax of ``x``.

    >>> loss, probabilities = cross_entropy(np.zeros((1, 4)), np.array([2]))
    >>> float(np.exp(loss)), probabilities
    (4.0, array([[0.25, 0.25, 0.25, 0.25]]))
    """
    place = _plain(x, target, weight, ignore_index, label_smoothing)
    if place is not None:
        probabilities, top, logs = softmax_rows(x)
        losses = logs[:, 0] - (x.take(place) - top[:, 0])
        return reduced(losses, reduction), probabilities
    check_classes(x, target, weight, ignore_index, reduction, label_smoothing)
    half = x.dtype == np.float16
    logits = rows(x.astype(np.float32) if half else x)
    probabilities, top, logs = softmax_rows(logits)
    classes = logits.shape[1]
    if target.dtype.kind == "f":
        mixed = rows(smoothed(target, label_smoothing, classes))
        terms = mixed * (logs - (logits - top))
        if weight is not None:
            terms *= np.asarray(weight)[(slice(None),) + (None,) * (logits.ndim - 2)]
        losses, total = np.add.reduce(terms, axis=1), logits.size // classes
    else:
        index, keep = index_target(logits, target, ignore_index)
        weights = row_weights(index, keep, weight, logits.dtype)
        losses = logs[:, 0] - (taken(logits, index) - top[:, 0])
        if weights is not None:
            losses = _masked(losses, keep) * weights
        if label_smoothing:
            every = _sum_over_classes(logs - (logits - top), weight)
            losses = losses * (1 - label_smoothing) + _masked(every, keep) * (label_smoothing / classes)
        total = total_weight(index, weights)
    shape = x.shape[:1] + x.shape[2:] if x.ndim > 1 else ()
    loss = reduced(losses.reshape(shape)[()], reduction, total)
    return loss.astype(x.dtype, copy=False), probabilities.reshape(x.shape).astype(x.dtype, copy=False)


def _masked(values: np.ndarray, keep: np.ndarray | None) -> np.ndarray:
    """``values`` with zeros where they do not count (also in place of infinities)."""
    return values if keep is None else np.where(keep, values, values.dtype.type(0))


def _sum_over_classes(values: np.ndarray, weight: Any) -> np.ndarray:
    if weight is None:
        return np.add.reduce(values, axis=1)
    return np.einsum("nc...,c->n...", values, np.asarray(weight))


def smoothed(target: Any, label_smoothing: float, classes: int) -> Any:
    """Probabilities mixed with the uniform distribution; works on whatever has arithmetic."""
    return target * (1 - label_smoothing) + label_smoothing / classes if label_smoothing else target


def cross_entropy_grad(
    g: Any,
    target: np.ndarray,
    weight: Any,
    probabilities: np.ndarray,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> np.ndarray:
    """The gradient of ``cross_entropy`` with respect to the logits."""
    place = _plain(probabilities, target, weight, ignore_index, label_smoothing)
    if place is not None:
        count = probabilities.shape[0]
        scale = g[:, None] if reduction == "none" else g / count if reduction == "mean" else g
        found = np.multiply(probabilities, scale, order="C")
        found.reshape(-1)[place] -= scale[:, 0] if reduction == "none" else scale
        return found
    p = rows(np.asarray(probabilities))
    classes, dtype = p.shape[1], p.dtype
    g = np.asarray(g) if reduction != "none" else np.asarray(g).reshape(p.shape[0], 1, *p.shape[2:])
    if target.dtype.kind == "f":
        q = rows(smoothed(target, label_smoothing, classes))
        if weight is not None:
            q = q * np.asarray(weight)[(slice(None),) + (None,) * (p.ndim - 2)]
        found = p * np.add.reduce(q, axis=1, keepdims=True)
        found -= q
        found *= g / (p.size // classes) if reduction == "mean" else g
        return found.reshape(probabilities.shape).astype(dtype, copy=False)
    index, keep = index_target(p, target, ignore_index)
    weights = row_weights(index, keep, weight, dtype)
    scale = g
    if reduction == "mean":
        divisor = _divisor(index, keep, weights)
        scale = g / (np.expand_dims(divisor, 1) if np.ndim(divisor) else divisor)
    hit = scale if weights is None else np.expand_dims(weights, 1) * scale
    whole = hit * (1 - label_smoothing) if label_smoothing else hit
    both = whole
    if label_smoothing:
        spread = scale if keep is None else np.expand_dims(keep, 1) * scale
        spread = spread * (label_smoothing / classes)
        every = np.ones(classes, dtype) if weight is None else np.asarray(weight)
        both = whole + spread * np.add.reduce(every)
    found = p * both
    if label_smoothing:
        found -= spread * every[(slice(None),) + (None,) * (p.ndim - 2)]
    found[_at(p, index)] -= np.broadcast_to(whole, (p.shape[0], 1, *p.shape[2:]))[:, 0]
    return found.reshape(probabilities.shape).astype(dtype, copy=False)


def row_factor(x_shape: tuple, dtype: Any, target: Any, weight: Any, ignore: int, reduction: str, smooth: float) -> Any:
    """By what each row's softmax is multiplied in the gradient for a unit incoming one; classes are targets."""
    blank = rows(np.broadcast_to(np.zeros((), dtype), x_shape))
    classes = blank.shape[1]
    index, keep = index_target(blank, target, ignore)
    weights = row_weights(index, keep, weight, np.dtype(dtype))
    hit = np.ones(index.shape, dtype) if weights is None else weights
    factor = hit * (1 - smooth)
    if smooth:
        every = classes if weight is None else np.add.reduce(np.asarray(weight))
        factor = factor + (np.ones(index.shape, dtype) if keep is None else keep) * (every * smooth / classes)
    if reduction == "mean":
        factor = factor / _divisor(index, keep, weights)
    shape = (x_shape[0], 1, *x_shape[2:]) if len(x_shape) > 1 else (1,)
    return factor.reshape(shape).astype(dtype, copy=False)


def nll(
    x: np.ndarray, target: np.ndarray, weight: Any = None, ignore_index: int = -100, reduction: str = "mean"
) -> Any:
    """Minus the entry of ``x`` at each row's target, weighted.

    >>> float(nll(np.array([[-1.0, -2.0]]), np.array([1])))
    2.0
    """
    check_reduction(reduction)
    _check_weight(x, weight)
    check_index_shape(x, target)
    log_p = rows(x)
    index, keep = index_target(log_p, target, ignore_index)
    weights = row_weights(index, keep, weight, log_p.dtype)
    losses = -taken(log_p, index)
    if weights is not None:
        losses = _masked(losses, keep) * weights
    shape = x.shape[:1] + x.shape[2:] if x.ndim > 1 else ()
    found = reduced(losses.reshape(shape)[()], reduction, total_weight(index, weights))
    return found.astype(x.dtype, copy=False)


def nll_grad(g: Any, target: np.ndarray, weight: Any, shape: tuple, ignore_index: int, reduction: str) -> np.ndarray:
    """The gradient of ``nll`` with respect to ``x`` of ``shape``."""
    g = np.asarray(g)
    out = np.zeros(shape, g.dtype)
    log_p = rows(out)
    index, keep = index_target(log_p, target, ignore_index)
    weights = row_weights(index, keep, weight, g.dtype)
    scale = g.reshape(index.shape) if reduction == "none" else g
    if reduction == "mean":
        scale = scale / _divisor(index, keep, weights)
    log_p[_at(log_p, index)] = -scale if weights is None else -scale * weights
    return out
