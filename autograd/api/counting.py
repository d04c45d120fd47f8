"""Front ends of counting and searching: distinct elements, histograms, places in sorted sequences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import dtypes, return_types
from autograd.api.create import linspace
from autograd.api.export import export
from autograd.api.reduce import check_tensor
from autograd.dispatch import finish, wrap
from autograd.kernels import counting as kernel
from autograd.ops import sort as ops
from autograd.tensor import Tensor


@export()
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The distinct elements, or slices along ``dim``, in order (with or without ``sorted``). As ``torch.unique``.

    With ``return_inverse`` and ``return_counts`` a tuple with which of them each element is, and how often each comes
    (int64). Each NaN is its own. Not differentiable. Raises RuntimeError where slices have no elements.

    >>> import autograd
    >>> autograd.unique(autograd.tensor([3, 1, 1]), return_counts=True)
    (tensor([1, 3]), tensor([2, 1]))
    """
    return _chosen(ops.unique.function(input, dim), return_inverse, return_counts)


@export()
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The first of each run of equal elements, or slices along ``dim``. As ``torch.unique_consecutive``.

    With ``return_inverse`` and ``return_counts`` a tuple with which run each is in, and the lengths (int64).

    >>> import autograd
    >>> autograd.unique_consecutive(autograd.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    return _chosen(ops.unique_consecutive.function(input, dim), return_inverse, return_counts)


def _chosen(found: tuple, inverse: bool, counts: bool) -> Any:
    if not inverse and not counts:
        return found[0]
    return (found[0], *([found[1]] if inverse else []), *([found[2]] if counts else []))


@export(method=False)
def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Where each element of ``input`` (or a number) would be inserted into ``sorted_sequence``. As ``torch.searchsorted``.

    The sequence is sorted along its last dimension and has one dimension, or all but the last in common with
    ``input``. ``right`` (``side="right"``): behind equal elements. ``sorter`` holds the indices that sort the sequence.
    The result is int64 (or int32) in the shape of ``input``. Raises RuntimeError where shapes do not fit.

    >>> import autograd
    >>> autograd.searchsorted(autograd.tensor([1.0, 3.0, 3.0, 5.0]), autograd.tensor([3.0, 9.0]))
    tensor([1, 4])
    """
    check_tensor(sorted_sequence, "searchsorted", "sorted_sequence")
    if side not in {None, "left", "right"}:
        raise RuntimeError(f"searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "searchsorted(): side and right can't be set to opposites, got side of left while right was True"
        )
    values = input if isinstance(input, Tensor) else Tensor(np.asarray(input), dtype=np.asarray(input).dtype)
    return ops.searchsorted.function(
        sorted_sequence, values, sorter, out_int32=bool(out_int32), right=bool(right or side == "right"), out=out
    )


@export(method=False)
def bucketize(
    input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False, out: Tensor | None = None
) -> Tensor:
    """The index of the bucket between sorted 1-d ``boundaries`` in which each element lies. As ``torch.bucketize``.

    A value equal to a boundary lies below it, or above with ``right``. Raises RuntimeError where the boundaries are not 1-d.

    >>> import autograd
    >>> autograd.bucketize(autograd.tensor([3.0, 0.0]), autograd.tensor([1.0, 3.0, 5.0]))
    tensor([1, 0])
    """
    check_tensor(boundaries, "bucketize", "boundaries")
    if boundaries.ndim != 1:
        raise RuntimeError(f"bucketize(): boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right, out=out)


@export(method=False)
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Which of ``elements`` are among ``test_elements``: a bool tensor in the shape of the first. As ``torch.isin``.

    One of the two may be a number. ``invert``: which are not. Raises TypeError where neither is a Tensor.

    >>> import autograd
    >>> autograd.isin(autograd.tensor([[1, 2], [3, 4]]), autograd.tensor([2, 3]))
    tensor([[False,  True],
            [ True, False]])
    """
    if not isinstance(elements, Tensor):
        check_tensor(test_elements, "isin", "test_elements")
    among, these = (v._array if isinstance(v, Tensor) else v for v in (test_elements, elements))
    if any(getattr(v, "dtype", None) == dtypes.bool_ for v in (among, these)):
        raise RuntimeError("isin(): Unsupported input type encountered: bool")
    found = np.isin(these, among, invert=invert)  # assume_unique would only make it faster, and wrong if it is not so
    return Tensor(found, dtype=found.dtype)


# -- histograms -----------------------------------------------------------------------------------------------------


@export()
def histogram(
    input: Tensor,
    bins: int | Tensor = 100,
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
    out: Any = None,
) -> Any:
    """How many elements fall into each bin: a named tuple ``hist, bin_edges`` in the input's dtype.

    ``bins`` is a number of equal bins over ``range`` (that of the data; widened by 0.5 on both sides where it is one
    point), or a 1-d tensor of increasing edges. A bin holds its left edge, the last one its right edge too; elements
    outside are ignored. ``weight`` counts each element so often; ``density`` makes the integral 1. Not differentiable.
    NotImplementedError for other dtypes than float32 and float64, RuntimeError for arguments that do not fit. As
    ``torch.histogram``.

    >>> import autograd
    >>> hist, edges = autograd.histogram(autograd.tensor([1.0, 2.0, 1.0]), bins=4, range=(0.0, 3.0))
    >>> hist, edges
    (tensor([0., 2., 1., 0.]), tensor([0.0000, 0.7500, 1.5000, 2.2500, 3.0000]))
    """
    check_tensor(input, "histogram")
    if isinstance(bins, Tensor) and range is not None:
        raise TypeError("histogram(): takes 'range' with a number of bins only, but got a tensor of edges too")
    points = input.detach().reshape(-1, 1)
    weights = None if weight is None else _weight(input, weight, "histogram", input.shape)
    edges = _edges(points, [bins], range, "histogram")
    hist = wrap(kernel.histogram(points._array, [e._array for e in edges], weights, density))
    if out is None:
        return return_types.histogram(hist, edges[0])
    return return_types.histogram(*finish((hist, edges[0]), out, ops.histc, (input,)))


@export(method=False)
def histogramdd(
    input: Tensor,
    bins: int | Sequence[Any],
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> Any:
    """The histogram of points with coordinates in the last dimension: a named tuple ``hist, bin_edges``.

    ``bins`` is a number of bins, one for each coordinate, or a tensor of edges for each; ``range`` the lower and the upper
    end for each coordinate, flat. ``hist`` has a dimension for each coordinate, ``bin_edges`` is a tuple of their
    edges. Otherwise as ``histogram``. As ``torch.histogramdd``.

    >>> import autograd
    >>> points = autograd.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
    >>> autograd.histogramdd(points, bins=[2, 2]).hist
    tensor([[0., 1.],
            [1., 1.]])
    """
    check_tensor(input, "histogramdd")
    if input.ndim == 0:
        raise IndexError("histogramdd: input tensor should have at least 2 dimensions, but got 0")
    if input.ndim < 2:
        raise RuntimeError(f"histogramdd: input tensor should have at least 2 dimensions, but got {input.ndim}")
    count = input.shape[-1]
    if isinstance(bins, Tensor):
        raise TypeError("histogramdd(): argument 'bins' must be an int or a sequence of ints or of Tensors, not Tensor")
    given = list(bins) if isinstance(bins, (tuple, list)) else [bins] * count
    if len(given) != count:
        raise RuntimeError(
            f"histogramdd: The size of bins must be equal to the innermost dimension of the input ({count}), "
            f"but got {len(given)}"
        )
    points = input.detach().reshape(-1, count)
    weights = None if weight is None else _weight(input, weight, "histogramdd", input.shape[:-1])
    edges = _edges(points, given, range, "histogramdd")
    hist = kernel.histogram(points._array, [e._array for e in edges], weights, density)
    return return_types.histogramdd(wrap(hist), tuple(edges))


def _weight(input: Tensor, weight: Tensor, name: str, shape: Sequence[int]) -> np.ndarray:
    """The weights as a vector; RuntimeError where they do not fit the input."""
    check_tensor(weight, name, "weight")
    if weight.dtype is not input.dtype:
        raise RuntimeError(
            f"{name}: input tensor and weight tensor should have the same dtype, but got input({input.dtype}) and "
            f"weight({weight.dtype})"
        )
    if tuple(weight.shape) != tuple(shape):
        raise RuntimeError(f"{name}: weight should have the shape {list(shape)}, but got {list(weight.shape)}")
    return weight._array.reshape(-1)


def _edges(points: Tensor, bins: list[Any], range: Sequence[float] | None, name: str) -> list[Tensor]:
    """The edges of the bins of each coordinate; TypeError or RuntimeError where an argument does not fit."""
    if points.dtype not in (dtypes.float32, dtypes.float64):
        raise NotImplementedError(f"{name}: not implemented for {points.dtype}; convert to float32 or float64 first")
    if range is not None and len(range) != 2 * len(bins):
        raise RuntimeError(
            f"{name}: for a {len(bins)}-dimensional histogram range should have {2 * len(bins)} elements, but got {len(range)}"
        )
    found = []
    for i, given in enumerate(bins):
        if isinstance(given, Tensor):
            found.append(_given_edges(given, points.dtype, i, name))
            continue
        if isinstance(given, bool) or not hasattr(given, "__index__"):
            raise TypeError(f"{name}(): argument 'bins' must be an int or a Tensor, not {type(given).__name__}")
        if given <= 0:
            raise RuntimeError(f"{name}(): bins must be > 0, but got {given} for dimension {i}")
        low, high = _span(points._array[:, i]) if range is None else (float(range[2 * i]), float(range[2 * i + 1]))
        if not (math.isfinite(low) and math.isfinite(high)):
            raise RuntimeError(f"{name}: dimension {i}'s range [{low}, {high}] is not finite")
        if low > high:
            raise RuntimeError(f"{name}: min should not exceed max, but got min {low} max {high} for dimension {i}")
        if low == high:
            low, high = low - 0.5, high + 0.5
        found.append(linspace(low, high, int(given) + 1, dtype=points.dtype))
    return found


def _span(values: np.ndarray) -> tuple[float, float]:
    """The smallest and the largest; 0 and 1 where there are none."""
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)


def _given_edges(edges: Tensor, dtype: np.dtype, place: int, name: str) -> Tensor:
    """A tensor of edges; RuntimeError where it is none."""
    if edges.ndim != 1:
        raise RuntimeError(
            f"{name}: bins tensor should have one dimension, but got {edges.ndim} dimensions in the bins tensor for "
            f"dimension {place}"
        )
    if edges.dtype is not dtype:
        raise RuntimeError(
            f"{name}: input tensor and bins tensors should have the same dtype, but got input with dtype {dtype} and bins "
            f"for dimension {place} with dtype {edges.dtype}"
        )
    if edges.numel() < 2:
        raise RuntimeError(f"{name}(): bins must be > 0, but got {edges.numel()} edges for dimension {place}")
    return edges.detach().clone()


@export()
def hash_tensor(
    input: Tensor, dim: Any = (), *, keepdim: bool = False, mode: int = 0, out: Tensor | None = None
) -> Tensor:
    """A checksum: the exclusive or, over ``dim`` (an int or several; all by default), of the bits of the elements.

    Floats count with their bits as float64, other numbers as 64-bit integers, so that equal values have equal sums; the
    result is uint64. RuntimeError for an empty input without ``dim`` and for another ``mode``, IndexError for a dimension
    out of range. As ``torch.hash_tensor``.

    >>> import autograd
    >>> autograd.hash_tensor(autograd.tensor([1, 2, 4])).item()
    7
    """
    check_tensor(input, "hash_tensor")
    if mode != 0:
        raise RuntimeError(f"hash_tensor: Unknown hash_tensor mode: {mode}; 0 is the exclusive or")
    return finish(wrap(kernel.checksum(input._array, dim, keepdim)), out, ops.histc, (input.detach(),))
