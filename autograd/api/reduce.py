"""Front ends of the reductions: the overloads of ``max`` and ``min``, variances, norms."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes, return_types
from autograd.api.export import export
from autograd.dispatch import number
from autograd.kernels.dims import count, one_axis
from autograd.op import Op, registry
from autograd.ops import reduce as ops
from autograd.ops import scan, sort
from autograd.tensor import Tensor


def check_tensor(value: Any, name: str, argument: str = "input") -> None:
    """Raise TypeError where an argument is no Tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{name}(): argument {argument!r} must be Tensor, not {type(value).__name__}")


def axis_of(dim: Any, ndim: int, name: str) -> int:
    """``dim`` counted from 0; IndexError or TypeError, under the operation's name, where there is none such."""
    try:
        return one_axis(dim, ndim)
    except (IndexError, TypeError) as error:
        raise type(error)(f"{name}(): {error}") from None


def one_spelling(name: str, torch_name: str, value: Any, numpy_name: str, other: Any) -> Any:
    """The value of an argument that may be given under PyTorch's or NumPy's name, but not under both."""
    if other is None:
        return value
    if value is not None and value is not False:
        raise TypeError(f"{name}() got both {torch_name!r} and {numpy_name!r}, which mean the same")
    return other


# -- extremes -------------------------------------------------------------------------------------------------------


def _overloads(name: str, elementwise: str, all_op: Op, along: Op, result: Any) -> Callable:
    """``max`` or ``min``: of all, along a dimension, or of two tensors."""

    def call(
        input: Tensor,
        dim: Any = None,
        keepdim: bool | None = None,
        *,
        other: Any = None,
        axis: int | None = None,
        keepdims: bool | None = None,
        out: Any = None,
    ) -> Any:
        if type(dim) is int and out is None and other is None and axis is None and keepdims is None:
            return result(*along.function(input, dim, bool(keepdim)))
        dim = one_spelling(name, "dim", dim, "axis", axis)
        keepdim = one_spelling(name, "keepdim", keepdim, "keepdims", keepdims)
        if dim is None and other is None:
            if keepdim is not None:
                raise TypeError(f"{name}(): keepdim goes with dim; give dim, or use a{name} to keep all dimensions")
            return all_op.function(input, out=out)
        if other is None and not isinstance(dim, int) and hasattr(dim, "shape"):
            dim, other = None, dim
        if other is not None:
            if dim is not None or keepdim is not None:
                raise TypeError(f"{name}(): takes either dim or another tensor, but got both")
            check_tensor(other, name, "other")
            return registry[elementwise].function(input, other, out=out)
        return result(*along.function(input, dim, bool(keepdim), out=out))

    call.__name__ = call.__qualname__ = name
    return call


max = _overloads("max", "maximum", ops.max_all, sort.max_along, return_types.max)
max.__doc__ = """The largest of all elements, along a dimension, or of two tensors. As ``torch.max``.

    ``max(x)`` is the largest of all; equal ones share the gradient evenly. ``max(x, dim, keepdim=False)`` is a named
    tuple ``values, indices`` (int64, the first of equals, to which the gradient goes). ``max(x, other)`` is
    ``maximum``. NaN wins. Raises RuntimeError for an empty input, IndexError for a dimension out of range or empty.

    >>> import autograd
    >>> autograd.max(autograd.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    autograd.return_types.max(
    values=tensor([5., 7.]),
    indices=tensor([1, 0]))
    """
min = _overloads("min", "minimum", ops.min_all, sort.min_along, return_types.min)
min.__doc__ = """The smallest of all elements, along a dimension, or of two tensors. As ``torch.min``.

    The forms, results and errors are those of ``max``. NaN wins.

    >>> import autograd
    >>> autograd.min(autograd.tensor([3.0, 1.0, 2.0]))
    tensor(1.)
    """
export("max")(max)
export("min")(min)


@export()
def aminmax(
    input: Tensor, *, dim: int | None = None, keepdim: bool = False, axis: int | None = None, out: Any = None
) -> Any:
    """The smallest and the largest, of all elements or along ``dim``: a named tuple ``min, max``.

    Gradients as those of ``amin`` and ``amax``. Raises RuntimeError for an empty input, IndexError for a dimension out
    of range or empty, TypeError for several dimensions. As ``torch.aminmax``.

    >>> import autograd
    >>> low, high = autograd.aminmax(autograd.tensor([3.0, 1.0, 2.0]))
    >>> low, high
    (tensor(1.), tensor(3.))
    """
    check_tensor(input, "aminmax")
    dim = one_spelling("aminmax", "dim", dim, "axis", axis)
    if isinstance(dim, (tuple, list)):
        raise TypeError(f"aminmax(): argument 'dim' must be int, not {type(dim).__name__}")
    if dim is None and input.numel() == 0:
        raise RuntimeError(
            "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity."
        )
    low, high = (None, None) if out is None else out
    return return_types.aminmax(
        ops.amin.function(input, dim, keepdim, out=low), ops.amax.function(input, dim, keepdim, out=high)
    )


@export()
def cummax(input: Tensor, dim: int | None = None, *, axis: int | None = None, out: Any = None) -> Any:
    """The largest up to each element along ``dim``, and its index (the last of equals): ``values, indices``.

    From the first NaN on, NaN. Raises IndexError for a dimension out of range. As ``torch.cummax``.

    >>> import autograd
    >>> autograd.cummax(autograd.tensor([1.0, 3.0, 2.0]), dim=0).values
    tensor([1., 3., 3.])
    """
    return return_types.cummax(*scan.cummax.function(input, _need("cummax", dim, axis), out=out))


@export()
def cummin(input: Tensor, dim: int | None = None, *, axis: int | None = None, out: Any = None) -> Any:
    """The smallest up to each element along ``dim``, and its index (the last of equals): ``values, indices``.

    From the first NaN on, NaN. Raises IndexError for a dimension out of range. As ``torch.cummin``.

    >>> import autograd
    >>> autograd.cummin(autograd.tensor([3.0, 1.0, 2.0]), dim=0).values
    tensor([3., 1., 1.])
    """
    return return_types.cummin(*scan.cummin.function(input, _need("cummin", dim, axis), out=out))


def _need(name: str, dim: int | None, axis: int | None) -> int:
    """The dimension that must be given."""
    found = one_spelling(name, "dim", dim, "axis", axis)
    if found is None:
        raise TypeError(f"{name}() missing required argument 'dim'")
    return found


# -- variance -------------------------------------------------------------------------------------------------------


def _variance(name: str, op: Op, method: bool = True) -> Callable:
    """A front end with the signatures of ``var``, for ``op``."""

    def call(
        input: Tensor,
        dim: Any = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: Any = None,
        axis: Any = None,
        keepdims: bool | None = None,
        out: Any = None,
    ) -> Any:
        check_tensor(input, name)
        dim = one_spelling(name, "dim", dim, "axis", axis)
        keepdim = one_spelling(name, "keepdim", keepdim, "keepdims", keepdims)
        if isinstance(dim, bool):  # var(input, unbiased)
            dim, unbiased = None, dim
        if unbiased is not None and correction is not None:
            raise TypeError(f"{name}() takes either unbiased or correction, but got both")
        if not dtypes.is_differentiable(input.dtype):
            raise RuntimeError(f"{name}: only floating point dtypes have a variance, but got {input.dtype}")
        if correction is None:
            correction = 1 if unbiased is None or unbiased else 0
        elif isinstance(correction, Tensor):
            correction = number(correction, name, "correction")
        if count(input._array.shape, dim) <= correction:
            warnings.warn(
                f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
                "(input numel divided by output numel).",
                UserWarning,
                stacklevel=2,
            )
        return op.function(input, dim, correction, bool(keepdim), out=out)

    call.__name__ = call.__qualname__ = name
    export(name, method=method)(call)
    return call


var = _variance("var", ops.var)
var.__doc__ = """The variance ``Σ (x - mean)² / (n - correction)`` of all elements or over ``dim`` (an int or several).

    ``correction`` is 1 unless given; ``unbiased=False`` means 0. Forms: ``var(x, unbiased)``, ``var(x, dim, unbiased,
    keepdim)``, ``var(x, dim=None, *, correction=1, keepdim=False)``. Warns where ``n <= correction`` (the result is NaN
    or inf). Raises RuntimeError for integers, IndexError for a dimension out of range. As ``torch.var``.

    >>> import autograd
    >>> autograd.var(autograd.tensor([1.0, 3.0])), autograd.var(autograd.tensor([1.0, 3.0]), correction=0)
    (tensor(2.), tensor(1.))
    """
std = _variance("std", ops.std)
std.__doc__ = """The standard deviation, the root of ``var``, with the same forms, warning and errors. As ``torch.std``.

    The gradient is 0 where the deviation is 0.

    >>> import autograd
    >>> autograd.std(autograd.tensor([[1.0, 3.0], [0.0, 4.0]]), dim=1, correction=0)
    tensor([1., 2.])
    """
var_mean = _variance("var_mean", ops.var_mean, method=False)
var_mean.__doc__ = """The variance and the mean, computed together: a tuple. Forms as those of ``var``. As ``torch.var_mean``.

    >>> import autograd
    >>> autograd.var_mean(autograd.tensor([1.0, 3.0]))
    (tensor(2.), tensor(2.))
    """
std_mean = _variance("std_mean", ops.std_mean, method=False)
std_mean.__doc__ = """The standard deviation and the mean, computed together: a tuple. Forms as those of ``var``.

    As ``torch.std_mean``.

    >>> import autograd
    >>> autograd.std_mean(autograd.tensor([1.0, 3.0]), correction=0)
    (tensor(1.), tensor(2.))
    """

# -- norms ----------------------------------------------------------------------------------------------------------


@export()
def norm(
    input: Tensor,
    p: Any = "fro",
    dim: Any = None,
    keepdim: bool = False,
    out: Tensor | None = None,
    dtype: Any = None,
    *,
    axis: Any = None,
    keepdims: bool | None = None,
) -> Tensor:
    """The p-norm ``(Σ |x|ᵖ)^(1/p)`` of all elements, or over ``dim`` (an int or several). As ``torch.norm``.

    ``p`` is a number (``inf``: the largest, ``-inf``: the smallest size, 0: how many are not 0), ``"fro"`` (as 2) or
    ``"nuc"`` (the sum of the singular values over two dimensions). The gradient at the origin is 0. Raises
    RuntimeError for integers, other names, and for a negative or infinite ``p`` of nothing.

    >>> import autograd
    >>> x = autograd.tensor([3.0, -4.0])
    >>> x.norm(), x.norm(1), x.norm(float("inf"))
    (tensor(5.), tensor(7.), tensor(4.))
    """
    check_tensor(input, "norm")
    dim = one_spelling("norm", "dim", dim, "axis", axis)
    keepdim = bool(one_spelling("norm", "keepdim", keepdim, "keepdims", keepdims))
    p = number(p, "norm", "p") if isinstance(p, Tensor) else p
    if p == "nuc":
        from autograd import linalg  # noqa: PLC0415 - rare, and a module above this one

        pair: Any = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
        if input.ndim >= 2 and len(pair) != 2:
            raise RuntimeError(f"norm: dim must be a 2-tuple for the nuclear norm, but got {pair}")
        return linalg.matrix_norm(input, "nuc", pair, keepdim, dtype=dtype, out=out)
    if p == "fro" or p is None:
        if isinstance(dim, (tuple, list)) and len(dim) > 2 and p == "fro":
            raise RuntimeError(f"norm: dim must be at most a 2-tuple for the Frobenius norm, but got {tuple(dim)}")
        p = 2.0
    elif isinstance(p, str) or not isinstance(p, (int, float)):
        raise RuntimeError(f"norm: Order {p} not supported; p must be a number, 'fro' or 'nuc'")
    if dtype is not None and input.is_floating_point() and np.dtype(dtype).itemsize < input.element_size():
        raise RuntimeError(f"norm: the dtype of the input ({input.dtype}) would be narrowed by dtype={np.dtype(dtype)}")
    return ops.vector_norm.function(input, float(p), dim, keepdim, dtype, out=out)


@export()
def nanmean(
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    axis: Any = None,
    keepdims: bool | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The mean of the elements that are not NaN, of all or over ``dim``; NaN where there are none. As ``torch.nanmean``.

    Raises RuntimeError for integers, IndexError for a dimension out of range.

    >>> import autograd
    >>> autograd.nanmean(autograd.tensor([1.0, float("nan"), 3.0]))
    tensor(2.)
    """
    check_tensor(input, "nanmean")
    dim = one_spelling("nanmean", "dim", dim, "axis", axis)
    keepdim = bool(one_spelling("nanmean", "keepdim", keepdim, "keepdims", keepdims))
    if not dtypes.is_differentiable(input.dtype):
        raise RuntimeError(f"nanmean(): expected input to have floating point dtype but got {input.dtype}")
    if dtype is not None and not dtypes.is_differentiable(dtypes.as_dtype(dtype)):
        raise RuntimeError(
            "nanmean(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. "
            f"Got: {np.dtype(dtype)}"
        )
    present = ops.cast.function(registry["eq"].function(input, input), input.dtype)
    total = ops.nansum.function(input, dim, keepdim, dtype)
    return registry["div"].function(total, ops.sum_.function(present, dim, keepdim, dtype), out=out)
