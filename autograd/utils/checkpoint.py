"""Checkpointing: memory for time. A part of a model is computed again in backward instead of being remembered.

As ``torch.utils.checkpoint``. There is one implementation, whatever ``use_reentrant`` says: what the function closes
over gets its gradients, ``grad()`` works as ``backward()`` does, and the result can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from autograd import differentiate, modes
from autograd.dispatch import wrap
from autograd.forward import keep_for_forward, push_forward
from autograd.function import Function
from autograd.graph import reachable
from autograd.node import Node, next_number
from autograd.pytree import tree_flatten
from autograd.random import get_rng_state, set_rng_state
from autograd.tensor import Tensor

__all__ = ["checkpoint", "checkpoint_sequential"]


def _no_context() -> tuple[AbstractContextManager, AbstractContextManager]:
    return nullcontext(), nullcontext()


def checkpoint(
    function: Callable,
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple[AbstractContextManager, AbstractContextManager]] = _no_context,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """``function(*args, **kwargs)``, of which only the arguments are kept: backward computes it again.

    Random numbers are drawn again alike unless ``preserve_rng_state=False``. ``context_fn`` gives a context for the
    first run and one for the second; ``determinism_check="none"`` does not compare the second run's shapes and dtypes
    with the first's. ``debug`` and ``early_stop`` change nothing here. As ``torch.utils.checkpoint.checkpoint``;
    ValueError for keywords with ``use_reentrant=True``, RuntimeError in backward where the function gave something
    else, or where an argument was overwritten since.

    >>> import autograd
    >>> from autograd.utils.checkpoint import checkpoint
    >>> x = autograd.ones(3, requires_grad=True)
    >>> checkpoint(lambda x: x.exp().log().sum(), x, use_reentrant=False).backward()
    >>> x.grad
    tensor([1., 1., 1.])
    """
    if use_reentrant and kwargs:
        raise ValueError(f"Unexpected keyword arguments: {','.join(kwargs)}")
    if determinism_check not in {"default", "none"}:
        raise ValueError(f"checkpoint: determinism_check must be 'default' or 'none', but got {determinism_check!r}")
    first, second = context_fn()
    state = get_rng_state() if preserve_rng_state else None
    start = next_number()
    with first:
        result = function(*args, **kwargs)
    leaves, spec = tree_flatten(result)
    made = [i for i, leaf in enumerate(leaves) if _made_since(leaf, start)]
    if not made:
        return result
    again = _Again(function, args, kwargs, state, second, determinism_check == "default")
    again.made = made
    again.like = [(leaves[i].shape, leaves[i].dtype) for i in made]
    kept = [a for a in tree_flatten((args, kwargs))[0] if isinstance(a, Tensor)]
    sources = _sources([leaves[i]._node for i in made], start)
    outputs = _Checkpoint.apply(again, [wrap(leaves[i]._array) for i in made], kept, *sources)
    for i, output in zip(made, outputs, strict=True):
        leaves[i] = output
    return spec.unflatten(leaves)


def _made_since(leaf: Any, start: int) -> bool:
    return isinstance(leaf, Tensor) and leaf._node is not None and leaf._node.number > start


def _sources(nodes: Sequence[Node], start: int) -> list[Tensor]:
    """Stand-ins, without values, for the Tensors from before ``start`` that these nodes were computed from."""
    found: dict[int, Node] = {}
    for node in reachable(nodes, start):
        for parent, _ in node.next_functions:
            if parent is not None and parent.number < start:
                found[parent.number] = parent
    stands = []
    for node in found.values():
        if isinstance(node.shape, tuple) and not (node.shape and isinstance(node.shape[0], tuple)):
            stand = wrap(np.broadcast_to(np.zeros((), node.dtype), node.shape))
            stand._node = node
            stands.append(stand)
    return stands


class _Again:
    """How to run a checkpointed function a second time."""

    made: list[int]
    like: list[tuple]

    def __init__(
        self, function: Callable, args: tuple, kwargs: dict, state: Any, context: AbstractContextManager, check: bool
    ) -> None:
        self.function, self.args, self.kwargs = function, args, kwargs
        self.state, self.context, self.check = state, context, check

    def __call__(self) -> list[Tensor]:
        """The results with a history, recorded anew."""
        before = None if self.state is None else get_rng_state()
        try:
            if self.state is not None:
                set_rng_state(self.state)
            with modes.enable_grad(), self.context:
                leaves = tree_flatten(self.function(*self.args, **self.kwargs))[0]
        finally:
            if before is not None:
                set_rng_state(before)
        found: list[Any] = [leaves[i] if i < len(leaves) else None for i in self.made]
        like = [(f.shape, f.dtype) if isinstance(f, Tensor) else None for f in found]
        if like != self.like and (self.check or None in like):
            raise RuntimeError(
                "checkpoint: Recomputed values have different metadata than during the forward pass: the function "
                f"gave {self.like} first and {like} when it was run again for backward. It must do the same each time."
            )
        return found


class _Checkpoint(Function):
    """The recorded call: its backward runs the function again, and differentiates that."""

    @staticmethod
    def forward(ctx: Any, again: _Again, outputs: list[Tensor], kept: list[Tensor], *sources: Tensor) -> Any:
        """Hand out what was computed, and remember how to compute it."""
        ctx.again, ctx.sources = again, sources
        ctx.save_for_backward(*kept)  # so that backward notices if one was overwritten
        return tuple(outputs)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        """The gradients of everything that the function was computed from."""
        create = modes.state.enabled
        outputs = ctx.again()
        pairs = [(o, g) for o, g in zip(outputs, gradients, strict=True) if o._node is not None]
        roots, seeds = zip(*pairs, strict=True)
        found = differentiate.grad(roots, ctx.sources, seeds, create, create, allow_unused=True)
        return None, None, None, *found

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        """The tangents of the outputs, in forward mode over a record made anew."""
        with keep_for_forward():
            outputs = ctx.again()
        known = {
            source._node.number: tangent
            for source, tangent in zip(ctx.sources, tangents[3:], strict=True)
            if tangent is not None
        }
        return tuple(push_forward(outputs, known))


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any
) -> Any:
    """The functions (an ``nn.Sequential``, or a list) one after the other, in ``segments`` checkpointed parts.

    The last part is not checkpointed: backward begins with it. ``preserve_rng_state`` as for ``checkpoint``. As
    ``torch.utils.checkpoint.checkpoint_sequential``; ValueError for other keywords.

    >>> import autograd, nn
    >>> from autograd.utils.checkpoint import checkpoint_sequential
    >>> model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    >>> x = autograd.ones(4, 2)
    >>> bool((checkpoint_sequential(model, 2, x) == model(x)).all())
    True
    """
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError(f"Unexpected keyword arguments: {','.join(kwargs)}")
    steps = list(functions.children()) if hasattr(functions, "children") else list(functions)
    if not 1 <= segments <= max(1, len(steps)):
        raise ValueError(f"checkpoint_sequential: segments must be from 1 to {len(steps)}, but got {segments}")
    size = len(steps) // segments
    for place in range(0, size * (segments - 1), size):
        part = steps[place : place + size]
        input = checkpoint(_run, part, input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return _run(steps[size * (segments - 1) :], input)


def _run(steps: Sequence[Callable], value: Any) -> Any:
    for step in steps:
        value = step(value)
    return value
