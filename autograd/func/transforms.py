"""What the function transforms share: a call of a function, recorded, and differentiated from either end.

There is one record for all levels. A transform gives the function inputs of its own: a leaf where the given tensor has
no history, otherwise a node that stands on it. So each level asks for the derivative with respect to its own nodes, no
two levels can be taken for one another, and what an outer level (or an ordinary backward) needs is in the record
anyway. A derivative is recorded itself only where something outside could ask for it, and results that depend on
nothing outside come back without history.

Nodes are numbered as they are made, so what stands *outside* is told by number: nodes older than the recording, and
nodes made between the recording and a later pull or push (the history of its seeds).
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from autograd import differentiate, dtypes, lanes, modes
from autograd.dispatch import wrap
from autograd.forward import keep_for_forward, push_forward
from autograd.graph import reachable
from autograd.inplace import View, make_node
from autograd.node import next_number
from autograd.ops.shape import alias
from autograd.pytree import TreeSpec, tree_flatten, tree_map
from autograd.tensor import Tensor

# -- which arguments --------------------------------------------------------------------------------------------------


def places(argnums: Any, count: int) -> tuple[int, ...]:
    """The positions that ``argnums`` (an int or a tuple of them) means among ``count`` arguments; RuntimeError if none."""
    if not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    found = []
    for number in (argnums,) if isinstance(argnums, int) else argnums:
        if not isinstance(number, int):
            raise RuntimeError(f"argnum must be int, got: {type(number)}")
        if not -count <= number < count:
            raise RuntimeError(f"Got argnum={number}, but only {count} positional inputs")
        found.append(number % count)
    if not found:
        raise RuntimeError("argnums must be non-empty")
    if len(set(found)) != len(found):
        raise RuntimeError(f"argnums elements must be unique, got {tuple(found)}")
    return tuple(found)


def choose(args: tuple, argnums: Any) -> Any:
    """The chosen arguments: all for None, one for an int, else a tuple."""
    if argnums is None:
        return args
    chosen = places(argnums, len(args))
    return args[chosen[0]] if isinstance(argnums, int) else tuple([args[i] for i in chosen])


def replace(args: tuple, argnums: Any, new: Any) -> tuple:
    """``args`` with what ``choose`` gave replaced."""
    if argnums is None:
        return tuple(new)
    changed = list(args)
    for place, value in zip(places(argnums, len(args)), (new,) if isinstance(argnums, int) else new, strict=True):
        changed[place] = value
    return tuple(changed)


# Leaves of calls that are over but can still be pulled or pushed through, by what ``vjp`` and ``linearize`` return. Other
# levels meet them when they do that, and need not care: nobody else can ask for their gradients.
_finished: weakref.WeakSet = weakref.WeakSet()

# -- a recorded call --------------------------------------------------------------------------------------------------


def enter(x: Any, keep_history: bool) -> Tensor:
    """A Tensor of this level on the memory of ``x``: a leaf, or a node on the history of ``x``. Not to be written."""
    if not isinstance(x, Tensor):
        raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
    if not keep_history:
        return x.detach().requires_grad_()
    inner = wrap(x._array)
    if x._node is None:
        return inner.requires_grad_()
    inner._node = make_node(alias, (x._node,), (), x._array)
    # A write into it would change x behind the outer level's back: it is refused as one into (a view of) a leaf is.
    inner._view = View(wrap(x._array).requires_grad_(), (), True)
    return inner


class Recording:
    """A call ``func(*args, **kwargs)``, recorded for derivatives with respect to the chosen arguments.

    ``inputs`` and ``outputs`` are the leaves of the trees whose structures are ``spec`` and ``output_spec``. Recorded
    also under ``no_grad``, where the results have no history. ``forward`` keeps what ``push`` needs.
    """

    def __init__(
        self,
        api: str,
        func: Callable,
        args: tuple,
        kwargs: dict[str, Any] | None = None,
        *,
        argnums: Any = None,
        has_aux: bool = False,
        forward: bool = False,
    ) -> None:
        self.history = modes.state.enabled  # whether results may have a history at all
        self.mapped = lanes.depth[0] > 0  # then values may have a history of their own, of all examples
        self.start = next_number()
        chosen, self.spec = tree_flatten(choose(args, argnums))
        with modes.enable_grad(), keep_for_forward() if forward else nullcontext():
            self.inputs = [enter(x, self.history) for x in chosen]
            output = func(*replace(args, argnums, self.spec.unflatten(self.inputs)), **(kwargs or {}))
        self.end = next_number()
        self.aux: Any = None
        if has_aux:
            if not (isinstance(output, tuple) and len(output) == 2):
                raise RuntimeError(
                    f"{api}: output of function f should be a tuple: (output, aux) if has_aux is True, "
                    f"but got {type(output)}"
                )
            output, self.aux = output
        self.output = output
        self.outputs, self.output_spec = tree_flatten(output)

    def check_outputs(self, api: str, *, differentiable: bool = False) -> None:
        """RuntimeError unless there are outputs, all Tensors (and of a dtype that has derivatives)."""
        outputs = self.outputs
        if not outputs or (len(outputs) == 1 and outputs[0] is None):
            raise RuntimeError(
                f"{api}: Expected f to be a function that has non-empty output (got output = {self.output})"
            )
        for output in outputs:
            if not isinstance(output, Tensor):
                raise RuntimeError(
                    f"{api}: expected f(*primals) to return only tensors, got unsupported type {type(output)}"
                )
            if differentiable and not dtypes.is_differentiable(output._array.dtype):
                raise RuntimeError(
                    f"{api}: All outputs of f must be floating-point Tensors, got Tensor with dtype {output.dtype}"
                )

    # -- what is outside ----------------------------------------------------------------------------------------------

    def depends_outside(self, tensors: Sequence[Tensor], since: int | None = None) -> bool:
        """Whether these were computed from anything that requires grad outside; ``since``: when a later pull began."""
        starts = [t._node for t in tensors if t._node is not None]
        oldest, end = self.start, self.end
        edge = [node for node in starts if node.number < oldest]
        for node in reachable(starts, oldest):
            if end <= node.number < (since or end):
                return True
            edge += [p for p, _ in node.next_functions if p is not None and p.number < oldest]
        if not _finished:
            return bool(edge)
        return any(not node.next_functions and node not in _finished for node in reachable(edge))

    def finish(self) -> None:
        """The function has run, and nothing but ``pull`` and ``push`` will ask for derivatives: see ``_finished``."""
        _finished.update([x._node for x in self.inputs if x.is_leaf])

    def records(self, seeds: Sequence[Any] = ()) -> bool:
        """Whether a derivative, seeded with these, is to be recorded itself."""
        if not modes.state.enabled:
            return False
        return any([s is not None and s._node is not None for s in seeds]) or self.outside

    @functools.cached_property
    def outside(self) -> bool:
        """Whether some output depends on anything outside."""
        return self.depends_outside(self.outputs)

    def leave(self, tree: Any, since: int | None = None) -> Any:
        """``tree`` as it is handed out: what depends on nothing outside loses its history."""
        return tree_map(lambda leaf: self._leave(leaf, since) if isinstance(leaf, Tensor) else leaf, tree)

    def _leave(self, tensor: Tensor, since: int | None) -> Tensor:
        if not modes.state.enabled:
            return tensor.detach() if tensor._node is not None or self.mapped else tensor
        if tensor._node is None:
            return tensor
        own = any([tensor is output for output in self.outputs])
        if self.outside if own and len(self.outputs) == 1 else self.depends_outside([tensor], since):
            return tensor
        return wrap(tensor._array)

    # -- derivatives --------------------------------------------------------------------------------------------------

    def pull(self, seeds: dict[int, Any], create: bool, retain: bool) -> list[Tensor]:
        """The gradients of the inputs from those of some outputs, by place (None: 1, for a scalar); zeros if there is none."""
        pairs = [(self.outputs[i], seed) for i, seed in seeds.items() if self.outputs[i]._node is not None]
        found: Sequence = (None,) * len(self.inputs)
        if pairs and self.inputs:
            outputs, weights = zip(*pairs, strict=True)
            found = differentiate.grad(outputs, self.inputs, weights, retain or create, create, allow_unused=True)
        return [_zeros(x) if g is None else g for x, g in zip(self.inputs, found, strict=True)]

    def push(self, tangents: Sequence[Any], create: bool) -> list[Tensor | None]:
        """The tangents of the outputs from those of the inputs; None for an output that no given tangent reaches."""
        given = {
            x._node.number: t  # type: ignore[union-attr]
            for x, t in zip(self.inputs, tangents, strict=True)
            if t is not None
        }
        return push_tangents(self.outputs, given, create)


def push_tangents(outputs: Sequence[Tensor], given: dict[int, Tensor], create: bool) -> list[Tensor | None]:
    """The tangents of recorded outputs from those given by node number, recorded where ``create`` says so."""
    mapped = lanes.depth[0] > 0  # then values are no arrays, and the record of all examples, if any, goes on
    known: dict = dict(given) if create or mapped else {number: t._array for number, t in given.items()}
    with modes.set_grad_enabled(create or (mapped and modes.state.enabled)):
        found = push_forward(outputs, known, create)
        return [None if f is None else _own(f, known) for f in found]


def _zeros(x: Tensor) -> Tensor:
    """Zeros like ``x``, without history."""
    from autograd import zeros_like  # noqa: PLC0415 - the published one, which vmap knows

    return zeros_like(x)


def _own(found: Any, known: dict) -> Tensor:
    """A tangent as a Tensor that shares no memory with those given, and that can be written."""
    if isinstance(found, Tensor):
        return found.clone() if found._view is not None or any([found is t for t in known.values()]) else found
    shared = isinstance(found, np.ndarray) and (found.base is not None or any([found is t for t in known.values()]))
    return wrap(found.copy() if shared else found)


def zeros_for_missing(found: Sequence, like: Sequence[Tensor]) -> list[Tensor]:
    """Zeros in the place of each None."""
    return [_zeros(x) if f is None else f for f, x in zip(found, like, strict=True)]


def check_structure(have: TreeSpec, want: TreeSpec, message: str) -> None:
    """RuntimeError with ``message`` and both structures where they differ."""
    if have != want:
        raise RuntimeError(f"{message} Expected {want}, but got {have}.")
