"""Operations of the user's own: a forward and a backward in Python, recorded as one node.

The protocol is PyTorch's (``torch.autograd.Function``). ``forward`` runs without recording; ``backward`` gets Tensors
and, under ``create_graph``, is itself recorded, so that it may be differentiated again.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import dispatch, dtypes, inplace, lanes, modes
from autograd.dispatch import ITEM, wrap
from autograd.node import Leaf, Node, kind_of, next_number
from autograd.tensor import Tensor, materialise

__all__ = ["Function"]


class FunctionCtx:
    """What ``forward`` leaves for ``backward``: saved tensors, flags, and any attribute. As PyTorch's ``FunctionCtx``.

    ``needs_input_grad`` tells for each argument whether a gradient is wanted.

    >>> import autograd
    >>> class Cube(autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x * x
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         (x,) = ctx.saved_tensors
    ...         return grad * 3 * x * x
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    def __init__(self) -> None:
        self.needs_input_grad: tuple[bool, ...] = ()
        self.materialize_grads = True
        self._to_save: tuple = ()
        self._dirty: tuple = ()
        self._non_differentiable: tuple = ()
        self._unpacked: tuple | None = None

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep these tensors (or None) for ``backward``, where they are ``saved_tensors``. Inputs and outputs only.

        They are freed with the graph, and overwriting one before ``backward`` is an error there. TypeError for what is
        no Tensor: keep that as an attribute.
        """
        for i, tensor in enumerate(tensors):
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {i} is of type {type(tensor).__name__}"
                )
        self._to_save = tensors

    save_for_forward = save_for_backward

    @property
    def saved_tensors(self) -> tuple:
        """What ``save_for_backward`` kept; there is nothing before ``backward`` runs, and after it."""
        if self._unpacked is None:
            raise RuntimeError("saved_tensors can be read inside backward (or from the output's grad_fn) only")
        return self._unpacked

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say that ``forward`` overwrote these inputs in place; each must also be returned."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say that these outputs have no gradient; ``backward`` gets zeros for them."""
        self._non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether ``backward`` gets zeros (True, the default) or None for outputs that nothing depends on."""
        self.materialize_grads = bool(value)


class Function:
    """Base of operations of one's own: subclass it, define static ``forward`` and ``backward``, call ``apply``.

    ``forward(ctx, *args)`` computes without being recorded and may use any code; ``backward(ctx, *grads)`` gets a
    gradient for each output and returns one (or None) for each argument. ``forward(*args)`` together with
    ``setup_context(ctx, inputs, output)`` works, too, and ``jvp(ctx, *tangents)`` adds forward mode. As
    ``torch.autograd.Function``; RuntimeError where ``backward`` returns a wrong number of gradients, or a wrong shape.

    >>> import autograd
    >>> class Clip(autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x, limit):
    ...         ctx.save_for_backward(x)
    ...         ctx.limit = limit
    ...         return x.clamp(-limit, limit)
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         (x,) = ctx.saved_tensors
    ...         return grad * (x.abs() <= ctx.limit), None
    >>> x = autograd.tensor([0.5, 3.0], requires_grad=True)
    >>> Clip.apply(x, 1.0).sum().backward()
    >>> x.grad
    tensor([1., 0.])
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """An error: there is nothing to call on an instance."""
        raise RuntimeError(f"a Function is not instantiated: call {type(self).__name__}.apply(...)")

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the output; to be defined by the subclass."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple, output: Any) -> None:
        """Fill ``ctx`` after ``forward``, which then does not take it."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Compute the gradients of the arguments; to be defined by the subclass."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """Compute the tangents of the outputs; to be defined by a subclass that is used in forward mode."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run ``forward`` on the arguments and record the call where one of them requires grad."""
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple([isinstance(a, Tensor) and a._node is not None for a in args])
        recording = inplace.recording()
        with modes.no_grad():
            if cls.setup_context is Function.setup_context:
                output = cls.forward(ctx, *args)
            else:
                output = cls.forward(*args)
                cls.setup_context(ctx, args, output)
            several = isinstance(output, (tuple, list))
            outputs = list(output) if several else [output]
            if not several or ctx._dirty:
                _check_outputs(cls, ctx, args, outputs, several, recording)
            results = [_separate(o, ctx, args) for o in outputs]
        if recording and lanes.depth[0]:
            lanes.record_examples(cls, args, results, bool(ctx._dirty))
        if recording and True in ctx.needs_input_grad:
            _Call(cls, ctx, args, outputs, results)
        return tuple(results) if several else results[0]


def _check_outputs(cls: type, ctx: FunctionCtx, args: tuple, outputs: list, several: bool, recording: bool) -> None:
    if not several and not isinstance(outputs[0], Tensor):
        raise TypeError(
            f"{cls.__name__}.forward: expected to return a Tensor or a tuple of Tensors, "
            f"but got {type(outputs[0]).__name__}"
        )
    for tensor in ctx._dirty:
        if not any(tensor is a for a in args) or not any(tensor is o for o in outputs):
            raise RuntimeError(
                f"{cls.__name__}: mark_dirty takes inputs that were modified in place, and each must be returned as an "
                "output of the function as well"
            )
        if type(tensor._node) is Leaf and recording:
            raise RuntimeError(
                f"{cls.__name__}: a leaf Variable that requires grad has been used in an in-place operation."
            )


def _separate(output: Any, ctx: FunctionCtx, args: tuple) -> Any:
    """An output as a Tensor of its own: an input that was returned untouched becomes a view of itself."""
    if not isinstance(output, Tensor) or any(output is d for d in ctx._dirty):
        return output
    if output._node is None and not any(output is a for a in args):
        return output
    alias = wrap(materialise(output))
    inplace.link(output, alias, ())
    return alias


class _Call:
    """One call of a Function, in the place that an operation's record has for other nodes."""

    kind, label, doc = "function", "function", "An operation of the user's own."
    args, static, outputs, nothing, frees = ("args",), (), (), (None,), True
    variadic, broadcasts, view, many, plan = True, False, False, False, None

    def __init__(self, cls: Any, ctx: FunctionCtx, args: tuple, outputs: list, results: list) -> None:
        self.cls, self.ctx = cls, ctx
        self.name = self.label = cls.__name__
        self.places = [i for i, a in enumerate(args) if isinstance(a, Tensor)]
        self.count = len(args)
        self.shapes = [(o._array.shape, o._array.dtype) if isinstance(o, Tensor) else None for o in results]
        skipped = {id(t) for t in ctx._non_differentiable}
        self.live = [
            i
            for i, (o, r) in enumerate(zip(outputs, results, strict=True))
            if isinstance(r, Tensor) and id(o) not in skipped and dtypes.is_differentiable(r._array.dtype)
        ]
        self.differentiable = () if len(self.live) < 2 else tuple(f"output {i}" for i in self.live)
        self.saved_nodes: list = []
        ctx._non_differentiable = ()
        if self.live:
            self._attach(args, outputs, results)
        ctx._to_save = ctx._dirty = ()

    def _attach(self, args: tuple, outputs: list, results: list) -> None:
        """Make the node, and give it to the outputs that have gradients."""
        parents = tuple([args[i]._node for i in self.places])
        ctx = self.ctx
        first = results[self.live[0]]._array
        node = FunctionNode()
        node.op, node.parents, node.static = self, parents, ()
        node.number, node.shape, node.kind = next_number(), first.shape, kind_of(first)
        node.hooks = node.meta = None
        node.saved = self._saved(outputs)
        self.node = weakref.ref(node)
        if len(self.live) == 1:
            made: list[Node] = [node]
        else:
            node.shape = tuple([results[i]._array.shape for i in self.live])
            made = [self._item(node, place, results[i]._array) for place, i in enumerate(self.live)]
        for i, one in zip(self.live, made, strict=True):
            if any(results[i] is d for d in ctx._dirty):
                inplace.set_history(results[i], one)
            else:
                results[i]._node = one
            for observer in dispatch.observers:
                observer(one, args if one is node else (), results[i])

    @staticmethod
    def _item(owner: Node, place: int, array: Any) -> Node:
        item = Node()
        item.op, item.parents, item.saved, item.static = ITEM, (owner,), ITEM.nothing, (place,)
        item.number, item.shape, item.kind = next_number(), array.shape, kind_of(array)
        item.hooks = item.meta = None
        return item

    def _saved(self, outputs: list) -> tuple:
        """The saved arrays, and for each where its tensor stands in the graph: a node, or the place of an output."""
        kept = self.ctx._to_save
        if not kept:
            return self.nothing
        own = {id(outputs[i]): place for place, i in enumerate(self.live)}
        dirty = {id(t) for t in self.ctx._dirty}
        for tensor in kept:
            stands: Any = None
            if tensor is not None:
                stands = own.get(id(tensor)) if tensor._node is None or id(tensor) in dirty else tensor._node
            self.saved_nodes.append(stands)
        arrays = tuple([None if t is None else t._array for t in kept])
        return (None, inplace.protect(arrays) if inplace.exposed else arrays)

    def unpack(self, saved: tuple) -> tuple:
        """The saved tensors, standing in the graph where they came from."""
        if len(saved) < 2:
            return ()
        return tuple([self._unpacked(a, n) for a, n in zip(saved[1], self.saved_nodes, strict=True)])

    def _unpacked(self, array: Any, stands: Any) -> Tensor | None:
        if array is None:
            return None
        tensor = wrap(array)
        if isinstance(stands, int):
            node = self.node()
            several = node is not None and len(self.live) > 1
            tensor._node = self._item(node, stands, array) if several else node  # type: ignore[arg-type]
        else:
            tensor._node = stands
        return tensor

    # -- backward ---------------------------------------------------------------------------------------------------

    def pull_joint(self, g: Any, saved: tuple, static: tuple, wants: tuple) -> list:
        """The gradients of the tensor arguments, by the user's ``backward``."""
        incoming = g if isinstance(g, list) else [g]
        create = any(isinstance(p, Tensor) for p in incoming)
        gradients: list = [None] * len(self.shapes)
        for i, part in zip(self.live, incoming, strict=True):
            gradients[i] = part if part is None or isinstance(part, Tensor) else wrap(part)
        if self.ctx.materialize_grads:
            gradients = [
                wrap(np.zeros(*s)[()]) if p is None and s else p for p, s in zip(gradients, self.shapes, strict=True)
            ]
        defined = self.cls.backward is not Function.backward
        answer = self._call(self.cls.backward if defined else self.cls.vjp, saved, gradients)
        found = list(answer) if isinstance(answer, (tuple, list)) else [answer]
        self._check_count(found)
        return [
            self._fit(found[i], i, parent, create) if want else None
            for i, parent, want in zip(self.places, self._parents(), wants, strict=True)
        ]

    def _parents(self) -> tuple:
        node = self.node()
        return () if node is None else node.parents

    def _call(self, method: Callable, saved: tuple, values: list) -> Any:
        before = self.ctx._unpacked
        self.ctx._unpacked = self.unpack(saved)
        try:
            return method(self.ctx, *values)
        finally:
            self.ctx._unpacked = before

    def _check_count(self, found: list) -> None:
        extra = found[self.count :]
        if len(found) < self.count or any(e is not None for e in extra):
            raise RuntimeError(
                f"function {self.name}Backward returned an incorrect number of gradients "
                f"(expected {self.count}, got {len(found)})"
            )
        for i, value in enumerate(found[: self.count]):
            if value is not None and i not in self.places:
                raise RuntimeError(
                    f"function {self.name}Backward returned a gradient different from None at position {i + 1}, "
                    "but the corresponding forward input was not a Tensor"
                )

    def _fit(self, back: Any, place: int, parent: Node, create: bool) -> Any:
        """A returned gradient in the shape and dtype of its argument; an error that says which one cannot be."""
        if back is None:
            return None
        if not isinstance(back, Tensor):
            raise TypeError(
                f"function {self.name}Backward: expected a Tensor or None as gradient {place}, "
                f"but got {type(back).__name__}"
            )
        shape = tuple(parent.shape)
        if back._array.shape != shape:
            from autograd.graph import unbroadcast  # noqa: PLC0415 - graph stands beside this module

            if not _expands(shape, back._array.shape):
                raise RuntimeError(
                    f"Function {self.name}Backward returned an invalid gradient at index {place} - got "
                    f"{list(back._array.shape)} but expected shape compatible with {list(shape)}"
                )
            back = unbroadcast(back, shape)
        if back._array.dtype != parent.dtype:
            back = back.to(parent.dtype)
        return back if create else back._array

    # -- forward mode -------------------------------------------------------------------------------------------------

    def push(self, t: tuple, saved: tuple, static: tuple) -> Any:
        """The tangents of the outputs, by the user's ``jvp``."""
        create = any(isinstance(p, Tensor) for p in t)
        given: list = [None] * self.count
        for i, tangent in zip(self.places, t, strict=True):
            given[i] = tangent if tangent is None or isinstance(tangent, Tensor) else wrap(tangent)
        answer = self._call(self.cls.jvp, saved, given)
        found = list(answer) if isinstance(answer, (tuple, list)) else [answer]
        pushed = [found[i] if found[i] is None or create else found[i]._array for i in self.live]
        return pushed[0] if len(pushed) == 1 else tuple(pushed)


def _expands(shape: Sequence[int], to: Sequence[int]) -> bool:
    """Whether ``shape`` broadcasts to ``to``."""
    return len(shape) <= len(to) and all(a in (1, b) for a, b in zip(shape[::-1], to[::-1], strict=False))


class FunctionNode(Node):
    """The node of a call of a Function; attributes of its ``ctx`` can be read from it, as in PyTorch."""

    __slots__ = ()

    def name(self) -> str:
        """The name of the Function, as in ``CubeBackward``."""
        return f"{self.op.name}Backward"

    @property
    def saved_tensors(self) -> tuple:
        """What ``forward`` saved; RuntimeError once it was freed."""
        if self.saved is None:
            raise RuntimeError(
                f"Trying to access the saved tensors of {self.name()} after they have already been freed. Specify "
                "retain_graph=True if you need to backward through the graph a second time."
            )
        return self.op.unpack(self.saved)

    def __getattr__(self, name: str) -> Any:
        if name in Node.__slots__:
            raise AttributeError(name)
        return getattr(self.op.ctx, name)


def once_differentiable(backward: Callable) -> Callable:
    """Decorate a ``backward`` that cannot be differentiated: it runs unrecorded, and a second derivative is an error.

    As ``torch.autograd.function.once_differentiable``.

    >>> import autograd
    >>> from autograd.function import once_differentiable
    >>> class Double(autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return 2 * x
    ...     @staticmethod
    ...     @once_differentiable
    ...     def backward(ctx, grad):
    ...         return 2 * grad
    >>> x = autograd.tensor(1.0, requires_grad=True)
    >>> autograd.grad(Double.apply(x), x)
    (tensor(2.),)
    """

    @functools.wraps(backward)
    def wrapped(ctx: Any, *grads: Any) -> Any:
        with modes.no_grad():
            answer = backward(ctx, *grads)
        if not inplace.recording() or not any(isinstance(g, Tensor) and g._node is not None for g in grads):
            return answer
        several = isinstance(answer, (tuple, list))
        parts = [
            _Once.apply(part.detach().requires_grad_()) if isinstance(part, Tensor) else part
            for part in (answer if several else (answer,))
        ]
        return tuple(parts) if several else parts[0]

    return wrapped


class _Once(Function):
    """The identity, with an error in the place of its derivative."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        """The same values."""
        return wrap(x._array)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """No gradient."""
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")
