"""Bags of vectors: sums, means or maxima of rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import embedding_bag as kernel
from autograd.op import Op, general
from autograd.ops.elementwise import keep
from autograd.ops.embedding import embedding, embedding_backward
from autograd.ops.reduce import as_dtype, sum_
from autograd.ops.scatter import gather, scatter_add
from autograd.samples import Bad, const, real, s


def _rules(
    g: Any, weight: Any, indices: Any, per_sample_weights: Any, bags: Any, sizes: Any, origin: Any,
    scale_grad_by_freq: bool, mode: int, padding_idx: int, needs: tuple[bool, ...],
) -> tuple:  # fmt: skip
    """The gradients of the table and of the weights of the indices."""
    if mode == 2:
        zeros = np.zeros(tuple(weight.shape), weight.dtype)
        return scatter_add(zeros, origin, _of_filled(g, sizes), 0), None, None, None
    if mode == 1:
        g = g / as_dtype(np.maximum(sizes, 1), g.dtype)[..., None]
    rows = embedding(g, bags)
    to_weight = to_factors = None
    if needs[0]:
        scaled = rows if per_sample_weights is None else rows * per_sample_weights[..., None]
        padding = None if padding_idx < 0 else padding_idx
        to_weight = embedding_backward(scaled, indices, weight.shape[0], padding, scale_grad_by_freq)
    if needs[3]:
        to_factors = sum_(rows * embedding(weight, indices), -1)
        if padding_idx >= 0:
            to_factors = keep(to_factors, indices != padding_idx)
    return to_weight, None, None, to_factors


def _of_filled(g: Any, sizes: Any) -> Any:
    """``g`` without that of empty bags, which come from no row."""
    return keep(g, (sizes > 0)[..., None])


def _push(
    t: tuple, weight: Any, indices: Any, offsets: Any, per_sample_weights: Any, sizes: Any, origin: Any,
    scale_grad_by_freq: bool, mode: int, include_last_offset: bool, padding_idx: int,
) -> Any:  # fmt: skip
    """The tangent: linear in the table and in the weights of the indices; for maxima that of the rows they come from."""
    if mode == 2:
        return _of_filled(gather(t[0], origin, 0), sizes)
    statics = (scale_grad_by_freq, mode, include_last_offset, padding_idx)
    found = [] if t[0] is None else [embedding_bag(t[0], indices, offsets, per_sample_weights, *statics)[0]]
    if t[3] is not None:
        found.append(embedding_bag(weight, indices, offsets, t[3], *statics)[0])
    return sum(found[1:], found[0])


_INDICES, _OFFSETS = const([1, 0, 2, 1, 3]), const([0, 2, 2])
_NONE = const(np.zeros(0, np.int64))

embedding_bag: Op = general(
    "embedding_bag",
    kernel.embedding_bag,
    tensors=("weight", "indices", "offsets", "per_sample_weights"),
    outputs=("out", "bags", "sizes", "origin"),
    differentiable=("out",),
    joint=_rules,
    jvp=_push,
    samples=[
        *[s(real(4, 2), _INDICES, _OFFSETS, None, False, mode) for mode in range(3)],
        *[s(real(4, 2), _INDICES, _OFFSETS, None, False, mode, True, 1) for mode in range(3)],
        s(real(4, 2), _INDICES, _OFFSETS, real(5), False, 0, False, 1),
        s(real(3, 2), const([1, 0, 1, 0]), const([0, 2]), None, False, 1),
        s(real(4, 2), _NONE, const([0, 0]), None, False, 2),
        s(real(0, 2), _NONE, _NONE),
    ],
    errors=[
        Bad(RuntimeError, "not in the valid range", real(4, 2), const([1, 4]), const([0])),
        Bad(RuntimeError, r"offsets\[0\] has to be 0", real(4, 2), const([1, 3]), const([1])),
        Bad(RuntimeError, "can not be greater", real(4, 2), const([1, 3]), const([0, 3])),
        Bad(RuntimeError, "must not decrease", real(4, 2), const([1, 3]), const([0, 2, 1])),
        Bad(RuntimeError, "scalar types: Long, Int", real(4, 2), real(2), const([0])),
        Bad(RuntimeError, "`mode` must be", real(4, 2), const([1]), const([0]), None, False, 3),
    ],
    doc="The rows of ``weight`` at ``indices``, summed, averaged or their maximum taken over bags that begin at "
    "``offsets``; the bag of each index, the sizes of the bags, the rows that maxima come from.",
    public=False,
)
