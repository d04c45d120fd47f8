"""Make the text of an SVG from graphviz-pure fit its boxes in every viewer.

graphviz-pure lays text out with Helvetica's widths, but an SVG is shown in the viewer's own fonts, and a Linux machine
without Helvetica, Arial or Liberation Sans takes DejaVu Sans, a sixth wider: numbers stick out of their boxes. So each
`<text>` gets a list of fonts of the same widths, and `textLength`, the width that it was laid out for.
"""

from __future__ import annotations

import html
import re

__all__ = ["fit_text", "text_width"]

_FAMILIES = "Helvetica,Arial,Arimo,&quot;Liberation Sans&quot;,sans-serif"

# Advance widths of Helvetica and Helvetica Bold, in thousandths of the font size, for the characters 32 to 126.
_REGULAR = """
278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584 584
584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667 667 611 278
278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556 500 722 500 500
500 334 260 334 584"""
_BOLD = """
278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 333 584 584
584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 667 944 667 667 611 333
278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 611 389 556 333 611 556 778 556 556
500 389 280 389 584"""
# Signs that drawings use beyond ASCII.
_SIGNS = {"±": 549, "×": 584, "÷": 549, "·": 333, "…": 1000, "→": 1000, "−": 584, "–": 556, "≤": 549, "≥": 549}
_SIGNS |= {"°": 400, "\N{NO-BREAK SPACE}": 278}
_WIDTHS = {
    bold: {chr(32 + place): int(width) for place, width in enumerate(table.split())} | _SIGNS
    for bold, table in ((False, _REGULAR), (True, _BOLD))
}

_TEXT = re.compile(r'<text (?P<head>[^>]*?)font-family="[^"]*"(?P<tail>[^>]*)>(?P<text>[^<]*)</text>')
_SIZE = re.compile(r'font-size="([0-9.]+)"')


def text_width(text: str, size: float, *, bold: bool = False) -> float | None:
    """Return the width of a line of text in Helvetica, in points, or None if it has a character of unknown width.

    >>> text_width("mm", 10.0)
    16.66
    """
    widths = _WIDTHS[bold]
    try:
        return round(sum(widths[character] for character in text) * size / 1000, 2)
    except KeyError:
        return None


def _fit(match: re.Match[str]) -> str:
    head, tail, text = match.group("head", "tail", "text")
    size = _SIZE.search(tail)
    width = text_width(html.unescape(text), float(size.group(1)), bold="bold" in tail) if size else None
    # A single character is left alone: stretching it would only distort it.
    length = f' textLength="{width}" lengthAdjust="spacingAndGlyphs"' if width and len(html.unescape(text)) > 1 else ""
    return f'<text {head}font-family="{_FAMILIES}"{tail}{length}>{text}</text>'


def fit_text(svg: str) -> str:
    """Return the SVG with each text's fonts and width written out.

    >>> "textLength" in fit_text('<text x="1" font-family="Helvetica,sans-Serif" font-size="10.00">relu</text>')
    True
    """
    return _TEXT.sub(_fit, svg)
