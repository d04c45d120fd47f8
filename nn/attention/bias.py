"""Causal masks that are described, not written out. As ``torch.nn.attention.bias``."""

from __future__ import annotations

import warnings
from enum import IntEnum, auto
from typing import Any

import autograd
from autograd import Tensor
from nn.functional.attention import scaled_dot_product_attention


class CausalVariant(IntEnum):
    """Where the diagonal of a causal mask begins: in the upper left corner, or so that it ends in the lower right one.

    As ``torch.nn.attention.bias.CausalVariant``. Both are the same where queries and keys are equally many.

    >>> CausalVariant.LOWER_RIGHT.name
    'LOWER_RIGHT'
    """

    UPPER_LEFT = auto()
    LOWER_RIGHT = auto()


class CausalBias:
    """A causal mask for ``seq_len_q`` queries and ``seq_len_kv`` keys, for the ``attn_mask`` of attention.

    As ``torch.nn.attention.bias.CausalBias``, but no Tensor. AssertionError for another ``variant``; a warning where
    the first queries would see nothing.

    >>> CausalBias(CausalVariant.LOWER_RIGHT, 2, 3)
    tensor([[ True,  True, False],
            [ True,  True,  True]])
    """

    def __init__(self, variant: CausalVariant, seq_len_q: int, seq_len_kv: int) -> None:
        if not isinstance(variant, CausalVariant):
            raise AssertionError(f"variant must be a CausalVariant, got {type(variant).__name__}")
        self.variant, self.seq_len_q, self.seq_len_kv = variant, seq_len_q, seq_len_kv
        if variant is CausalVariant.LOWER_RIGHT and seq_len_q > seq_len_kv:
            warnings.warn(
                f"a lower right causal bias for {seq_len_q} queries and {seq_len_kv} keys: the first "
                f"{seq_len_q - seq_len_kv} queries see no key",
                UserWarning,
                stacklevel=2,
            )

    def _materialize(self, device: Any = None) -> Tensor:
        """The mask itself: True where a query sees a key."""
        shift = 0 if self.variant is CausalVariant.UPPER_LEFT else self.seq_len_kv - self.seq_len_q
        ones = autograd.ones(self.seq_len_q, self.seq_len_kv, dtype=autograd.bool, device=device)
        return autograd.tril(ones, shift)

    def attend(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> Tensor:
        """Attention with this mask: ``scaled_dot_product_attention`` calls it. ValueError for ``is_causal`` as well.

        >>> import autograd
        >>> x = autograd.ones(2, 1)
        >>> causal_upper_left(2, 2).attend(x, x, x)
        tensor([[1.],
                [1.]])
        """
        if is_causal:
            raise ValueError("CausalBias should not be used with causal=True: it says so itself")
        upper = self.variant is CausalVariant.UPPER_LEFT or self.seq_len_q == self.seq_len_kv
        return scaled_dot_product_attention(
            query,
            key,
            value,
            None if upper else self._materialize(),
            dropout_p,
            upper,
            scale=scale,
            enable_gqa=enable_gqa,
        )

    def __repr__(self) -> str:
        return repr(self._materialize())


def causal_upper_left(*size: int) -> CausalBias:
    """Query i sees the keys up to i: (queries, keys). AssertionError unless two sizes are given.

    >>> causal_upper_left(2, 3)
    tensor([[ True, False, False],
            [ True,  True, False]])
    """
    return CausalBias(CausalVariant.UPPER_LEFT, *_two(size, "causal_upper_left"))


def causal_lower_right(*size: int) -> CausalBias:
    """The last query sees all keys, the one before it one less …: (queries, keys). AssertionError unless two are given.

    >>> causal_lower_right(1, 2)
    tensor([[True, True]])
    """
    return CausalBias(CausalVariant.LOWER_RIGHT, *_two(size, "causal_lower_right"))


def _two(size: tuple[int, ...], name: str) -> tuple[int, int]:
    if len(size) != 2:
        raise AssertionError(f"{name} only supports 2D tensors, but got {len(size)} sizes")
    return size[0], size[1]


__all__ = ["CausalBias", "CausalVariant", "causal_lower_right", "causal_upper_left"]
