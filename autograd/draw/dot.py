"""From the view model to Graphviz source."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape as _escape_html
from typing import Literal, TypeAlias

import graphviz

from . import style
from .legend import legend_label
from .model import Cluster, EdgeView, Graph, NodeView, Stats

__all__ = ["RankDir", "dot_names", "draw_into", "to_digraph"]

RankDir: TypeAlias = Literal["TB", "LR", "BT", "RL"]

# From so many nodes on, edges are straight segments and the search for few crossings stops early. A tangle of 2,000
# operations then takes 10 seconds instead of 50; a deep network of that size takes 3 either way.
_LARGE = 600


def to_digraph(graph: Graph, *, rankdir: RankDir = "TB", legend: bool = True) -> graphviz.Digraph:
    """Return the drawing of a view model as a `graphviz.Digraph`.

    Args:
        graph: the view model; it is validated first (ValueError).
        rankdir: direction from inputs to results, "TB" (top to bottom), "LR", "BT" or "RL".
        legend: whether to add a box that explains the shapes, colours and lines that occur.

    The same model always gives the same source.

    >>> source = to_digraph(Graph([NodeView("t", "op", "tanh")]), legend=False).source
    >>> "<b>tanh</b>" in source
    True
    """
    digraph = graphviz.Digraph()
    draw_into(digraph, graph, rankdir=rankdir, legend=legend)
    return digraph


def draw_into(digraph: graphviz.Digraph, graph: Graph, *, rankdir: RankDir = "TB", legend: bool = True) -> None:
    """Draw a view model into an empty `graphviz.Digraph`; arguments as for `to_digraph`.

    >>> digraph = graphviz.Digraph(comment="mine")
    >>> draw_into(digraph, Graph([NodeView("t", "op", "tanh")]), rankdir="LR")
    >>> digraph.graph_attr["rankdir"]
    'LR'
    """
    if rankdir not in ("TB", "LR", "BT", "RL"):
        raise ValueError(f"rankdir: expected 'TB', 'LR', 'BT' or 'RL', got {rankdir!r}")
    graph.validate()
    digraph.graph_attr.update(_graph_attributes(graph, rankdir))
    digraph.node_attr.update(fontname=style.FONT, fontsize=str(style.SIZE_TEXT), fontcolor=style.INK, penwidth="1.8")
    digraph.edge_attr.update(
        fontname=style.FONT, fontsize=str(style.SIZE_SMALL), fontcolor=style.INK, tooltip=" ", arrowsize="0.7"
    )
    names = dot_names(graph)
    # Where everything is a scalar, shapes and dtypes say nothing; values then stand alone, as micrograd draws them.
    shapes = [node.shape for node in graph.nodes] + [edge.shape for edge in graph.edges]
    scalars = all(shape in ((), None) for shape in shapes)
    flat = rankdir in ("LR", "RL")
    _add_nodes(digraph, graph, names, scalars=scalars, rankdir=rankdir)
    inner = {node.id for node in graph.nodes if node.kind in ("op", "module", "root")}
    for index, edge in enumerate(graph.edges):
        attributes = _edge_attributes(edge, scalars=scalars, flat=flat)
        if edge.src in inner and edge.dst in inner:
            attributes["weight"] = "4"  # keeps the chain of operations straight, and parameters beside it
        digraph.edge(names[edge.src], names[edge.dst], id=f"e{index}", **attributes)
    if legend:
        digraph.node("legend", label=legend_label(graph), shape="plain", id="legend", tooltip=" ")


def dot_names(graph: Graph) -> dict[str, str]:
    """Return the name that each node id has in the source and as an SVG element id: "n0", "n1", … in order.

    Edges have the ids "e0", "e1", … and clusters "c0", "c1", … Ids of the model are not used as such: Graphviz gives
    meaning to colons and backslashes in them.

    >>> dot_names(Graph([NodeView("fc:weight", "param", "weight")]))
    {'fc:weight': 'n0'}
    """
    return {node.id: f"n{index}" for index, node in enumerate(graph.nodes)}


def _graph_attributes(graph: Graph, rankdir: RankDir) -> dict[str, str]:
    attributes = {
        "rankdir": rankdir,
        "bgcolor": style.PAPER,
        "fontname": style.FONT,
        "fontcolor": style.INK,
        "fontsize": str(style.SIZE_TITLE),
        "ranksep": "0.45",
        "nodesep": "0.3",
        "pad": "0.12",
        "tooltip": " ",
    }
    if graph.title:
        title = style.shorten(graph.title, 2 * style.LABEL_LIMIT)
        attributes |= {"label": _plain(title), "labelloc": "t", "labeljust": "l", "fontsize": "14"}
    if len(graph.nodes) > _LARGE:
        attributes |= {"splines": "polyline", "nslimit": "1", "nslimit1": "1", "mclimit": "0.1"}
    return attributes


_TABLE = '<table border="0" cellborder="0" cellspacing="0" cellpadding="2">'

# --- nodes and clusters -------------------------------------------------------------------------------------------


def _add_nodes(
    digraph: graphviz.Digraph, graph: Graph, names: dict[str, str], *, scalars: bool, rankdir: RankDir
) -> None:
    """Write nodes and clusters in the model's order, a cluster where its first node stands. No recursion."""
    clusters = {cluster.id: cluster for cluster in graph.clusters}
    content: dict[str | None, list[NodeView | Cluster]] = {None: []}
    depth: dict[str | None, int] = {None: 0}
    for node in graph.nodes:
        chain = []  # from the node's cluster outwards, those that have not been met yet
        at = node.cluster
        while at is not None and at not in content:
            chain.append(clusters[at])
            at = clusters[at].parent
        for cluster in reversed(chain):
            content[cluster.parent].append(cluster)
            content[cluster.id] = []
            depth[cluster.id] = depth[cluster.parent] + 1
        content[node.cluster].append(node)

    numbers = {cluster.id: index for index, cluster in enumerate(graph.clusters)}
    drawn: dict[str | None, graphviz.Digraph] = {None: digraph}
    for key in sorted(content, key=lambda key: -depth[key]):  # innermost first: they become lines of the outer ones
        if key is not None:
            drawn[key] = _cluster_graph(clusters[key], numbers[key], depth[key], rankdir)
        for item in content[key]:
            if isinstance(item, Cluster):
                drawn[key].subgraph(drawn[item.id])
            else:
                drawn[key].node(names[item.id], **_node_attributes(item, names[item.id], scalars=scalars))


def _cluster_graph(cluster: Cluster, number: int, depth: int, rankdir: RankDir) -> graphviz.Digraph:
    label = style.printable(cluster.label)
    attributes = {
        "label": _plain(style.shorten(label, style.LABEL_LIMIT)),
        "labeljust": "r"
        if rankdir == "LR"
        else "l",  # Graphviz routes edges through titles; across, they enter on the left
        "style": "rounded,filled",
        "fillcolor": style.CLUSTER_FILLS[(depth - 1) % len(style.CLUSTER_FILLS)],
        "color": style.FRAME,
        "fontsize": str(style.SIZE_TITLE),
        "margin": "10",
        "id": f"c{number}",
        "tooltip": _hint([label]),
    }
    return graphviz.Digraph(name=f"cluster_{number}", graph_attr=attributes)


def _node_attributes(node: NodeView, name: str, *, scalars: bool) -> dict[str, str]:
    look = style.KINDS[node.kind]
    return {
        "label": _node_label(node, scalars=scalars),
        "shape": look.shape,
        "style": look.style,
        "color": look.border,
        "fillcolor": look.fill,
        "margin": look.margin,
        "id": name,
        "class": node.kind,
        "tooltip": _hint(_node_facts(node)),
    }


def _plain(text: str) -> str:
    """Text for a plain label, in which Graphviz would expand backslashes and entities."""
    escaped: str = graphviz.escape(text.replace("&", "&amp;"))
    return escaped


def _hint(lines: Iterable[str]) -> str:
    """Lines of a tooltip; Graphviz expands its backslashes twice, so each is written four times."""
    text = "&#10;".join(_escape_html(style.printable(line), quote=False) for line in lines)
    escaped: str = graphviz.nohtml(text.replace("\\", "\\" * 4))
    return escaped


def _text(
    text: str, *, bold: bool = False, italic: bool = False, size: int | None = None, color: str = "", after: str = ""
) -> str:
    """Text for an HTML-like label, and ready-made text `after` it in the same font.

    Graphviz expands backslashes even in such a label, and after decoding entities: they are doubled.
    """
    out = _escape_html(style.printable(text).replace("\\", "\\\\"), quote=True) + after
    if bold:
        out = f"<b>{out}</b>"
    if italic:
        out = f"<i>{out}</i>"
    if size is not None or color:
        attributes = (f' point-size="{size}"' if size is not None else "") + (f' color="{color}"' if color else "")
        out = f"<font{attributes}>{out}</font>"
    return out


def _row(content: str, fill: str = "") -> str:
    background = f' bgcolor="{fill}"' if fill else ""
    return f"<tr><td{background}>{content}</td></tr>"


def _pair(key: str, value: str, fill: str = "", ink: str = "") -> str:
    """A row of a name and a value, over the whole width; no-break spaces keep the two apart.

    It is a table of its own: two filled cells side by side would show a seam.
    """
    background = f' bgcolor="{fill}"' if fill else ""
    head = _text(key, color=ink, after="&#160;&#160;")
    cells = f'<td align="left">{head}</td><td align="right">{_text(value, color=ink)}</td>'
    return f'<tr><td cellpadding="0"{background}>{_TABLE}<tr>{cells}</tr></table></td></tr>'


def _node_label(node: NodeView, *, scalars: bool) -> str:
    rows = [_row(_title(node))]
    if node.shape is not None and not scalars:
        line = f"{style.shape_text(node.shape)} {node.dtype}".rstrip()
        rows.append(_row(_text(line, size=style.SIZE_SMALL, color=style.INK_SOFT)))
    rows += [_row(_text(style.shorten(line, 96), size=style.SIZE_SMALL, color=style.INK_SOFT)) for line in node.details]
    if node.data is not None:
        rows.append(_pair("data", _data_text(node)))
    if node.grad is not None:
        rows.append(_grad_row(node))
    if node.strip:
        rows.append(_row(_strip(node.strip_label, node.strip)))
    for flag in node.flags:
        fill, ink = style.FLAG_COLORS[flag.severity]
        mark = "" if flag.severity == "info" else "! "
        text = mark + style.shorten(flag.text, style.LABEL_LIMIT)
        rows.append(_row(_text(text, bold=flag.severity != "info", color=ink), fill))
    return f"<{_TABLE}{_headroom(node.kind, len(rows))}{''.join(rows)}</table>>"


def _headroom(kind: str, rows: int) -> str:
    """Space above the title where the shape's lid would cross it; a cylinder's lid grows with its height."""
    points = {"param": 2 + 1.3 * rows, "module": 5.0}.get(kind)
    if points is None:
        return ""
    return f'<tr><td fixedsize="true" width="1" height="{round(points)}"></td></tr>'


def _title(node: NodeView) -> str:
    limit = style.LABEL_LIMIT if node.kind == "module" else style.NAME_LIMIT
    title = _text(style.shorten(f"{node.symbol} {node.name}".strip() or " ", limit), bold=True, size=style.SIZE_TITLE)
    if node.alias:
        title += _text(" " + style.shorten(node.alias), italic=True, size=style.SIZE_TITLE)
    return title


def _data_text(node: NodeView) -> str:
    if isinstance(node.data, Stats):
        return style.stats_text(node.data, node.dtype)
    return style.exact_text(node.data) if node.data is not None else ""


def _grad_row(node: NodeView) -> str:
    if isinstance(node.grad, Stats):
        key, size = "grad rms", node.grad.grad_size
        text = style.gradient_text(size)
    else:
        assert node.grad is not None
        key, size = "grad", abs(node.grad)
        text = style.exact_text(node.grad)
    return _pair(key, text, *style.gradient_colors(size))


def _strip(label: str, cells: Iterable[tuple[str, float | None]]) -> str:
    drawn = []
    for text, size in cells:
        fill, ink = style.gradient_colors(size)
        shown = _text(style.shorten(text, 10), size=style.SIZE_SMALL, color=ink)
        drawn.append(f'<td border="1" color="{style.PAPER}" bgcolor="{fill}">{shown}</td>')
    head = f'<td border="0" align="left">{_text(label)} </td>' if label else ""
    return f'<table border="0" cellspacing="0" cellpadding="3"><tr>{head}{"".join(drawn)}</tr></table>'


def _node_facts(node: NodeView) -> list[str]:
    """Everything that is known about a node, unabridged, for hovering in an SVG."""
    lines = [f"{node.symbol} {node.name} {node.alias}".strip()]
    if node.shape is not None:
        lines.append(f"shape {style.shape_text(node.shape)} {node.dtype}".rstrip())
    lines += node.details
    for what, value in (("data", node.data), ("grad", node.grad)):
        if isinstance(value, Stats):
            lines += _stats_lines(what, value)
        elif value is not None:
            lines.append(f"{what} {value!r}")
    lines += [f"! {flag.text}" for flag in node.flags]
    return lines


def _stats_lines(what: str, stats: Stats) -> Sequence[str]:
    parts = [f"{what}: {stats.count} elements"]
    for key in ("mean", "std", "rms", "min", "max"):
        value = getattr(stats, key)
        if value is not None:
            parts.append(f"{key} {style.number(value, 6)}")
    parts += [f"{getattr(stats, key)} {key}" for key in ("nan", "inf", "zeros") if getattr(stats, key)]
    return [", ".join(parts)]


# --- edges --------------------------------------------------------------------------------------------------------


def _edge_label(label: str, *, flat: bool) -> str:
    """Text clear of its line: to the right of one that goes down, above one that goes across."""
    if flat:
        return f'<{_text(label)}<br/><font point-size="6"> </font>>'
    return _plain(f"  {label} ")


def _edge_attributes(edge: EdgeView, *, scalars: bool, flat: bool) -> dict[str, str]:
    shape = style.shape_text(edge.shape) if edge.shape is not None and not scalars else ""
    parts = (shape, style.shorten(edge.label), "*saved" if edge.saved else "")
    label = " ".join(part for part in parts if part)
    attributes = {"label": _edge_label(label, flat=flat)} if label else {}
    size = edge.grad_rms
    if not edge.carries_grad:
        return attributes | {"style": "dashed", "color": style.NO_FLOW, "class": "nograd"}
    attributes |= {"class": "grad", "penwidth": f"{style.gradient_width(size):g}", "color": style.FLOW}
    if size is None:  # needs a gradient and has none yet: only the way forward is drawn
        return attributes
    attributes |= {"dir": "both", "tooltip": f"gradient rms {style.gradient_text(size)}"}
    if size == 0:
        attributes["style"] = "dotted"
    elif not math.isfinite(size):
        attributes["color"] = style.BROKEN
    return attributes
