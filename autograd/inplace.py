"""Writing in place, and views.

Reads pay nothing: every write enters the owner of the memory with a number from the counter of nodes into ``log``, and
backward compares only nodes older than the last write. A saved array whose memory was written after its node was made
is an error that names both operations. A write through a view re-bases the history of its base and of the base's live
views.

NumPy sees the same memory through ``Tensor.numpy()`` and ``from_numpy``, and writes there are in no log. So memory that
NumPy can reach is ``exposed``: what the graph saves of it from then on is a copy, and what it had saved before is
compared with a checksum taken when the array was handed out.
"""

from __future__ import annotations

import sys
import weakref
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes, lanes, modes
from autograd.node import Leaf, Node, next_number
from autograd.tensor import Tensor, materialise, wrap

log: dict[int, Write] = {}
exposed: dict[int, Exposure] = {}
last_write = 0


class Write:
    """The last write into one piece of memory."""

    __slots__ = ("memory", "name", "number", "where")

    def __init__(self, memory: weakref.ref, number: int, name: str, where: str) -> None:
        self.memory, self.number, self.name, self.where = memory, number, name, where


class Exposure:
    """Memory that NumPy can write: since when, for how long, and what it held."""

    __slots__ = ("checksum", "leases", "memory", "number", "permanent")

    def __init__(self, memory: weakref.ref, number: int) -> None:
        self.memory, self.number = memory, number
        self.checksum: int | None = None
        self.leases = 0
        self.permanent = False


class Lease:
    """Stands between an array that was handed out and the memory, and lives as long as NumPy can reach it."""

    __slots__ = ("__array_interface__", "__weakref__", "array")

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self.__array_interface__ = array.__array_interface__


class View:
    """That a Tensor is a view: of which base, and by which path of view operations."""

    __slots__ = ("base", "path", "recorded")

    def __init__(self, base: Tensor, path: tuple, recorded: bool) -> None:
        self.base, self.path, self.recorded = base, path, recorded


class Base:
    """That a Tensor has views: weak references to those that may be alive."""

    __slots__ = ("limit", "views")

    def __init__(self) -> None:
        self.views: list[weakref.ref] = []
        self.limit = 8

    def add(self, view: Tensor) -> None:
        """Remember ``view``; forget the dead ones whenever their number may have doubled."""
        self.views.append(weakref.ref(view))
        if len(self.views) > self.limit:
            self.views = [ref for ref in self.views if ref() is not None]
            self.limit = 2 * len(self.views) + 8

    def alive(self) -> list[Tensor]:
        """The views that are still there."""
        return [view for view in (ref() for ref in self.views) if view is not None]


# -- the log ------------------------------------------------------------------------------------------------------


def owner(array: Any) -> Any:
    """The array that owns the memory of ``array``."""
    array = lanes.behind(array)
    while True:
        base = array.base
        if isinstance(base, Lease):
            base = base.array
        if not isinstance(base, np.ndarray):
            return array
        array = base


def _forget(table: dict, key: int) -> Callable:
    """What a weak reference calls when its memory dies: the entry goes with it."""
    return lambda _: table.pop(key, None)


def note_write(array: Any, name: str) -> None:
    """Enter a write into the memory of ``array`` by operation ``name``."""
    global last_write  # noqa: PLW0603 - one number read by every backward pass
    memory = owner(array)
    key, number = id(memory), next_number()
    where = _caller() if anomaly[0] else ""
    entry = log.get(key)
    if entry is None:
        log[key] = Write(weakref.ref(memory, _forget(log, key)), number, name, where)
    else:
        entry.number, entry.name, entry.where = number, name, where
    last_write = max(last_write, number)


anomaly = [0, 0]  # how often detect_anomaly is on, and its check for NaN; writes then remember their source line


def _caller() -> str:
    """The innermost source line outside this package."""
    from autograd.anomaly import source_line  # noqa: PLC0415 - it imports this module

    return source_line()


def check_saved(node: Node) -> None:
    """Raise RuntimeError where memory that ``node`` saved was written after ``node`` was made."""
    for value in node.saved or ():
        for array in value if isinstance(value, tuple) else (value,):
            memory = lanes.behind(array)
            if isinstance(memory, np.ndarray):
                _check_array(node, memory)


def _check_array(node: Node, array: np.ndarray) -> None:
    memory = owner(array)
    entry = log.get(id(memory))
    if entry is not None and entry.number > node.number:
        line = f" at {entry.where}" if entry.where else ""
        made = f" (recorded at {node.meta})" if isinstance(node.meta, str) else ""
        raise RuntimeError(
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"{node.op.name}{made} saved a tensor of shape {array.shape} {array.dtype}, and {entry.name}{line} wrote "
            "into its memory before the backward pass. Write out of place, or clone() the tensor first; "
            "autograd.detect_anomaly() shows both source lines."
        )
    lent = exposed.get(id(memory))
    if lent is not None and lent.number > node.number and lent.checksum is not None and lent.checksum != _sum(memory):
        raise RuntimeError(
            "one of the variables needed for gradient computation has been modified through NumPy: "
            f"{node.op.name} saved a tensor of shape {array.shape} {array.dtype} whose memory was handed out by "
            "numpy() and written there before the backward pass. Write into a copy: t.numpy().copy()."
        )


# -- memory that NumPy can reach ------------------------------------------------------------------------------------


def _sum(array: np.ndarray) -> int:
    """A checksum of the bytes of ``array``."""
    return zlib.adler32(np.ascontiguousarray(array).data.cast("B") if array.size else b"")


def _references(array: Any) -> int:
    """How many references there are to ``array``, the caller's included."""
    return sys.getrefcount(array)


class _Holder:
    __slots__ = ("_array",)

    _array: Any


def _calibrate() -> int:
    """What ``_references`` counts for an array that only one Tensor holds, asked for as ``hand_out`` does."""
    holder = _Holder()
    holder._array = np.zeros(1)
    return _count(holder)


def _count(tensor: Any) -> int:
    memory = owner(tensor._array)
    return _references(memory)


_ALONE = _calibrate()


def hand_out(tensor: Tensor) -> np.ndarray:
    """An array that shares ``tensor``'s memory, which is exposed for as long as the array or a view of it lives."""
    global last_write  # noqa: PLW0603 - nodes older than the checksum are checked
    array: Any = materialise(tensor)
    if type(array) is lanes.Lanes:
        lanes.refuse(".numpy()")
    memory = owner(array)
    lease = Lease(array)
    entry = _expose(memory)
    if entry.checksum is None and not entry.permanent and not (memory is array and _count(tensor) <= _ALONE + 3):
        entry.checksum = _sum(memory)  # somebody else holds it too, perhaps a node
        last_write = max(last_write, entry.number)
    entry.leases += 1
    weakref.finalize(lease, _returned, id(memory)).atexit = False
    found = np.asarray(lease)
    return found if found.dtype == array.dtype else found.view(array.dtype)  # the interface cannot name bfloat16


def _expose(memory: np.ndarray) -> Exposure:
    key = id(memory)
    entry = exposed.get(key)
    if entry is None:
        entry = exposed[key] = Exposure(weakref.ref(memory, _forget(exposed, key)), next_number())
    return entry


def _returned(key: int) -> None:
    """The last alias of a lease is gone: note what was written through it, and forget the exposure."""
    entry = exposed.get(key)
    memory = entry.memory() if entry is not None else None
    if entry is None or memory is None:
        return
    entry.leases -= 1
    if entry.leases == 0 and not entry.permanent:
        if entry.checksum is not None and entry.checksum != _sum(memory):
            note_write(memory, "a write through numpy()")
        exposed.pop(key, None)


def share_constant(array: np.ndarray) -> Tensor:
    """A Tensor that shares the memory of the user's ``array``, exposed for good."""
    if not array.dtype.isnative:
        raise TypeError(f"byte-swapped arrays cannot be shared, but got {array.dtype!r}; use array.astype(...) first")
    dtype = dtypes.check_supported(array.dtype)
    array = array if type(array) is np.ndarray else np.asarray(array)
    tensor = wrap(array if array.dtype is dtype else array.view(dtype))
    _expose(owner(tensor._array)).permanent = True
    return tensor


def protect(saved: tuple) -> tuple:
    """``saved`` with copies in place of arrays whose memory NumPy can write; itself where there are none.

    While anything is exposed this runs for every recorded operation, so the usual answer comes first.
    """
    for value in saved:
        if value is None:
            continue
        if type(value) is tuple:
            if protect(value) is not value:
                break
        elif isinstance(value, np.ndarray) and id(value if value.base is None else owner(value)) in exposed:
            break
    else:
        return saved
    return tuple([_protect(value) for value in saved])


def _protect(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy() if id(owner(value)) in exposed else value
    return protect(value) if type(value) is tuple else value


# -- views ----------------------------------------------------------------------------------------------------------


def view_of(source: Tensor, out: Tensor, op: Any, static: tuple) -> None:
    """Note that ``out`` is a view of ``source`` where they share memory."""
    array, made = lanes.behind(source._array), lanes.behind(out._array)
    if made is not array and made.base is not array and (made.base is None or made.base is not array.base):
        return
    link(source, out, ((op, static),))


def link(source: Tensor, out: Tensor, path: tuple) -> None:
    """Make ``out`` a view of ``source`` by ``path``."""
    found = source._view
    if type(found) is View:
        base, path = found.base, found.path + path
    else:
        base = source
    out._view = View(base, path, modes.state.enabled)
    if base._view is None:
        base._view = Base()
    base._view.add(out)


# -- writing --------------------------------------------------------------------------------------------------------


def recording() -> bool:
    """Whether this thread records."""
    return not modes.off or modes.state.enabled


def check_target(target: Tensor, name: str) -> Any:
    """The array of a Tensor that may be written; PyTorch's errors where it may not."""
    array = materialise(target)
    if recording():
        _check_history(target, name)
    if array.size and any(stride == 0 and size > 1 for stride, size in zip(array.strides, array.shape, strict=True)):
        raise RuntimeError(
            f"{name}: unsupported operation: more than one element of the written-to tensor refers to a single memory "
            f"location (shape {array.shape}, strides {array.strides}). Please clone() the tensor first."
        )
    if not array.flags.writeable:
        raise RuntimeError(f"{name}: the tensor's memory is read-only (it came from a read-only array); clone() it")
    return array


def _check_history(target: Tensor, name: str) -> None:
    if type(target._node) is Leaf:
        raise RuntimeError(
            f"{name}: a leaf Variable that requires grad is being used in an in-place operation; "
            "do it under no_grad(), or on a clone()"
        )
    view = target._view
    if type(view) is View:
        if type(view.base._node) is Leaf:
            raise RuntimeError(
                f"{name}: a view of a leaf Variable that requires grad is being used in an in-place operation; "
                "do it under no_grad(), or on a clone()"
            )
        if not view.recorded and view.base._node is not None:
            raise RuntimeError(
                f"{name}: A view was created in no_grad mode and is being modified inplace with grad mode enabled; "
                "create the view and write it in the same mode"
            )


def apply(name: str, function: Callable, target: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """``target`` overwritten with ``function(target, *args, **kwargs)``; returns ``target``."""
    if not isinstance(target, Tensor):
        raise TypeError(f"{name}: expected a Tensor to write into, but got {type(target).__name__}")
    array = check_target(target, name)
    since = next_number()
    result = function(target, *args, **kwargs)
    if not isinstance(result, Tensor):
        return result  # NotImplemented
    if result._array.shape != target._array.shape:
        raise RuntimeError(
            f"{name}: output with shape {list(target._array.shape)} doesn't match the broadcast shape "
            f"{list(result._array.shape)}"
        )
    check_cast(result, target, name)
    made: Any = result
    while isinstance(made, Tensor):  # behind Lanes stands the Tensor of all examples, which has a record too
        if made._node is not None:
            _keep_old_values(made._node, owner(array), since)
        made = getattr(made._array, "tensor", None)
    return put(target, result, name)


def _keep_old_values(node: Node, memory: Any, since: int) -> None:
    """Copy what the nodes younger than ``since`` saved of ``memory``, which is about to be written."""
    stack = [node]
    while stack:
        node = stack.pop()
        if node.number > since and node.saved:
            node.saved = tuple(
                [v.copy() if isinstance(v, (np.ndarray, lanes.Lanes)) and owner(v) is memory else v for v in node.saved]
            )
            stack.extend(parent for parent in node.parents if parent is not None)


def check_cast(result: Tensor, target: Tensor, name: str) -> None:
    """RuntimeError where the dtype of ``result`` must not be written into ``target``."""
    have, want = result._array.dtype, target._array.dtype
    if have is not want and not dtypes.can_cast(have, want):
        raise RuntimeError(f"{name}: result type {have} can't be cast to the desired output type {want}")


def put(target: Tensor, result: Tensor, name: str) -> Tensor:
    """Write the values of ``result`` (of the same shape) into ``target`` and give it their history."""
    array = check_target(target, name)
    node = target._node
    result = _like(result, array.dtype)
    if lanes.depth[0] and lanes.among([array, result._array], ()):
        lanes.write(array, result, name)
    else:
        np.copyto(array, result._array, casting="unsafe")
        note_write(array, name)
    if recording() and (node is not None or result._node is not None):
        set_history(target, result._node if result._node is not None else _overwritten(node))
    elif type(target._view) is View and recording() and target._view.base._node is not None:
        set_history(target, None)
    return target


def _like(result: Tensor, dtype: np.dtype) -> Tensor:
    """``result`` with ``dtype``, the conversion recorded."""
    if result._array.dtype is dtype or result._node is None:
        return result
    from autograd.ops.convert import cast  # noqa: PLC0415 - operations stand on this module

    return cast.function(result, dtype)


def make_node(op: Any, parents: tuple, static: tuple, like: Any) -> Node:
    """A node that keeps shapes at most, for an output (and a first argument) of the shape and dtype of ``like``."""
    node = Node()
    shapes = tuple([(like if parents[i] is None else parents[i]).shape for i, _ in op.extras])
    node.op, node.parents, node.saved, node.static = op, parents, op.nothing[: op.width] + shapes, static
    node.number, node.shape, node.kind = next_number(), like.shape, like.dtype
    node.hooks = node.meta = None
    return node


def _overwritten(node: Node | None) -> Node:
    """The history of a tensor that required grad and was overwritten with constants."""
    from autograd.ops.views import overwrite  # noqa: PLC0415 - operations stand on this module

    assert node is not None
    return make_node(overwrite, (node, None), (), node)


def set_history(target: Tensor, node: Node | None) -> None:
    """Make ``node`` the history of ``target``; re-base its base's and the base's live views' histories."""
    from autograd.ops.views import copy_slices, region  # noqa: PLC0415 - operations stand on this module

    view = target._view
    if type(view) is View:
        base = view.base
        _stand(base, make_node(copy_slices, (base._node, node), (view.path,), base._array))
    else:
        base = target
        _stand(target, node)
    if type(base._view) is Base:  # the views are read again from what the base is now, the target among them
        for other in base._view.alive():
            if type(other._view) is View and other._view.recorded:
                _stand(other, make_node(region, (base._node,), (other._view.path,), other._array))


def _stand(tensor: Tensor, node: Node | None) -> None:
    """Give ``tensor`` a new history; that it retains its gradient goes with it."""
    before, tensor._node = tensor._node, node
    hooks = before.hooks if before is not None else None
    if node is not None and hooks is not None and hooks.retain is not None and hooks.retain() is tensor:
        node.ask_hooks().retain, hooks.retain = hooks.retain, None


def set_item(target: Tensor, index: Any, value: Any) -> None:
    """``target[index] = value`` for an index as the kernels take it, recorded."""
    from autograd.kernels.index import assign  # noqa: PLC0415 - needed from here on only
    from autograd.ops.index import as_region, set_item_op  # noqa: PLC0415 - operations stand on this module

    array = check_target(target, "__setitem__")
    value = as_region(value, target, index)
    if lanes.depth[0] and lanes.among([array, value._array], (index,)):
        lanes.write(array, value, "__setitem__", index)
    else:
        assign(array, index, value._array)
        note_write(array, "__setitem__")
    if recording() and (target._node is not None or value._node is not None):
        set_history(target, make_node(set_item_op, (target._node, value._node), (index,), array))
    elif type(target._view) is View and recording() and target._view.base._node is not None:
        set_history(target, None)
