"""Parts of the update rules that several optimizers share: NumPy on blocks, with ``out=``."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import updates


def descent(p: Any, g: Any, out: Any, weight_decay: Any, maximize: bool) -> Any:
    """The direction to go against: ``g`` (negated to maximize) plus ``weight_decay · p``; in ``out`` unless it is ``g``."""
    if weight_decay is None:
        return np.negative(g, out=out) if maximize else g
    np.multiply(p, weight_decay, out=out)
    return np.subtract(out, g, out=out) if maximize else np.add(out, g, out=out)


def average(mean: Any, value: Any, weight: Any, out: Any) -> None:
    """Move ``mean`` towards ``value`` by ``weight`` of the way; uses ``out``."""
    updates.axpby(weight, value, 1 - weight, mean, out)


def average_square(mean: Any, value: Any, keep: Any, weight: Any, out: Any) -> None:
    """``mean ← keep · mean + weight · value²``; uses ``out``."""
    np.square(value, out=out)
    updates.axpby(weight, out, keep, mean, out)


def present(**constants: float) -> dict[str, float]:
    """The constants that are not zero: a rule skips the passes of the others."""
    return {key: value for key, value in constants.items() if value != 0}
