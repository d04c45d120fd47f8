"""Drawing a recorded computation: the view model, its Graphviz source, and rendering to SVG, PNG and more.

Nothing is imported until it is used: `graphviz` costs more to import than the engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd.records import keep_values

    from .render import Drawing, RenderError
    from .trace import graph

__all__ = ["Drawing", "RenderError", "graph", "keep_values"]

# Public name -> module that defines it.
_HOME = {
    "graph": ".trace",
    "keep_values": "autograd.records",
    "Drawing": ".render",
    "RenderError": ".render",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
