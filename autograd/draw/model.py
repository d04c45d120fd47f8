"""The view model of a drawing: plain records that say what a picture shows, and nothing about how.

`trace` fills a `Graph` from the recorded computation; `dot` turns a `Graph` into Graphviz source. In between there are
only Python numbers, strings, lists and tuples, so a model can be compared, printed, or written as JSON through
`dataclasses.asdict`, and outlives the tensors that it describes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

__all__ = [
    "Cluster",
    "EdgeView",
    "Flag",
    "Graph",
    "Kind",
    "NodeView",
    "Scalar",
    "Severity",
    "Stats",
    "exact",
    "value_flags",
]

Kind: TypeAlias = Literal["op", "param", "leaf", "input", "root", "module"]
Severity: TypeAlias = Literal["info", "warning", "error"]
Scalar: TypeAlias = bool | int | float | complex

# Statistics are taken block by block in float64: the working memory stays small however large the tensor is.
_BLOCK = 1 << 18


@dataclass(slots=True)
class Flag:
    """A remark on a node: short text and how bad it is ("info", "warning" or "error").

    >>> Flag("4/8 dead units").severity
    'warning'
    """

    text: str
    severity: Severity = "warning"


@dataclass(slots=True)
class Stats:
    """What a tensor's values look like, as Python numbers.

    `mean`, `std` (population, divisor n), `rms`, `min` and `max` are over the finite elements only; `nan`, `inf` and
    `zeros` count the others and the exact zeros. All five are None when no element is finite. rms² = mean² + std².
    For complex values `mean` is complex, `min` and `max` are magnitudes, and std² = E|x - mean|². For integers and
    booleans `min` and `max` are exact ints.

    >>> Stats.of(np.array([3.0, 4.0, np.nan])).rms == math.sqrt(12.5)
    True
    """

    count: int
    mean: float | complex | None = None
    std: float | None = None
    rms: float | None = None
    min: float | int | None = None
    max: float | int | None = None
    nan: int = 0
    inf: int = 0
    zeros: int = 0

    @property
    def finite(self) -> int:
        """How many elements are neither NaN nor infinite."""
        return self.count - self.nan - self.inf

    @property
    def grad_size(self) -> float | None:
        """The rms as a gradient's size: NaN or inf as soon as one element is, None for an empty array."""
        if self.nan:
            return math.nan
        return math.inf if self.inf else self.rms

    @classmethod
    def of(cls, array: Any) -> Stats:
        """Return the statistics of an array of any shape and of a boolean, integer, real or complex dtype.

        Accepts empty and 0-d arrays and whatever has NumPy's array protocols; anything else goes through
        `numpy.asarray`. Raises TypeError for a dtype that is not numeric (strings, objects).
        """
        values = array if hasattr(array, "dtype") and hasattr(array, "reshape") else np.asarray(array)
        kind = np.dtype(values.dtype).kind
        if kind not in "biufcV":  # "V": dtypes that extend NumPy, such as bfloat16
            raise TypeError(f"Stats.of: expected a numeric array, got dtype {values.dtype}")
        values = values.reshape(-1)
        stats, scale = _scan(values, kind)
        if stats.finite:
            _moments(stats, values, scale)
        return stats


def _blocks(values: Any) -> Any:
    """Yield a flat array in blocks, as float64 or complex128."""
    wide = np.complex128 if np.dtype(values.dtype).kind == "c" else np.float64
    for start in range(0, values.shape[0], _BLOCK):
        yield values[start : start + _BLOCK].astype(wide)


def _scan(values: Any, kind: str) -> tuple[Stats, float]:
    """First pass: counts, smallest and largest element; also returns the largest magnitude."""
    stats = Stats(count=int(values.shape[0]))
    low, high, largest = math.inf, -math.inf, 0.0
    for block in _blocks(values):
        stats.nan += int(np.isnan(block).sum())
        stats.inf += int(np.isinf(block).sum())
        stats.zeros += int((block == 0).sum())
        good = block[np.isfinite(block)]
        if good.shape[0]:
            size = np.abs(good)
            largest = max(largest, float(size.max()))
            ordered = size if kind == "c" else good
            low, high = min(low, float(ordered.min())), max(high, float(ordered.max()))
    if stats.finite:
        stats.min, stats.max = low, high
        if kind in "biu":  # float64 would round a large int64
            stats.min, stats.max = int(values.min()), int(values.max())
    return stats, largest


def _moments(stats: Stats, values: Any, scale: float) -> None:
    """Second and third pass: mean, then spread. Elements are divided by the largest, so that no square overflows."""
    scale = scale or 1.0
    total: Any = 0.0
    for block in _blocks(values):
        total = total + (block[np.isfinite(block)] / scale).sum()
    mean = total / stats.finite
    spread = 0.0
    for block in _blocks(values):
        spread += float((np.abs(block[np.isfinite(block)] / scale - mean) ** 2).sum())
    variance = spread / stats.finite
    plain = complex(mean) if isinstance(total, complex | np.complexfloating) else float(mean)
    stats.mean = plain * scale
    stats.std = math.sqrt(variance) * scale
    stats.rms = math.sqrt(variance + abs(plain) ** 2) * scale


def exact(array: Any) -> Scalar:
    """Return the value of a one-element array as the Python number that prints shortest in the array's precision.

    A float32 holds 0.3 as 0.30000001192…; the number that a reader expects is 0.3. Raises ValueError unless there is
    exactly one element.

    >>> exact(np.float32(0.3)), exact(np.array([True])), exact(np.array(7))
    (0.3, True, 7)
    """
    values = array if hasattr(array, "dtype") and hasattr(array, "reshape") else np.asarray(array)
    if values.size != 1:
        raise ValueError(f"exact: expected one element, got shape {tuple(values.shape)}")
    element = values.reshape(-1)[0]
    kind = np.dtype(values.dtype).kind
    if kind == "f":
        return _shortest(element)
    if kind == "c":
        return complex(_shortest(element.real), _shortest(element.imag))
    item: Scalar = element.item()
    return item


def _shortest(number: Any) -> float:
    """Round a real scalar to the fewest digits that still name it in its own precision."""
    return float(np.format_float_scientific(number)) if np.isfinite(number) else float(number)


def value_flags(what: str, value: Stats | Scalar | None) -> list[Flag]:
    """Return the remarks that follow from a value alone: NaN, infinities, and for a gradient that it is all zero.

    `what` is "data" or "grad"; it is named in the text of a gradient's remarks.

    >>> [flag.text for flag in value_flags("data", Stats.of(np.array([1.0, np.nan, np.inf])))]
    ['NaN ×1', 'inf ×1']
    """
    if value is None:
        return []
    if not isinstance(value, Stats):
        value = Stats.of(value)
    prefix = "" if what == "data" else f"{what} "
    flags = [
        Flag(f"{prefix}{name} ×{number}", "error")
        for name, number in (("NaN", value.nan), ("inf", value.inf))
        if number
    ]
    if what == "grad" and value.count and value.zeros == value.count:
        flags.append(Flag("grad all zero"))
    return flags


@dataclass(slots=True)
class NodeView:
    """One box of the picture: an operation, a tensor, or a module folded into one box.

    Args:
        id: unique in the graph; never shown.
        kind: "op", "param" (parameter), "leaf" (another leaf that requires grad), "input" (no grad), "root" (where
            backward starts) or "module" (a whole module in one box).
        name: operation label or tensor name, in bold. `symbol` is written before it, `alias` after it in italics.
        shape: the output's shape; None leaves the line of shape and dtype out.
        data: `Stats`, or a number shown exactly (0-d tensors), or None for no row. `grad`: the same for the gradient.
        flags: remarks, one row each. details: free lines of small text ("12 × 0.79M params · fwd 41 ms").
        strip: a row of small cells (label, gradient rms) under `strip_label`, coloured by the scale.
        cluster: id of the innermost `Cluster` around it, or None.

    >>> NodeView("7", "op", "mul", symbol="×", shape=(), data=-6.0, grad=0.5).flags
    []
    """

    id: str
    kind: Kind
    name: str
    alias: str = ""
    symbol: str = ""
    shape: tuple[int, ...] | None = None
    dtype: str = ""
    data: Stats | Scalar | None = None
    grad: Stats | Scalar | None = None
    flags: list[Flag] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    strip: list[tuple[str, float | None]] = field(default_factory=list)
    strip_label: str = ""
    cluster: str | None = None


@dataclass(slots=True)
class EdgeView:
    """A value's way from the node that made it (`src`) to the operation that used it (`dst`).

    Args:
        shape: the value's shape, or None to leave it out.
        saved: whether the operation keeps the value for its backward rule (marked `*saved`).
        carries_grad: whether a gradient goes back along this edge.
        grad_rms: its size; None when it is not known, for example before backward has run.
        label: further text, such as the argument's name.

    >>> EdgeView("a", "mul", shape=(2, 3), saved=True).carries_grad
    False
    """

    src: str
    dst: str
    shape: tuple[int, ...] | None = None
    saved: bool = False
    carries_grad: bool = False
    grad_rms: float | None = None
    label: str = ""


@dataclass(slots=True)
class Cluster:
    """A titled frame around nodes (a module); `parent` is the id of the frame around it, or None.

    >>> Cluster("fc1", "fc1 : Linear(4 → 8) · 40 params", parent="net").parent
    'net'
    """

    id: str
    label: str
    parent: str | None = None


@dataclass(slots=True)
class Graph:
    """A whole picture. Lists keep the order in which things are drawn; `validate` checks that all ids fit.

    >>> Graph([NodeView("a", "op", "tanh")], [EdgeView("a", "b")]).validate()
    Traceback (most recent call last):
        ...
    ValueError: Graph: edge 'a' -> 'b' names the unknown node 'b'
    """

    nodes: list[NodeView] = field(default_factory=list)
    edges: list[EdgeView] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    title: str = ""

    def validate(self) -> None:
        """Raise ValueError for a duplicate or unknown id, an unknown kind or severity, or a cycle of clusters."""
        parents = {cluster.id: cluster.parent for cluster in self.clusters}
        if len(parents) != len(self.clusters):
            raise ValueError("Graph: two clusters have the same id")
        for cluster in self.clusters:
            _check_parents(cluster.id, parents)
        ids: set[str] = set()
        for node in self.nodes:
            _check_node(node, ids, parents)
            ids.add(node.id)
        for edge in self.edges:
            for end in (edge.src, edge.dst):
                if end not in ids:
                    raise ValueError(f"Graph: edge {edge.src!r} -> {edge.dst!r} names the unknown node {end!r}")


def _check_parents(start: str, parents: dict[str, str | None]) -> None:
    seen: set[str] = set()
    name: str | None = start
    while name is not None:
        if name not in parents:
            raise ValueError(f"Graph: cluster {start!r} lies in the unknown cluster {name!r}")
        if name in seen:
            raise ValueError(f"Graph: cluster {start!r} lies inside itself")
        seen.add(name)
        name = parents[name]


def _check_node(node: NodeView, ids: set[str], clusters: dict[str, str | None]) -> None:
    if node.id in ids:
        raise ValueError(f"Graph: two nodes have the id {node.id!r}")
    if node.kind not in get_args(Kind):
        raise ValueError(
            f"Graph: node {node.id!r} has the unknown kind {node.kind!r}; expected one of {get_args(Kind)}"
        )
    if node.cluster is not None and node.cluster not in clusters:
        raise ValueError(f"Graph: node {node.id!r} lies in the unknown cluster {node.cluster!r}")
    for flag in node.flags:
        if flag.severity not in get_args(Severity):
            raise ValueError(
                f"Graph: node {node.id!r} has a flag of unknown severity {flag.severity!r}; "
                f"expected one of {get_args(Severity)}"
            )
