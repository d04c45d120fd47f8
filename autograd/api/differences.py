"""Calculus on samples: derivatives by finite differences, integrals by the trapezoidal rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import dtypes
from autograd.api.arguments import tensor_of
from autograd.api.export import export
from autograd.api.reduce import axis_of
from autograd.kernels.dims import all_axes
from autograd.tensor import Tensor

Spacing = Any  # a number, a number for each dimension, or a tensor of coordinates for each


@export(method=False)
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The integrals up to each sample by the trapezoidal rule: ``Σ_{i≤k} (y[i] + y[i + 1]) / 2 · (x[i + 1] - x[i])``.

    The points ``x`` default to a spacing ``dx`` (1); along ``dim`` the result has one element less. Integers give the
    default floating dtype. RuntimeError for bool and where ``x`` does not fit, IndexError for a 0-d ``y`` or a ``dim``
    out of range. As ``torch.cumulative_trapezoid``.

    >>> import autograd
    >>> autograd.cumulative_trapezoid(autograd.tensor([1.0, 5.0, 3.0]))
    tensor([3., 7.])
    """
    if x is not None and dx is not None:
        raise TypeError("cumulative_trapezoid() takes the points 'x' or their spacing 'dx', but got both")
    y = tensor_of(y, "cumulative_trapezoid", "y")
    if y.ndim == 0:
        raise IndexError(f"cumulative_trapezoid(): Dimension specified as {dim} but tensor has no dimensions")
    axis = axis_of(dim, y.ndim, "cumulative_trapezoid")
    for argument, values in (("y", y), ("x", x)):
        if values is not None and values.dtype == dtypes.bool_:
            raise RuntimeError(
                f"cumulative_trapezoid: received a bool input for {argument!r}, but bool is not supported"
            )
    if y.shape[axis] == 0:
        return (y / 1).cumsum(axis)
    pairs = _part(y, axis, 1) + _part(y, axis, 0, -1)
    if x is None:
        steps: Any = 1 if dx is None else dx
    else:
        steps = _steps(tensor_of(x, "cumulative_trapezoid", "x"), y, axis)
    return (pairs * steps).cumsum(axis) / 2


def _steps(x: Tensor, y: Tensor, axis: int) -> Tensor:
    """The distances of neighbouring points, in a shape that broadcasts to the samples ``y``."""
    if x.ndim == 1:
        if x.shape[0] != y.shape[axis]:
            raise RuntimeError(
                "cumulative_trapezoid: There must be one `x` value for each sample point, "
                f"but got {x.shape[0]} for {y.shape[axis]}"
            )
        return (x[1:] - x[:-1]).reshape((-1,) + (1,) * (y.ndim - 1 - axis))
    along = axis - y.ndim
    if x.ndim < -along:
        raise RuntimeError(f"cumulative_trapezoid: `x` of shape {list(x.shape)} has no dimension {along}")
    return _part(x, along + x.ndim, 1) - _part(x, along + x.ndim, 0, -1)


def _part(x: Tensor, axis: int, start: int | None, stop: int | None = None) -> Tensor:
    """The slice of ``x`` along ``axis``."""
    return x[(slice(None),) * axis + (slice(start, stop),)]


# -- derivatives ----------------------------------------------------------------------------------------------------


@export(method=False)
def gradient(
    input: Tensor, *, spacing: Spacing = 1, dim: int | Sequence[int] | None = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """The partial derivatives of a function from its samples ``input``: a tuple with one tensor for each ``dim`` (all).

    In the interior central differences, exact for parabolas: with the distances ``a`` and ``b`` to the neighbours,
    ``(a² y₊ + (b² - a²) y₀ - b² y₋) / (ab (a + b))``. On the edges one-sided ones of ``edge_order`` 1 or 2.
    ``spacing`` is a number, a number for each dimension, or a tensor of coordinates for each. RuntimeError for uint8 and
    bool, too few samples, or a ``spacing`` that does not fit. As ``torch.gradient``.

    >>> import autograd
    >>> autograd.gradient(autograd.tensor([1.0, 4.0, 9.0]), spacing=2.0)
    (tensor([1.5000, 2.0000, 2.5000]),)
    """
    x = tensor_of(input, "gradient")
    if isinstance(dim, (tuple, list)):
        axes: tuple[int, ...] = all_axes(dim, x.ndim) if dim else ()
    else:
        axes = tuple(range(x.ndim)) if dim is None else (axis_of(dim, x.ndim, "gradient"),)
    spaces = _spaces(spacing, len(axes), dim is not None)
    if x.dtype == dtypes.uint8:
        raise RuntimeError("gradient: does not support uint8 input; convert it first")
    if edge_order not in {1, 2}:
        raise RuntimeError(f"gradient: only supports edge_order=1 and edge_order=2, but got {edge_order}")
    for axis, space in zip(axes, spaces, strict=True):
        if x.shape[axis] < edge_order + 1:
            raise RuntimeError(
                f"gradient: expected each dimension size to be at least edge_order+1 ({edge_order + 1}), "
                f"but dimension {axis} has size {x.shape[axis]}"
            )
        if isinstance(space, Tensor) and space.shape != x.shape[axis : axis + 1]:
            raise RuntimeError(
                f"gradient: the coordinates of dimension {axis} must have shape {list(x.shape[axis : axis + 1])}, "
                f"but got {list(space.shape)}"
            )
    return tuple(_derivative(x, axis, space, edge_order) for axis, space in zip(axes, spaces, strict=True))


def _spaces(spacing: Spacing, count: int, chosen: bool) -> list[Any]:
    """The spacing of each of ``count`` dimensions: numbers, or tensors of coordinates."""
    if isinstance(spacing, Tensor):
        if spacing.ndim:
            raise TypeError("gradient(): argument 'spacing' must be a number or a tuple, but got one Tensor")
        spacing = spacing.item()
    if not isinstance(spacing, (tuple, list)):
        if isinstance(spacing, bool) or not isinstance(spacing, (int, float)):
            raise TypeError(f"gradient(): argument 'spacing' must be a number, not {type(spacing).__name__}")
        return [spacing] * count
    if len(spacing) != count:
        matching = "its dim argument" if chosen else "the number of dimensions"
        raise RuntimeError(
            f"gradient: expected spacing to be a number or of the length of {matching}, {count}, but got {len(spacing)}"
        )
    return list(spacing)


def _derivative(x: Tensor, axis: int, space: Any, edge_order: int) -> Tensor:
    """The derivative along ``axis``."""
    from autograd.ops.join import cat  # noqa: PLC0415 - joining stands beside this module, not below it

    steps = (_part(x, axis, 1) - _part(x, axis, 0, -1)) / _widths(space, x, axis)  # between neighbours
    if not isinstance(space, Tensor):
        interior = (_part(x, axis, 2) - _part(x, axis, 0, -2)) / (2 * space)
        share: Any = 0.5
    else:
        widths = _widths(space, x, axis)
        before, after = widths[:-1], widths[1:]
        weight = before / (before + after)
        interior = _part(steps, axis, 0, -1) + (_part(steps, axis, 1) - _part(steps, axis, 0, -1)) * weight
        share = None
    first, last = _part(steps, axis, 0, 1), _part(steps, axis, -1, None)
    if edge_order == 2:
        bend, end = _part(steps, axis, 1, 2) - first, last - _part(steps, axis, -2, -1)
        first = first - bend * (weight[:1] if share is None else share)
        last = last + end * ((1 - weight[-1:]) if share is None else share)
    return cat.function([first, interior, last], axis)


def _widths(space: Any, x: Tensor, axis: int) -> Any:
    """The distances between neighbours along ``axis``: a number, or a tensor that broadcasts to the samples."""
    if not isinstance(space, Tensor):
        return space
    return (space[1:] - space[:-1]).reshape((-1,) + (1,) * (x.ndim - 1 - axis))
