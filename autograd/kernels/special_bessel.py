"""Modified Bessel functions of the first kind, of orders 0 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import special_float32 as single
from autograd.kernels import special_tables as tables
from autograd.kernels.special_float32 import float32_by
from autograd.kernels.special_parts import Array, by_piece, horner, in_blocks


def _scaled_large(x: Array, table: tuple[float, ...]) -> Array:
    """exp(−x)·I(x) for x > 8."""
    return horner(16 / x - 1, table) / np.sqrt(x)


def _large(x: Array, table: tuple[float, ...]) -> Array:
    """I(x) for x > 8; exp(x) in two factors, since it overflows before I does."""
    x = np.minimum(x, 2000.0)
    root = np.exp(0.5 * x)
    return _scaled_large(x, table) * root * root


def _small(x: Array, table: tuple[float, ...]) -> Array:
    """I₀(x), or I₁(x)/x, for 0 ≤ x ≤ 8."""
    half = 0.5 * x
    return horner(half * half, table)


@float32_by(single.i0, 3)
@in_blocks
def i0(x: Any) -> Any:
    """I₀(x) = Σ (x²/4)ᵏ / (k!)²; +∞ at ±∞.

    A polynomial in x² up to 8, beyond it exp(x)/√x times one in 1/x.  Source: PyTorch, ``torch.special.i0``.

    >>> i0(np.array([0.0, 1.0, -20.0])).round(4).tolist()
    [1.0, 1.2661, 43558282.5596]
    """
    x = np.abs(x)
    return by_piece(x, (x <= 8, lambda x: _small(x, tables.I0_SMALL)), (x > 8, lambda x: _large(x, tables.I0_LARGE)))


@float32_by(single.i0e, 3)
@in_blocks
def i0e(x: Any) -> Any:
    """exp(−|x|)·I₀(x), which does not overflow; 0 at ±∞.

    Source: PyTorch, ``torch.special.i0e``.

    >>> i0e(np.array([0.0, 1000.0])).round(6).tolist()
    [1.0, 0.012617]
    """
    x = np.abs(x)
    return by_piece(
        x,
        (x <= 8, lambda x: np.exp(-x) * _small(x, tables.I0_SMALL)),
        (x > 8, lambda x: _scaled_large(x, tables.I0_LARGE)),
    )


@float32_by(single.i1, 3)
@in_blocks
def i1(x: Any) -> Any:
    """I₁(x) = I₀′(x), odd; ±∞ at ±∞.

    Source: PyTorch, ``torch.special.i1``.

    >>> i1(np.array([0.0, 1.0, -2.0])).round(6).tolist()
    [0.0, 0.565159, -1.590637]
    """
    size = np.abs(x)
    values = by_piece(
        size,
        (size <= 8, lambda x: x * _small(x, tables.I1_SMALL)),
        (size > 8, lambda x: _large(x, tables.I1_LARGE)),
    )
    return np.copysign(values, x)


@float32_by(single.i1e, 3)
@in_blocks
def i1e(x: Any) -> Any:
    """exp(−|x|)·I₁(x), odd, which does not overflow; ±0 at ±∞.

    Source: PyTorch, ``torch.special.i1e``.

    >>> i1e(np.array([0.0, -1000.0])).round(6).tolist()
    [0.0, -0.012611]
    """
    size = np.abs(x)
    values = by_piece(
        size,
        (size <= 8, lambda x: np.exp(-x) * (x * _small(x, tables.I1_SMALL))),
        (size > 8, lambda x: _scaled_large(x, tables.I1_LARGE)),
    )
    return np.copysign(values, x)
