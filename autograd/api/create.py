"""Factories: tensors of one value, of a shape, or along a range. As PyTorch's creation functions."""

from __future__ import annotations

import builtins
import math
from fractions import Fraction
from typing import Any

import numpy as np

from autograd import dtypes
from autograd.api.export import export
from autograd.factory import (
    calm,
    check_options,
    finished,
    made,
    ordered,
    out_dtype,
    pick_dtype,
    preserve_format,
    sizes_from,
    warn,
)
from autograd.kernels.stream_arithmetic import multiply_add
from autograd.tensor import Tensor

_LANES = 8  # how many elements at a time PyTorch's float32 kernels compute; half as many in float64


def _default() -> np.dtype:
    return dtypes.get_default_dtype()


# -- of a shape ---------------------------------------------------------------------------------------------------------


@export(method=False)
def zeros(
    *sizes: Any,
    size: Any = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Zeros of a shape given as ``2, 3``, ``(2, 3)`` or ``size=``; the default dtype. As ``torch.zeros``.

    Raises TypeError for sizes that are not ints, RuntimeError for negative ones.

    >>> import autograd
    >>> autograd.zeros(2, dtype=autograd.int64)
    tensor([0, 0])
    """
    check_options("zeros", device, layout)
    shape = sizes_from(sizes, "zeros", size)
    return finished("zeros", np.zeros(shape, out_dtype("zeros", out, dtype, _default())), out, requires_grad)


@export(method=False)
def ones(
    *sizes: Any,
    size: Any = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Ones of a shape given as ``2, 3``, ``(2, 3)`` or ``size=``; the default dtype. As ``torch.ones``.

    Raises TypeError for sizes that are not ints, RuntimeError for negative ones.

    >>> import autograd
    >>> autograd.ones(2, requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    """
    check_options("ones", device, layout)
    shape = sizes_from(sizes, "ones", size)
    return finished("ones", np.ones(shape, out_dtype("ones", out, dtype, _default())), out, requires_grad)


@export(method=False)
def empty(
    *sizes: Any,
    size: Any = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor whose values are whatever the memory held, to be overwritten. As ``torch.empty``.

    Raises TypeError for sizes that are not ints, RuntimeError for negative ones.

    >>> import autograd
    >>> autograd.empty(2, 3).shape
    autograd.Size([2, 3])
    """
    check_options("empty", device, layout, memory_format)
    shape = sizes_from(sizes, "empty", size)
    array = ordered(np.empty(shape, out_dtype("empty", out, dtype, _default())), memory_format, "empty")
    return finished("empty", array, out, requires_grad)


def fill_dtype(name: str, value: Any) -> np.dtype:
    """The dtype of a tensor filled with ``value``: bool, int64 or the default dtype; TypeError where it is no number."""
    if isinstance(value, (bool, np.bool_)):
        return dtypes.bool_
    if isinstance(value, (int, np.integer)):
        return dtypes.int64
    if isinstance(value, (float, np.floating)):
        return _default()
    if isinstance(value, Tensor) and value.ndim == 0:
        return fill_dtype(name, value.item())
    raise TypeError(f"{name}(): argument 'fill_value' must be a number, but got {type(value).__name__}")


def filled(name: str, array: np.ndarray, value: Any) -> np.ndarray:
    """``array`` with every element set to ``value``; RuntimeError where the dtype cannot hold it."""
    if isinstance(value, (Tensor, np.generic)):
        value = value.item()
    kind = array.dtype.kind
    if kind in "iu" and not isinstance(value, bool):
        limit = np.iinfo(array.dtype)
        low = -int(limit.max) if kind == "u" else int(limit.min)
        if not (math.isfinite(value) and low <= value <= int(limit.max)):
            raise RuntimeError(f"{name}(): value {value} cannot be converted to type {array.dtype} without overflow")
        value = int(value) % (2 ** (8 * array.dtype.itemsize)) if kind == "u" else int(value)
    calm(array.fill, value)
    return array


@export(method=False)
def full(
    size: Any,
    fill_value: Any,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A tensor of shape ``size`` with every element ``fill_value``, whose type decides the dtype. As ``torch.full``.

    A bool gives bool, an int int64, a float the default dtype. Raises TypeError for a value that is no number or a
    size that is no tuple, RuntimeError for negative sizes and values outside the dtype.

    >>> import autograd
    >>> autograd.full((2,), 3.0), autograd.full((2,), True)
    (tensor([3., 3.]), tensor([True, True]))
    """
    check_options("full", device, layout)
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' must be a tuple of ints, but got {type(size).__name__}")
    array = np.empty(sizes_from((size,), "full"), out_dtype("full", out, dtype, fill_dtype("full", fill_value)))
    return finished("full", filled("full", array, fill_value), out, requires_grad)


# -- like another tensor ------------------------------------------------------------------------------------------------


def like(name: str, input: Any, dtype: Any, device: Any, layout: Any, memory_format: Any) -> np.ndarray:
    """An uninitialised array of the shape, dtype and (unless contiguous is asked for) memory order of a tensor."""
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' must be a Tensor, but got {type(input).__name__}")
    check_options(name, device, layout, memory_format)
    array = np.asarray(input._array)
    if memory_format is not None and memory_format is not preserve_format:
        return ordered(np.empty(array.shape, pick_dtype(dtype) or array.dtype), memory_format, name)
    return np.empty_like(array, pick_dtype(dtype), order="C" if 0 in array.strides else "K")


@export(method=False)
def zeros_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Zeros of the shape and dtype of ``input``. As ``torch.zeros_like``.

    >>> import autograd
    >>> autograd.zeros_like(autograd.ones(2))
    tensor([0., 0.])
    """
    array = like("zeros_like", input, dtype, device, layout, memory_format)
    array.fill(0)
    return made(array, requires_grad)


@export(method=False)
def ones_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Ones of the shape and dtype of ``input``. As ``torch.ones_like``.

    >>> import autograd
    >>> autograd.ones_like(autograd.tensor([3, 4]))
    tensor([1, 1])
    """
    array = like("ones_like", input, dtype, device, layout, memory_format)
    array.fill(1)
    return made(array, requires_grad)


@export(method=False)
def empty_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of the shape, dtype and memory order of ``input``, its values not set. As ``torch.empty_like``.

    >>> import autograd
    >>> autograd.empty_like(autograd.ones(2, 3)).shape
    autograd.Size([2, 3])
    """
    return made(like("empty_like", input, dtype, device, layout, memory_format), requires_grad)


@export(method=False)
def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """``fill_value`` in the shape and dtype of ``input``; RuntimeError where the dtype cannot hold it.

    As ``torch.full_like``.

    >>> import autograd
    >>> autograd.full_like(autograd.ones(2), 7)
    tensor([7., 7.])
    """
    fill_dtype("full_like", fill_value)
    array = like("full_like", input, dtype, device, layout, memory_format)
    return made(filled("full_like", array, fill_value), requires_grad)


@export(method=False)
def eye(
    n: int,
    m: int | None = None,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """The n × m matrix (n × n without ``m``) with ones on the diagonal. As ``torch.eye``; RuntimeError if negative.

    >>> import autograd
    >>> autograd.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    check_options("eye", device, layout)
    rows, columns = sizes_from((n, n if m is None else m), "eye")
    return finished("eye", np.eye(rows, columns, dtype=out_dtype("eye", out, dtype, _default())), out, requires_grad)


# -- along a range ------------------------------------------------------------------------------------------------------


def _number(name: str, argument: str, value: Any) -> Any:
    """A Python number from a number or a 0-d Tensor or array."""
    if isinstance(value, (Tensor, np.generic, np.ndarray)) and value.ndim == 0:
        return value.item()
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, Tensor) and name in ("linspace", "logspace"):
        raise RuntimeError(
            f"{name} only supports 0-dimensional start and end tensors, but got {argument} of shape {list(value.shape)}"
        )
    raise TypeError(f"{name}(): argument {argument!r} must be a number, but got {type(value).__name__}")


def _check_range(start: Any, end: Any, step: Any, name: str) -> None:
    if step == 0:
        raise RuntimeError(f"{name}(): step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"{name}(): unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError(
            f"{name}(): upper bound and lower bound inconsistent with step sign (start={start}, end={end}, step={step})"
        )


def _steps(start: float, step: float, count: int, dtype: np.dtype) -> np.ndarray:
    """``start + i·step``, rounded as PyTorch's vector kernels do: once at each block of lanes, then within it."""
    i = np.arange(count, dtype=np.float64)
    if float(start).is_integer() and float(step).is_integer():
        return (start + i * step).astype(dtype)
    lanes = _LANES if dtype is dtypes.float32 else _LANES // 2
    values = multiply_add(i, np.float64(step), np.float64(start)).astype(dtype)
    whole = count // (2 * lanes) * (2 * lanes) if dtype.itemsize >= 4 else 0  # the rest is computed one by one
    if whole:
        base = values[:whole:lanes].astype(np.float64)
        for lane in builtins.range(1, lanes):
            values[lane:whole:lanes] = _plus_product(base, lane, float(step)).astype(dtype)
    return values


def _plus_product(base: np.ndarray, lane: int, step: float) -> np.ndarray:
    """``base + lane·step`` rounded once, as a fused multiply-add (Knuth's sum gives back what is lost)."""
    product = lane * step
    lost = float(Fraction(step) * lane - Fraction(product))
    total = base + product
    back = total - product
    return total + ((product - (total - back)) + (base - back) + lost)


@export(method=False)
def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """``start + i·step`` below (for a negative step: above) ``end``; ⌈(end − start)/step⌉ elements. As ``torch.arange``.

    ``arange(end)`` starts from 0. Ints give int64, any float the default dtype. Raises RuntimeError for a step that is
    0 or of the wrong sign, and for infinite bounds.

    >>> import autograd
    >>> autograd.arange(3), autograd.arange(1, 2, 0.5)
    (tensor([0, 1, 2]), tensor([1.0000, 1.5000]))
    """
    check_options("arange", device, layout)
    if end is None:
        start, end = 0, start
    elif start is None:
        start = 0
    first, last = _number("arange", "start", start), _number("arange", "end", end)
    stride = _number("arange", "step", step)
    floats = any(isinstance(v, float) for v in (first, last, stride))
    chosen = out_dtype("arange", out, dtype, _default() if floats else dtypes.int64)
    if chosen is dtypes.bool_:
        raise NotImplementedError("arange(): not implemented for bool")
    if chosen.kind in "iu":
        first, last, stride = int(first), int(last), int(stride)
    _check_range(first, last, stride, "arange")
    if chosen.kind in "iu":
        return finished("arange", np.arange(first, last, stride).astype(chosen), out, requires_grad)
    count = math.ceil((last - first) / stride)
    return finished("arange", _steps(first, stride, count, chosen), out, requires_grad)


@export("range", method=False)
def range_(
    start: Any = 0,
    end: Any = None,
    step: Any = 1,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """As ``arange`` but including ``end``, and of the default dtype also for ints. As ``torch.range``, deprecated there.

    >>> import autograd
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     autograd.range(1, 3)
    tensor([1., 2., 3.])
    """
    check_options("range", device, layout)
    warn("autograd.range is deprecated, as torch.range is: use autograd.arange, which leaves out its end.")
    if end is None:
        raise TypeError("range(): missing required argument 'end'")
    first, last = _number("range", "start", start), _number("range", "end", end)
    stride = _number("range", "step", step)
    _check_range(first, last, stride, "range")
    chosen = out_dtype("range", out, dtype, _default())
    count = math.floor((last - first) / stride) + 1
    values = multiply_add(np.arange(count, dtype=np.float64), np.float64(stride), np.float64(first)).astype(chosen)
    return finished("range", values, out, requires_grad)


def _spaced(name: str, start: Any, end: Any, steps: Any, dtype: np.dtype) -> np.ndarray:
    """``steps`` numbers from ``start`` to ``end``: the first half counted from the start, the other from the end."""
    first, last, count = _number(name, "start", start), _number(name, "end", end), _number(name, "steps", steps)
    if not isinstance(count, int):
        raise TypeError(f"{name}(): argument 'steps' must be an int, but got {type(count).__name__}")
    if count < 0:
        raise RuntimeError(f"{name}(): number of steps must be non-negative, but got {count}")
    if dtype.kind != "f":
        first, last = int(first), int(last)
    if count < 2:
        return np.full(count, first).astype(dtype)
    real = dtype.type if dtype.kind == "f" else np.float64
    low, high = real(first), real(last)
    step = (high - low) / real(count - 1)
    up = np.arange(count // 2).astype(real)
    down = np.arange(count - count // 2)[::-1].astype(real)
    if real is np.float16:
        halves = low + step * up, high - step * down
    else:
        halves = multiply_add(up, step, low), multiply_add(down, -step, high)
    return np.concatenate(halves).astype(dtype)


@export(method=False)
def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """``steps`` evenly spaced numbers from ``start`` to ``end``, both included; the default dtype. As ``torch.linspace``.

    Raises RuntimeError for a negative number of steps.

    >>> import autograd
    >>> autograd.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    check_options("linspace", device, layout)
    chosen = out_dtype("linspace", out, dtype, _default())
    return finished("linspace", calm(_spaced, "linspace", start, end, steps, chosen), out, requires_grad)


@export(method=False)
def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """``base`` to the power of ``steps`` evenly spaced exponents from ``start`` to ``end``. As ``torch.logspace``.

    Equal to PyTorch's up to rounding of the power. Raises RuntimeError for a negative number of steps.

    >>> import autograd
    >>> autograd.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    check_options("logspace", device, layout)
    chosen = out_dtype("logspace", out, dtype, _default())
    exponents = calm(_spaced, "logspace", start, end, steps, chosen if chosen.kind == "f" else dtypes.float64)
    values = calm(np.power, float(base), exponents.astype(np.float64)).astype(chosen)
    return finished("logspace", values, out, requires_grad)
