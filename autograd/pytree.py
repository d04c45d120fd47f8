"""Trees of Python containers: taken apart into their leaves, and put together again.

A tree is a leaf, or a list, tuple, named tuple, dict, ``OrderedDict``, ``defaultdict`` or ``deque`` of trees, or an
instance of a registered class. Everything else, None too, is a leaf. The names are those of ``torch.utils._pytree``.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

__all__ = [
    "LeafSpec",
    "TreeSpec",
    "register_pytree_node",
    "tree_all",
    "tree_any",
    "tree_flatten",
    "tree_iter",
    "tree_leaves",
    "tree_map",
    "tree_map_",
    "tree_map_only",
    "tree_structure",
    "tree_unflatten",
]


class _Kind(NamedTuple):
    """How instances of one class are taken apart, and made again."""

    flatten: Callable[[Any], tuple[Iterable[Any], Any]]
    unflatten: Callable[[Iterable[Any], Any], Any]


def _unflatten_default(values: Iterable[Any], context: Any) -> defaultdict:
    factory, keys = context
    return defaultdict(factory, zip(keys, values, strict=True))


_KINDS: dict[type, _Kind] = {
    tuple: _Kind(lambda t: (t, None), lambda values, _: tuple(values)),
    list: _Kind(lambda t: (t, None), lambda values, _: list(values)),
    dict: _Kind(lambda d: (d.values(), list(d)), lambda values, keys: dict(zip(keys, values, strict=True))),
    OrderedDict: _Kind(
        lambda d: (d.values(), list(d)), lambda values, keys: OrderedDict(zip(keys, values, strict=True))
    ),
    defaultdict: _Kind(lambda d: (d.values(), (d.default_factory, list(d))), _unflatten_default),
    deque: _Kind(lambda d: (d, d.maxlen), lambda values, limit: deque(values, limit)),
}
_NAMED = _Kind(lambda t: (t, type(t)), lambda values, kind: kind(*values))


def register_pytree_node(
    cls: type,
    flatten_fn: Callable[[Any], tuple[Iterable[Any], Any]],
    unflatten_fn: Callable[[Iterable[Any], Any], Any],
    *,
    serialized_type_name: str | None = None,
    to_dumpable_context: Callable | None = None,
    from_dumpable_context: Callable | None = None,
    flatten_with_keys_fn: Callable | None = None,
) -> None:
    """Make instances of ``cls`` trees: ``flatten_fn(instance)`` gives the parts and a context to make one again from.

    The remaining arguments are those of ``torch.utils._pytree.register_pytree_node`` for writing structures to files,
    which is not done here. ValueError for a class that is registered already.

    >>> from autograd.pytree import register_pytree_node, tree_leaves
    >>> class Pair:
    ...     def __init__(self, a, b):
    ...         self.a, self.b = a, b
    >>> register_pytree_node(Pair, lambda p: ((p.a, p.b), None), lambda parts, _: Pair(*parts))
    >>> tree_leaves([Pair(1, (2, 3))])
    [1, 2, 3]
    """
    if cls in _KINDS:
        raise ValueError(f"{cls} is already registered as pytree node.")
    _KINDS[cls] = _Kind(flatten_fn, unflatten_fn)


def _kind(tree: Any) -> tuple[type | None, _Kind | None]:
    """The class by which ``tree`` is taken apart, and how; None for a leaf."""
    own = type(tree)
    found = _KINDS.get(own)
    if found is not None:
        return own, found
    if isinstance(tree, tuple) and isinstance(getattr(own, "_fields", None), tuple):
        return own, _NAMED
    return None, None


class TreeSpec:
    """The structure of a tree: its class, what is needed to make it again, and the structures of its parts.

    ``num_leaves`` and ``num_nodes`` count all levels, ``num_children`` the parts. Equal structures compare equal. As
    ``torch.utils._pytree.TreeSpec``.

    >>> from autograd.pytree import tree_structure
    >>> tree_structure({"a": 1, "b": (2, 3)})
    TreeSpec(dict, ['a', 'b'], [*, TreeSpec(tuple, None, [*, *])])
    """

    __slots__ = ("_children", "context", "num_children", "num_leaves", "num_nodes", "type")

    num_leaves: int
    num_nodes: int

    def __init__(self, type: Any, context: Any, children_specs: list[TreeSpec]) -> None:
        self.type, self.context, self._children = type, context, children_specs
        self.num_children = len(children_specs)
        self.num_leaves = 1 if type is None else sum([c.num_leaves for c in children_specs])
        self.num_nodes = 1 + sum([c.num_nodes for c in children_specs])

    def children(self) -> list[TreeSpec]:
        """The structures of the parts."""
        return list(self._children)

    def child(self, index: int) -> TreeSpec:
        """The structure of one part."""
        return self._children[index]

    def is_leaf(self) -> bool:
        """Whether this is the structure of a leaf."""
        return self.type is None

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """A tree of this structure with these leaves; ValueError where there are more or fewer than ``num_leaves``."""
        values = list(leaves)
        if len(values) != self.num_leaves:
            raise ValueError(
                f"treespec.unflatten(leaves): `leaves` has length {len(values)} but the spec refers to a pytree that "
                f"holds {self.num_leaves} items ({self})."
            )
        return self._make(iter(values))

    def _make(self, leaves: Iterator[Any]) -> Any:
        if self.type is None:
            return next(leaves)
        kind = _KINDS.get(self.type, _NAMED)
        return kind.unflatten([child._make(leaves) for child in self._children], self.context)

    def flatten_up_to(self, tree: Any) -> list[Any]:
        """The parts of ``tree`` that stand where this structure has leaves; ValueError where ``tree`` differs before."""
        found: list[Any] = []
        self._cut(tree, found)
        return found

    def _cut(self, tree: Any, found: list[Any]) -> None:
        if self.type is None:
            found.append(tree)
            return
        own, kind = _kind(tree)
        if kind is None or own is not self.type:
            raise ValueError(f"Node type mismatch; expected {self.type}, but got {type(tree)}.")
        parts, context = kind.flatten(tree)
        if self.type in {dict, OrderedDict} and set(context) == set(self.context):
            parts = [tree[key] for key in self.context]
        elif context != self.context:
            raise ValueError(f"Node context mismatch for {self.type}; expected {self.context!r}, but got {context!r}.")
        parts = list(parts)
        if len(parts) != self.num_children:
            raise ValueError(f"Node arity mismatch; expected {self.num_children}, but got {len(parts)}.")
        for child, part in zip(self._children, parts, strict=True):
            child._cut(part, found)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TreeSpec):
            return NotImplemented
        return self is other or (
            self.type is other.type and self.context == other.context and self._children == other._children
        )

    def __hash__(self) -> int:
        return hash((self.type, self.num_leaves, tuple(self._children)))

    def __repr__(self) -> str:
        if self.type is None:
            return "*"
        return f"TreeSpec({self.type.__name__}, {self.context}, [{', '.join(map(repr, self._children))}])"


class LeafSpec(TreeSpec):
    """The structure of a leaf. As ``torch.utils._pytree.LeafSpec``.

    >>> from autograd.pytree import LeafSpec, tree_structure
    >>> tree_structure(5) == LeafSpec()
    True
    """

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(None, None, [])


_LEAF = LeafSpec()


def tree_flatten(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], TreeSpec]:
    """The leaves of ``tree``, from left to right, and its structure; what ``is_leaf`` says is a leaf, is one.

    As ``torch.utils._pytree.tree_flatten``: a dict's leaves come in the order of its keys, and None is a leaf.

    >>> from autograd.pytree import tree_flatten
    >>> tree_flatten([1, {"a": 2, "b": None}])[0]
    [1, 2, None]
    """
    leaves: list[Any] = []
    return leaves, _flatten(tree, is_leaf, leaves)


def _flatten(tree: Any, is_leaf: Callable[[Any], bool] | None, leaves: list[Any]) -> TreeSpec:
    own, kind = _kind(tree)
    if kind is None or (is_leaf is not None and is_leaf(tree)):
        leaves.append(tree)
        return _LEAF
    parts, context = kind.flatten(tree)
    return TreeSpec(own, context, [_flatten(part, is_leaf, leaves) for part in parts])


def tree_unflatten(leaves: Any, treespec: Any) -> Any:
    """The tree of structure ``treespec`` with these leaves: what undoes ``tree_flatten``.

    TypeError where ``treespec`` is no structure, ValueError for a wrong number of leaves.

    >>> from autograd.pytree import tree_flatten, tree_unflatten
    >>> leaves, spec = tree_flatten({"a": 1, "b": (2, 3)})
    >>> tree_unflatten([x * 10 for x in leaves], spec)
    {'a': 10, 'b': (20, 30)}
    """
    if not isinstance(treespec, TreeSpec):
        if not isinstance(leaves, TreeSpec):
            raise TypeError(f"Expected `treespec` to be an instance of TreeSpec but got item of type {type(treespec)}.")
        leaves, treespec = treespec, leaves  # PyTorch takes the two in either order
    return treespec.unflatten(leaves)


def tree_iter(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> Iterator[Any]:
    """The leaves of ``tree`` one by one. As ``torch.utils._pytree.tree_iter``.

    >>> from autograd.pytree import tree_iter
    >>> next(tree_iter([[[7]], 8]))
    7
    """
    yield from tree_flatten(tree, is_leaf)[0]


def tree_leaves(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    """The leaves of ``tree``. As ``torch.utils._pytree.tree_leaves``.

    >>> from autograd.pytree import tree_leaves
    >>> tree_leaves({"a": (1, 2), "b": [3]})
    [1, 2, 3]
    """
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> TreeSpec:
    """The structure of ``tree``. As ``torch.utils._pytree.tree_structure``.

    >>> from autograd.pytree import tree_structure
    >>> tree_structure((1, [2])).num_leaves
    2
    """
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func: Callable, tree: Any, *rests: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """``tree`` with ``func(leaf, ...)`` in the place of each leaf; ``rests`` are trees that give further arguments.

    These must have the structure of ``tree``, at least down to its leaves (ValueError otherwise). As
    ``torch.utils._pytree.tree_map``.

    >>> from autograd.pytree import tree_map
    >>> tree_map(lambda a, b: a + b, {"x": 1, "y": (2, 3)}, {"x": 10, "y": (20, 30)})
    {'x': 11, 'y': (22, 33)}
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    return spec.unflatten([func(*column) for column in _columns(leaves, spec, rests)])


def _columns(leaves: list[Any], spec: TreeSpec, rests: tuple) -> Iterator[tuple]:
    return zip(leaves, *[spec.flatten_up_to(rest) for rest in rests], strict=True)


def tree_map_(func: Callable, tree: Any, *rests: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """Call ``func`` on each leaf, for what it does and not for what it returns; returns ``tree`` itself.

    As ``torch.utils._pytree.tree_map_``.

    >>> import autograd
    >>> from autograd.pytree import tree_map_
    >>> tree_map_(lambda t: t.add_(1), [autograd.zeros(2)])
    [tensor([1., 1.])]
    """
    leaves, spec = tree_flatten(tree, is_leaf)
    for column in _columns(leaves, spec, rests):
        func(*column)
    return tree


def tree_map_only(type_or_types: Any, func: Callable, tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> Any:
    """``tree`` with ``func(leaf)`` in the place of the leaves of a type (or one of a tuple of types, or by a test).

    As ``torch.utils._pytree.tree_map_only``.

    >>> from autograd.pytree import tree_map_only
    >>> tree_map_only(int, lambda x: -x, [1, "a", {"b": 2}])
    [-1, 'a', {'b': -2}]
    """
    is_type = isinstance(type_or_types, (type, tuple)) or not callable(type_or_types)
    chosen = (lambda leaf: isinstance(leaf, type_or_types)) if is_type else type_or_types
    return tree_map(lambda leaf: func(leaf) if chosen(leaf) else leaf, tree, is_leaf=is_leaf)


def tree_all(pred: Callable[[Any], bool], tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether ``pred`` holds for every leaf. As ``torch.utils._pytree.tree_all``.

    >>> from autograd.pytree import tree_all
    >>> tree_all(lambda x: x > 0, [1, (2, 3)])
    True
    """
    return all(pred(leaf) for leaf in tree_iter(tree, is_leaf))


def tree_any(pred: Callable[[Any], bool], tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether ``pred`` holds for some leaf. As ``torch.utils._pytree.tree_any``.

    >>> from autograd.pytree import tree_any
    >>> tree_any(lambda x: x < 0, [1, (2, 3)])
    False
    """
    return any(pred(leaf) for leaf in tree_iter(tree, is_leaf))
