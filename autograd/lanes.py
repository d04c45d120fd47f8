"""Lanes: what stands behind a Tensor inside a function that ``vmap`` maps.

There a Tensor stands for one example and carries all of them. Its ``_array`` is a ``Lanes``: it has the shape of one
example, and holds the Tensor of all examples, the batch first. The dispatchers see a ``Lanes`` among the arguments of
an operation and come here; the operation then runs once on all examples, by the rule of its kind (``mapping.rules``), or
else example by example. Whatever else would read values finds none, and raises: no answer is made from one example.

So there are two records. The Tensors of one example have nodes as always, whose values are Lanes; a gradient taken
inside the mapped function walks these, its rules running on Tensors. The Tensors of all examples have nodes of their
own, by which gradients flow through ``vmap`` from outside. An operation that meets Lanes of several levels takes off
the innermost first.
"""

from __future__ import annotations

import threading
from typing import Any, NoReturn

import numpy as np

from autograd import modes
from autograd.node import Leaf
from autograd.tensor import Tensor, wrap


class NeedsValues(RuntimeError):  # noqa: N818 - users see a RuntimeError; this name is the engine's
    """Code asked for the values of one example."""


class _State(threading.local):
    """What one thread is mapping."""

    def __init__(self) -> None:
        self.levels: list[tuple[str, int, int]] = []  # what to do about random numbers, the count, the level


depth = [0]  # how many mapped functions are running, in all threads
state = _State()
_lock = threading.Lock()


def enter(level: tuple[str, int, int]) -> None:
    """Begin a level of mapping in this thread."""
    with _lock:
        depth[0] += 1
    state.levels.append(level)


def leave() -> tuple[str, int, int]:
    """End the innermost level of this thread, and return it."""
    with _lock:
        depth[0] -= 1
    return state.levels.pop()


class Lanes:
    """The shape and dtype of one example, and the Tensor of all: what a mapped Tensor has for an array.

    >>> import autograd
    >>> autograd.vmap(lambda x: autograd.tensor(x.shape))(autograd.zeros(2, 3))
    tensor([[3],
            [3]])
    """

    __slots__ = ("__weakref__", "copied", "dtype", "level", "ndim", "shape", "size", "tensor")

    def __init__(self, tensor: Tensor, level: int, copied: bool = False) -> None:
        array = tensor._array
        self.tensor, self.level = tensor, level
        self.copied = copied  # a copy where PyTorch has a view: a write into it would be lost
        self.shape, self.dtype = array.shape[1:], array.dtype
        self.ndim = len(self.shape)
        self.size = 1
        for size in self.shape:
            self.size *= size

    @property
    def count(self) -> int:
        """The number of examples."""
        return self.tensor._array.shape[0]

    # -- what the engine asks of an array, answered for one example -----------------------------------------------------

    @property
    def strides(self) -> tuple[int, ...]:
        """The steps in bytes along the dimensions of one example."""
        return self.tensor._array.strides[1:]

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """The bytes of one example."""
        return self.size * self.dtype.itemsize

    @property
    def flags(self) -> Any:
        """Whether the memory can be written, and how that of one example lies."""
        array, levels = self.tensor._array, 1
        while type(array) is Lanes:
            array, levels = array.tensor._array, levels + 1
        return (array[(0,) * levels + (...,)] if 0 not in array.shape[:levels] else array).flags

    def copy(self) -> Lanes:
        """The same values in memory of their own."""
        return Lanes(self.tensor.clone(), self.level)

    def detached(self) -> Lanes:
        """The same memory without the history of all examples."""
        return Lanes(self.tensor.detach(), self.level, self.copied)

    def lane(self, i: int) -> Tensor:
        """One of the examples."""
        return self.tensor[i]

    def __getitem__(self, index: Any) -> Lanes:
        index = index if isinstance(index, tuple) else (index,)
        return Lanes(self.tensor[(slice(None), *index)], self.level, self.copied)

    def __setitem__(self, index: Any, value: Any) -> None:
        from autograd.mapping.writes import check_write  # noqa: PLC0415 - writes stand on the operations

        check_write(self, "a write")
        self.tensor[(slice(None), *(index if isinstance(index, tuple) else (index,)))] = value

    # -- values, of which there are none --------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        refuse(f".{name}")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        refuse("NumPy code")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> NoReturn:
        refuse(f"numpy.{ufunc.__name__}")

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> NoReturn:
        refuse(f"numpy.{function.__name__}")

    def __bool__(self) -> bool:  # noqa: PLE0304 - it never answers
        refuse("a truth value (if, while, and, or)")

    def __float__(self) -> NoReturn:
        refuse("float()")

    def __int__(self) -> NoReturn:
        refuse("int()")

    def __index__(self) -> int:  # noqa: PLE0305 - it never answers
        refuse("an index")

    def _compare(self, other: Any) -> NoReturn:
        refuse("a comparison")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _compare  # not by identity: an answer from no values
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"Lanes(level={self.level}, count={self.count}, shape={self.shape}, dtype={self.dtype})"


def refuse(what: str) -> NoReturn:
    """Raise the error (a RuntimeError) of code that asks for the values of one example."""
    raise NeedsValues(
        f"vmap: {what} needs the values of a Tensor that stands for all examples at once. Inside a function that is "
        "mapped, use operations on Tensors instead (where() in place of if); .item(), .tolist(), .numpy() and shapes "
        "that depend on values cannot be mapped."
    )


def show(tensor: Tensor) -> str:
    """What a mapped Tensor is printed as."""
    lanes = tensor._array
    inner = repr(lanes.tensor).replace("\n", "\n    ")
    return f"Mapped(count={lanes.count}, shape={lanes.shape}, values=\n    {inner}\n)"


def innermost(found: list[Lanes]) -> tuple[int, int]:
    """The innermost level among Lanes, and the number of its examples."""
    level = max([lanes.level for lanes in found])
    return level, next(lanes.count for lanes in found if lanes.level == level)


# -- running an operation ---------------------------------------------------------------------------------------------


def inside(static: tuple) -> list[Lanes]:
    """The Lanes among the static arguments: indices that depend on the example."""
    found = []
    for value in static:
        items = getattr(value, "items", None)
        if type(items) is tuple:  # Places of an index
            found += [item for item in items if type(item) is Lanes]
        elif type(value) is Lanes:
            found.append(value)
    return found


def known(truth: Any) -> bool:
    """Whether a condition holds; of several examples, whether it holds for all of them.

    For rules of derivatives with a short way for ordinary values and another that is always right.
    """
    array = getattr(truth, "_array", None)
    return bool(behind(array).all()) if type(array) is Lanes else bool(truth)


def among(arrays: list, static: tuple) -> bool:
    """Whether an operation has Lanes among its arguments."""
    for array in arrays:
        if type(array) is Lanes:
            return True
    return bool(static) and bool(inside(static))


def behind(array: Any) -> Any:
    """The array of all examples behind Lanes; any other array as it is."""
    while type(array) is Lanes:
        array = array.tensor._array
    return array


def peel(tensor: Tensor | None, level: int) -> Tensor | None:
    """The Tensor of all examples behind one of ``level``; another as it is, but for a leaf made inside this level.

    Nothing outside can ask for the gradient of such a leaf, so the record of all examples need not lead to it.
    """
    if tensor is None:
        return None
    array = tensor._array
    if type(array) is Lanes and array.level == level:
        return array.tensor
    if type(tensor._node) is Leaf and tensor._node.number > level:
        return wrap(array)
    return tensor


def run(op: Any, tensors: list, static: tuple) -> Any:
    """The result of ``op`` as Lanes (a tuple of them, if it has several): all examples at once, or one by one."""
    from autograd.mapping.arrange import in_order  # noqa: PLC0415
    from autograd.mapping.rules import rule_of  # noqa: PLC0415 - rules stand on the operations

    found = [t._array for t in tensors if t is not None and type(t._array) is Lanes] + inside(static)
    level, count = innermost(found)
    mapped = [t is not None and type(t._array) is Lanes and t._array.level == level for t in tensors]
    peeled = [peel(t, level) for t in tensors]
    if any([p is not None and p._node is not None for p in peeled]):
        static = _kept(static)
    several = op.many or len(op.outputs) > 1
    rule = rule_of(op)
    result = None
    if rule is not None:
        result = rule(Call(op, peeled, mapped, static, count, level))
    copied = op.name == "index" and _selects(static)  # PyTorch's view of one place, which differs among the examples
    if result is None:
        result = one_by_one(op, peeled, mapped, static, count, level)
        copied = copied or op.view or op.many
    elif not (op.view or op.many):
        for one in result if several else (result,):
            in_order(one, peeled)
    made = [Lanes(r, level, copied) for r in (result if several else (result,))]
    if copied:
        from autograd.mapping.writes import remember_copies  # noqa: PLC0415

        remember_copies(tensors[0]._array, made)
    return tuple(made) if several else made[0]


def _selects(static: tuple) -> bool:
    """Whether an index is one place of each dimension that it reads."""
    return all([isinstance(item, slice) or item.ndim == 0 for item in static[0].items])


class Call:
    """An operation about to run on all examples: its arguments, and which of them are mapped (the batch first)."""

    __slots__ = ("count", "level", "mapped", "op", "static", "tensors")

    def __init__(self, op: Any, tensors: list, mapped: list[bool], static: tuple, count: int, level: int) -> None:
        self.op, self.tensors, self.mapped, self.static = op, tensors, mapped, static
        self.count, self.level = count, level

    def ndim(self, i: int = 0) -> int:
        """The number of dimensions of one example of argument ``i``."""
        return self.tensors[i]._array.ndim - self.mapped[i]

    def static_of(self, name: str) -> Any:
        """The value of a static argument."""
        return self.static[self.op.static.index(name)]

    def with_static(self, **changes: Any) -> tuple:
        """The static arguments with some of them changed."""
        return tuple([changes.get(n, v) for n, v in zip(self.op.static, self.static, strict=True)])


def one_by_one(op: Any, tensors: list, mapped: list[bool], static: tuple, count: int, level: int) -> Any:
    """Run ``op`` on each example and stack the results."""
    from autograd.dispatch import record  # noqa: PLC0415 - it imports this module
    from autograd.ops.join import stack  # noqa: PLC0415

    if count == 0:
        return _of_none(op, tensors, mapped, static, level)
    rows = [
        record(
            op,
            [t[i] if m and t is not None else t for t, m in zip(tensors, mapped, strict=True)],
            _static_at(static, i, level),
        )
        for i in range(count)
    ]
    if isinstance(rows[0], tuple):
        if len({len(row) for row in rows}) > 1:
            refuse(f"{op.name} (its results differ in number from example to example)")
        return tuple([_stacked(op, stack, list(column)) for column in zip(*rows, strict=True)])
    return _stacked(op, stack, rows)


def _stacked(op: Any, stack: Any, rows: list[Tensor]) -> Tensor:
    shapes = {tuple(row._array.shape) for row in rows}
    if len(shapes) > 1:
        refuse(f"{op.name} (its results differ in shape from example to example: {sorted(shapes)})")
    return stack.function(rows, 0)


def _of_none(op: Any, tensors: list, mapped: list[bool], static: tuple, level: int) -> Any:
    """The empty results of no examples, shaped as those of an example of zeros."""
    with modes.no_grad():
        one = [
            t.new_zeros((1, *t.shape[1:])) if m and t is not None else t for t, m in zip(tensors, mapped, strict=True)
        ]
        if inside(static):
            refuse("an index of no examples")
        made = one_by_one(op, one, mapped, static, 1, level)
        return tuple([m[:0] for m in made]) if isinstance(made, tuple) else made[:0]


def _kept(static: tuple) -> tuple:
    """The static arguments with indices of our own, which nobody can write while a record holds them."""
    return tuple([type(v)(*map(_copied, v.items)) if type(getattr(v, "items", None)) is tuple else v for v in static])


def _copied(item: Any) -> Any:
    return item if isinstance(item, slice) else item.copy()


def _static_at(static: tuple, i: int, level: int) -> tuple:
    """The static arguments of example ``i``."""
    found = []
    for value in static:
        items = getattr(value, "items", None)
        if type(items) is tuple:
            places = [_value_at(item, i, level) for item in items]
            found.append(type(value)(*places))
        else:
            found.append(_value_at(value, i, level))
    return tuple(found)


def _value_at(value: Any, i: int, level: int) -> Any:
    if type(value) is not Lanes or value.level != level:
        return value
    array = value.lane(i)._array
    return np.asarray(array) if isinstance(array, np.generic) else array


def check_hook(tensor: Tensor) -> None:
    """RuntimeError where a hook would never be called: only gradients taken outside reach this tensor."""
    from autograd.graph import reachable  # noqa: PLC0415 - the graph stands on this module

    level = tensor._array.level
    if not any(type(node) is Leaf and node.number > level for node in reachable([tensor._node])):  # type: ignore[list-item]
        raise RuntimeError(
            "vmap: cannot register a hook on a mapped Tensor that doesn't require gradient inside the mapped function; "
            "register it on the Tensor outside"
        )


def check_leaf(tensor: Tensor) -> None:
    """RuntimeError where gradients that differ from example to example reach a leaf that all examples share."""
    if type(tensor._array) is not Lanes:
        raise RuntimeError(
            "vmap: backward() inside a mapped function cannot add gradients that differ from example to example to the "
            ".grad of a Tensor that all of them share; use autograd.grad or func.grad, whose results are mapped too"
        )


# -- rules of derivatives that look at values -------------------------------------------------------------------------------


def rule_one_by_one(rule: Any, g: Any, frame: tuple, *rest: Any) -> Any:
    """Call a rule (of one gradient, or a joint one) that needs values for each example; stack what it returns.

    The record of one example does not follow into its examples, so the derivative cannot be differentiated again.
    """
    if modes.state.enabled and _recorded((g, frame)):
        refuse("the derivative of a derivative of this operation")
    found = _lanes_of((g, frame))
    if not found:
        refuse("the derivative of this operation")
    level, count = innermost(found)
    rows = [rule(_at(g, i, level), _at(frame, i, level), *rest) for i in range(count)]
    if not rows:
        refuse("the derivative of an operation on no examples")
    return _joined(rows, level)


def _recorded(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any([_recorded(v) for v in value])
    return isinstance(value, Tensor) and value._node is not None


def _lanes_of(value: Any) -> list[Lanes]:
    if isinstance(value, (tuple, list)):
        return [lanes for v in value for lanes in _lanes_of(v)]
    return [value._array] if isinstance(value, Tensor) and type(value._array) is Lanes else []


def _at(value: Any, i: int, level: int) -> Any:
    """Example ``i`` of a Tensor, or of each in a sequence."""
    if isinstance(value, (tuple, list)):
        return type(value)(_at(v, i, level) for v in value)
    if isinstance(value, Tensor) and type(value._array) is Lanes and value._array.level == level:
        return value._array.lane(i)
    return value


def _joined(rows: list, level: int) -> Any:
    if rows[0] is None:
        return None
    if isinstance(rows[0], (tuple, list)):
        return tuple([_joined(list(column), level) for column in zip(*rows, strict=True)])
    from autograd.ops.join import stack  # noqa: PLC0415 - operations stand on this module

    return wrap(Lanes(stack.function([r if isinstance(r, Tensor) else wrap(r) for r in rows], 0), level))


# -- the user's own functions --------------------------------------------------------------------------------------------


def record_examples(function: Any, args: tuple, results: list, writes: bool) -> None:
    """Where a Function's arguments have a record of all examples: give it to the results, example by example.

    The Function ran on Tensors of one example, which is right for gradients that are taken inside; those from outside
    need one call of it in the record of each example.
    """
    found = _lanes_of(args)
    if not found:
        return
    level, count = innermost(found)
    peeled = [peel(a, level) if isinstance(a, Tensor) else a for a in args]
    if not any(isinstance(p, Tensor) and p._node is not None for p in peeled) or not count:
        return
    if writes:
        raise RuntimeError(f"vmap: {function.__name__} writes its arguments in place, which cannot be recorded")
    rows = []
    for i in range(count):
        row = function.apply(*[_at(a, i, level) if _lanes_of((a,)) else p for a, p in zip(args, peeled, strict=True)])
        rows.append(row if isinstance(row, tuple) else (row,))
    from autograd.ops.join import stack  # noqa: PLC0415 - operations stand on this module

    for result, column in zip(results, zip(*rows, strict=True), strict=True):
        if isinstance(result, Tensor):
            result._array = Lanes(stack.function(list(column), 0), level)


# -- writing in place -------------------------------------------------------------------------------------------------


def write(target: Any, result: Any, name: str, index: Any = None) -> None:
    """Write ``result`` (a Tensor of one example, mapped or not) into the memory behind ``target``, or a part of it."""
    from autograd.mapping.writes import write_into  # noqa: PLC0415 - writes stand on the operations

    write_into(target, result, name, index)
