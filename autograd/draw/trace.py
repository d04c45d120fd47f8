"""From the recorded graph to the view model: what is shown of each tensor, and which module it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np

from autograd.records import Argument, Record, arrays_of, leaf_number, records
from autograd.tensor import Tensor

from .dot import RankDir
from .model import Cluster, EdgeView, Flag, Graph, NodeView, Scalar, Stats, exact, value_flags
from .render import Drawing

__all__ = ["graph", "view"]

Params: TypeAlias = Any  # a module, a mapping of names, or pairs of name and tensor

_FIRING = {"relu", "relu6", "hardtanh", "threshold", "leaky_relu"}
_SHORT = 24  # static arguments that print longer are left out


def graph(
    outputs: Tensor | Iterable[Tensor],
    params: Params = None,
    *,
    names: Mapping[str, Tensor] | None = None,
    gradients: bool = True,
    rankdir: RankDir = "TB",
    legend: bool = True,
    title: str = "",
) -> Drawing:
    """Draw how ``outputs`` were computed: operations, parameters and inputs, with values, gradients and what is wrong.

    Args:
        outputs: the tensor (or tensors) from which backward would start.
        params: a module, a dict of names or pairs ``(name, tensor)``: names the leaves, frames them by module, and
            shows those that were not used.
        names: further names, for inputs and intermediate tensors.
        gradients: run one backward pass for the picture (``.grad`` is not touched). It needs outputs of one element
            and a graph that backward has not freed; else gradients that are already there are shown.
        rankdir: ``"TB"`` (top to bottom) or ``"LR"``. legend, title: what stands beside the graph.

    Draw before ``backward``, which frees values. Those that no rule needs are not kept at all and are computed again
    where possible; ``with autograd.draw.keep_values():`` around the computation keeps everything. Returns
    a ``graphviz.Digraph`` that renders with ``.render("graph.png")`` or ``"graph.svg"`` and shows itself in notebooks.
    Raises TypeError for anything but tensors.

    >>> import autograd
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> drawing = autograd.draw.graph(x * x + 1, names={"x": x})
    >>> [node.name for node in drawing.model.nodes]
    ['x', 'mul', 'add']
    """
    model = view(outputs, params, names=names, gradients=gradients, title=title)
    return Drawing(model, rankdir=rankdir, legend=legend)


def view(
    outputs: Tensor | Iterable[Tensor],
    params: Params = None,
    *,
    names: Mapping[str, Tensor] | None = None,
    gradients: bool = True,
    title: str = "",
) -> Graph:
    """The view model of a graph: what ``graph`` draws, as plain data.

    >>> import autograd
    >>> from autograd.draw.trace import view
    >>> x = autograd.ones(3, requires_grad=True)
    >>> [node.kind for node in view(x.exp().sum()).nodes]
    ['leaf', 'op', 'root']
    """
    roots = [outputs] if isinstance(outputs, Tensor) else list(outputs)
    for root in roots:
        if not isinstance(root, Tensor):
            raise TypeError(f"graph: outputs must be Tensors, but got {type(root).__name__}")
        if not root.requires_grad:
            raise ValueError("graph: an output that does not require grad has no recorded graph to draw")
    tracer = _Tracer(roots, params, names or {}, title)
    tracer.draw(records(roots, gradients))
    return tracer.model


def named_tensors(params: Params) -> dict[str, Tensor]:
    """The tensors of a module, mapping or sequence of pairs, by name."""
    if params is None:
        return {}
    if hasattr(params, "named_parameters"):
        return dict(params.named_parameters())
    pairs = dict(params.items() if isinstance(params, Mapping) else params)
    for name, tensor in pairs.items():
        if not isinstance(name, str) or not isinstance(tensor, Tensor):
            raise TypeError(f"params must map names to Tensors, but got {name!r}: {type(tensor).__name__}")
    return pairs


class _Tracer:
    """Builds one view model."""

    def __init__(self, roots: list[Tensor], params: Params, names: Mapping[str, Tensor], title: str) -> None:
        self.model = Graph(title=title)
        self.params = named_tensors(params)
        self.modules = dict(params.named_modules()) if hasattr(params, "named_modules") else {}
        self.with_children = {name.rpartition(".")[0] for name in self.modules if name}  # modules that have children
        self.homes = _homes(params) if self.modules else {}
        self.by_number = {leaf_number(t): n for n, t in (*names.items(), *self.params.items()) if leaf_number(t)}
        self.by_array = {id(a): n for n, a in zip(names, arrays_of(names.values()), strict=True)}
        self.root_numbers = {leaf_number(root) for root in roots}
        self.cluster_of: dict[int, str | None] = {}
        self.clusters: set[str] = set()
        self.shapes: dict[int | None, tuple[int, ...] | None] = {}
        self.inputs: dict[int, str] = {}
        self.pure: set[int | None] = set()  # parameters, and what was computed from one of them alone

    def draw(self, found: list[Record]) -> None:
        """Enter all records, then the parameters that none of them used."""
        for record in found:
            self._leaf(record) if record.is_leaf else self._operation(record)
        self._place()
        if any(r.freed for r in found) and any(r.value is None and r.shape is not None for r in found):
            for node in self.model.nodes:
                if node.kind == "root":
                    node.flags.append(Flag("values freed by backward: draw before it", "info"))
        used = {record.number for record in found}
        for name, tensor in self.params.items():
            if leaf_number(tensor) not in used:
                node = NodeView(f"unused-{name}", "param", name, shape=tuple(tensor.shape), dtype=str(tensor.dtype))
                node.data = _shown(arrays_of([tensor])[0])
                node.flags.append(
                    Flag("not used: grad is None") if tensor.requires_grad else Flag("frozen: no grad", "info")
                )
                node.cluster = self._module_of(name)
                self.model.nodes.append(node)

    # -- nodes ------------------------------------------------------------------------------------------------------

    def _leaf(self, record: Record) -> None:
        name = self.by_number.get(record.number, "")
        is_param = name in self.params
        cluster = self._module_of(name) if is_param else None
        if is_param:
            self.pure.add(record.number)
        kind = "root" if record.number in self.root_numbers else "param" if is_param else "leaf"
        others = self.homes.get(name, [])[1:]
        node = self._add(record, kind, name or "leaf", cluster, "".join(f"= {other}" for other in others))
        if record.changed:
            node.flags.append(Flag("written after it was used", "info"))

    def _operation(self, record: Record) -> None:
        sources = [a.source for a in record.arguments if a.source is not None]
        homes = {self.cluster_of[s] for s in sources if s in self.pure}
        cluster = homes.pop() if len(homes) == 1 else None  # an operation lives with the parameters it uses
        if sources and len(sources) == len(record.arguments) and self.pure.issuperset(sources) and cluster:
            self.pure.add(record.number)
        kind = "root" if record.number in self.root_numbers else "op"
        node = self._add(record, kind, record.name, cluster, self.by_number.get(record.number, ""))
        node.symbol = (
            "" if any(c.isalnum() for c in record.label) else record.label
        )  # a word would only repeat the name
        node.details = _details(record)
        if record.name in _FIRING and record.value is not None:
            node.flags += _dead_units(record.value)
        for argument in record.arguments:
            self._edge(record, argument)

    def _add(self, record: Record, kind: Any, name: str, cluster: str | None, alias: str = "") -> NodeView:
        node = NodeView(f"{record.number}", kind, name, alias=alias, shape=record.shape, dtype=record.dtype)
        node.data, node.grad, node.cluster = _shown(record.value), _shown(record.gradient), cluster
        node.flags = value_flags("data", node.data) + value_flags("grad", node.grad)
        self.cluster_of[record.number] = cluster
        self.shapes[record.number] = record.shape
        self.model.nodes.append(node)
        return node

    # -- edges ------------------------------------------------------------------------------------------------------

    def _edge(self, record: Record, argument: Argument) -> None:
        if argument.source is not None:
            sent = None if argument.gradient is None else Stats.of(argument.gradient).grad_size
            shape = self.shapes[argument.source]
            if shape is None:  # one of several results
                shape = record.shape
            self.model.edges.append(
                EdgeView(f"{argument.source}", f"{record.number}", shape, argument.saved, True, sent)
            )
        elif isinstance(argument.value, (np.ndarray, np.generic)):
            self.model.edges.append(
                EdgeView(self._input(argument.value), f"{record.number}", _shape(argument.value), argument.saved)
            )

    def _input(self, array: Any) -> str:
        """The node of a tensor without grad, recognised by its memory."""
        key = id(array)
        if key not in self.inputs:
            self.inputs[key] = f"input-{len(self.inputs)}"
            node = NodeView(self.inputs[key], "input", self.by_array.get(key, "input"), shape=array.shape)
            node.dtype, node.data = str(array.dtype), _shown(array)
            node.flags = value_flags("data", node.data)
            self.model.nodes.append(node)
        return self.inputs[key]

    # -- modules ----------------------------------------------------------------------------------------------------

    def _module_of(self, name: str) -> str | None:
        """The cluster of the module that a parameter's name belongs to, made when first seen.

        A parameter that several modules share belongs to the module around them all.
        """
        path = ".".join(_common([_path(owner) for owner in self.homes.get(name, [name])]))
        if not path:
            return None
        parts = path.split(".")
        parent = None
        for i in range(1, len(parts) + 1):
            prefix = ".".join(parts[:i])
            if prefix not in self.clusters and (i == len(parts) or self._has_own(prefix)):
                self.clusters.add(prefix)
                self.model.clusters.append(Cluster(prefix, self._title(prefix), parent))
            parent = prefix if prefix in self.clusters else parent
        return path

    def _place(self) -> None:
        """Put each operation without parameters into the innermost module around all that it reads and all that read it.

        So an activation between two layers of a block stands in the block's frame.
        """
        sources: dict[str, list[str]] = {}
        readers: dict[str, list[str]] = {}
        for edge in self.model.edges:
            if edge.carries_grad:
                sources.setdefault(edge.dst, []).append(edge.src)
                readers.setdefault(edge.src, []).append(edge.dst)
        nodes = [node for node in self.model.nodes if node.kind != "input"]
        fixed = {node.id: node.cluster.split(".") for node in nodes if node.cluster}
        above = _reach(nodes, sources, fixed)
        below = _reach(nodes[::-1], readers, fixed)
        for node in nodes:
            if node.kind != "op" or node.cluster:
                continue
            home = _common([above[node.id], below[node.id]])
            if above[node.id] == below[node.id] and ".".join(home) not in self.with_children:
                home = home[:-1]  # between two uses of one layer, not inside it
            while home and ".".join(home) not in self.clusters:
                home = home[:-1]
            node.cluster = ".".join(home) or None

    def _has_own(self, prefix: str) -> bool:
        """Whether a module is worth a frame of its own around its children's."""
        return prefix in self.modules

    def _title(self, prefix: str) -> str:
        """As in ``fc1 : Linear(4 → 8) · 40 params``."""
        module = self.modules.get(prefix)
        count = sum(t.numel() for n, t in self.params.items() if n.startswith(prefix + "."))
        sizes = [getattr(module, f"{side}_features", None) for side in ("in", "out")]
        kind = "" if module is None else f" : {type(module).__name__}"
        arrow = f"({sizes[0]} → {sizes[1]})" if None not in sizes else ""
        return f"{prefix}{kind}{arrow} · {count} params"


def _path(name: str) -> list[str]:
    """The module in a parameter's name: the parts before the last."""
    return name.split(".")[:-1]


def _common(paths: list[list[str]]) -> list[str]:
    """The longest beginning that all paths share."""
    shared = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return shared


def _reach(
    nodes: list[NodeView], neighbours: dict[str, list[str]], fixed: dict[str, list[str]]
) -> dict[str, list[str]]:
    """For each node the innermost module around the nearest neighbours (in one direction) that stand in a module."""
    found: dict[str, list[str]] = {}
    for node in nodes:
        found[node.id] = _common([fixed.get(near) or found[near] for near in neighbours.get(node.id, [])])
    return found


def _homes(module: Any) -> dict[str, list[str]]:
    """All names of each parameter of a module, by the first: several where modules share it."""
    names: dict[int, list[str]] = {}
    for name, tensor in module.named_parameters(remove_duplicate=False):
        names.setdefault(id(tensor), []).append(name)
    return {first: [first, *others] for first, *others in names.values()}


def _shape(value: Any) -> tuple[int, ...] | None:
    return None if value is None else tuple(np.shape(value))


def _shown(value: Any) -> Stats | Scalar | None:
    """A value as it is shown: a 0-d one exactly, anything else by its statistics."""
    if value is None:
        return None
    return exact(value) if np.ndim(value) == 0 else Stats.of(value)


def _details(record: Record) -> list[str]:
    """The non-tensor arguments worth a line, and numbers that took part."""
    found = [f"{k}={v!r}" for k, v in record.static.items() if v is not None and v is not False and _is_plain(v)]
    index, path = record.static.get("index"), record.static.get("path")
    index = getattr(index, "items", index)  # an advanced index keeps its parts there
    if isinstance(index, tuple):
        found = [f"[{', '.join(_index_text(part) for part in index)}]"]
    elif isinstance(path, tuple):  # the views that a write went through
        found = ["in place, through " + " → ".join(op.name for op, _ in path)]
    found += [
        f"{a.name}={a.value!r}"
        for a in record.arguments
        if isinstance(a.value, (int, float)) and a.source is None and not isinstance(a.value, np.generic)
    ]
    text = ", ".join(found)
    return [text] if text and len(text) <= _SHORT * 2 else []


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(v, int) for v in value) and len(repr(value)) <= _SHORT
    return isinstance(value, (bool, int, float, str)) and len(repr(value)) <= _SHORT


def _index_text(part: Any) -> str:
    """One index as it is written between brackets; an array of indices or a mask by its shape."""
    if isinstance(part, slice):
        ends = ["" if end is None else str(end) for end in (part.start, part.stop)]
        return ":".join(ends if part.step is None else [*ends, str(part.step)])
    if part is Ellipsis:
        return "..."
    if isinstance(part, (int, np.integer)) or part is None:
        return str(part)
    kind = "mask" if getattr(part, "dtype", None) == np.dtype(bool) else "indices"
    return f"{kind} {np.shape(part)}"


def _dead_units(value: Any) -> list[Flag]:
    """How many columns of a rectifier's output are zero for the whole batch."""
    if np.ndim(value) < 2 or value.shape[0] < 2 or not np.size(value):
        return []
    over = tuple(i for i in range(value.ndim) if i != (value.ndim - 1 if value.ndim == 2 else 1))
    dead = int((value <= 0).all(axis=over).sum())
    units = value.shape[-1] if value.ndim == 2 else value.shape[1]
    return [Flag(f"{dead}/{units} dead units")] if dead else []
