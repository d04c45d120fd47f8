"""How a drawing looks: colours, fonts, number formats, and the scales of colour and width for gradients.

The four hues of the node kinds are from Okabe and Ito's palette, the gradient scale follows cividis (Nuñez, Anderton and
Renslow 2018): both stay readable with any common form of colour blindness, and in print. No meaning rests on colour
alone: kinds differ in shape, gradients carry their number, remarks begin with "!", edges without gradient are dashed.

Glyphs are kept to those in the font inside graphviz-pure (Arimo: Latin, Greek, Cyrillic, ± · × ÷ → … ≤ ≥); it has no
warning sign, check mark, nabla or CJK, which come out as empty boxes in its PNG (an SVG uses the viewer's fonts).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from .model import Scalar, Severity, Stats

__all__ = [
    "CLUSTER_FILLS",
    "FLAG_COLORS",
    "FONT",
    "KINDS",
    "SCALE_TICKS",
    "KindStyle",
    "contrast",
    "exact_text",
    "gradient_colors",
    "gradient_text",
    "gradient_width",
    "ink_on",
    "number",
    "printable",
    "scale_color",
    "shape_text",
    "shorten",
    "stats_text",
]

FONT = "Helvetica"  # graphviz-pure knows the widths of Helvetica, Times and Courier only
SIZE_TITLE, SIZE_TEXT, SIZE_SMALL = 12, 10, 9
INK, INK_SOFT, PAPER, FRAME = "#1a1a1a", "#444444", "#ffffff", "#8c8c8c"
FLOW, NO_FLOW, BROKEN = "#d55e00", "#767676", "#000000"
CLUSTER_FILLS = ("#fafafa", "#f1f1f1")  # alternates with the depth

NAME_LIMIT, LABEL_LIMIT = 34, 64


@dataclass(frozen=True, slots=True)
class KindStyle:
    """Graphviz attributes of a kind of node, and its words in the legend."""

    shape: str
    style: str
    border: str
    fill: str
    margin: str
    sample: str
    meaning: str


KINDS: dict[str, KindStyle] = {
    "op": KindStyle("box", "rounded,filled", "#0072b2", "#dceaf7", "0.09,0.06", "op", "operation (rounded box)"),
    "module": KindStyle("box3d", "filled", "#0072b2", "#dceaf7", "0.10,0.06", "module", "module, folded (box)"),
    "param": KindStyle("cylinder", "filled", "#e69f00", "#fdf0d5", "0.09,0.02", "param", "parameter (cylinder)"),
    "leaf": KindStyle("box", "filled", "#009e73", "#e0f4ed", "0.09,0.06", "leaf", "leaf with grad (square box)"),
    "input": KindStyle("parallelogram", "filled", "#595959", "#f2f2f2", "0,0", "input", "input, no grad (slanted)"),
    "root": KindStyle("doubleoctagon", "filled", "#b5588f", "#f9deeb", "0,0", "root", "root of backward (octagon)"),
}

# (fill, text): white on the orange has a contrast of 5.6 to 1.
FLAG_COLORS: dict[Severity, tuple[str, str]] = {
    "info": ("#d9d9d9", INK),
    "warning": ("#b34700", "#ffffff"),
    "error": ("#000000", "#ffffff"),
}

# --- the gradient scale -------------------------------------------------------------------------------------------

SCALE_LOW, SCALE_HIGH = 1e-4, 10.0
SCALE_TICKS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
_ANCHORS = ("#00204d", "#00336f", "#39486b", "#575c6d", "#707173", "#8a8779", "#a69d75", "#c4b56c", "#ffea46")
_WIDTH_LOW, _WIDTH_HIGH = 0.8, 5.0


def _position(size: float) -> float:
    """Place of a positive size on the logarithmic scale, from 0 to 1."""
    low, high = math.log10(SCALE_LOW), math.log10(SCALE_HIGH)
    return min(1.0, max(0.0, (math.log10(size) - low) / (high - low)))


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def scale_color(position: float) -> str:
    """Return the scale's colour at a position from 0 (dark blue) to 1 (yellow), as "#rrggbb".

    >>> scale_color(0.0), scale_color(1.0)
    ('#00204d', '#ffea46')
    """
    place = min(1.0, max(0.0, position)) * (len(_ANCHORS) - 1)
    index = min(int(place), len(_ANCHORS) - 2)
    low, high = list(pairwise(_ANCHORS))[index]
    mixed = (round(a + (b - a) * (place - index)) for a, b in zip(_rgb(low), _rgb(high), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _luminance(color: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _rgb(color))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2 defines it, from 1 to 21.

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def ink_on(fill: str) -> str:
    """Return black or white, whichever stands out more on `fill`.

    >>> ink_on("#00204d"), ink_on("#ffea46")
    ('#ffffff', '#000000')
    """
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(fill, ink))


def gradient_colors(size: float | None) -> tuple[str, str]:
    """Return (fill, text) for a gradient's size: white when it is 0 or unknown, black when it is NaN or infinite."""
    if size is None or size == 0:
        return PAPER, "#000000"
    if not math.isfinite(size):
        return BROKEN, "#ffffff"
    fill = scale_color(_position(size))
    return fill, ink_on(fill)


def gradient_width(size: float | None) -> float:
    """Return an edge's pen width, linear in log |g| between the ends of the scale.

    >>> gradient_width(1e-9), gradient_width(10.0)
    (0.8, 5.0)
    """
    if size is None or size == 0:
        return _WIDTH_LOW
    if not math.isfinite(size):
        return _WIDTH_HIGH
    return round(_WIDTH_LOW + (_WIDTH_HIGH - _WIDTH_LOW) * _position(size), 2)


# --- text ---------------------------------------------------------------------------------------------------------


def _tidy(text: str) -> str:
    """Drop the padding of an exponent: 1.5e-07 becomes 1.5e-7."""
    mantissa, mark, power = text.partition("e")
    return f"{mantissa}e{int(power)}" if mark else text


def number(value: Scalar, digits: int = 3) -> str:
    """Return a number with that many significant digits, as short as it gets.

    >>> number(0.08617), number(-2.5), number(1234567.0), number(float("nan"))
    ('0.0862', '-2.5', '1.23e6', 'NaN')
    """
    if isinstance(value, complex):
        sign = "-" if math.copysign(1.0, value.imag) < 0 else "+"
        return f"{number(value.real, digits)}{sign}{number(abs(value.imag), digits)}j"
    if math.isnan(value):
        return "NaN"
    return _tidy(f"{value:.{digits}g}")


def exact_text(value: Scalar | str) -> str:
    """Return a single value as it is, to six digits; a float always shows that it is one.

    >>> exact_text(2.0), exact_text(-1.5), exact_text(7), exact_text(True), exact_text(1e-12)
    ('2.0', '-1.5', '7', 'True', '1e-12')
    """
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int) and abs(value) < 10**9:
        return str(value)
    text = number(value, 6)
    return f"{text}.0" if isinstance(value, float) and text.lstrip("-").isdigit() else text


def gradient_text(size: float | None) -> str:
    """Return a gradient's rms in a form of constant width, so that rows can be compared down a page.

    >>> gradient_text(0.713), gradient_text(0.0), gradient_text(float("inf"))
    ('7.1e-01', '0', 'inf')
    """
    if size is None:
        return "empty"
    if size == 0 or not math.isfinite(size):
        return number(size)
    return f"{size:.1e}"


def stats_text(stats: Stats, dtype: str = "") -> str:
    """Return the data row of a tensor: mean ± std; smallest … largest for integers; the share of True for booleans.

    >>> stats_text(Stats(2, mean=0.08617, std=0.9642))
    '0.0862 ± 0.964'
    """
    if stats.count == 0:
        return "empty"
    if stats.mean is None or stats.std is None:
        return "all NaN" if stats.nan == stats.count else "no finite value"
    if "bool" in dtype:
        return f"{number(100 * abs(stats.mean))}% True"
    if "int" in dtype and stats.min is not None and stats.max is not None:
        low, high = exact_text(stats.min), exact_text(stats.max)
        return low if low == high else f"{low} … {high}"
    return f"{number(stats.mean)} ± {number(stats.std)}"


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as Python writes the tuple: "(5, 8)", "(8,)", "()"."""
    return str(tuple(shape))


def printable(text: str) -> str:
    r"""Return the text with each control, invisible or unpaired character written as its Python escape.

    >>> print(printable("a\nb"))
    a\nb
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shorten(text: str, limit: int = NAME_LIMIT) -> str:
    """Return printable text of at most `limit` characters; of a longer one the middle goes, as both ends tell more.

    >>> shorten("transformer.h.11.attention.out_proj.weight", 24)
    'transformer…_proj.weight'
    """
    text = printable(text)
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 2 + 1
    return f"{text[: limit - 1 - tail]}…{text[-tail:]}"
