"""Sorting, selection and counting. Gradients go back to where the selected elements stood."""

from __future__ import annotations

from typing import Any

from autograd.kernels import counting
from autograd.kernels import reduce as extremes
from autograd.kernels import sort as kernel
from autograd.kernels.dims import kept
from autograd.op import Op, general
from autograd.ops.reduce import selected_all
from autograd.ops.shape import reshape
from autograd.samples import Bad, bools, const, distinct, ints, real, s

_OUT_OF_RANGE = Bad(IndexError, "Dimension out of range", real(2, 3), dim=2)
_PLACES = const([[0, 1, 1], [1, 0, 1]])

take_along: Op = general(
    "take_along", kernel.take_along, tensors=("x", "index"), public=False,
    samples=[
        s(real(2, 3), _PLACES, 0), s(real(2, 3), _PLACES, -1), s(real(), const(0), 0),
        s(real(2, 3), ints(0, 3), 0), s(real(2, 0), ints(2, 0), 1),
    ],
    errors=[Bad(IndexError, "out of bounds", real(2, 3), const([[5, 5, 5]]), 0)],
    doc="``out[i] = x[index[i]]`` along ``dim``, the other dimensions the same.",
    x=lambda g, index, x_shape, dim: put_along(g, index, x_shape, dim),
    jvp=lambda t, index, dim: take_along(t[0], index, dim),
)  # fmt: skip
put_along: Op = general(
    "put_along", kernel.put_along, tensors=("values", "index"), public=False,
    samples=[
        s(real(2, 3), _PLACES, (2, 3), 0), s(real(2, 3), _PLACES, (2, 4), 1), s(real(), const(0), (), 0),
        s(real(0, 3), ints(0, 3), (2, 3), 0),
    ],
    doc="Zeros of ``shape`` with ``values`` added at ``index`` along ``dim``: the gradient of ``take_along``.",
    values=lambda g, index, dim: take_along(g, index, dim),
    jvp=lambda t, index, shape, dim, unique: put_along(t[0], index, shape, dim, unique),
)  # fmt: skip


def _selected(name: str, forward: Any, samples: Any, errors: Any, doc: str) -> Op:
    """An operation that selects one element of each line; the gradient goes to it alone."""

    def pull(g: Any, indices: Any, x_shape: tuple, dim: int) -> Any:
        shape = kept(x_shape, dim)
        return put_along(reshape(g, shape), reshape(indices, shape), x_shape, dim)

    def push(t: tuple, values: Any, indices: Any, dim: int) -> Any:
        shape = kept(tuple(t[0].shape), dim)
        return reshape(take_along(t[0], reshape(indices, shape), dim), tuple(values.shape))

    return general(
        name, forward, tensors=("x",), public=False, outputs=("values", "indices"), differentiable=("values",),
        samples=samples, errors=errors, doc=doc, x=pull, jvp=push,
    )  # fmt: skip


def _lines(*before: Any) -> list:
    return [
        s(distinct(4), *before, 0), s(distinct(2, 3), *before, 1), s(distinct(2, 3), *before, 0, True), s(distinct(), *before, 0),
        s(distinct(0, 3), *before, 1),
    ]  # fmt: skip


_EMPTY = Bad(IndexError, "non-zero size", real(0, 3), dim=0)
_ERRORS = [_OUT_OF_RANGE, _EMPTY]

max_along = _selected(
    "max", extremes.max_along, _lines(), _ERRORS, "The largest along ``dim`` and where it stands first."
)
min_along = _selected(
    "min", extremes.min_along, _lines(), _ERRORS, "The smallest along ``dim`` and where it stands first."
)
median = _selected("median", kernel.median, _lines(), _ERRORS, "The lower median along ``dim`` and where it stands.")
nanmedian = _selected(
    "nanmedian",
    kernel.nanmedian,
    _lines(),
    _ERRORS,
    "The lower median of what is not NaN along ``dim`` and where it stands.",
)
mode = _selected(
    "mode",
    kernel.mode,
    _lines(),
    _ERRORS,
    "The most frequent along ``dim`` (the smallest of those) and where it stands last.",
)
kthvalue = _selected(
    "kthvalue", kernel.kthvalue, _lines(1),
    [Bad(RuntimeError, "out of range", real(3), 4), Bad(IndexError, "out of range", real(2, 3), 1, dim=2)],
    "The ``k``-th smallest along ``dim`` and where it stands.",
)  # fmt: skip
_NO_BOOL = Bad(NotImplementedError, "not implemented for bool", bools(3))
median_all = selected_all(
    "median_all",
    kernel.median_all,
    "The lower median of all elements; NaN for nothing.",
    [_NO_BOOL],
    [s(distinct(0, 3))],
)
nanmedian_all = selected_all(
    "nanmedian_all",
    kernel.nanmedian_all,
    "The lower median of all elements that are not NaN; NaN for nothing.",
    [_NO_BOOL],
    [s(distinct(0, 3))],
)


def _ordered(name: str, forward: Any, samples: Any, errors: Any, doc: str) -> Op:
    """An operation that puts elements of each line in order; each gives its gradient back to its old place."""
    return general(
        name, forward, tensors=("x",), public=False, outputs=("values", "indices"), differentiable=("values",),
        samples=samples, errors=errors, doc=doc,
        x=lambda g, indices, x_shape, dim: put_along(g, indices, x_shape, dim, True),
        jvp=lambda t, indices, dim: take_along(t[0], indices, dim),
    )  # fmt: skip


sort = _ordered(
    "sort", kernel.sort, [*_lines()[:2], s(distinct(2, 3), 0, True), s(distinct()), s(distinct(0, 3), 0)], [_OUT_OF_RANGE],
    "The elements sorted along ``dim`` and where each stood.",
)  # fmt: skip
topk = _ordered(
    "topk", kernel.topk, [s(distinct(4), 2), s(distinct(2, 3), 1, 0, False), s(distinct(2, 3), 0), s(distinct(), 1),
                     s(distinct(0, 3), 2, 1), s(distinct(3, 2), 0), s(distinct(0), 0)],
    [Bad(RuntimeError, "out of range", real(3), 4), Bad(RuntimeError, "bool", bools(3), 1)],
    "The ``k`` largest or smallest along ``dim`` in order and where they stand.",
)  # fmt: skip
argsort = general(
    "argsort", kernel.argsort, tensors=("x",), public=False, differentiable=(), errors=[_OUT_OF_RANGE],
    samples=[s(distinct(4)), s(distinct(2, 3), 0), s(distinct(2, 3), 1, True), s(distinct()), s(distinct(0, 3), 0)],
    doc="The indices that sort along ``dim``.",
)  # fmt: skip

# -- counting -------------------------------------------------------------------------------------------------------

unique = general(
    "unique", counting.unique, tensors=("x",), public=False, outputs=("values", "inverse", "counts"), differentiable=(),
    samples=[
        s(ints(6)), s(ints(2, 3)), s(ints(4, 2, high=2), 0), s(ints(2, 4, high=2), 1), s(ints()),
        s(ints(0)), s(ints(0, 3)),
    ],
    errors=[
        Bad(IndexError, "Dimension out of range", real(2, 3), 2), Bad(RuntimeError, "0 sized", real(0, 3), 1),
    ],
    doc="The distinct elements, or slices along ``dim``, in order; which one each is; how often each comes.",
)  # fmt: skip
unique_consecutive = general(
    "unique_consecutive", counting.unique_consecutive, tensors=("x",), public=False, differentiable=(),
    outputs=("values", "inverse", "counts"), samples=[
        s(ints(6, high=2)), s(ints(4, 1, high=2), 0),
        s(ints(0)), s(ints()),
    ],
    errors=[_OUT_OF_RANGE],
    doc="The first of each run of equal elements, or slices along ``dim``; which run each is in; their lengths.",
)  # fmt: skip
histc = general(
    "histc", counting.histc, tensors=("x",), differentiable=(),
    samples=[s(real(20), 5), s(real(20), 5, -1.0, 1.0), s(real(0), 3), s(real(), 3, -2.0, 2.0)],
    errors=[Bad(RuntimeError, "bins must be > 0", real(3), 0), Bad(RuntimeError, "must be larger", real(3), 3, 2, 1)],
    doc="""A histogram: how many elements fall into each of ``bins`` equal parts of [``min``, ``max``], in the input's dtype.

    Elements outside are ignored; with ``min == max`` the range is that of the data. Raises RuntimeError for a range
    that is not finite or not positive. As ``torch.histc``.

    >>> import autograd
    >>> autograd.histc(autograd.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """,
)  # fmt: skip
bincount = general(
    "bincount", counting.bincount, tensors=("x", "weights"), differentiable=(),
    samples=[
        s(ints(6)), s(ints(6), real(6)), s(ints(6), minlength=9),
        s(ints(0)), s(ints(0), minlength=2), s(ints(0), real(0)),
    ],
    errors=[Bad(RuntimeError, "non-negative", const([1, -2])), Bad(RuntimeError, "same length", ints(3), real(2))],
    doc="""How often each of the numbers 0, 1, … comes in a 1-d tensor of non-negative integers (int64).

    With ``weights`` their sums instead (float32 for float32, else float64). At least ``minlength`` results. Raises
    RuntimeError for other input. As ``torch.bincount``.

    >>> import autograd
    >>> autograd.bincount(autograd.tensor([1, 2, 1]))
    tensor([0, 2, 1])
    """,
)  # fmt: skip
searchsorted = general(
    "searchsorted", counting.searchsorted, tensors=("boundaries", "values", "sorter"), public=False, differentiable=(),
    samples=[
        s(const([1.0, 3.0, 5.0]), real(2, 3)), s(const([1.0, 3.0, 5.0]), real(3), right=True),
        s(const([1.0, 3.0, 5.0]), real()), s(const([1.0, 3.0, 5.0]), real(0)), s(real(0), real(2)),
    ],
    doc="Where ``values`` would be inserted into the sorted last dimension of ``boundaries``.",
)  # fmt: skip
