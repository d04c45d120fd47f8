"""How operations run on all examples of ``vmap`` at once: one rule for each kind, and for each way to name dimensions.

A rule gets a ``Call`` (the Tensors with the batch as their first dimension where they are mapped) and returns the
result with the batch first, or None where it does not know: then the examples are taken one by one. Rules only
rearrange arguments; what is computed is the operation itself. So an operation without a rule is slower, never wrong,
and ``tests/func/test_vmap_registry.py`` compares all with the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.dispatch import record
from autograd.inplace import link
from autograd.kernels.index import FULL, Places
from autograd.lanes import Call, Lanes
from autograd.mapping.arrange import map_all, map_one, pad_all, pad_front, rule, shaped, shifted_dims, table


def rule_of(op: Any) -> Callable[[Call], Any] | None:
    """The rule of an operation: its own, or that of its kind."""
    found = table.get(op.name)
    return aligned if found is None and op.kind == "elementwise" else found


# -- rules ----------------------------------------------------------------------------------------------------------------


@rule("keep")
def aligned(call: Call) -> Any:
    """Elementwise: the operands are broadcast against each other example by example."""
    ndim = max([call.ndim(i) for i, t in enumerate(call.tensors) if t is not None])
    result = record(call.op, pad_all(call), call.static)
    return result if result._array.ndim == ndim + 1 else None  # not one that hands back an operand


@rule("cast", "clone", "contiguous", "alias", "one_hot", "linalg_cholesky", "linalg_det", "linalg_eigh",
      "linalg_eigvalsh", "linalg_inv", "linalg_matrix_exp", "linalg_qr", "linalg_slogdet", "linalg_svd",
      "linalg_svdvals", "tril", "triu")  # fmt: skip
def leading(call: Call) -> Any:
    """Operations of one argument that act on the last dimensions, or on each element."""
    least = 2 if call.op.name.startswith(("linalg", "tri")) else 0
    if call.op.name == "one_hot" and call.static_of("num_classes") < 0:  # as many as the values of an example say
        return None
    return record(call.op, call.tensors, call.static) if call.ndim() >= least else None


_FLAT = frozenset({
    "sum", "mean", "prod", "nansum", "amax", "amin", "argmax", "argmin", "all", "any", "count_nonzero", "logsumexp",
    "std", "var", "std_mean", "var_mean", "vector_norm",
})  # fmt: skip


@rule("argsort", "cumsum", "cumprod", "cummax", "cummin", "cumsum_back", "logcumsumexp", "softmax", "log_softmax",
      "sort", "topk", "kthvalue", "median", "nanmedian", "mode", "max", "min", "glu", "select", "narrow", "shift",
      *_FLAT)  # fmt: skip
def along(call: Call) -> Any:
    """Operations along ``dim``; over all elements of an example where it is None."""
    ndim, dim = call.ndim(), call.static_of("dim")
    if dim is None and call.op.name in _FLAT:
        flat = shaped(call.tensors[0], (call.count, call.tensors[0].numel() // max(call.count, 1)))
        if not call.count:
            return None
        result = record(call.op, [flat], call.with_static(dim=1))
        if not ("keepdim" in call.op.static and call.static_of("keepdim")):
            return result
        shape = (call.count, *[1] * ndim)
        return tuple([shaped(r, shape) for r in result]) if isinstance(result, tuple) else shaped(result, shape)
    shifted = shifted_dims(dim, ndim)
    return None if shifted is None else record(call.op, call.tensors, call.with_static(dim=shifted))


@rule("split", "unbind")
def parted(call: Call) -> Any:
    """Parts of each example, which are views of it."""
    from autograd.ops.index import narrow, select  # noqa: PLC0415

    dim = shifted_dims(call.static_of("dim"), call.ndim())
    if dim is None:
        return None
    parts = record(call.op, call.tensors, call.with_static(dim=dim))
    start = 0
    for i, part in enumerate(parts):
        size = 1 if call.op.name == "unbind" else part._array.shape[dim]
        link(call.tensors[0], part, ((select, (dim, i)) if call.op.name == "unbind" else (narrow, (dim, start, size)),))
        start += size
    return parts


@rule("max_all", "min_all")
def extreme(call: Call) -> Any:
    """The largest or smallest element of each example."""
    from autograd.ops.reduce import amax, amin  # noqa: PLC0415

    if not call.count:
        return None
    flat = shaped(call.tensors[0], (call.count, call.tensors[0].numel() // call.count))
    return record(amax if call.op.name == "max_all" else amin, [flat], (1, False))


@rule("gather", "scatter", "scatter_add", "scatter_reduce", "scatter_weights", "take_along", "put_along", "recurrence",
      "linalg_cross", "cat")  # fmt: skip
def together(call: Call) -> Any:
    """Operations along ``dim`` on several arguments with the same number of dimensions."""
    dims = {call.ndim(i) for i, t in enumerate(call.tensors) if t is not None}
    shifted = shifted_dims(call.static_of("dim"), max(dims))
    if len(dims) > 1 or shifted is None:
        return None
    changes = {"dim": shifted}
    if "shape" in call.op.static:
        changes["shape"] = (call.count, *call.static_of("shape"))
    return record(call.op, map_all(call), call.with_static(**changes))


@rule("stack", "unsqueeze")
def inserted(call: Call) -> Any:
    """A new dimension."""
    shifted = shifted_dims(call.static_of("dim"), call.ndim() + 1)
    return None if shifted is None else record(call.op, map_all(call), call.with_static(dim=shifted))


@rule("squeeze")
def squeezed(call: Call) -> Any:
    """Dimensions of size 1 dropped, but never the batch."""
    ndim, dim = call.ndim(), call.static_of("dim")
    wanted = range(ndim) if dim is None else dim if isinstance(dim, (tuple, list)) else (dim,)
    if not all([-ndim <= d < ndim for d in wanted]) or len({d % ndim for d in wanted}) < len(wanted):
        return None
    return record(call.op, call.tensors, (tuple([d % ndim + 1 for d in wanted]),))


@rule("reshape", "view")
def reshaped(call: Call) -> Any:
    """Another shape for each example."""
    return record(call.op, call.tensors, ((call.count, *call.static_of("shape")),)) if call.count else None


@rule("expand")
def expanded(call: Call) -> Any:
    """Each example repeated along dimensions of size 1."""
    shape = call.static_of("shape")
    if len(shape) < call.ndim() or any([size < 0 for size in shape[: len(shape) - call.ndim()]]):
        return None
    return record(call.op, [pad_front(call, 0, len(shape))], ((call.count, *shape),))


@rule("repeat")
def repeated(call: Call) -> Any:
    """Each example repeated."""
    repeats = call.static_of("repeats")
    if len(repeats) < call.ndim():
        return None
    return record(call.op, [pad_front(call, 0, len(repeats))], ((1, *repeats),))


@rule("permute")
def permuted(call: Call) -> Any:
    """The dimensions of each example in another order."""
    dims = shifted_dims(call.static_of("dims"), call.ndim()) if call.static_of("dims") else ()
    if dims is None or len(set(dims)) != len(dims) or len(dims) != call.ndim():
        return None
    return record(call.op, call.tensors, ((0, *dims),))


@rule("transpose")
def transposed(call: Call) -> Any:
    """Two dimensions of each example swapped."""
    if not call.ndim():
        from autograd.ops.shape import alias  # noqa: PLC0415

        return record(alias, call.tensors, ()) if all([d in {0, -1} for d in call.static]) else None
    dims = shifted_dims(call.static, call.ndim())
    return None if dims is None else record(call.op, call.tensors, dims)


@rule("as_strided")
def strided(call: Call) -> Any:
    """Elements of each example at given steps, where these stay inside of it."""
    from autograd.kernels.shape import extent  # noqa: PLC0415

    size, stride, offset = call.static
    array, ndim = call.tensors[0]._array, call.ndim()
    inside = 1
    for n in array.shape[array.ndim - ndim :]:
        inside *= n
    fits = len(size) == len(stride) and min(size, default=0) >= 0 and min(stride, default=0) >= 0 <= offset
    if not fits or offset + extent(size, stride) > inside or not array.flags.c_contiguous:
        return None
    return record(call.op, call.tensors, ((call.count, *size), (inside, *stride), offset))


@rule("diagonal")
def diagonals(call: Call) -> Any:
    """The diagonal of two dimensions of each example."""
    offset, *dims = call.static
    shifted = shifted_dims(dims, call.ndim())
    return None if shifted is None else record(call.op, call.tensors, (offset, *shifted))


@rule("diag_embed")
def embedded(call: Call) -> Any:
    """Each example as a diagonal of two new dimensions."""
    offset, *dims = call.static
    shifted = shifted_dims(dims, call.ndim() + 1)
    return None if shifted is None else record(call.op, call.tensors, (offset, *shifted))


@rule("flip")
def flipped(call: Call) -> Any:
    """Each example reversed."""
    dims = shifted_dims(call.static_of("dims"), call.ndim())
    return None if dims is None else record(call.op, call.tensors, (dims,))


@rule("roll")
def rolled(call: Call) -> Any:
    """Each example rolled."""
    dims = call.static_of("dims")
    if isinstance(dims, int):
        dims = (dims,)
    shifted = shifted_dims(tuple(dims), call.ndim()) if dims else None
    return None if shifted is None else record(call.op, call.tensors, call.with_static(dims=shifted))


@rule("unfold")
def unfolded(call: Call) -> Any:
    """Windows of each example."""
    dim = shifted_dims(call.static_of("dimension"), call.ndim())
    return None if dim is None else record(call.op, call.tensors, call.with_static(dimension=dim))


@rule("spread")
def spread_out(call: Call) -> Any:
    """The gradient of a sum: each example repeated along the dimensions that were summed."""
    shape, dim = call.static_of("shape"), call.static_of("dim")
    shifted = shifted_dims(tuple(range(len(shape))) if dim is None else dim, len(shape))
    if shifted is None:
        return None
    return record(call.op, call.tensors, call.with_static(shape=(call.count, *shape), dim=shifted))


@rule("slice")
def sliced(call: Call) -> Any:
    """A basic index into each example."""
    return record(call.op, call.tensors, ((FULL, *call.static_of("index")),))


@rule("place")
def placed(call: Call) -> Any:
    """The gradient of a basic index."""
    shape, index = call.static
    return record(call.op, call.tensors, ((call.count, *shape), (FULL, *index)))


@rule("place_diagonal")
def diagonals_placed(call: Call) -> Any:
    """The gradient of a diagonal."""
    shape, offset, *dims = call.static
    shifted = shifted_dims(dims, len(shape))
    return None if shifted is None else record(call.op, call.tensors, ((call.count, *shape), offset, *shifted))


@rule("pad")
def padded(call: Call) -> Any:
    """Each example padded with a constant."""
    if call.static_of("mode") != "constant" or len(call.static_of("pad")) > 2 * call.ndim():
        return None
    return record(call.op, call.tensors, call.static)


# -- indices that are arrays --------------------------------------------------------------------------------------------


def _places(call: Call, mapped: bool) -> Places | None:
    """The index into all examples; None where full slices stand before an array, which would move dimensions."""
    items = call.static_of("index").items
    arrays = [item for item in items if not isinstance(item, slice)]
    if any([isinstance(item, slice) for item in items[: len(arrays)]]) or any([a.dtype.kind == "b" for a in arrays]):
        return None
    lanes = [a for a in arrays if type(a) is Lanes]
    if any([a.level != call.level or type(a.tensor._array) is Lanes for a in lanes]):
        return None
    if not lanes:
        return Places(FULL, *items) if mapped else None
    ndim = max([a.ndim for a in arrays])
    found = [_item(a, ndim, call.level) for a in items]
    if mapped:
        found.insert(0, np.arange(call.count).reshape(-1, *[1] * ndim))
    return Places(*found)


def places_of_all(index: Places, count: int, level: int) -> tuple[Places, tuple | None]:
    """An index into each example as one into all, and the ``movedim`` that a value for it needs (None: none).

    Arrays of indices stand in one run, whose dimensions then stay there, or apart, when they come first.
    """
    items = index.items
    if items[0].__class__ is np.ndarray and items[0].dtype.kind == "b":
        items = (*items[0].nonzero(), *items[1:])
    at = [d for d, item in enumerate(items) if not isinstance(item, slice)]
    run = at[-1] - at[0] + 1 == len(at)
    own = any([type(items[d]) is Lanes and items[d].level == level for d in at])
    if run and not own:
        return Places(FULL, *items), None
    ndim = max([items[d].ndim for d in at])
    batch = np.arange(count).reshape(-1, *[1] * ndim)
    found = Places(batch, *[_item(item, ndim, level) for item in items])
    if not run or not at[0]:
        return found, None
    return found, (tuple(range(1 + at[0], 1 + at[0] + ndim)), tuple(range(1, 1 + ndim)))


@rule("set_item")
def written(call: Call) -> Any:
    """A part of each example replaced."""
    index = call.static_of("index")
    if not isinstance(index, tuple):
        return None
    part = Lanes(call.tensors[0], call.level)[index].shape if call.mapped[0] else call.tensors[0][index].shape
    value = pad_front(call, 1, len(part))
    return record(call.op, [map_one(call, 0), value.expand((call.count, *part))], ((FULL, *index),))


@rule("index_select")
def selected(call: Call) -> Any:
    """The same places of each example."""
    shifted = shifted_dims(call.static_of("dim"), call.ndim())
    return None if call.mapped[1] or shifted is None else record(call.op, call.tensors, (shifted,))


def _item(item: Any, ndim: int, level: int) -> Any:
    """An array of indices for all examples, the batch first, those of one example last of ``ndim``."""
    if type(item) is not Lanes or item.level != level:
        return item
    shape = item.tensor._array.shape
    return shaped(item.tensor, (shape[0], *[1] * (ndim + 1 - len(shape)), *shape[1:]))._array


@rule("index")
def picked(call: Call) -> Any:
    """The elements of each example at arrays of indices, its own or the same for all."""
    places = _places(call, call.mapped[0])
    return None if places is None else record(call.op, call.tensors, (places,))


@rule("put_back")
def put_at(call: Call) -> Any:
    """The gradient of reading at arrays of indices."""
    shape, index = call.static
    if not call.mapped[0]:
        call.tensors, call.mapped = map_all(call), [True]
    if not any(type(item) is Lanes for item in index.items):
        if any(isinstance(item, slice) or item.dtype.kind == "b" for item in index.items):
            return None
        places: Places | None = Places(FULL, *index.items)
    else:
        places = _places(call, True)
    return None if places is None else record(call.op, call.tensors, ((call.count, *shape), places))


@rule("embedding")
def looked_up(call: Call) -> Any:
    """Rows of one table for the indices of all examples."""
    if call.mapped[0] or call.static_of("scale_grad_by_freq"):  # the frequencies are those in one example
        return None
    return record(call.op, call.tensors, call.static)


from autograd.mapping import rules_attention, rules_images, rules_norm, rules_products  # noqa: E402, F401 - enter their rules
