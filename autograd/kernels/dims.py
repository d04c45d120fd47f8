"""Dimension arguments: from PyTorch's forms to NumPy's axes."""

from __future__ import annotations

from typing import Any

from autograd.errors import dim_message


def one_axis(dim: Any, ndim: int) -> int:
    """A single dimension as a non-negative axis; a 0-d array counts as having one dimension.

    Raises IndexError where there is none such, TypeError where ``dim`` is not an int.

    >>> one_axis(-1, 3), one_axis(-1, 0)
    (2, 0)
    """
    if isinstance(dim, bool) or not hasattr(dim, "__index__"):
        raise TypeError(f"argument 'dim' must be int, not {type(dim).__name__}")
    axis, count = dim.__index__(), max(ndim, 1)
    if not -count <= axis < count:
        raise IndexError(dim_message(axis, ndim))
    return axis % count


def all_axes(dim: Any, ndim: int) -> tuple[int, ...]:
    """The dimensions to reduce as distinct non-negative axes: all of them for None and for an empty tuple.

    Raises IndexError where there is none such, RuntimeError where one comes twice, TypeError for other types.

    >>> all_axes(None, 2), all_axes((-1, 0), 3), all_axes(0, 0)
    ((0, 1), (2, 0), ())
    """
    if dim is None:
        return tuple(range(ndim))
    if isinstance(dim, (tuple, list)):
        axes = tuple([one_axis(d, ndim) for d in dim])
        for i, axis in enumerate(axes):
            if axis in axes[:i]:
                raise RuntimeError(f"dim {axis} appears multiple times in the list of dims")
        if not axes:
            return tuple(range(ndim))
    else:
        axes = (one_axis(dim, ndim),)
    return axes if ndim else ()


def kept(shape: tuple[int, ...], dim: Any) -> tuple[int, ...]:
    """``shape`` with 1 in the place of each reduced dimension.

    >>> kept((2, 3, 4), (0, -1))
    (1, 3, 1)
    """
    axes = all_axes(dim, len(shape))
    return tuple([1 if i in axes else n for i, n in enumerate(shape)])


def count(shape: tuple[int, ...], dim: Any) -> int:
    """How many elements each result of a reduction is made of.

    >>> count((2, 3, 4), (0, -1))
    8
    """
    if type(dim) is int and -len(shape) <= dim < len(shape):
        return shape[dim]
    total = 1
    for axis in all_axes(dim, len(shape)):
        total *= shape[axis]
    return total
