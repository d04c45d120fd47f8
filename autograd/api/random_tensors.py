"""Random tensors of a shape, or like another tensor: uniform, normal, integers, permutations."""

from __future__ import annotations

from typing import Any

from autograd import dtypes
from autograd.api.create import like
from autograd.api.export import export
from autograd.factory import check_options, finished, made, out_dtype, sizes_from
from autograd.kernels.sampling import normals
from autograd.random import Generator, drawn, filled, need_float
from autograd.tensor import Tensor

# -- uniform, normal, integers ------------------------------------------------------------------------------------------


@export(method=False)
def rand(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Uniform numbers in [0, 1) of a shape given as ``2, 3`` or ``(2, 3)``. As ``torch.rand``, and equal to it.

    NotImplementedError for a dtype that is not floating, RuntimeError for negative sizes.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> autograd.rand(2)
    tensor([0.4963, 0.7682])
    """
    check_options("rand", device, layout)
    shape = sizes_from(sizes, "rand", size)
    wanted = need_float("rand", out_dtype("rand", out, dtype, dtypes.get_default_dtype()))
    values = drawn("rand", generator, lambda stream: stream.uniform(shape, wanted))
    return finished("rand", values, out, requires_grad)


@export(method=False)
def randn(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Standard normal numbers of a shape given as ``2, 3`` or ``(2, 3)``. As ``torch.randn``; equal up to rounding.

    NotImplementedError for a dtype that is not floating, RuntimeError for negative sizes.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> autograd.randn(3)
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    check_options("randn", device, layout)
    shape = sizes_from(sizes, "randn", size)
    wanted = need_float("randn", out_dtype("randn", out, dtype, dtypes.get_default_dtype()))
    values = drawn("randn", generator, lambda stream: stream.normal(shape, wanted))
    return finished("randn", values, out, requires_grad)


def _check_ends(name: str, low: Any, high: Any) -> None:
    for argument, value in (("low", low), ("high", high)):
        if isinstance(value, float) or not hasattr(value, "__index__"):
            raise TypeError(f"{name}(): argument {argument!r} must be an int, but got {type(value).__name__}")
    if not low < high:
        raise RuntimeError(f"{name}() expects 'low' to be less than 'high', but got low={low} >= high={high}")


@export(method=False)
def randint(
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Integers in [low, high), as ``randint(high, size)`` or ``randint(low, high, size)``; int64. As ``torch.randint``.

    Equal to PyTorch's. RuntimeError for an empty range or one outside the dtype, TypeError for a size that is no tuple.

    >>> import autograd
    >>> _ = autograd.manual_seed(1)
    >>> autograd.randint(10, (5,))
    tensor([5, 9, 4, 8, 3])
    """
    if size is None:
        low, high, size = None, low, high
    elif high is None:
        low, high = None, low
    low = 0 if low is None else low
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"randint(): argument 'size' must be a tuple of ints, but got {type(size).__name__}")
    check_options("randint", device, layout)
    _check_ends("randint", low, high)
    shape = sizes_from((size,), "randint")
    wanted = out_dtype("randint", out, dtype, dtypes.int64)
    values = drawn("randint", generator, lambda stream: stream.integers(shape, int(low), int(high), wanted))
    return finished("randint", values, out, requires_grad)


@export(method=False)
def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """The numbers 0 … n − 1 in random order, int64. As ``torch.randperm``, and equal to it.

    RuntimeError for a negative ``n`` or one past the dtype.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> autograd.randperm(6)
    tensor([2, 5, 3, 0, 1, 4])
    """
    check_options("randperm", device, layout)
    (count,) = sizes_from((n,), "randperm")
    wanted = out_dtype("randperm", out, dtype, dtypes.int64)
    values = drawn("randperm", generator, lambda stream: stream.permutation(count, wanted))
    return finished("randperm", values, out, requires_grad)


# -- like another tensor ------------------------------------------------------------------------------------------------


@export(method=False)
def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Uniform numbers in [0, 1) of the shape and dtype of ``input``. As ``torch.rand_like``.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> autograd.rand_like(autograd.ones(2))
    tensor([0.4963, 0.7682])
    """
    array = like("rand_like", input, dtype, device, layout, memory_format)
    need_float("rand_like", array.dtype)
    values = filled("rand_like", generator, array, lambda stream, shape: stream.uniform(shape, array.dtype))
    return made(values, requires_grad)


@export(method=False)
def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Standard normal numbers of the shape and dtype of ``input``. As ``torch.randn_like``.

    >>> import autograd
    >>> _ = autograd.manual_seed(0)
    >>> autograd.randn_like(autograd.ones(3))
    tensor([ 1.5410, -0.2934, -2.1788])
    """
    array = like("randn_like", input, dtype, device, layout, memory_format)
    need_float("randn_like", array.dtype)
    values = drawn("randn_like", generator, lambda stream: normals(stream, array, 0.0, 1.0))
    return made(values, requires_grad)


@export(method=False)
def randint_like(
    input: Tensor,
    low: Any = None,
    high: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Integers in [low, high), or [0, low) of one argument, in the shape and dtype of ``input``.

    As ``torch.randint_like``.

    >>> import autograd
    >>> _ = autograd.manual_seed(1)
    >>> autograd.randint_like(autograd.ones(5), 10)
    tensor([5., 9., 4., 8., 3.])
    """
    low, high = (0, low) if high is None else (0 if low is None else low, high)
    _check_ends("randint_like", low, high)
    array = like("randint_like", input, dtype, device, layout, memory_format)
    values = filled(
        "randint_like", generator, array, lambda stream, shape: stream.integers(shape, int(low), int(high), array.dtype)
    )
    return made(values, requires_grad)
