"""Look-up of rows in a table."""

from __future__ import annotations

from autograd.kernels import embedding as kernel
from autograd.op import Op, general
from autograd.samples import Bad, const, ints, real, s

embedding_backward: Op = general(
    "embedding_backward",
    lambda grad, indices, rows, padding_idx, scale_grad_by_freq: kernel.embedding_grad(
        grad, indices, rows, padding_idx, scale_grad_by_freq
    ),
    tensors=("grad", "indices"),
    grad=lambda g, indices, padding_idx, scale_grad_by_freq: embedding_pick(
        g, indices, padding_idx, scale_grad_by_freq
    ),
    jvp=lambda t, indices, rows, padding_idx, scale_grad_by_freq: embedding_backward(
        t[0], indices, rows, padding_idx, scale_grad_by_freq
    ),
    symbol="∂ embedding",
    doc="``grad`` summed into the rows of a table, each at its index: the gradient of ``embedding``.",
    samples=[
        s(real(3, 2), const([1, 0, 1]), 4, None, False),
        s(real(2, 2, 3), ints(2, 2, high=4), 4, 1, True),
        s(real(2), const(1), 4, None, False),
        s(real(0, 2), ints(0), 4, None, True),
    ],
    public=False,
)
embedding_pick: Op = general(
    "embedding_pick",
    lambda weight, indices, padding_idx, scale_grad_by_freq: kernel.pick(
        weight, indices, padding_idx, scale_grad_by_freq
    ),
    tensors=("weight", "indices"),
    weight=lambda g, indices, weight_shape, padding_idx, scale_grad_by_freq: embedding_backward(
        g, indices, weight_shape[0], padding_idx, scale_grad_by_freq
    ),
    jvp=lambda t, indices, padding_idx, scale_grad_by_freq: embedding_pick(
        t[0], indices, padding_idx, scale_grad_by_freq
    ),
    symbol="embedding",
    doc="The rows of ``weight`` at ``indices``, those of the padding zero, divided by how often each comes if asked: the "
    "transpose of ``embedding_backward``.",
    samples=[
        s(real(4, 2), const([1, 0, 1]), 1, False),
        s(real(4, 2), const([1, 0, 1]), None, True),
        s(real(4, 2), const(1), None, True),
        s(real(4, 2), ints(0), 1, False),
        s(real(4, 0), const([1, 0]), None, True),
    ],
    errors=[Bad(IndexError, "out of range", real(4, 2), const([0, 4]), None, False)],
    public=False,
)
embedding: Op = general(
    "embedding",
    lambda weight, indices, padding_idx=None, scale_grad_by_freq=False: kernel.embedding(weight, indices),
    tensors=("weight", "indices"),
    weight=lambda g, indices, weight_shape, padding_idx, scale_grad_by_freq: embedding_backward(
        g, indices, weight_shape[0], padding_idx, scale_grad_by_freq
    ),
    jvp=lambda t, indices, padding_idx, scale_grad_by_freq: embedding_pick(
        t[0], indices, padding_idx, scale_grad_by_freq
    ),
    doc="The rows of ``weight`` at ``indices``; ``padding_idx`` gets no gradient, ``scale_grad_by_freq`` divides each "
    "row's by how often it comes. IndexError for an index that is no row.",
    samples=[
        s(real(4, 2), const([1, 0, 1])),
        s(real(4, 3), ints(2, 3, high=4)),
        s(real(4, 2), const(2)),
        s(real(4, 2), ints(0)),
        s(real(4, 0), const([1, 0])),
    ],
    errors=[Bad(IndexError, "out of range", real(4, 2), const([0, 4]))],
    public=False,
)
