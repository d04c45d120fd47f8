"""Finding the forward pre-hooks by which pruning and the older weight reparametrisations work."""

from __future__ import annotations

from typing import Any


def hook_of(module: Any, kind: Any, name: str, moment: str = "forward_pre") -> Any:
    """The hook of class ``kind`` that acts on tensor ``name`` of ``module``; None where there is none."""
    hooks: list[Any] = [] if module._hooks is None else module._hooks.functions(moment)
    return next((hook for hook in hooks if isinstance(hook, kind) and hook.tensor_name == name), None)


def unhook(module: Any, hook: Any) -> None:
    """Take ``hook`` away, wherever it is registered."""
    for moment in module._hooks.MOMENTS:
        table = module._hooks.table(moment)
        for key in [key for key, entry in table.items() if entry.function is hook]:
            del table[key]


__all__: list[str] = []
