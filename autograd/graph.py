"""The walk over the recorded graph: backward, and what forward mode, drawing and checking read.

Nodes are taken from a heap, the youngest first. A node is younger than its parents, so when its turn comes all its
gradient has arrived: no search beforehand, no recursion, and memory for the frontier only.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush, heapreplace
from typing import Any

import numpy as np

from autograd import inplace, lanes, modes
from autograd.anomaly import check_nan
from autograd.collector import collector
from autograd.dispatch import ITEM, array_type, wrap
from autograd.inplace import check_saved, note_write
from autograd.node import LEAF, Node, next_number
from autograd.tensor import Tensor

add = np.add
_accumulating = threading.RLock()  # backward passes of several threads may reach the same leaf

# -- the walk -------------------------------------------------------------------------------------------------------


class Walk:
    """One backward pass: the nodes whose gradient is on its way, and what is to be captured."""

    retains = True  # whether tensors that were asked to retain their gradient get it

    def __init__(self, roots: Sequence[Tensor], seeds: Sequence, retain: bool, create: bool) -> None:
        self.retain, self.create = retain, create
        self.tensors = create or lanes.depth[0] > 0  # gradients are Tensors
        self.heap: list[int] = []
        self.pending: dict[int, list] = {}  # number → [node, gradient]
        self.owned: set[int] = set()  # numbers of pending gradients in buffers that nobody else holds
        self.needed: set[int] | None = None  # numbers of the nodes that lead to an input; None: all
        self.captured: dict[int, Any] = {}
        self.wanted: frozenset[int] = frozenset()
        self.roots = list(zip(roots, seeds, strict=True))

    def capture(self, targets: Sequence[Node]) -> None:
        """Walk only what leads to ``targets``, and keep their gradients."""
        self.wanted = frozenset(node.number for node in targets)
        oldest = min(self.wanted, default=0)
        self.needed = set(self.wanted)
        starts = [root._node for root, _ in self.roots if root._node is not None]
        for node in sorted(reachable(starts, oldest), key=lambda n: n.number):
            if any(p is not None and p.number in self.needed for p in node.parents):
                self.needed.add(node.number)

    def send(self, parent: Node, gradient: Any) -> None:
        """Add ``gradient`` to what is on its way to ``parent``; somebody else may hold its buffer."""
        number = parent.number
        entry = self.pending.get(number)
        if entry is None:
            self.pending[number] = [parent, gradient]
            heappush(self.heap, -number)
        elif number in self.owned and type(entry[1]) is array_type and entry[1].dtype is gradient.dtype:
            np.add(entry[1], gradient, out=entry[1])
        else:
            entry[1] = entry[1] + gradient
            if not self.tensors and type(entry[1]) is array_type:
                self.owned.add(number)

    def send_item(self, parent: Node, place: int, gradient: Any) -> None:
        """Add ``gradient`` to one of the results of ``parent``."""
        entry = self.pending.get(parent.number)
        if entry is None:
            entry = self.pending[parent.number] = [parent, [None] * len(parent.shape)]
            heappush(self.heap, -parent.number)
        slots = entry[1]
        slots[place] = gradient if slots[place] is None else slots[place] + gradient

    def run(self) -> None:
        """Walk until no gradient is on its way."""
        for root, seed in self.roots:
            node = root._node
            if node is not None and (self.needed is None or node.number in self.needed):
                self.send(node, seed)
        if self.create:
            with modes.enable_grad():
                self._run()
        elif self.tensors:  # the record of all examples, if any, goes on; that of one example ends here
            with np.errstate(all="ignore"):
                self._run()
        else:
            with np.errstate(all="ignore"), modes.no_grad():
                self._run()
        if collector.aside:
            collector.hand_back()

    def _run(self) -> None:
        """The walk. The youngest of the parents just reached is kept out of the heap: in a chain, nothing enters it."""
        heap, pending, owned = self.heap, self.pending, self.owned
        special = self.tensors or self.needed is not None or inplace.anomaly[0] > 0
        youngest = 0
        while heap or youngest:
            if not heap or -heap[0] < youngest:
                number = youngest
            else:
                number = -heapreplace(heap, -youngest) if youngest else -heappop(heap)
            youngest = 0
            node, g = pending.pop(number)
            op = node.op
            plan = op.plan
            if special or plan is None or node.hooks is not None:
                self._visit(node, g)
                continue
            saved = node.saved
            if saved is None:
                raise_freed(node)
            if number < inplace.last_write:
                check_saved(node)
            arrays = type(g) is array_type
            place = 0  # not zip or enumerate: each costs a fifth of the whole step here
            for parent in node.parents:
                count, rule, i, j = plan[place]
                place += 1
                if parent is None:
                    continue
                if count == 1:
                    back = rule(g, saved[i])
                elif count < 0:
                    back = g
                elif count == 0:
                    back = rule(g)
                elif count == 2:
                    back = rule(g, saved[i], saved[j])
                else:
                    back = rule(g, saved, node.static)
                if arrays or type(back) is not parent.kind:
                    if back is None:
                        continue
                    if back.shape != parent.shape or back.dtype is not parent.kind:
                        back = _fit(back, parent, op)
                number = parent.number
                entry = pending.get(number)
                if entry is not None:
                    if number in owned:
                        add(entry[1], back, entry[1])
                    else:
                        entry[1] = back = entry[1] + back
                        if arrays and type(back) is array_type:
                            owned.add(number)
                    continue
                pending[number] = [parent, back]
                if arrays and back is not g and type(back) is array_type and back.base is None:
                    owned.add(number)
                if number > youngest:
                    if youngest:
                        heappush(heap, -youngest)
                    youngest = number
                else:
                    heappush(heap, -number)
            if not self.retain and op.frees and saved is not op.nothing:
                node.saved = None

    def _visit(self, node: Node, g: Any) -> None:
        """One node with all that the short way leaves out: leaves, hooks, captures, Tensors as gradients."""
        op, hooks, create = node.op, node.hooks, self.create
        owned = node.number in self.owned
        if hooks is not None:
            g, owned = _before(node, hooks, g, owned, self.tensors, self.retains)
        if node.number in self.wanted:
            self.captured[node.number] = g if isinstance(g, Tensor) else wrap(g if owned else g.copy())
            owned = False
            if self.needed and not any([p is not None and p.number in self.needed for p in node.parents]):
                return  # nothing beyond it is asked for, so what it saved stays for others
        if op is LEAF:
            if self.needed is None:
                _reach(node, g, owned, create)
            return
        if op is ITEM:
            self.send_item(node.parents[0], node.static[0], g)  # type: ignore[arg-type]
            return
        if node.saved is None:
            raise_freed(node)
        if node.number < inplace.last_write:
            check_saved(node)
        self._general(node, as_tensors(node, create) if self.tensors else node.saved, g)
        if not self.retain and op.frees and node.saved is not op.nothing:
            node.saved = None

    def _general(self, node: Node, saved: Any, g: Any) -> None:
        """One node's backward with everything that the short way leaves out: joint rules, many operands, hooks."""
        op, parents = node.op, node.parents
        wants = tuple(p is not None and (self.needed is None or p.number in self.needed) for p in parents)
        call = call_by_example if self.tensors else call_rule
        if op.pull_joint is not None:
            found = call(op.pull_joint, g, saved, node.static, wants)
        else:
            pulls = op.pulls_for(len(parents)) if op.variadic else op.pulls
            found = [
                call(pull, g, saved, node.static) if want else None for pull, want in zip(pulls, wants, strict=True)
            ]
        fitted = [
            None if back is None or not want else _fit(back, parent, op)
            for back, want, parent in zip(found, wants, parents, strict=True)
        ]
        if inplace.anomaly[1]:
            check_nan(node, fitted)
        if node.hooks is not None and node.hooks.post:
            fitted = _after(node, fitted, g)
        self.deliver(node, fitted)

    def deliver(self, node: Node, gradients: Sequence) -> None:
        """Send each of a node's gradients to its parent."""
        for parent, back in zip(node.parents, gradients, strict=True):
            if parent is not None and back is not None:
                self.send(parent, back)


def call_rule(rule: Any, g: Any, saved: Any, *rest: Any) -> Any:
    """A rule on arrays."""
    return rule(g, saved, *rest)


def call_by_example(rule: Any, g: Any, saved: Any, *rest: Any) -> Any:
    """A rule on Tensors; where these stand for several examples and it looks at values, one by one."""
    try:
        return rule(g, saved, *rest)
    except lanes.NeedsValues:
        return lanes.rule_one_by_one(rule, g, saved, *rest)


def _reach(node: Any, g: Any, owned: bool, create: bool) -> None:
    """The gradient of a leaf has arrived."""
    tensor = node.tensor()
    if tensor is None or tensor._node is None:  # gone, or switched off since
        return
    accumulate(tensor, g, owned, create)
    if node.hooks is not None:
        for hook in tuple(node.hooks.accumulated.values()):
            if hook(tensor) is not None:
                raise RuntimeError("Tensor post accumulate grad hooks should return None.")


def _fit(back: Any, parent: Any, op: Any) -> Any:
    """The gradient in its argument's shape: broadcasting undone where the operation broadcasts; else an error."""
    if back.shape != parent.shape:
        if not op.broadcasts:
            raise RuntimeError(
                f"{op.name} returned a gradient of shape {tuple(back.shape)} for an argument of shape {parent.shape}"
            )
        back = unbroadcast(back, parent.shape)
    if back.dtype is not parent.dtype:
        raise RuntimeError(f"{op.name} returned a gradient of dtype {back.dtype} for an argument of {parent.dtype}")
    return back


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum ``g`` over the dimensions along which an operand of ``shape`` was broadcast; broadcast where ``g`` was not."""
    from autograd.ops.reduce import sum_  # noqa: PLC0415
    from autograd.ops.shape import expand, reshape  # noqa: PLC0415 - operations stand on this module

    extra = len(g.shape) - len(shape)
    kept = (
        tuple(i + extra for i, size in enumerate(shape) if size == 1 and g.shape[i + extra] != 1) if extra >= 0 else ()
    )
    if extra > 0 or kept:
        g = reshape(sum_(g, (*range(extra), *kept), True), shape) if extra else sum_(g, kept, True)
    if tuple(g.shape) != tuple(shape):
        g = expand(g, shape)
    return g


def accumulate(tensor: Tensor, g: Any, owned: bool, create: bool) -> None:
    """Add ``g`` to the ``.grad`` of ``tensor``: in place, unless the sum is itself to be recorded (``create``)."""
    with _accumulating:
        before = tensor._grad
        if type(g) is Tensor and type(g._array) is lanes.Lanes:
            lanes.check_leaf(tensor)
            create = True
        if before is None:
            tensor._grad = _grad_from(g, owned, create)
            return
        array = g._array if isinstance(g, Tensor) else g
        if before._array.shape != array.shape:
            raise RuntimeError(
                f"the .grad of a tensor has shape {list(before._array.shape)}, but a gradient of shape "
                f"{list(array.shape)} is to be added: was .data replaced? Set .grad to None first."
            )
        if create:
            tensor._grad = before + (g if isinstance(g, Tensor) else wrap(g))
        elif type(before._array) is np.ndarray and 0 not in before._array.strides:  # 0: the user's own, expanded
            np.add(before._array, array, out=before._array)
            note_write(before._array, "accumulating .grad")
        else:
            before._array = before._array + array


def _grad_from(g: Any, owned: bool, create: bool) -> Tensor:
    """A first gradient as a ``.grad`` that shares its memory with nobody; with ``create`` it stands in the graph."""
    if not isinstance(g, Tensor):
        return wrap(g if owned else g.copy())
    made = wrap(g._array.copy())
    if create:
        made._node = g._node
    return made


def as_tensors(node: Node, standing: bool = True) -> tuple:
    """What ``node`` saved, as Tensors, which may stand in the graph where the values came from."""
    op, parents = node.op, node.parents
    frame = list(node.saved or ())
    count = 1 if op.variadic else len(op.args)
    if op.variadic and frame[0] is not None:
        frame[0] = tuple(_standing(a, p if standing else None) for a, p in zip(frame[0], parents, strict=True))
    for i in range(0 if op.variadic else count):
        if isinstance(frame[i], (np.ndarray, np.generic, lanes.Lanes)):
            frame[i] = _standing(frame[i], parents[i] if standing else None)
    for i, name in enumerate(op.outputs, count):
        if frame[i] is not None:
            frame[i] = _standing(frame[i], _output_node(node, name) if standing else None)
    return tuple(frame)


def _output_node(node: Node, name: str) -> Node | None:
    """The node in which the result ``name`` of ``node`` stands."""
    differentiable = node.op.differentiable
    if name not in differentiable:
        return None
    if len(differentiable) == 1:
        return node
    place = differentiable.index(name)
    item = Node()
    item.op, item.parents, item.saved, item.static = ITEM, (node,), ITEM.nothing, (place,)
    item.number, item.shape, item.kind = next_number(), node.shape[place], node.kind
    item.hooks = item.meta = None
    return item


def _standing(array: Any, node: Node | None) -> Any:
    if array is None:
        return None
    tensor = wrap(array)
    tensor._node = node
    return tensor


def raise_freed(node: Node) -> None:
    """RuntimeError: a second walk needs what the first one let go."""
    raise RuntimeError(
        f"Trying to backward through the graph a second time: the values that {node.op.name} saved were freed by the "
        "first pass. Specify retain_graph=True the first time if you need to walk the graph again."
    )


# -- hooks and anomalies --------------------------------------------------------------------------------------------


def _before(node: Node, hooks: Any, g: Any, owned: bool, create: bool, retains: bool) -> tuple[Any, bool]:
    """Run the hooks that see the gradient of a node's output."""
    several = isinstance(g, list)
    if not several:
        for hook in tuple(hooks.tensor.values()):
            seen = g if isinstance(g, Tensor) else wrap(g)
            answer = hook(seen)
            owned = False
            if answer is not None:
                g = _checked(answer, node, create)
    for hook in tuple(hooks.pre.values()):
        answer = hook(tuple(None if p is None else _tensor(p) for p in g) if several else (_tensor(g),))
        owned = False
        if answer is not None:
            g = [_checked(a, node, create) for a in answer] if several else _checked(_first(answer), node, create)
    tensor = hooks.retain() if retains and hooks.retain is not None else None
    if tensor is not None:
        accumulate(tensor, g, False, create)
        owned = False
    return g, owned


def _tensor(g: Any) -> Tensor:
    return g if isinstance(g, Tensor) else wrap(g)


def _first(answer: Any) -> Any:
    return answer[0] if isinstance(answer, (tuple, list)) else answer


def _checked(answer: Any, node: Node, create: bool) -> Any:
    """A hook's answer as the walk carries gradients; TypeError and RuntimeError where it cannot be one."""
    if not isinstance(answer, Tensor):
        raise TypeError(f"a hook on {node.name()} must return a Tensor or None, but returned {type(answer).__name__}")
    if isinstance(node.shape, tuple) and not (node.shape and isinstance(node.shape[0], tuple)):
        if answer._array.shape != node.shape:
            raise RuntimeError(
                f"a hook on {node.name()} changed the size of the gradient: expected {list(node.shape)}, "
                f"but got {list(answer._array.shape)}"
            )
        if answer._array.dtype is not node.dtype:
            raise RuntimeError(
                f"a hook on {node.name()} changed the dtype of the gradient: expected {node.dtype}, got {answer.dtype}"
            )
    return answer if create else answer._array


def _after(node: Node, fitted: list, g: Any) -> list:
    """Run the hooks that see a node's gradients after its backward."""
    outputs = tuple(_tensor(p) for p in g) if isinstance(g, list) else (_tensor(g),)
    for hook in tuple(node.hooks.post.values()):  # type: ignore[union-attr]
        answer = hook(tuple(None if b is None else _tensor(b) for b in fitted), outputs)
        if answer is not None:
            answers = answer if isinstance(answer, (tuple, list)) else (answer,)
            create = any(isinstance(b, Tensor) for b in fitted)
            fitted = [None if a is None else (a if create else a._array) for a in answers]
    return fitted


# -- reading the graph ----------------------------------------------------------------------------------------------


def reachable(starts: Iterable[Node], oldest: int = 0) -> list[Node]:
    """The nodes that ``starts`` were computed from (themselves included) and that are not older than ``oldest``."""
    seen: dict[int, Node] = {}
    stack = [node for node in starts if node.number >= oldest]
    while stack:
        node = stack.pop()
        if node.number in seen:
            continue
        seen[node.number] = node
        stack.extend(p for p in node.parents if p is not None and p.number >= oldest and p.number not in seen)
    return list(seen.values())
