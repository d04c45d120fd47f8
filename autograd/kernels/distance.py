"""Distances between points."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def cdist(x: Any, y: Any, p: float, by_product: bool) -> Any:
    """The distances of each row of ``x`` to each row of ``y``; ``by_product``: the Euclidean one by a matrix product."""
    if p == 2 and by_product:
        square = np.einsum("...i,...i->...", x, x)[..., None] + np.einsum("...i,...i->...", y, y)[..., None, :]
        square -= 2 * (x @ np.swapaxes(y, -1, -2))
        return np.sqrt(np.maximum(square, 0, out=square), out=square)
    difference = x[..., :, None, :] - y[..., None, :, :]
    if difference.shape[-1] == 0:
        return np.zeros(difference.shape[:-1], difference.dtype)
    if p == 2:
        return np.sqrt(np.einsum("...i,...i->...", difference, difference))
    size = np.abs(difference, out=difference)
    if p == 0:
        return np.sum(size != 0, axis=-1, dtype=x.dtype)
    if p == 1:
        return np.sum(size, axis=-1)
    if p == math.inf:
        return np.max(size, axis=-1)
    return np.sum(size**p, axis=-1) ** (1 / p)
