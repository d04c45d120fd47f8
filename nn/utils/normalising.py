"""What the two forms of weight and spectral norm share."""

from __future__ import annotations

from typing import Any

from autograd import Tensor, linalg


def unit(vector: Tensor, eps: float) -> Tensor:
    """``v / max(‖v‖, eps)``."""
    return vector / linalg.vector_norm(vector, 2, 0, True).clamp(min=eps)


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """The weight as a matrix whose rows run along ``dim``."""
    if dim:
        weight = weight.permute(dim, *(d for d in range(weight.ndim) if d != dim))
    return weight.reshape(weight.shape[0], -1)


def channel_dim(module: Any) -> int:
    """The dimension of a layer's weight along which its outputs lie: 1 in transposed convolutions, else 0."""
    return int(getattr(module, "transposed", False) is True)


__all__: list[str] = []
