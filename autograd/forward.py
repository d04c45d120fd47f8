"""Forward mode: a recorded graph replayed on tangents, from the inputs to the outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import dispatch, lanes
from autograd.dispatch import ITEM, wrap
from autograd.graph import as_tensors, call_by_example, call_rule, raise_freed, reachable
from autograd.inplace import check_saved
from autograd.node import LEAF, Node
from autograd.tensor import Tensor


@contextmanager
def keep_for_forward() -> Iterator[None]:
    """Keep what forward mode needs, too, of everything that is recorded inside; for ``push_forward`` afterwards."""
    dispatch.forward_mode[0] += 1
    try:
        yield
    finally:
        dispatch.forward_mode[0] -= 1


def push_forward(outputs: Sequence[Tensor], tangents: dict[int, Any], standing: bool = True) -> list[Any]:
    """Forward mode over a recorded graph: the tangent of each output, from those given by node number.

    An elementwise operation adds its rules applied to the tangents, a linear one is itself, a multilinear one follows
    the product rule, any other has its own ``jvp``. Tangents are arrays, or Tensors to differentiate through them; with
    ``standing``, what they are multiplied with then stands in the graph, too.
    """
    starts = [o._node for o in outputs if o._node is not None]
    nodes = sorted(reachable(starts, min(tangents, default=0)), key=lambda n: n.number)  # nothing older moves
    known: dict[int, Any] = dict(tangents)
    create = any(isinstance(t, Tensor) for t in tangents.values())
    with np.errstate(all="ignore"):
        for node in nodes:
            if node.number in known or node.op is LEAF:
                continue
            given = [None if p is None else known.get(p.number) for p in node.parents]
            if any(t is not None for t in given):
                known[node.number] = _push(node, given, create, standing)
    return [None if o._node is None else known.get(o._node.number) for o in outputs]


def _push(node: Node, tangents: list, create: bool, standing: bool) -> Any:
    op = node.op
    if op is ITEM:
        return tangents[0][node.static[0]]
    if node.saved is None:
        raise_freed(node)
    check_saved(node)
    frame = as_tensors(node, standing) if create else node.saved
    if op.push is not None:
        return (call_by_example if create else call_rule)(op.push, tuple(tangents), frame, node.static)
    if op.kind == "linear":
        return op(*_linear_arguments(node, tangents, create), *node.static)
    if op.kind == "multilinear":
        return _product_rule(op, frame, tangents, node.static)
    if op.kind == "elementwise":
        return _sum_of_rules(op, frame, tangents, node)
    raise NotImplementedError(f"{op.name} has no forward-mode rule")


def _linear_arguments(node: Node, tangents: list, create: bool) -> list:
    """The tangents as arguments: zeros where an argument of a linear operation has none."""
    filled = []
    for tangent, shape in zip(tangents, _shapes(node, tangents), strict=True):
        zero = None if shape is None else np.zeros(shape, node.dtype)
        filled.append(tangent if tangent is not None else wrap(zero) if create and zero is not None else zero)
    return [tuple(filled)] if node.op.variadic else filled


def _shapes(node: Node, tangents: list) -> list:
    """The shapes of the arguments of a node, as far as they are known: from the parents, else from the frame."""
    saved = node.saved or ()
    values = saved[0] if node.op.variadic and saved and saved[0] is not None else saved
    found = []
    for i, parent in enumerate(node.parents):
        value = values[i] if i < len(values) else None
        found.append(
            parent.shape if parent is not None else getattr(value, "shape", () if tangents[i] is None else None)
        )
    return found


def _product_rule(op: Any, frame: Any, tangents: list, static: tuple) -> Any:
    values = list(frame[0]) if op.variadic else list(frame[: len(op.args)])
    total = None
    for i, tangent in enumerate(tangents):
        if tangent is not None:
            arguments = [*values[:i], tangent, *values[i + 1 :]]
            term = op(tuple(arguments), *static) if op.variadic else op(*arguments, *static)
            total = term if total is None else total + term
    return total


def _sum_of_rules(op: Any, frame: Any, tangents: list, node: Node) -> Any:
    total, call = None, call_by_example if lanes.depth[0] else call_rule
    for pull, tangent in zip(op.pulls, tangents, strict=True):
        if tangent is not None and pull is not None:
            term = call(pull, tangent, frame, node.static)
            if term is not None:
                total = term if total is None else total + term
    if total is None:
        return np.zeros(node.shape, node.dtype)
    return total if tuple(total.shape) == tuple(node.shape) else np.broadcast_to(total, node.shape)
