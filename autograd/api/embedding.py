"""Tables of vectors: PyTorch's forms of looking them up, of bags of them, and of shortening them in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.api.export import export
from autograd.api.norms import norm
from autograd.creation import tensor
from autograd.op import registry
from autograd.tensor import Tensor


def _refuse_sparse(sparse: bool, name: str) -> None:
    if sparse:
        raise NotImplementedError(f"{name}: sparse gradients are not supported; leave sparse=False")


def _check_tensor(value: Any, name: str, argument: str, position: int) -> None:
    """TypeError, as in PyTorch, for what is no Tensor."""
    if not isinstance(value, Tensor):
        raise TypeError(
            f"{name}(): argument {argument!r} (position {position}) must be Tensor, not {type(value).__name__}"
        )


def _check_indices(indices: Any, name: str, position: int) -> None:
    """RuntimeError unless the indices are int32 or int64."""
    if not isinstance(indices, Tensor):
        raise TypeError(
            f"{name}(): argument 'indices' (position {position}) must be Tensor, not {type(indices).__name__}"
        )
    if indices.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            "Expected tensor for argument 'indices' to have one of the following scalar types: Long, Int; "
            f"but got {indices.dtype} instead (while checking arguments for {name}); convert with indices.long()"
        )


@export(method=False)
def embedding(
    weight: Tensor,
    indices: Tensor,
    padding_idx: int | None = -1,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    r"""The rows of ``weight`` that the integers in ``indices`` name: (\\*indices, dim). As ``torch.embedding``.

    Row ``padding_idx`` gets no gradient; ``scale_grad_by_freq`` divides a row's gradient by how often it comes.
    RuntimeError unless the table is 2-D and the indices are integers, IndexError for one that is no row,
    NotImplementedError for ``sparse`` gradients.

    >>> import autograd
    >>> autograd.embedding(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]), autograd.tensor([1, 1]))
    tensor([[3., 4.],
            [3., 4.]])
    """
    _refuse_sparse(sparse, "embedding")
    _check_indices(indices, "embedding", 2)
    _check_tensor(weight, "embedding", "weight", 1)
    if weight.dim() != 2:
        raise RuntimeError(f"embedding: 'weight' must be 2-D, but got shape {list(weight.shape)}")
    padding = None if padding_idx is None or padding_idx < 0 else padding_idx
    found: Tensor = registry["embedding"].function(weight, indices, padding, scale_grad_by_freq)
    return found


@export(method=False)
def embedding_bag(
    weight: Tensor,
    indices: Tensor,
    offsets: Tensor,
    scale_grad_by_freq: bool = False,
    mode: int = 0,
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Rows of ``weight``, reduced over bags of ``indices`` that begin at ``offsets``. As ``torch.embedding_bag``.

    ``mode`` 0 sums (rows times ``per_sample_weights``, if any), 1 averages, 2 takes maxima; an empty bag gives 0, rows
    at ``padding_idx`` do not count. Returns the result (bags, dim), the bag of each index, the sizes of the bags (0 for
    sums) and for maxima the rows they come from. RuntimeError for arguments that do not fit.

    >>> import autograd
    >>> table, indices = autograd.tensor([[1.0], [2.0], [4.0]]), autograd.tensor([0, 1, 2])
    >>> autograd.embedding_bag(table, indices, autograd.tensor([0, 1]))[0]
    tensor([[1.],
            [6.]])
    """
    _refuse_sparse(sparse, "embedding_bag")
    _check_indices(indices, "embedding_bag", 2)
    _check_tensor(weight, "embedding_bag", "weight", 1)
    _check_tensor(offsets, "embedding_bag", "offsets", 3)
    rows = weight.shape[0] if weight.dim() else 0
    padding = -1
    if padding_idx is not None:
        if not -rows <= padding_idx < rows:
            raise RuntimeError(
                f"padding_idx must be within the number of embeddings, {-rows} through {rows - 1}, but got {padding_idx}"
            )
        padding = padding_idx % rows
    if offsets.dtype != indices.dtype:
        indices, offsets = indices.long(), offsets.long()
    statics = (bool(scale_grad_by_freq), mode, include_last_offset, padding)
    found: tuple = registry["embedding_bag"].function(weight, indices, offsets, per_sample_weights, *statics)
    return found


@export("embedding_renorm_", method=False)
def embedding_renorm_(input: Tensor, indices: Tensor, max_norm: float, norm_type: float) -> Tensor:
    """The rows of ``input`` that ``indices`` name shortened to ``max_norm`` where longer, in place; returns ``input``.

    As ``torch.embedding_renorm_``. Each row is taken once; its length is the norm of order ``norm_type``. IndexError for
    an index that is no row, RuntimeError unless the indices are integers.

    >>> import autograd
    >>> autograd.embedding_renorm_(autograd.tensor([[3.0, 4.0], [6.0, 8.0]]), autograd.tensor([0]), 1.0, 2.0)
    tensor([[0.6000, 0.8000],
            [6.0000, 8.0000]])
    """
    _check_indices(indices, "embedding_renorm_", 2)
    if input.dim() != 2:
        raise RuntimeError(f"embedding_renorm_: 'input' must be 2-D, but got shape {list(input.shape)}")
    rows = np.unique(indices.numpy())
    bad = rows[(rows < 0) | (rows >= input.shape[0])]
    if bad.size:
        raise IndexError(f"embedding_renorm_: index {bad[0]} is out of range: expected 0 to {input.shape[0] - 1}")
    lengths = norm(input.detach()[tensor(rows)], norm_type, 1).numpy()
    longer = lengths > max_norm
    if longer.any():
        chosen = tensor(rows[longer])
        factor = tensor(max_norm / (lengths[longer] + 1e-7))
        input[chosen] = input.detach()[chosen] * factor.to(input.dtype).unsqueeze(1)
    return input
