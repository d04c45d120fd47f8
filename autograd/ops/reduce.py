"""Reductions: sums, means, products, extremes, norms.

Most have a derivative of one form: the gradient, spread over the reduced dimensions, times a slope in the shape of the
argument; forward mode sums the tangent times the same slope. The helpers give these slopes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.kernels import reduce as kernel
from autograd.kernels import sums
from autograd.kernels.dims import count, kept, one_axis
from autograd.lanes import known
from autograd.op import Op, general, linear
from autograd.ops.convert import cast
from autograd.ops.shape import reshape
from autograd.samples import Bad, Sample, bools, const, distinct, ints, real, s
from autograd.tensor import Tensor

_OUT_OF_RANGE = Bad(IndexError, "Dimension out of range", real(2, 3), dim=2)
_TWICE = Bad(RuntimeError, "appears multiple times", real(2, 3), dim=(0, -2))


def _over(draw: Any = real, several: bool = True) -> list[Sample]:
    """Samples of a reduction: all, one dimension, several, kept, 0-d, empty."""
    found = [s(draw()), s(draw(4)), s(draw(2, 3), dim=1), s(draw(2, 3), dim=-2, keepdim=True), s(draw(), dim=0)]
    return found + [s(draw(0, 3), dim=1), *([s(draw(2, 3, 2), dim=(0, 2)), s(draw(2, 3), dim=())] if several else [])]


def _spread(g: np.ndarray, shape: tuple[int, ...], dim: Any = None, keepdim: bool = False) -> np.ndarray:
    return np.array(kernel.fill(g, shape, dim, keepdim))


spread_ = linear(
    "spread", _spread, tensors=("g",), public=False, symbol="repeat",
    samples=[
        s(real(2), (2, 3), 1, False), s(real(2, 1), (2, 3), 1, True), s(real(), (2, 3)), s(real(), (), 0),
        s(real(0), (0, 3), 1, False), s(real(3), (0, 3), 0, False),
    ],
    doc="The result ``g`` of a reduction repeated over the reduced dimensions: the gradient of a sum.",
    g=lambda g, dim, keepdim: sum_(g, dim, keepdim),
)  # fmt: skip


def spread(g: Any, x_shape: tuple[int, ...], dim: Any = None, keepdim: bool = False) -> Any:
    """The gradient ``g`` of a reduction over ``dim``, repeated over the reduced dimensions of ``x_shape``."""
    if isinstance(g, Tensor):
        return spread_.function(g, tuple(x_shape), dim, keepdim)
    return kernel.fill(g, x_shape, dim, keepdim)


def keep(g: Any, x_shape: tuple[int, ...], dim: Any, keepdim: bool) -> Any:
    """The result of a reduction with the reduced dimensions kept."""
    return g if keepdim or not x_shape else reshape(g, kept(tuple(x_shape), dim))


def as_dtype(g: Any, dtype: Any) -> Any:
    """``g`` converted where it is not of ``dtype``."""
    return g if g.dtype is dtype else cast(g, dtype)


# -- sums and means -------------------------------------------------------------------------------------------------

sum_: Op = linear(
    "sum", sums.sum_, tensors=("x",), symbol="Σ", samples=_over(), errors=[_OUT_OF_RANGE, _TWICE],
    doc="""The sum of the elements, or of those along ``dim`` (an int or several; all for None or ``()``).

    Integers and bool are summed as int64, float16 in float32; ``dtype`` converts first. ``keepdim`` keeps the reduced
    dimensions with size 1. Raises IndexError for a dimension out of range, RuntimeError for one that comes twice.
    As ``torch.sum``.

    >>> import autograd
    >>> autograd.tensor([[1.0, 2.0], [3.0, 4.0]]).sum(dim=1)
    tensor([3., 7.])
    """,
    x=lambda g, x_shape, x_dtype, dim, keepdim: as_dtype(spread(g, x_shape, dim, keepdim), x_dtype),
)  # fmt: skip

mean = linear(
    "mean", sums.mean, tensors=("x",), samples=_over(),
    errors=[_OUT_OF_RANGE, Bad(RuntimeError, "could not infer output dtype", ints(3))],
    doc="""The arithmetic mean of the elements, or of those along ``dim`` (an int or several; all for None or ``()``).

    The result has the dtype of the input, or ``dtype``; the mean of nothing is NaN. Raises RuntimeError for integers
    without a floating ``dtype``, IndexError for a dimension out of range. As ``torch.mean``.

    >>> import autograd
    >>> autograd.tensor([[1.0, 2.0], [3.0, 4.0]]).mean(0)
    tensor([2., 3.])
    """,
    x=lambda g, x_shape, x_dtype, dim, keepdim: as_dtype(
        spread(g / max(count(x_shape, dim), 1), x_shape, dim, keepdim), x_dtype
    ),
)  # fmt: skip

_HOLES = const([[1.0, np.nan, 2.0], [np.nan, 4.0, 5.0]])

nansum = general(
    "nansum", kernel.nansum, tensors=("x",), samples=[*_over(), s(_HOLES), s(_HOLES, dim=0)],
    errors=[_OUT_OF_RANGE],
    doc="""The sum over ``dim`` with NaN counted as 0; otherwise as ``sum``. The gradient at a NaN is 0. As ``torch.nansum``.

    >>> import autograd
    >>> autograd.nansum(autograd.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """,
    x=lambda g, x, dim, keepdim: as_dtype(spread(g, x.shape, dim, keepdim), x.dtype) * cast(x == x, x.dtype),  # noqa: PLR0124
    jvp=lambda t, x, dim, keepdim, dtype: sum_(np.where(np.isnan(x), 0, t[0]), dim, keepdim, dtype),
)  # fmt: skip

# -- products -------------------------------------------------------------------------------------------------------


def others(x: Any, out: Any, dim: Any, keepdim: bool) -> Any:
    """For each element the product of the others over ``dim`` (all for None): the slope of the product.

    Without zeros that is ``out / x``. With zeros and arrays, products from both sides; with Tensors, which must stay
    differentiable, products of lines in which the element itself is replaced by 1: its square of the work, in that rare case.
    """
    if not len(x.shape):
        return np.ones((), x.dtype)[()]
    if known((x != 0).all()):
        return spread(out, x.shape, dim, keepdim) / x
    if dim is None:
        return reshape(others(reshape(x, (-1,)), None, 0, True), x.shape)
    axis, shape = one_axis(dim, len(x.shape)), tuple(x.shape)
    if not isinstance(x, Tensor):
        return kernel.others(x, axis)
    n = shape[axis]
    eye = np.eye(n, dtype=np.bool_).reshape(n, n, *(1,) * (len(shape) - axis - 1))
    lines = spread(x, (*shape[:axis], n, *shape[axis:]), axis, False)
    return prod_.function(np.where(eye, 1, lines), axis + 1)


prod_ = general(
    "prod", kernel.prod, tensors=("x",), symbol="Π", errors=[_OUT_OF_RANGE],
    samples=[*_over(several=False), s(const([[2.0, 0.0, 3.0], [0.0, 0.0, 3.0]]), dim=1), s(const([2.0, 0.0, 3.0]))],
    doc="""The product of the elements, or of those along one dimension ``dim``.

    Integers and bool are multiplied as int64; ``dtype`` converts first. The gradient is right where elements are 0.
    Raises IndexError for a dimension out of range, TypeError for several. As ``torch.prod``.

    >>> import autograd
    >>> x = autograd.tensor([2.0, 0.0, 3.0], requires_grad=True)
    >>> x.prod().backward()
    >>> x.grad
    tensor([0., 6., 0.])
    """,
    x=lambda g, x, out, dim, keepdim: as_dtype(
        spread(g, x.shape, dim, keepdim) * others(as_dtype(x, g.dtype), out, dim, keepdim), x.dtype
    ),
    jvp=lambda t, x, out, dim, keepdim: sum_(
        as_dtype(t[0], out.dtype) * others(as_dtype(x, out.dtype), out, dim, keepdim), dim, keepdim
    ),
)  # fmt: skip

# -- variance -------------------------------------------------------------------------------------------------------


def _var(x: Any, dim: Any = None, correction: float = 1, keepdim: bool = False) -> Any:
    return sums.variance(x, dim, correction, keepdim)[0]


def _std(x: Any, dim: Any = None, correction: float = 1, keepdim: bool = False) -> Any:
    return np.sqrt(sums.variance(x, dim, correction, keepdim)[0])


def _std_mean(x: Any, dim: Any = None, correction: float = 1, keepdim: bool = False) -> Any:
    var, average = sums.variance(x, dim, correction, keepdim)
    return np.sqrt(var), average


def var_slope(x: Any, dim: Any, correction: float) -> Any:
    """The slope of the variance: ``2 (x - mean) / (n - correction)``; infinite where nothing is divided by."""
    free = count(x.shape, dim) - correction
    average = mean(x, dim, True)
    if free <= 0:
        return cast(np.where(x == average, math.nan, math.inf), x.dtype)
    return (x - average) * (2 / free)


def _var_pull(g: Any, x: Any, dim: Any, correction: float) -> Any:
    """The gradient of a variance from its gradient ``g`` with kept dimensions: the small factors first."""
    free = count(x.shape, dim) - correction
    if free <= 0:
        return g * var_slope(x, dim, correction)
    distance = x - mean(x, dim, True)
    if isinstance(distance, np.ndarray):
        return np.multiply(distance, g * (2 / free), out=distance)
    return distance * (g * (2 / free))


def half_inverse(out: Any) -> Any:
    """``1 / (2 out)``, the slope of a root by its result; 0 where the result is 0."""
    zero = out == 0
    return np.where(zero, 0, 0.5 / np.where(zero, 1, out))


def _pull_pair(g: list, x: Any, out: Any, dim: Any, correction: float, keepdim: bool, root: bool) -> Any:
    """The gradient of a variance (or deviation) and a mean computed together; either may be without one."""
    total = None
    if g[0] is not None:
        first = g[0] * half_inverse(out) if root else g[0]
        total = _var_pull(keep(first, x.shape, dim, keepdim), x, dim, correction)
    if g[1] is not None:
        other = spread(g[1] / max(count(x.shape, dim), 1), x.shape, dim, keepdim)
        total = other if total is None else total + other
    return total


_SAMPLES = [
    s(real(4)), s(real(2, 3), 1), s(real(2, 3), 0, 0, True), s(real(2, 3, 2), (0, 2), 1.5), s(real(0, 3), 1), s(real(), 0, 0)
]  # fmt: skip

var = general(
    "var", _var, tensors=("x",), public=False, samples=_SAMPLES,
    errors=[_OUT_OF_RANGE],
    doc="The variance ``Σ (x - mean)² / (n - correction)`` over ``dim``, in two passes.",
    x=lambda g, x, dim, correction, keepdim: _var_pull(keep(g, x.shape, dim, keepdim), x, dim, correction),
    jvp=lambda t, x, dim, correction, keepdim: sum_(t[0] * var_slope(x, dim, correction), dim, keepdim),
)  # fmt: skip
std = general(
    "std", _std, tensors=("x",), public=False, samples=[*_SAMPLES[:-1], s(const(1.5), 0, 0)],
    errors=[_OUT_OF_RANGE],
    doc="The standard deviation, the root of the variance; its gradient is 0 where it is 0.",
    x=lambda g, x, out, dim, correction, keepdim: _var_pull(
        keep(g * half_inverse(out), x.shape, dim, keepdim), x, dim, correction
    ),
    jvp=lambda t, x, out, dim, correction, keepdim: sum_(t[0] * var_slope(x, dim, correction), dim, keepdim)
    * half_inverse(out),
)  # fmt: skip
var_mean = general(
    "var_mean", sums.variance, tensors=("x",), public=False, outputs=("var", "mean"), samples=_SAMPLES,
    errors=[_OUT_OF_RANGE],
    doc="The variance and the mean over ``dim``, computed together.",
    x=lambda g, x, dim, correction, keepdim: _pull_pair(g, x, None, dim, correction, keepdim, False),
    jvp=lambda t, x, dim, correction, keepdim: (
        sum_(t[0] * var_slope(x, dim, correction), dim, keepdim), mean(t[0], dim, keepdim)
    ),
)  # fmt: skip
std_mean = general(
    "std_mean", _std_mean, tensors=("x",), public=False, outputs=("std", "mean"), samples=[*_SAMPLES[:-1], s(const(1.5), 0, 0)],
    errors=[_OUT_OF_RANGE],
    doc="The standard deviation and the mean over ``dim``, computed together.",
    x=lambda g, x, std, dim, correction, keepdim: _pull_pair(g, x, std, dim, correction, keepdim, True),
    jvp=lambda t, x, std, dim, correction, keepdim: (
        sum_(t[0] * var_slope(x, dim, correction), dim, keepdim) * half_inverse(std), mean(t[0], dim, keepdim)
    ),
)  # fmt: skip

# -- extremes -------------------------------------------------------------------------------------------------------


def tied(x: Any, out: Any, dim: Any = None, keepdim: bool = False, nan: bool = False) -> Any:
    """The slope of an extreme: 1 over the number of elements equal to it, at each of them, and 0 elsewhere.

    With ``nan`` all NaN are equal; else nothing equals a NaN, and the slope is 0 / 0.
    """
    peak = keep(out, x.shape, dim, keepdim)
    equal = x == peak
    if nan:
        equal = equal | ((x != x) & (peak != peak))  # noqa: PLR0124 - NaN is what differs from itself
    equal = cast(equal, x.dtype)
    return equal / sum_(equal, dim, True)


def _extreme(name: str, forward: Any, doc: str) -> Op:
    """An extreme over any dimensions, its gradient shared evenly by those that reach it."""
    return general(
        name, forward, tensors=("x",), samples=_over(distinct),
        errors=[_OUT_OF_RANGE, _TWICE, Bad(RuntimeError, "Expected reduction dim to be specified", real(0))],
        doc=doc,
        x=lambda g, x, out, dim, keepdim: spread(g, x.shape, dim, keepdim) * tied(x, out, dim, keepdim),
        jvp=lambda t, x, out, dim, keepdim: sum_(t[0] * tied(x, out, dim, keepdim), dim, keepdim),
    )  # fmt: skip


amax = _extreme("amax", kernel.amax, """The largest over ``dim`` (an int or several; all by default); NaN where there is one.

    Equal largest elements share the gradient evenly, where ``max(x, dim)`` gives all to the first. Raises IndexError
    for an empty or missing dimension, RuntimeError for an empty input without ``dim``. As ``torch.amax``.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 3.0, 3.0], requires_grad=True)
    >>> autograd.amax(x).backward()
    >>> x.grad
    tensor([0.0000, 0.5000, 0.5000])
    """)  # fmt: skip
amin = _extreme("amin", kernel.amin, """The smallest over ``dim`` (an int or several; all by default); NaN where there is one.

    Equal smallest elements share the gradient evenly. Raises IndexError for an empty or missing dimension,
    RuntimeError for an empty input without ``dim``. As ``torch.amin``.

    >>> import autograd
    >>> autograd.amin(autograd.tensor([[1.0, 3.0], [0.0, 2.0]]), dim=0)
    tensor([0., 2.])
    """)  # fmt: skip


def selected_all(name: str, forward: Any, doc: str, errors: list, more: Sequence[Sample] = ()) -> Op:
    """An operation that selects one value among all; those equal to it (NaN too) share the gradient evenly."""
    return general(
        name, forward, public=False, samples=[s(distinct(4)), s(distinct(2, 3)), s(distinct()), *more], errors=errors, doc=doc,
        x=lambda g, x, out: spread(g, x.shape) * tied(x, out, nan=True),
        jvp=lambda t, x, out: sum_(t[0] * tied(x, out, nan=True)),
    )  # fmt: skip


_NOTHING = [Bad(RuntimeError, "Expected reduction dim to be specified", real(0))]
max_all = selected_all("max_all", kernel.max_all, "The largest of all elements.", _NOTHING)
min_all = selected_all("min_all", kernel.min_all, "The smallest of all elements.", _NOTHING)

_BOOL = Bad(RuntimeError, "does not support bool", bools(3))
argmax = general(
    "argmax", kernel.argmax, tensors=("x",), differentiable=(), samples=_over(distinct, several=False),
    errors=[_OUT_OF_RANGE, _BOOL],
    doc="""The index (int64) of the first of the largest along ``dim``, or in the flattened input; NaN counts as largest.

    Raises IndexError for an empty or missing dimension, RuntimeError for bool. As ``torch.argmax``.

    >>> import autograd
    >>> autograd.argmax(autograd.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1)
    tensor([1, 0])
    """,
)  # fmt: skip
argmin = general(
    "argmin", kernel.argmin, tensors=("x",), differentiable=(), samples=_over(distinct, several=False),
    errors=[_OUT_OF_RANGE, _BOOL],
    doc="""The index (int64) of the first of the smallest along ``dim``, or in the flattened input; NaN counts as smallest.

    Raises IndexError for an empty or missing dimension, RuntimeError for bool. As ``torch.argmin``.

    >>> import autograd
    >>> autograd.argmin(autograd.tensor([4.0, 1.0, 1.0]))
    tensor(1)
    """,
)  # fmt: skip

# -- truth ----------------------------------------------------------------------------------------------------------

all_ = general(
    "all", kernel.all_, tensors=("x",), differentiable=(), samples=_over(ints), errors=[_OUT_OF_RANGE, _TWICE],
    doc="""Whether all elements over ``dim`` (an int or several) are true, that is not 0: bool, but uint8 for uint8.

    Nothing is all true. Raises IndexError for a dimension out of range. As ``torch.all``.

    >>> import autograd
    >>> (autograd.tensor([[1, 2], [3, 4]]) > 1).all(dim=1)
    tensor([False,  True])
    """,
)  # fmt: skip
any_ = general(
    "any", kernel.any_, tensors=("x",), differentiable=(), samples=_over(ints), errors=[_OUT_OF_RANGE, _TWICE],
    doc="""Whether any element over ``dim`` (an int or several) is true, that is not 0: bool, but uint8 for uint8.

    Nothing is not any. Raises IndexError for a dimension out of range. As ``torch.any``.

    >>> import autograd
    >>> (autograd.tensor([[1, 2], [3, 4]]) > 3).any(dim=1)
    tensor([False,  True])
    """,
)  # fmt: skip
count_nonzero = general(
    "count_nonzero", kernel.count_nonzero, tensors=("x",), differentiable=(), errors=[_OUT_OF_RANGE, _TWICE],
    samples=[s(ints(2, 3)), s(ints(2, 3), dim=1), s(ints(2, 3), dim=(0, 1)), s(ints()), s(ints(0, 3), dim=0)],
    doc="""How many elements over ``dim`` (an int or several; all for None) are not 0, as int64. As ``torch.count_nonzero``.

    >>> import autograd
    >>> autograd.count_nonzero(autograd.tensor([[0, 1], [2, 3]]), dim=0)
    tensor([1, 2])
    """,
)  # fmt: skip

# -- exponentials and norms -----------------------------------------------------------------------------------------

logsumexp = general(
    "logsumexp", kernel.logsumexp, tensors=("x",), errors=[_OUT_OF_RANGE, _TWICE],
    samples=[s(real(4), 0), s(real(2, 3), (0, 1), True), s(real(2, 3), -1), s(real(), 0), s(real(0, 3), 1)],
    doc="""``log Σ exp x`` over ``dim`` (an int or several), computed from the largest element so that nothing overflows.

    Integers become float32; the result for nothing is -inf. Raises IndexError for a dimension out of range.
    As ``torch.logsumexp``.

    >>> import autograd
    >>> autograd.logsumexp(autograd.tensor([1000.0, 1000.0]), dim=0)
    tensor(1000.6932)
    """,
    x=lambda g, x, out, dim, keepdim: np.exp(x - keep(out, x.shape, dim, keepdim)) * keep(g, x.shape, dim, keepdim),
    jvp=lambda t, x, out, dim, keepdim: sum_(t[0] * np.exp(x - keep(out, x.shape, dim, keepdim)), dim, keepdim),
)  # fmt: skip


def norm_slopes(x: Any, out: Any, p: float, dim: Any, keepdim: bool) -> tuple[Any, Any]:
    """The slope of the norm as two factors, in the shape of the argument and in that of the result; 0 at the origin."""
    sign = cast(x > 0, x.dtype) - cast(x < 0, x.dtype)
    zero = out == 0
    inverse = np.where(zero, 1, out)
    if p == 0:
        return sign * 0, 1.0
    if p == 1:
        return sign, 1.0
    if p == 2:
        return x, np.where(zero, 0, 1 / inverse)
    size = sign * x
    if math.isinf(p):
        reached = cast(size == spread(out, x.shape, dim, keepdim), x.dtype)
        ties = sum_(reached, dim, keepdim)
        return sign * reached, 1 / np.where(ties == 0, 1, ties)
    return sign * np.where(x == 0, 1, size) ** (p - 1), out ** (1 - p) if p < 1 else inverse ** (1 - p)


def _norm_pull(g: Any, x: Any, out: Any, p: float, dim: Any, keepdim: bool) -> Any:
    if p == 0:
        return None
    inner, outer = norm_slopes(as_dtype(x, out.dtype), out, p, dim, keepdim)
    return as_dtype(spread(g * outer, x.shape, dim, keepdim) * inner, x.dtype)


def _norm_push(t: tuple, x: Any, out: Any, p: float, dim: Any, keepdim: bool) -> Any:
    inner, outer = norm_slopes(as_dtype(x, out.dtype), out, p, dim, keepdim)
    return sum_(as_dtype(t[0], out.dtype) * inner, dim, keepdim) * outer


vector_norm = general(
    "vector_norm", kernel.norm, tensors=("x",), public=False, symbol="norm",
    samples=[
        s(real(4)), s(real(2, 3), 1.0), s(real(2, 3), 3.0, 1), s(real(2, 3), 1.5, (0, 1), True), s(distinct(2, 3), math.inf, 0),
        s(distinct(2, 3), -math.inf), s(real(2, 3), -1.0), s(real(2, 3), 0.5), s(real(2, 3), 0.0, 1), s(real()), s(real(0, 3)),
        s(const([0.0, 0.0]), 2.0), s(const([0.0, 2.0, -2.0]), math.inf),
    ],
    errors=[_OUT_OF_RANGE, Bad(RuntimeError, "Expected a floating point", ints(3))],
    doc="The p-norm ``(Σ |x|ᵖ)^(1/p)`` over ``dim``, with its limits for ±inf and 0; its gradient at the origin is 0.",
    x=_norm_pull,
    jvp=_norm_push,
)  # fmt: skip
