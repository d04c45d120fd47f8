"""The nodes of the recorded graph: what an operation's output remembers of how it came to be.

Nodes point only at their parents and hold arrays, never the Tensor they belong to, so nothing here is cyclic and
memory falls by reference counts alone. Creation numbers come from one counter; they are a topological order.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any, Self

import numpy as np

numbers = itertools.count(1)
next_number: Callable[[], int] = numbers.__next__


class Node:
    """One recorded operation.

    ``op`` is the record of the operation, ``parents`` a node (or None) for each tensor argument, ``saved`` the values
    that the rules name, ``static`` the other arguments, ``number`` the creation number, ``shape`` that of the output
    and ``kind`` its dtype, or its type where it is a NumPy scalar. ``hooks`` and ``meta`` are None until asked for.

    >>> import autograd
    >>> y = autograd.ones(2, requires_grad=True).exp()
    >>> y.grad_fn.name(), y.grad_fn.shape
    ('ExpBackward0', (2,))
    """

    __slots__ = ("__weakref__", "hooks", "kind", "meta", "number", "op", "parents", "saved", "shape", "static")

    op: Any
    parents: tuple[Node | None, ...]
    saved: tuple | None
    static: tuple
    number: int
    shape: Any
    kind: Any
    hooks: Hooks | None
    meta: Any

    @property
    def dtype(self) -> np.dtype:
        """The dtype of the output."""
        return np.dtype(self.kind)

    def name(self) -> str:
        """PyTorch's name of the backward of this operation, as in ``MulBackward0``."""
        op = self.op
        if op.name == "item" and self.parents[0] is not None:  # one of several results: named after what gave them
            op = self.parents[0].op
        known = _NAMES.get(op.name)
        if callable(known):
            known = known(self)
        return known or "".join(part.capitalize() for part in op.name.strip("_").split("_")) + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Node | None, int], ...]:
        """The parents as PyTorch lists them: pairs of a node (None for an input without grad) and 0."""
        return tuple((parent, 0) for parent in self.parents)

    def register_hook(self, hook: Callable) -> Handle:
        """Call ``hook(grad_inputs, grad_outputs)`` after this node's backward; it may return other ``grad_inputs``."""
        return self.ask_hooks().add("post", hook)

    def register_prehook(self, hook: Callable) -> Handle:
        """Call ``hook(grad_outputs)`` before this node's backward; it may return other ``grad_outputs``."""
        return self.ask_hooks().add("pre", hook)

    def ask_hooks(self) -> Hooks:
        """The hooks of this node, made when first asked for."""
        if self.hooks is None:
            self.hooks = Hooks()
        return self.hooks

    def __repr__(self) -> str:
        return f"<{self.name()}>"


def _indexed(node: Node) -> str:
    """PyTorch takes an index step by step; the node is that of the last step."""
    for part in reversed(node.static[0]):
        if part is None:
            return "UnsqueezeBackward0"
        if not isinstance(part, slice) and part is not ...:
            return "SelectBackward0"
        if part is not ... and part != slice(None):
            break
    return "SliceBackward0"


def _reduced(node: Node) -> str:
    return f"{node.op.name.capitalize()}Backward{int(node.static[0] is not None)}"


def _sub(node: Node) -> str | None:
    return "RsubBackward1" if node.static and node.parents[0] is None else None  # a number less a tensor


def _pow(node: Node) -> str:
    if not node.static:
        return "PowBackward1"
    return "PowBackward2" if node.parents[0] is None else "PowBackward0"


def _linear(node: Node) -> str | None:
    if len(node.shape) != 2:
        return None
    return "MmBackward0" if node.parents[-1] is None else "AddmmBackward0"


def _pooled(stem: str) -> Callable[[Node], str]:
    """Names that count the dimensions of the images, which the first static argument has a size for each of."""

    def name(node: Node) -> str:
        sizes = node.static[0]
        count = len(sizes[0] if isinstance(sizes[0], tuple) else sizes)
        return f"{stem.format(count)}Backward0"

    return name


def _resampled(node: Node) -> str:
    sizes, mode = node.static[:2]
    dims = f"{len(sizes)}D"
    linear = ("Linear", "Bilinear", "Trilinear")[len(sizes) - 1]
    kind = {"linear": linear, "cubic": "Bicubic", "nearest-exact": "NearestExact"}
    return f"Upsample{kind.get(mode, mode.capitalize())}{dims}Backward0"


def _padded(node: Node) -> str:
    sizes, mode = node.static[:2]
    kind = {"reflect": "Reflection", "replicate": "Replication"}.get(mode)
    return "ConstantPadNdBackward0" if kind is None else f"{kind}Pad{len(sizes) // 2}DBackward0"


# Where the name follows from the operation's by no rule: PyTorch's, or what says it for one node.
_NAMES: dict[str, str | Callable[[Node], str | None]] = {
    "adaptive_avg_pool": _pooled("AdaptiveAvgPool{}D"),
    "adaptive_max_pool": _pooled("AdaptiveMaxPool{}D"),
    "avg_pool1d": "AvgPool1DBackward0",
    "avg_pool2d": "AvgPool2DBackward0",
    "avg_pool3d": "AvgPool3DBackward0",
    "cast": "ToCopyBackward0",
    "clamp": "ClampBackward1",
    "col2im": "Col2ImBackward0",
    "contiguous": "CloneBackward0",
    "convolution_spread": "ConvolutionBackward0",
    "cross_entropy": "NllLossBackward0",
    "fractional_max_pool": _pooled("FractionalMaxPool{}D"),
    "grid_sample": lambda node: f"GridSampler{len(node.shape) - 2}DBackward0",
    "im2col": "Im2ColBackward0",
    "lerp_number": "LerpBackward0",
    "linalg_cholesky": "LinalgCholeskyExBackward0",
    "linalg_inv": "LinalgInvExBackward0",
    "linalg_solve": "LinalgSolveExBackward0",
    "linear": _linear,
    "log1p": "Log1PBackward0",
    "logsigmoid": "LogSigmoidBackward0",
    "max_all": "MaxBackward1",
    "max_pool": _pooled("MaxPool{}DWithIndices"),
    "max_unpool": _pooled("MaxUnpool{}D"),
    "mean": _reduced,
    "median": "MedianBackward1",
    "median_all": "MedianBackward0",
    "min_all": "MinBackward1",
    "narrow": "SliceBackward0",
    "pad": _padded,
    "pow": _pow,
    "prelu": "PreluKernelBackward0",
    "prod": _reduced,
    "resample": _resampled,
    "reshape": "ViewBackward0",
    "selu": "EluBackward0",
    "slice": _indexed,
    "square": "PowBackward0",
    "sub": _sub,
    "sum": _reduced,
    "vector_norm": "LinalgVectorNormBackward0",
}


class LeafOp:
    """Stands for the operation of a leaf: there is none."""

    name, label, kind, doc, plan, nothing = "leaf", "leaf", "leaf", "A tensor that the user made.", None, ()
    args: tuple = ()
    static: tuple = ()


LEAF = LeafOp()


class Leaf(Node):
    """The node of a tensor that the user made: where gradients are accumulated. Refers to its tensor weakly."""

    __slots__ = ("tensor",)

    tensor: weakref.ref

    def name(self) -> str:
        """PyTorch's name of the node of a leaf."""
        return "AccumulateGrad"

    @property
    def variable(self) -> Any:
        """The leaf tensor, or None when it is gone."""
        return self.tensor()


def kind_of(array: Any) -> Any:
    """What a node remembers of its output's dtype: the dtype, or the type of a NumPy scalar (cheaper to compare)."""
    return type(array) if isinstance(array, np.generic) else array.dtype


def make_leaf(tensor: Any, array: Any) -> Leaf:
    """A leaf node for ``tensor``, whose values are ``array``."""
    leaf = Leaf()
    leaf.op = LEAF
    leaf.parents = leaf.saved = leaf.static = ()
    leaf.number = next_number()
    leaf.shape, leaf.kind = array.shape, kind_of(array)
    leaf.hooks = leaf.meta = None
    leaf.tensor = weakref.ref(tensor)
    return leaf


class Hooks:
    """The functions to call around one node, in the order in which they were registered.

    ``tensor`` hooks see the gradient of the node's output, ``pre`` and ``post`` the whole node's backward, and
    ``accumulated`` run on a leaf once its ``.grad`` is up to date; ``retain`` is the tensor that keeps its gradient.
    """

    __slots__ = ("__weakref__", "accumulated", "post", "pre", "retain", "tensor")

    def __init__(self) -> None:
        self.tensor: dict[int, Callable] = {}
        self.pre: dict[int, Callable] = {}
        self.post: dict[int, Callable] = {}
        self.accumulated: dict[int, Callable] = {}
        self.retain: weakref.ref | None = None

    def add(self, kind: str, hook: Callable) -> Handle:
        """Register ``hook`` and return the handle that removes it."""
        if not callable(hook):
            raise TypeError(f"hook must be callable, but got {type(hook).__name__}")
        table = getattr(self, kind)
        handle = Handle(table)
        table[handle.id] = hook
        return handle


class Handle:
    """What registering a hook returns: ``remove()`` takes the hook away, ``with handle:`` does so on leaving.

    >>> import autograd
    >>> x = autograd.ones(1, requires_grad=True)
    >>> handle = x.register_hook(lambda grad: grad * 2)
    >>> handle.remove()
    """

    _next = itertools.count()

    def __init__(self, table: dict[int, Callable]) -> None:
        self.id = next(self._next)
        self._table = table

    def remove(self) -> None:
        """Take the hook away; doing it twice is fine."""
        self._table.pop(self.id, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()
