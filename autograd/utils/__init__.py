"""Tools around the engine, where PyTorch has them: ``checkpoint`` and ``_pytree``. Modules are loaded on first use."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["checkpoint"]


def __getattr__(name: str) -> Any:
    """Load a submodule on first use."""
    if name in {"_pytree", "checkpoint"}:
        return importlib.import_module(f"autograd.utils.{name}")
    raise AttributeError(f"module 'autograd.utils' has no attribute {name!r}")
