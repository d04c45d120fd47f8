"""Operations that read or write the elements that an index tensor or a mask names."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import lanes, modes
from autograd.dispatch import attach, record, wrap
from autograd.errors import explain
from autograd.kernels import index as kernel
from autograd.op import Op, elementwise, general
from autograd.ops.index import _zero, pick, place
from autograd.samples import Bad, bools, const, distinct, ints, real, s
from autograd.tensor import Tensor

_I = const(np.array([[0, 1, 1], [2, 0, 1]]))  # for three rows
_V = const(np.array([2, 0, 2]))
_U = const(np.array([2, 0]))


def zeros_like(g: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of ``shape`` and the dtype of ``g``, a Tensor where ``g`` is one."""
    zero = np.zeros(shape, g.dtype)
    return wrap(zero) if isinstance(g, Tensor) else zero


def both(t: tuple, x_shape: tuple[int, ...], src_shape: tuple[int, ...]) -> tuple[Any, Any]:
    """The tangents of ``x`` and ``src`` (the first and the last), with zeros for one that is absent."""
    one, two = t[0], t[-1]
    return (zeros_like(two, x_shape) if one is None else one), (zeros_like(one, src_shape) if two is None else two)


# -- one index for each element -----------------------------------------------------------------------------------------

gather: Op = general(
    "gather", kernel.gather, tensors=("x", "index"), public=False,
    samples=[
        s(real(3, 3), _I, 0), s(real(2, 4), _I, 1), s(real(), const(np.array(0)), 0), s(real(4), _V, 0),
        s(real(3), ints(0), 0), s(real(0, 3), ints(0, 2), 1),
    ],
    errors=[Bad(RuntimeError, "out of bounds for dimension 0", real(2, 3), _I, 0)],
    doc="``out[i, j] = x[index[i, j], j]`` for ``dim`` 0, and so on.",
    x=lambda g, x_shape, index, dim: scatter_add(zeros_like(g, x_shape), index, g, dim),
    jvp=lambda t, index, dim: gather(t[0], index, dim),
)  # fmt: skip


def chosen(op: Op, x: Tensor, index: Tensor, dim: int) -> Tensor:
    """``gather`` or ``index_select`` of Tensors: what ``record`` does, without the questions they answer."""
    array, places, node = x._array, index._array, x._node
    if lanes.depth[0]:
        return record(op, [x, index], (dim,))
    try:
        out = wrap(op.forward(array, places, dim))
    except Exception as error:  # noqa: BLE001 - every error is explained
        explain(error, op.name, (array, places))
    if node is not None and (not modes.off or modes.state.enabled):
        attach(out, op, (node, None), (None, places, None, array.shape), (dim,), (x, index))
    return out


scatter: Op = general(
    "scatter", kernel.scatter, tensors=("x", "index", "src"), public=False,
    samples=[
        s(real(3, 3), const(np.array([[0, 1, 1], [2, 0, 2]])), real(2, 3), 0), s(real(4), _U, real(2), 0),
        s(real(), const(np.array(0)), real(), 0), s(real(3), ints(0), real(0), 0), s(real(0), ints(0), real(0), 0),
    ],
    errors=[Bad(RuntimeError, "out of bounds for dimension 0", real(2, 3), _I, real(2, 3), 0)],
    doc="``x`` with ``out[index[i, j], j] = src[i, j]`` for ``dim`` 0, and so on.",
    x=lambda g, index, dim: scatter(g, index, _zero(g), dim),
    src=lambda g, index, dim: gather(g, index, dim),
    jvp=lambda t, x_shape, src_shape, index, dim: _scatter_tangent(scatter, t, x_shape, src_shape, index, dim),
)  # fmt: skip
scatter_add: Op = general(
    "scatter_add", kernel.scatter_add, tensors=("x", "index", "src"), public=False,
    samples=[
        s(real(3, 3), _I, real(2, 3), 0), s(real(2, 4), _I, real(2, 3), 1), s(real(4), _V, real(3), 0),
        s(real(), const(np.array(0)), real(), 0), s(real(3), ints(0), real(0), 0), s(real(0), ints(0), real(0), 0),
    ],
    errors=[Bad(RuntimeError, "out of bounds for dimension 0", real(2, 3), _I, real(2, 3), 0)],
    doc="``x`` with ``out[index[i, j], j] += src[i, j]`` for ``dim`` 0, and so on.",
    x=lambda g: g,
    src=lambda g, index, dim: gather(g, index, dim),
    jvp=lambda t, x_shape, src_shape, index, dim: _scatter_tangent(scatter_add, t, x_shape, src_shape, index, dim),
)  # fmt: skip


def _scatter_tangent(op: Any, t: tuple, x_shape: Any, src_shape: Any, index: Any, dim: int) -> Any:
    one, two = both(t, x_shape, src_shape)
    return op(one, index, two, dim)


def _weights(x: Any, index: Any, src: Any, out: Any, dim: int, reduce: str, include_self: bool) -> tuple:
    """The derivatives of ``out`` with respect to ``x`` and, in the places it was sent to, to ``src``."""
    counts = kernel.counted(np.shape(x), index, dim)
    one, kind = np.ones(np.shape(x), out.dtype), out.dtype
    if not include_self:
        one = np.where(counts > 0, kind.type(0), one)
    if reduce == "mean":
        weight = 1 / np.maximum(counts + (1 if include_self else 0), 1).astype(kind)
        return one * weight, kernel.gather(weight, index, dim)
    if reduce == "sum":
        return one, np.ones(index.shape, kind)
    first = (np.equal(x, out) * one).astype(kind)
    second = np.equal(src, kernel.gather(out, index, dim)).astype(kind)
    ties = np.maximum(kernel.scatter_add(first, index, second, dim), 1)
    return first / ties, second / kernel.gather(ties, index, dim)


scatter_weights: Op = general(
    "scatter_weights", _weights, tensors=("x", "index", "src", "out"), outputs=("first", "second"), differentiable=(),
    public=False, samples=[
        s(real(3, 3), _I, real(2, 3), real(3, 3), 0, "mean", True),
        s(real(), const(np.array(0)), real(), real(), 0, "sum", False),
        s(real(3), ints(0), real(0), real(3), 0, "mean", True), s(real(0), ints(0), real(0), real(0), 0, "sum", True),
    ],
    doc="The derivatives of ``scatter_reduce`` (other than of prod) with respect to its two arguments.",
)  # fmt: skip


def _product_weights(x: Any, index: Any, src: Any, dim: int, include_self: bool) -> tuple:
    """The derivatives of a product: the product of all other factors, found without dividing by zero."""
    if not include_self:
        x, old = scatter(x, index, _zero(x) + x.dtype.type(1), dim), x
        untouched = scatter(is_zero(old) * 0 + 1, index, _zero(old), dim)
    x_zero, src_zero = is_zero(x), is_zero(src)
    zeros = scatter_add(x_zero, index, src_zero, dim)
    safe_x, safe_src = x + x_zero, src + src_zero
    rest = scatter_reduce(safe_x, index, safe_src, dim, "prod", True)
    first = rest / safe_x * is_zero(zeros - x_zero) if include_self else untouched
    second = gather(rest, index, dim) / safe_src * is_zero(gather(zeros, index, dim) - src_zero)
    return first, second


is_zero: Op = general(
    "is_zero", lambda x: np.equal(x, 0).astype(x.dtype), differentiable=(), public=False,
    samples=[s(real(2, 3)), s(const(np.array([0.0, 2.0]))), s(real()), s(real(0, 3))],
    doc="1 where ``x`` is zero, else 0, in the dtype of ``x``.",
)  # fmt: skip


def _derivatives(frame: tuple, dim: int, reduce: str, include_self: bool) -> tuple:
    x, index, src, out = frame
    if reduce == "prod":
        return _product_weights(x, index, src, dim, include_self)
    return scatter_weights(x, index, src, out, dim, reduce, include_self)


def _pull(g: Any, frame: tuple, dim: int, reduce: str, include_self: bool, needs: tuple) -> tuple:
    first, second = _derivatives(frame, dim, reduce, include_self)
    index = frame[1]
    return g * first if needs[0] else None, None, gather(g, index, dim) * second if needs[2] else None


def _push(t: tuple, frame: tuple, dim: int, reduce: str, include_self: bool) -> Any:
    first, second = _derivatives(frame, dim, reduce, include_self)
    zero = zeros_like(t[2], frame[0].shape) if t[0] is None else t[0] * first
    return zero if t[2] is None else scatter_add(zero, frame[1], t[2] * second, dim)


scatter_reduce: Op = general(
    "scatter_reduce", kernel.scatter_reduce, tensors=("x", "index", "src"), public=False,
    samples=[
        *[s(distinct(3, 3), _I, real(2, 3), 0, how, own) for how in kernel.REDUCE for own in (True, False)],
        s(real(4), _V, real(3), 0, "prod", True),
        s(real(), const(np.array(0)), real(), 0, "mean", True),
        s(real(), const(np.array(0)), real(), 0, "prod", False), s(real(3), ints(0), real(0), 0, "amax", True),
        s(real(3), ints(0), real(0), 0, "prod", False), s(real(0), ints(0), real(0), 0, "mean", True),
    ],
    errors=[Bad(RuntimeError, "out of bounds for dimension 0", real(2, 3), _I, real(2, 3), 0, "sum", True)],
    doc="``x`` with each element reduced with the elements of ``src`` that ``index`` sends there along ``dim``.",
    joint=lambda g, x, index, src, out, dim, reduce, include_self, needs: _pull(
        g, (x, index, src, out), dim, reduce, include_self, needs
    ),
    jvp=lambda t, x, index, src, out, dim, reduce, include_self: _push(
        t, (x, index, src, out), dim, reduce, include_self
    ),
)  # fmt: skip

# -- one index for whole slices -----------------------------------------------------------------------------------------


def _index_select(x: Any, index: np.ndarray, dim: int) -> Any:
    x = np.asarray(x)
    size = x.shape[dim] if x.ndim else 1
    if kernel.outside(index, size):
        raise IndexError(f"index_select(): index out of range in self of shape {x.shape} along dimension {dim}")
    return x.take(index, dim) if x.ndim else x.copy()


index_select: Op = general(
    "index_select", _index_select, tensors=("x", "index"), public=False,
    samples=[
        s(real(3, 2), _V, 0), s(real(2, 3), _V, 1), s(real(3), _U, 0),
        s(real(), const(np.array([0])), 0), s(real(0, 3), ints(0), 0), s(real(3, 0), _V, 0),
    ],
    errors=[Bad(IndexError, "out of range", real(2, 3), _V, 0)],
    doc="The slices of ``x`` along ``dim`` that ``index`` names.",
    x=lambda g, x_shape, index, dim: index_add(zeros_like(g, x_shape), index, g, dim, 1),
    jvp=lambda t, index, dim: index_select(t[0], index, dim),
)  # fmt: skip


def _index_add(x: np.ndarray, index: np.ndarray, source: np.ndarray, dim: int, alpha: Any = 1) -> np.ndarray:
    kernel.check_index(index, x.shape[dim] if x.ndim else 1, dim)
    return kernel.index_add(x, index, np.asarray(source if alpha == 1 else alpha * source), dim)


index_add: Op = general(
    "index_add", _index_add, tensors=("x", "index", "source"), public=False,
    samples=[
        s(real(3, 2), _V, real(3, 2), 0), s(real(2, 3), _V, real(2, 3), 1, 2.5), s(real(3, 130), _V, real(3, 130), 0),
        s(real(), const(np.array([0])), real(), 0), s(real(0, 3), ints(0), real(0, 3), 0),
        s(real(3, 0), _V, real(3, 0), 0, 2.5),
    ],
    errors=[Bad(RuntimeError, "out of bounds for dimension 0", real(2), _V, real(3), 0)],
    doc="``x`` with ``alpha`` times slice i of ``source`` along ``dim`` added to slice ``index[i]``.",
    x=lambda g: g,
    source=lambda g, index, dim, alpha: _scaled(index_select(g, index, dim), alpha),
    jvp=lambda t, x_shape, source_shape, index, dim, alpha: _add_tangent(t, x_shape, source_shape, index, dim, alpha),
)  # fmt: skip


def _scaled(g: Any, alpha: Any) -> Any:
    return g if alpha == 1 else g * alpha


def _add_tangent(t: tuple, x_shape: Any, source_shape: Any, index: Any, dim: int, alpha: Any) -> Any:
    one, two = both(t, x_shape, source_shape)
    return index_add(one, index, two, dim, alpha)


def _sliced(index: np.ndarray, dim: int) -> tuple:
    return (*(slice(None),) * dim, index)


def _index_copy(x: np.ndarray, index: np.ndarray, source: Any, dim: int) -> np.ndarray:
    out = kernel.fresh(x)
    size = out.shape[dim] if out.ndim else 1
    if kernel.outside(index, size):
        wrong = index[(index < 0) | (index >= size)][0]
        raise IndexError(f"index_copy(): index {wrong} is out of bounds for dimension {dim} with size {size}")
    out.reshape(out.shape or 1)[_sliced(index, dim)] = source
    return out


index_copy: Op = general(
    "index_copy", _index_copy, tensors=("x", "index", "source"), public=False,
    samples=[
        s(real(3, 2), _U, real(2, 2), 0), s(real(2, 3), _U, real(2, 2), 1),
        s(real(), const(np.array([0])), real(), 0), s(real(0, 3), ints(0), real(0, 3), 0),
        s(real(3, 0), _U, real(2, 0), 0),
    ],
    errors=[Bad(IndexError, "out of bounds for dimension 0", real(2), _V, real(3), 0)],
    doc="``x`` with slice i of ``source`` along ``dim`` in the place of slice ``index[i]``.",
    x=lambda g, index, dim: index_copy(g, index, _zero(g), dim),
    source=lambda g, index, dim: index_select(g, index, dim),
    jvp=lambda t, x_shape, source_shape, index, dim: _scatter_tangent(index_copy, t, x_shape, source_shape, index, dim),
)  # fmt: skip


def _index_fill(x: np.ndarray, index: np.ndarray, value: Any, dim: int) -> np.ndarray:
    out = kernel.fresh(x)
    try:
        out.reshape(out.shape or 1)[_sliced(index, dim)] = value
    except IndexError as error:
        raise kernel.reword(error, out) from None
    return out


index_fill: Op = general(
    "index_fill", _index_fill, tensors=("x", "index", "value"), public=False,
    samples=[
        s(real(3, 2), _V, real(), 0), s(real(2, 3), const(np.array([2])), real(), 1),
        s(real(), const(np.array([0])), real(), 0), s(real(0, 3), ints(0), real(), 0),
    ],
    errors=[Bad(IndexError, "out of bounds for dimension 0", real(2), _V, real(), 0)],
    doc="``x`` with ``value`` in the slices along ``dim`` that ``index`` names.",
    x=lambda g, index, dim: index_fill(g, index, _zero(g), dim),
    value=lambda g, index, dim: _total(g) - _total(index_fill(g, index, _zero(g), dim)),
    jvp=lambda t, x_shape, index, dim: _fill_tangent(t, x_shape, index, dim),
)  # fmt: skip


def _total(g: Any) -> Any:
    from autograd.ops.reduce import sum_  # noqa: PLC0415 - reductions stand on shapes

    return sum_(g, None, False)


def _fill_tangent(t: tuple, x_shape: Any, index: Any, dim: int) -> Any:
    one = zeros_like(t[2], x_shape) if t[0] is None else t[0]
    return index_fill(one, index, _zero(one) if t[2] is None else t[2], dim)


def _one_hot(x: Any, num_classes: int = -1) -> np.ndarray:
    x = np.asarray(x)
    if x.dtype != np.int64:
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor, but got {x.dtype}.")
    if x.size == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if x.size and x.min() < 0:
        raise RuntimeError(f"Class values must be non-negative, but got {x.min()}.")
    count = num_classes if num_classes != -1 else int(x.max()) + 1
    if count < 1:
        raise RuntimeError(f"num_classes should be positive, but got {num_classes}.")
    if x.size and x.max() >= count:
        raise RuntimeError(f"Class values must be smaller than num_classes, but got {x.max()} and {num_classes}.")
    return (x[..., None] == np.arange(count)).astype(np.int64)


one_hot: Op = general(
    "one_hot", _one_hot, tensors=("x",), differentiable=(), public=False,
    samples=[s(ints(2, 3)), s(ints(4), 7), s(ints(), 5), s(ints(0), 3)],
    errors=[Bad(RuntimeError, "smaller than num_classes", const(np.array([2])), 1)],
    doc="Class numbers as vectors of int64 with a one at their place.",
)  # fmt: skip

# -- masks --------------------------------------------------------------------------------------------------------------

masked_fill: Op = elementwise(
    "masked_fill", kernel.fill_where, promotes=None, broadcasts=True, public=False,
    samples=[s(real(2, 3), bools(2, 3), real()), s(real(2, 3), bools(3), real()), s(real(3), bools(2, 3), real()), s(real(), bools(), real()), s(real(0, 3), bools(3), real())],
    errors=[Bad(RuntimeError, "must match", real(2, 3), bools(2), real())],
    doc="``value`` where ``mask`` is true, else ``x``.",
    x=lambda g, mask: masked_fill(g, mask, _zero(g)),
    value=lambda g, mask: masked_fill(g, ~mask, _zero(g)),
)  # fmt: skip


def _masked_scatter(x: np.ndarray, mask: np.ndarray, source: np.ndarray) -> np.ndarray:
    count = int(np.count_nonzero(mask))
    if source.size < count:
        raise RuntimeError(
            f"masked_scatter: Number of elements of source < number of ones in mask: got {source.size} and {count}"
        )
    out = np.array(x, order="C")
    out[mask] = source.reshape(-1)[:count]
    return out


def _first(g: Any, mask: Any, shape: tuple[int, ...]) -> Any:
    """``g`` where ``mask`` is true, as the first elements of a tensor of ``shape``."""
    from autograd.ops.shape import reshape  # noqa: PLC0415 - see above

    chosen = pick(g, kernel.Places(np.asarray(getattr(mask, "_array", mask))))
    count = int(np.prod(shape))
    return reshape(place(chosen, (count,), (slice(0, chosen.shape[0]),)), shape)


masked_scatter: Op = general(
    "masked_scatter", _masked_scatter, tensors=("x", "mask", "source"), public=False,
    samples=[
        s(real(2, 3), const(np.array([[True, False, True], [False, True, False]])), real(4)),
        s(real(), const(np.array(True)), real()), s(real(0, 3), const(np.zeros((0, 3), np.bool_)), real(0)),
    ],
    errors=[Bad(RuntimeError, "Number of elements of source", real(3), const(np.ones(3, bool)), real(2))],
    doc="``x`` with the elements of ``source``, one after another, where ``mask`` is true.",
    x=lambda g, mask: masked_fill(g, mask, _zero(g)),
    source=lambda g, mask, source_shape: _first(g, mask, source_shape),
    jvp=lambda t, x_shape, source_shape, mask: masked_scatter(
        both(t, x_shape, source_shape)[0], mask, both(t, x_shape, source_shape)[1]
    ),
)  # fmt: skip
