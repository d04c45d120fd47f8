"""Margin losses of several classes: each wrong class is to stay a margin below the right one, or ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels.loss import check_reduction, reduced

PAIRS = 1 << 18  # how many pairs of classes are compared at once


def check_input(x: np.ndarray) -> None:
    """RuntimeError unless ``x`` has a dimension of classes or is 0-d."""
    if x.ndim > 2 or (x.ndim and not x.shape[-1]):
        raise RuntimeError(
            f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(x.shape)}"
        )


def check_float(x: np.ndarray) -> None:
    """NotImplementedError for other dtypes than float32 and float64; PyTorch lets nothing of any dtype pass."""
    if x.size and x.dtype.char not in "fd":
        raise NotImplementedError(f"not implemented for {x.dtype}; it takes float32 and float64")


def _check_long(target: np.ndarray) -> None:
    if target.dtype != np.int64:
        raise RuntimeError(f"expected a target of dtype int64 but found {target.dtype}")


def _finish(losses: np.ndarray, reduction: str, shape: tuple, dtype: np.dtype) -> Any:
    losses = losses.astype(dtype, copy=False)
    if reduction == "none":
        return losses.reshape(shape)
    return reduced(losses, reduction) if losses.size else losses.dtype.type(0)


# -- one right class ----------------------------------------------------------------------------------------------------


def check_multi(x: np.ndarray, target: np.ndarray, weight: Any, reduction: str) -> None:
    """Raise PyTorch's errors where the arguments of ``multi_margin_loss`` do not go together."""
    check_reduction(reduction)
    check_input(x)
    _check_long(target)
    samples, classes = x.shape if x.ndim == 2 else (1, x.size)
    if target.size != samples or target.ndim > 1:
        raise RuntimeError(
            "target tensor should be 1-D with size equal to the number of input samples (batch size). "
            f"Expected target size [{samples}], but got {list(target.shape)}. Input has shape {list(x.shape)}."
        )
    if weight is not None:
        if weight.size != classes:
            raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")
        if weight.dtype != x.dtype:
            raise RuntimeError(f"expected a weight of dtype {x.dtype}, the input's, but found {weight.dtype}")
    if target.size and not 0 <= target.min() <= target.max() < classes:
        raise RuntimeError(
            f"target out of range: it has {target.min()} to {target.max()}, but there are {classes} classes"
        )
    check_float(x)


def excess(x: np.ndarray, target: np.ndarray, margin: float) -> np.ndarray:
    """How far each class comes within the margin of the right one, as (samples, classes); 0 for the right one itself."""
    rows = x if x.ndim == 2 else x.reshape(-1, x.shape[-1] if x.ndim else 1)
    right = np.arange(rows.shape[0]), target.reshape(-1)
    found = rows + (margin - rows[right])[:, None]
    np.fmax(found, 0, out=found)  # as in PyTorch a NaN exceeds nothing
    found[right] = 0
    return found


def multi_margin(
    x: np.ndarray, target: np.ndarray, weight: Any = None, p: int = 1, margin: float = 1.0, reduction: str = "mean"
) -> Any:
    """``Σ_j max(0, margin − x_y + x_j)^p / C`` over the classes j ≠ y, weighted by that of y; reduced."""
    x, target = np.asarray(x), np.asarray(target)
    check_multi(x, target, weight, reduction)
    over = excess(x, target, margin)
    losses = (over if p == 1 else np.square(over, out=over)).sum(1) / over.shape[1]
    if weight is not None:
        losses *= weight.reshape(-1)[target.reshape(-1)]
    return _finish(losses, reduction, target.shape, x.dtype)


def multi_slope(x: np.ndarray, target: np.ndarray, weight: Any, p: int, margin: float) -> np.ndarray:
    """The derivative of each row's loss: (samples, classes)."""
    x, target = np.asarray(x), np.asarray(target)
    found = excess(x, target, margin)
    if p == 1:
        np.greater(found, 0, out=found)
    factor = (2.0 if p == 2 else 1.0) / found.shape[1]
    labels = target.reshape(-1)
    found *= factor if weight is None else (weight.reshape(-1)[labels] * found.dtype.type(factor))[:, None]
    found[np.arange(found.shape[0]), labels] = -np.add.reduce(found, axis=1)
    return found


# -- any number of right classes ------------------------------------------------------------------------------------------


def check_multilabel(x: np.ndarray, target: np.ndarray, reduction: str) -> None:
    """Raise PyTorch's errors where the arguments of ``multilabel_margin_loss`` do not go together."""
    check_reduction(reduction)
    check_input(x)
    if target.shape != x.shape:
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(x.shape)}")
    _check_long(target)
    classes = x.shape[-1] if x.ndim else 1
    if target.size and not -1 <= target.min() <= target.max() < classes:
        raise RuntimeError(
            f"argument 'target' is out of range: it has {target.min()} to {target.max()}, but there are {classes} classes "
            "(and −1, which ends a row)"
        )
    check_float(x)


def _labels(target: np.ndarray, classes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The right classes of each row (0 where there is none), which of these count, and which classes are right."""
    counts = np.logical_and.accumulate(target >= 0, axis=1)
    width = int(counts.sum(1).max(initial=0))
    counts, labels = counts[:, :width], np.where(counts, target, 0)[:, :width]
    right = np.zeros((target.shape[0], classes), bool)
    row, place = np.nonzero(counts)
    right[row, labels[row, place]] = True
    return labels, counts, right


def _blocks(samples: int, pairs: int) -> list[slice]:
    step = max(1, PAIRS // max(1, pairs))
    return [slice(start, start + step) for start in range(0, samples, step)]


def _pairs(rows: np.ndarray, labels: np.ndarray, counts: np.ndarray, right: np.ndarray) -> np.ndarray:
    """``max(0, 1 − x_y + x_i)`` for each right class y and wrong class i: (samples, right classes, classes)."""
    over = rows[:, None, :] + (1 - np.take_along_axis(rows, labels, 1))[:, :, None]
    np.fmax(over, 0, out=over)
    over[~counts] = 0
    return np.where(right[:, None, :], over.dtype.type(0), over)


def multilabel_margin(x: np.ndarray, target: np.ndarray, reduction: str = "mean") -> Any:
    """``Σ_y Σ_i max(0, 1 − x_y + x_i) / C`` over right classes y and wrong ones i; reduced."""
    x, target = np.asarray(x), np.asarray(target)
    check_multilabel(x, target, reduction)
    classes = x.shape[-1] if x.ndim else 1
    rows = x.reshape(-1, classes)
    labels, counts, right = _labels(target.reshape(-1, classes), classes)
    losses = np.zeros(rows.shape[0], x.dtype)
    for part in _blocks(rows.shape[0], labels.shape[1] * classes):
        losses[part] = _pairs(rows[part], labels[part], counts[part], right[part]).sum((1, 2)) / classes
    return _finish(losses, reduction, x.shape[:-1], x.dtype)


def multilabel_slope(x: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The derivative of each row's loss: piecewise constant."""
    x, target = np.asarray(x), np.asarray(target)
    classes = x.shape[-1] if x.ndim else 1
    rows = x.reshape(-1, classes)
    labels, counts, right = _labels(target.reshape(-1, classes), classes)
    found = np.zeros(rows.shape, x.dtype)
    for part in _blocks(rows.shape[0], labels.shape[1] * classes):
        hit = _pairs(rows[part], labels[part], counts[part], right[part]) > 0
        slope = hit.sum(1).astype(x.dtype)
        row = np.arange(slope.shape[0])[:, None]
        np.subtract.at(slope, (row, labels[part]), hit.sum(2))
        found[part] = slope / classes
    return found.reshape(x.shape)
