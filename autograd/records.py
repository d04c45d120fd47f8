"""The recorded graph as plain records, for drawing and checking: who computed what from what, values and gradients.

A node keeps only what its rules need, so not every value can be shown. What is missing is computed again where its
arguments are known; inside ``keep_values`` every value and gradient is kept as it comes by.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograd import dispatch
from autograd.dispatch import ITEM
from autograd.graph import Walk, reachable
from autograd.inplace import check_saved
from autograd.node import LEAF, Node
from autograd.tensor import Tensor

_kept: weakref.WeakKeyDictionary[Node, Kept] = weakref.WeakKeyDictionary()


class Kept:
    """What ``keep_values`` remembers of one node: its arguments, its output and the gradients that passed."""

    __slots__ = ("arguments", "gradient", "output")

    def __init__(self, arguments: list, output: Any) -> None:
        self.arguments, self.output = arguments, output
        self.gradient: Any = None


class keep_values:
    """Keep the value of everything recorded inside, and later its gradient, for a picture. Costs memory and time.

    >>> import autograd
    >>> from autograd.records import keep_values, records
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> with keep_values():
    ...     y = (x + 1) * 3
    >>> [float(record.value) for record in records([y])]
    [2.0, 3.0, 9.0]
    """

    def __enter__(self) -> None:
        dispatch.observers.append(_keep)

    def __exit__(self, *exc: object) -> None:
        dispatch.observers.remove(_keep)


def _keep(node: Node, arguments: Any, output: Tensor) -> None:
    kept = _kept[node] = Kept([_argument(a) for a in arguments], np.array(output._array))

    def remember(gradients: tuple) -> None:
        if gradients[0] is not None:
            kept.gradient = np.array(gradients[0]._array)

    node.register_prehook(remember)


def _argument(value: Any) -> Any:
    """An argument as it is kept: the array behind a Tensor, numbers as they are."""
    return value._array if isinstance(value, Tensor) else value


@dataclass(slots=True)
class Argument:
    """One tensor argument of a record: the record it came from (None without grad), and its value where known."""

    name: str
    source: int | None
    value: Any
    saved: bool
    gradient: Any = None


@dataclass(slots=True)
class Record:
    """One node as it can be shown: ``number`` names it, ``value`` and ``gradient`` are None where they are not known.

    An operation with several results has no shape, value or gradient of its own: each result has a record after it.
    """

    number: int
    name: str
    label: str
    shape: tuple | None
    dtype: str
    is_leaf: bool
    tensor: Tensor | None
    arguments: list[Argument] = field(default_factory=list)
    static: dict[str, Any] = field(default_factory=dict)
    value: Any = None
    gradient: Any = None
    freed: bool = False
    changed: bool = False  # a leaf whose memory was written after it was used


def records(outputs: Sequence[Tensor], gradients: bool = False) -> list[Record]:
    """The records that ``outputs`` were computed by, oldest first; with ``gradients``, one backward pass fills these in.

    Nothing is accumulated and the graph stays. Gradients need outputs of one element and saved values that were neither
    freed nor overwritten; where these are missing, what ``keep_values`` and the leaves' ``.grad`` hold is shown.

    >>> import autograd
    >>> from autograd.records import records
    >>> x = autograd.tensor(3.0, requires_grad=True)
    >>> [(r.label, float(r.value), float(r.gradient)) for r in records([x * x], gradients=True)]
    [('leaf', 3.0, 6.0), ('×', 9.0, 1.0)]
    """
    starts = [o._node for o in outputs if o._node is not None]
    nodes = sorted(reachable(starts), key=lambda node: node.number)
    found = {node.number: _record(node) for node in nodes}
    values = _values(nodes, outputs)
    walk = _gradients(outputs, nodes) if gradients else None
    for node in nodes:
        record = found[node.number]
        record.value = values.get(node.number)
        _fill_arguments(record, node, values, walk)
        _fill_gradient(record, node, walk)
        for parent in node.parents:
            if parent is not None and parent.op is LEAF and not _unwritten(node, values.get(parent.number)):
                found[parent.number].changed = True
    return list(found.values())


def _record(node: Node) -> Record:
    op = node.op
    leaf = op is LEAF
    statics = dict(zip(op.static, node.static, strict=False))
    if op is ITEM:
        name = _result_name(node)
        return Record(node.number, name, name, node.shape, str(node.dtype), False, None)
    tensor = node.tensor() if leaf else None  # type: ignore[attr-defined]
    several = _has_several(node)
    return Record(
        node.number,
        op.name,
        op.label,
        None if several else tuple(node.shape),
        "" if several else str(node.dtype),
        leaf,
        tensor,
        static=statics,
        freed=node.saved is None,
    )


def _has_several(node: Node) -> bool:
    """Whether this is an operation with several results, which has a shape for each."""
    return bool(node.shape) and not isinstance(node.shape[0], int)


def _result_name(item: Node) -> str:
    """One of several results: its name in the operation, or its place where the operation returns a list."""
    owner: Any = item.parents[0].op  # type: ignore[union-attr]
    place = item.static[0]
    if owner.many or place >= len(owner.differentiable):
        return f"{owner.name}[{place}]"
    name = owner.differentiable[place]
    return f"{owner.name}.{name}" if name.isidentifier() else f"{owner.name} {name}"


def _values(nodes: list[Node], outputs: Sequence[Tensor]) -> dict[int, Any]:
    """The value of each node by number, as far as it is held somewhere or can be computed again."""
    values: dict[int, Any] = {}
    for node in nodes:
        kept = _kept.get(node)
        if kept is not None:
            if not _has_several(node):
                values[node.number] = kept.output
        elif node.op is LEAF:
            tensor = node.tensor()  # type: ignore[attr-defined]
            if tensor is not None:
                values[node.number] = tensor._array
    for output in outputs:
        if output._node is not None:
            values.setdefault(output._node.number, output._array)
    for node in nodes:
        _take_saved(node, values)
    if any(node.saved is None for node in nodes):
        return values  # backward is through, and an optimizer may have replaced what the leaves held
    several: dict[int, Any] = {}  # the results of the operations that have more than one
    for node in nodes:
        if node.number in values:
            continue
        if node.op is ITEM:
            results = several.get(node.parents[0].number)  # type: ignore[union-attr]
            again = None if results is None else results[node.static[0]]
        else:
            again = _compute_again(node, values)
        if again is not None:
            (several if _has_several(node) else values)[node.number] = again
    return values


def _fresh(node: Node) -> bool:
    """Whether what the node saved is there and was not written since."""
    return bool(node.saved) and not _overwritten(node)


def _overwritten(node: Node) -> bool:
    """Whether something that the node saved was written since."""
    try:
        check_saved(node)
    except RuntimeError:
        return True
    return False


def _unwritten(node: Node, value: Any) -> bool:
    """Whether a value still is what ``node`` read: the memory of a leaf or an output may have been written since."""
    seen: Any = SimpleNamespace(saved=(value,), number=node.number, op=node.op, meta=None)
    try:
        check_saved(seen)
    except RuntimeError:
        return False
    return True


def _take_saved(node: Node, values: dict[int, Any]) -> None:
    """Enter the values that ``node`` saved of its arguments and of its own output."""
    op = node.op
    if op in (LEAF, ITEM) or not _fresh(node):
        return
    saved: Any = node.saved
    arguments = saved[0] if op.variadic else saved[: len(op.args)]
    for parent, value in zip(node.parents, arguments or (), strict=False):
        if parent is not None and value is not None:
            values.setdefault(parent.number, value)
    if len(op.differentiable) == 1 and not _has_several(node):
        place = (1 if op.variadic else len(op.args)) + op.outputs.index(op.differentiable[0])
        if saved[place] is not None:
            values.setdefault(node.number, saved[place])


def _compute_again(node: Node, values: dict[int, Any]) -> Any:
    """The output of ``node`` from its arguments, where all of these are known; else None. A list of several outputs."""
    op = node.op
    if op is LEAF or not op.outputs or not _fresh(node):
        return None
    saved: Any = node.saved
    held = (saved[0] or (None,) * len(node.parents)) if op.variadic else saved[: len(op.args)]
    static = node.static if op.static else ()
    arguments = []
    for parent, value in zip(node.parents, held, strict=True):
        known = values.get(parent.number) if parent is not None else value
        if known is None and parent is None and node.static and not op.static:
            known = node.static[0]  # the number in an operation of a tensor and a number
        if known is None or not _unwritten(node, known):
            return None
        arguments.append(known)
    with np.errstate(all="ignore"):
        made = op.forward(tuple(arguments), *static) if op.variadic else op.forward(*arguments, *static)
    if op.many or len(op.outputs) == 1:
        return made
    live = [one for name, one in zip(op.outputs, made, strict=True) if name in op.differentiable]
    return live if _has_several(node) else live[0]


class _Recorder(Walk):
    """A backward pass that notes every gradient, on nodes and on their arguments."""

    retains = False

    def __init__(self, outputs: Sequence[Tensor], seeds: list) -> None:
        super().__init__(outputs, seeds, True, False)
        self.sent: dict[tuple[int, int], Any] = {}

    def deliver(self, node: Node, gradients: Sequence) -> None:
        """Note what goes back along each edge, and send it."""
        for place, back in enumerate(gradients):
            if back is not None:
                self.sent[node.number, place] = np.array(back)
        super().deliver(node, gradients)


def _gradients(outputs: Sequence[Tensor], nodes: list[Node]) -> _Recorder | None:
    """A pass over the whole graph that captured every gradient, or None where there can be none."""
    roots = [o for o in outputs if o._node is not None]
    if any(o._array.size != 1 for o in roots) or any(node.saved is None or _overwritten(node) for node in nodes):
        return None
    walk = _Recorder(roots, [np.ones(o._array.shape, o._array.dtype)[()] for o in roots])
    walk.capture(nodes)
    walk.run()
    return walk


def _fill_arguments(record: Record, node: Node, values: dict[int, Any], walk: _Recorder | None) -> None:
    op = node.op
    if op is LEAF:
        return
    kept = _kept.get(node)
    saved: Any = node.saved if _fresh(node) else None
    count = len(node.parents)
    held: Any = (saved[0] if op.variadic else saved[: len(op.args)]) if saved and op is not ITEM else None
    for place, parent in enumerate(node.parents):
        name = op.args[0] if op.variadic or op is ITEM else op.args[place]
        own = held[place] if held is not None else None
        if parent is not None:
            value = values.get(parent.number)
        elif node.static and not op.static:
            value = node.static[0]  # the number in an operation of a tensor and a number
        else:
            value = kept.arguments[place] if own is None and kept is not None and len(kept.arguments) == count else own
        sent = walk.sent.get((node.number, place)) if walk is not None else None
        if op is ITEM and walk is not None:  # its gradient goes on unchanged, as one of several
            own_gradient = walk.captured.get(node.number)
            sent = own_gradient._array if isinstance(own_gradient, Tensor) else None
        source = None if parent is None else parent.number
        record.arguments.append(Argument(name, source, value, own is not None, sent))


def _fill_gradient(record: Record, node: Node, walk: _Recorder | None) -> None:
    kept = _kept.get(node)
    if _has_several(node):
        return
    if walk is not None:
        captured = walk.captured.get(node.number)
        record.gradient = captured._array if isinstance(captured, Tensor) else None
    elif kept is not None and kept.gradient is not None:
        record.gradient = kept.gradient
    elif record.tensor is not None and record.tensor._grad is not None:
        record.gradient = record.tensor._grad._array


def leaf_number(tensor: Tensor) -> int | None:
    """The number of the record of a tensor, or None where it has none."""
    return None if tensor._node is None else tensor._node.number


def arrays_of(tensors: Iterable[Tensor]) -> list[Any]:
    """The arrays behind tensors, by which their values are recognised in records."""
    return [tensor._array for tensor in tensors]
