"""Distances between points; where two coincide the gradient is 0."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd.kernels import distance as kernel
from autograd.op import general
from autograd.ops.convert import cast
from autograd.ops.reduce import norm_slopes, sum_
from autograd.samples import Bad, const, real, s


def _slopes(x: Any, y: Any, out: Any, p: float) -> Any:
    """The derivative of each distance by each coordinate of the first point."""
    if math.isinf(p):  # each coordinate that reaches the distance has its own slope, also where several do
        difference = x[..., :, None, :] - y[..., None, :, :]
        return np.sign(difference) * cast(np.abs(difference) == out[..., None], x.dtype)
    inner, outer = norm_slopes(x[..., :, None, :] - y[..., None, :, :], out, p, -1, False)
    return inner * (outer if isinstance(outer, float) else outer[..., None])


def _cdist_rule(g: Any, x: Any, y: Any, out: Any, p: float, needs: tuple) -> tuple:
    if p == 2:  # Σ_j w_ij (x_i − y_j), without an array of all differences
        zero = out == 0
        weight = np.where(zero, 0, g / np.where(zero, 1, out))
        back = weight.swapaxes(-1, -2)
        return (
            x * sum_(weight, -1, True) - weight @ y if needs[0] else None,
            y * sum_(back, -1, True) - back @ x if needs[1] else None,
        )
    whole = _slopes(x, y, out, p) * g[..., None]
    return (sum_(whole, -2) if needs[0] else None), (-sum_(whole, -3) if needs[1] else None)


def _cdist_jvp(t: tuple, x: Any, y: Any, out: Any, p: float) -> Any:
    change = None if t[0] is None else t[0][..., :, None, :]
    if t[1] is not None:
        change = -t[1][..., None, :, :] if change is None else change - t[1][..., None, :, :]
    return sum_(_slopes(x, y, out, p) * change, -1)


cdist = general(
    "cdist",
    kernel.cdist,
    tensors=("x", "y"),
    joint=_cdist_rule,
    jvp=_cdist_jvp,
    broadcasts=True,
    symbol="distances",
    samples=[
        s(real(2, 3), real(4, 3), 2.0, False),
        s(real(2, 3), real(4, 3), 2.0, True),
        s(real(2, 2, 3), real(4, 3), 2.0, True),
        s(real(2, 3), real(4, 3), 1.0, False),
        s(real(2, 3), real(4, 3), 3.0, False),
        s(real(2, 3), real(4, 3), 0.0, False),
        s(real(2, 3), real(4, 3), math.inf, False),
        s(const([[1.0, 2.0], [3.0, 4.0]]), const([[1.0, 2.0]]), 2.0, False),
        s(real(0, 3), real(4, 3), 2.0, False),
        s(real(2, 0), real(4, 0), 2.0, False),
    ],
    errors=[Bad(RuntimeError, "must match the size", real(2, 3), real(4, 5), 2.0, False)],
    public=False,
    doc="The distances between the rows of two (batches of) matrices; as ``torch.cdist``.",
)
