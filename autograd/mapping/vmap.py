"""``vmap``: a function of one example, run on all examples of a batch at once."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autograd import lanes
from autograd.graph import reachable
from autograd.lanes import Lanes
from autograd.node import LEAF, next_number
from autograd.pytree import TreeSpec, tree_flatten, tree_unflatten
from autograd.tensor import Tensor

__all__ = ["vmap"]

RANDOMNESS = ("error", "different", "same")


def vmap(
    func: Callable,
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable:
    """A function that applies ``func``, written for one example, to every example of a batch. As ``torch.func.vmap``.

    ``in_dims`` says along which dimension each argument holds the examples (an int for all, or a structure like the
    arguments', with None for what all examples share; keyword arguments are mapped along 0), ``out_dims`` where
    the results get theirs. Most operations run once on all examples, by a rule; an operation without one runs example
    by example, with the same result. What depends on values (``item()``, ``if x > 0``, ``nonzero``) cannot be mapped
    and raises RuntimeError. Random numbers raise too, unless ``randomness`` is "different" (for each example) or
    "same". ``chunk_size`` maps that many examples at a time, to save memory. Raises ValueError where ``in_dims`` and
    ``out_dims`` do not fit the arguments, the results or each other's sizes.

    >>> import autograd
    >>> dots = autograd.vmap(autograd.dot)(autograd.ones(2, 3), autograd.arange(6.0).reshape(2, 3))
    >>> dots
    tensor([ 3., 12.])
    """
    if not callable(func):
        raise TypeError(f"vmap: expected a function, but got {type(func).__name__}")
    if randomness not in RANDOMNESS:
        raise RuntimeError(f"vmap: randomness must be one of {', '.join(RANDOMNESS)}, but got {randomness!r}")
    if chunk_size is not None and (type(chunk_size) is not int or chunk_size <= 0):
        raise ValueError(f"vmap: chunk_size must be None or an int greater than 0, but got {chunk_size!r}")

    @functools.wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        values, spec, dims = _inputs(args, kwargs, in_dims, func)
        count = _count(values, dims)
        if chunk_size is None or chunk_size >= count:
            return _run(func, values, spec, dims, count, out_dims, randomness)
        return _in_chunks(func, values, spec, dims, count, out_dims, randomness, chunk_size)

    return mapped


# -- arguments ------------------------------------------------------------------------------------------------------------


def _name(func: Callable) -> str:
    return getattr(func, "__name__", type(func).__name__)


def _inputs(args: tuple, kwargs: dict, in_dims: Any, func: Callable) -> tuple[list, TreeSpec, list]:
    """The values in the arguments, how they are put together, and the dimension along which each is mapped."""
    if not isinstance(in_dims, (int, tuple, list)):
        raise ValueError(
            f"vmap({_name(func)}, in_dims={in_dims!r}): expected in_dims to be an int or a tuple structured like the "
            f"inputs, but got {type(in_dims).__name__}"
        )
    if not args and not kwargs:
        raise ValueError(f"vmap({_name(func)}): there are no inputs to map over")
    values, spec = tree_flatten((list(args), kwargs))
    given = [in_dims] * len(args) if isinstance(in_dims, int) else in_dims
    if len(given) != len(args):
        raise ValueError(
            f"vmap({_name(func)}, in_dims={in_dims!r}): in_dims is not compatible with the structure of the inputs: it "
            f"has {len(given)} entries for {len(args)} arguments"
        )
    dims: list = []
    for arg, dim in zip(args, given, strict=True):
        dims += _broadcast(arg, dim, f"vmap({_name(func)}, in_dims={in_dims!r})")
    dims += [0] * (len(values) - len(dims))  # keyword arguments
    return values, spec, [_checked(v, d, in_dims, func) for v, d in zip(values, dims, strict=True)]


def _broadcast(value: Any, dims: Any, what: str) -> list:
    """``dims`` for each value in a tree: the same for all, or by a structure like the tree's."""
    values, _ = tree_flatten(value)
    if dims is None or isinstance(dims, int):
        return [dims] * len(values)
    if isinstance(value, dict) and isinstance(dims, dict) and value.keys() == dims.keys():
        pairs = [(value[k], dims[k]) for k in value]
    elif isinstance(value, (list, tuple)) and isinstance(dims, (list, tuple)) and len(value) == len(dims):
        pairs = list(zip(value, dims, strict=True))
    else:
        raise ValueError(f"{what}: the dimensions {dims!r} are not structured like the value they are for")
    return [d for v, one in pairs for d in _broadcast(v, one, what)]


def _checked(value: Any, dim: Any, in_dims: Any, func: Callable) -> Any:
    """A dimension of ``value`` from 0 on, or None."""
    if dim is None:
        return None
    if not isinstance(value, Tensor):
        raise ValueError(
            f"vmap({_name(func)}, in_dims={in_dims!r}): got in_dim={dim} for an input of type {type(value).__name__}, "
            "which has no dimensions; give None for it in in_dims"
        )
    if not -value.ndim <= dim < value.ndim:
        raise ValueError(
            f"vmap({_name(func)}, in_dims={in_dims!r}): got in_dim={dim} for an input of dimensionality {value.ndim}; "
            f"it must be from {-value.ndim} to {value.ndim - 1}"
        )
    return dim % value.ndim


def _count(values: list, dims: list) -> int:
    """The number of examples, which must be the same in all arguments."""
    sizes = [v.shape[d] for v, d in zip(values, dims, strict=True) if d is not None]
    if not sizes:
        raise ValueError("vmap: at least one argument must be mapped (have an in_dim other than None)")
    if len(set(sizes)) > 1:
        raise ValueError(f"vmap: expected all mapped dimensions to have the same size, but got sizes {sizes}")
    return sizes[0]


# -- running --------------------------------------------------------------------------------------------------------------


@contextmanager
def _level(randomness: str, count: int) -> Iterator[int]:
    """A level of mapping: its number, which is younger than everything that was recorded outside."""
    level = next_number()
    lanes.enter((randomness, count, level))
    try:
        yield level
    finally:
        lanes.leave()


def _run(func: Callable, values: list, spec: Any, dims: list, count: int, out_dims: Any, randomness: str) -> Any:
    first = [v if d is None else v.movedim(d, 0) if d else v for v, d in zip(values, dims, strict=True)]
    with _level(randomness, count) as level:
        entered = [v if d is None else _enter(v, level) for v, d in zip(first, dims, strict=True)]
        args, kwargs = tree_unflatten(entered, spec)
        out = func(*args, **kwargs)
        results, out_spec = tree_flatten(out)
        places = _out_dims(out, out_dims, func)
        left = [_leave(r, d, level, count, func) for r, d in zip(results, places, strict=True)]
    return tree_unflatten(left, out_spec)


def _enter(value: Tensor, level: int) -> Tensor:
    return lanes.wrap(Lanes(value, level))


def _out_dims(out: Any, out_dims: Any, func: Callable) -> list:
    if not (out_dims is None or isinstance(out_dims, (int, tuple, list, dict))):
        raise ValueError(
            f"vmap({_name(func)}, out_dims={out_dims!r}): expected out_dims to be an int or a structure like the output"
        )
    if isinstance(out_dims, (tuple, list)) and isinstance(out, Tensor) and len(out_dims) == 1:
        out_dims = out_dims[0]
    return _broadcast(out, out_dims, f"vmap({_name(func)}, out_dims={out_dims!r})")


def _leave(result: Any, dim: Any, level: int, count: int, func: Callable) -> Tensor:
    """The Tensor of all examples of a result, its batch at ``dim``."""
    if not isinstance(result, Tensor):
        raise ValueError(
            f"vmap({_name(func)}): expected the function to return only Tensors, but got {type(result).__name__}"
        )
    array = result._array
    if type(array) is Lanes and array.level == level:
        if dim is None:
            raise ValueError(f"vmap({_name(func)}): out_dims=None for a result that differs from example to example")
        whole = array.tensor
    elif dim is None:
        return result
    else:
        whole = result.expand((count, *result.shape))
    if whole._node is not None and not _leads_out(whole, level):
        whole = lanes.wrap(whole._array)  # not detach(): there may be records of outer levels
    if not -whole.ndim <= dim < whole.ndim:
        raise ValueError(
            f"vmap({_name(func)}): out_dim {dim} is out of range for a result of {whole.ndim} dimensions with the batch"
        )
    return whole.movedim(0, dim) if dim else whole


def _leads_out(tensor: Tensor, level: int) -> bool:
    """Whether a Tensor was computed from a leaf that was there before this level."""
    return any(node.op is LEAF and node.number < level for node in reachable([tensor._node]))  # type: ignore[list-item]


def _in_chunks(
    func: Callable, values: list, spec: Any, dims: list, count: int, out_dims: Any, randomness: str, size: int
) -> Any:
    """Map ``size`` examples at a time and join the results."""
    from autograd.ops.join import cat  # noqa: PLC0415 - operations stand on the graph

    parts, joined = [], None
    for i in range(math.ceil(count / size)):
        length = min(size, count - i * size)
        chunk = [v if d is None else v.narrow(d, i * size, length) for v, d in zip(values, dims, strict=True)]
        out = _run(func, chunk, spec, dims, length, out_dims, randomness)
        results, joined = tree_flatten(out)
        parts.append(results)
        places = _out_dims(out, out_dims, func)
    columns = list(zip(*parts, strict=True))
    assert joined is not None
    return tree_unflatten([cat.function(list(c), d) for c, d in zip(columns, places, strict=True)], joined)
