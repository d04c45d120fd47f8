"""The legend: explains the shapes, lines and colours that occur in one drawing, and no others."""

from __future__ import annotations

import math

from . import style
from .model import EdgeView, Graph, NodeView

__all__ = ["legend_label"]

_TICK_NAMES = ("≤1e-4", "1e-3", "0.01", "0.1", "1", "≥10")
_TABLE = '<table border="0" cellborder="0" cellspacing="0" cellpadding="{}">'


def legend_label(graph: Graph) -> str:
    """Return the legend of a view model as an HTML-like label."""
    present = {node.kind for node in graph.nodes}
    rows = [f'<tr><td colspan="2"><b><font point-size="{style.SIZE_TITLE}">Legend</font></b></td></tr>']
    for kind, look in style.KINDS.items():
        if kind in present:
            sample = (
                f'<table border="1" cellborder="0" cellspacing="0" cellpadding="2" color="{look.border}" '
                f'bgcolor="{look.fill}"><tr><td width="44">{look.sample}</td></tr></table>'
            )
            rows.append(_row(sample, look.meaning))
    rows += _edge_rows(graph.edges)
    if any(edge.saved for edge in graph.edges):
        rows.append(_row("*saved", "kept for the backward pass"))
    if any(_has_gradient(node) for node in graph.nodes) or any(_known(edge) for edge in graph.edges):
        rows.append(f'<tr><td colspan="2" align="left">{_scale()}</td></tr>')
    return (
        f'<<table border="1" color="{style.FRAME}" bgcolor="{style.PAPER}" cellborder="0" cellspacing="0" '
        f'cellpadding="3">{"".join(rows)}</table>>'
    )


def _row(sample: str, meaning: str) -> str:
    return f'<tr><td align="center">{sample}</td><td align="left">{meaning}</td></tr>'


def _has_gradient(node: NodeView) -> bool:
    return node.grad is not None or bool(node.strip)


def _known(edge: EdgeView) -> bool:
    return edge.carries_grad and edge.grad_rms is not None


def _edge_rows(edges: list[EdgeView]) -> list[str]:
    flowing = [edge.grad_rms for edge in edges if _known(edge)]
    sizes = [size for size in flowing if size is not None]
    rows = []
    if any(size != 0 and math.isfinite(size) for size in sizes):
        rows.append(_row(_line(style.FLOW, 3, (48,)), "value one way, gradient back"))
    if any(size == 0 for size in sizes):
        rows.append(_row(_line(style.FLOW, 1, (2,) * 8), "the gradient is exactly 0"))
    if not all(math.isfinite(size) for size in sizes):
        rows.append(_row(_line(style.BROKEN, 5, (48,)), "the gradient is NaN or inf"))
    if any(edge.carries_grad and edge.grad_rms is None for edge in edges):
        rows.append(_row(_line(style.FLOW, 1, (48,)), "needs a gradient, none known"))
    if any(not edge.carries_grad for edge in edges):
        rows.append(_row(_line(style.NO_FLOW, 1, (8,) * 4), "no gradient"))
    return rows


def _line(color: str, height: int, dashes: tuple[int, ...]) -> str:
    """A horizontal line made of filled cells: the bundled font has no glyphs for one."""
    cells = []
    for index, width in enumerate(dashes):
        gap = f'<td fixedsize="true" width="{max(width // 2, 3)}" height="{height}"></td>' if index else ""
        cells.append(f'{gap}<td fixedsize="true" width="{width}" height="{height}" bgcolor="{color}"></td>')
    return f"{_TABLE.format(0)}<tr>{''.join(cells)}</tr></table>"


def _scale() -> str:
    """The colour scale with a number in each colour, and the line width for that number below it."""
    cells, widths = [], []
    for tick, name in zip(style.SCALE_TICKS, _TICK_NAMES, strict=True):
        fill, ink = style.gradient_colors(tick)
        text = f'<font point-size="{style.SIZE_SMALL}" color="{ink}">{name}</font>'
        cells.append(f'<td width="34" bgcolor="{fill}">{text}</td>')
        pen = max(1, round(style.gradient_width(tick)))
        widths.append(f'<td width="34" valign="middle">{_line(style.FLOW, pen, (24,))}</td>')
    head = f'<tr><td colspan="{len(cells)}" align="left">gradient size (rms): colour, line width</td></tr>'
    return f"{_TABLE.format(2)}{head}<tr>{''.join(cells)}</tr><tr>{''.join(widths)}</tr></table>"
