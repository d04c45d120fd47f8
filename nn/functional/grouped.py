"""Matrix products of groups of rows, columns or terms, each with a matrix of its own."""

from __future__ import annotations

import itertools
from typing import Any

import autograd
from autograd import Tensor


def _check(a: Tensor, b: Tensor, offs: Tensor | None, bias: Tensor | None, out_dtype: Any) -> None:
    """RuntimeError where the arguments do not go together."""
    for name, matrix in (("mat_a", a), ("mat_b", b)):
        if matrix.dim() not in {2, 3}:
            raise RuntimeError(f"grouped_mm: {name} has to be 2 or 3d, but got shape {list(matrix.shape)}")
        if not matrix.is_floating_point():
            raise RuntimeError(f"grouped_mm: expected {name} to be floating point, got {matrix.dtype}")
    if a.dtype != b.dtype or (out_dtype is not None and out_dtype != a.dtype):
        raise RuntimeError(f"grouped_mm: expected one dtype, but got {a.dtype}, {b.dtype} and out_dtype={out_dtype}")
    if a.shape[-1] != b.shape[-2]:
        raise RuntimeError(
            f"grouped_mm: contraction dimension of mat_a and mat_b must match, got {list(a.shape)} and {list(b.shape)}"
        )
    if bias is not None:
        raise RuntimeError("grouped_mm: Bias not supported yet")
    if (offs is None) != (a.dim() == b.dim() == 3):
        raise RuntimeError(
            "grouped_mm: Have to provide offsets if there is a 2d matrix, or no offset if both matrices are 3d"
        )
    groups = [matrix.shape[0] for matrix in (a, b) if matrix.dim() == 3]
    if offs is not None:
        if offs.dim() != 1 or offs.dtype is not autograd.int32:
            raise RuntimeError(
                f"grouped_mm: offs has to be 1D and int32, but got shape {list(offs.shape)}, {offs.dtype}"
            )
        groups.append(offs.shape[0])
    if len(set(groups)) > 1:
        raise RuntimeError(f"grouped_mm: matrix batch sizes have to match, but got {groups}")


def grouped_mm(
    mat_a: Tensor,
    mat_b: Tensor,
    *,
    offs: Tensor | None = None,
    bias: Tensor | None = None,
    out_dtype: Any = None,
) -> Tensor:
    """The product of each group; ``offs`` (int32) has where the groups end in the dimension that they share out.

    (M, K) and (G, K, N): groups of rows, (M, N), as for experts with a share of the tokens each; (G, M, K) and (K, N):
    groups of columns, (M, N); (M, K) and (K, N): groups of terms, (G, M, N); both 3-D: ``bmm``. What lies behind the last
    offset is 0. As ``torch.nn.functional.grouped_mm``, for float64 as well; RuntimeError for what does not go together,
    and for a ``bias``, which PyTorch does not take yet either.

    >>> import autograd, nn.functional as F
    >>> experts = autograd.tensor([[[1.0], [1.0]], [[10.0], [0.0]]])
    >>> F.grouped_mm(autograd.ones(3, 2), experts, offs=autograd.tensor([2, 3], dtype=autograd.int32)).flatten()
    tensor([ 2.,  2., 10.])
    """
    _check(mat_a, mat_b, offs, bias, out_dtype)
    if offs is None:
        return autograd.bmm(mat_a, mat_b)
    bounds = list(itertools.pairwise([0, *offs.tolist()]))
    if mat_a.dim() == mat_b.dim():
        return autograd.stack([mat_a[:, start:stop] @ mat_b[start:stop] for start, stop in bounds])
    end = bounds[-1][1] if bounds else 0
    if mat_b.dim() == 3:
        parts = [mat_a[start:stop] @ matrix for (start, stop), matrix in zip(bounds, mat_b, strict=True)]
        rest = mat_a.new_zeros(max(0, mat_a.shape[0] - end), mat_b.shape[2])
        return autograd.cat([*parts, rest])
    parts = [matrix @ mat_b[:, start:stop] for (start, stop), matrix in zip(bounds, mat_a, strict=True)]
    return autograd.cat([*parts, mat_b.new_zeros(mat_a.shape[1], max(0, mat_b.shape[1] - end))], 1)


__all__ = ["grouped_mm"]
