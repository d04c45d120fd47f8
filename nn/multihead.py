"""Attention with several heads."""

from __future__ import annotations

from typing import Any

import autograd
from autograd import Tensor
from nn import functional as F
from nn import init
from nn.functional.attention import canonical_mask, changed
from nn.linear import Linear
from nn.module import Module
from nn.parameter import Parameter


class NonDynamicallyQuantizableLinear(Linear):
    """A ``Linear`` by another name: PyTorch's quantization leaves it alone, and prints it so.

    >>> NonDynamicallyQuantizableLinear(2, 3)
    NonDynamicallyQuantizableLinear(in_features=2, out_features=3, bias=True)
    """


class MultiheadAttention(Module):
    r"""Several attentions side by side: ``concat(head₁, …) Wᵒ``, each head on ``embed_dim / num_heads`` features.

    As ``torch.nn.MultiheadAttention`` (Vaswani et al., 2017). Query (L, N, E), key (S, N, kdim) and value (S, N, vdim)
    give (L, N, E) and the weights (N, L, S), or None without ``need_weights``; with ``batch_first`` N comes first in
    all, and without a batch it is left out. ``dropout`` drops weights in training. ``add_bias_kv`` adds a learnt
    position to keys and values, ``add_zero_attn`` one of zeros.

    Masks hide keys where they are True, or are added: ``key_padding_mask`` (N, S), ``attn_mask`` (L, S) or
    (N · num_heads, L, S). ``is_causal`` says that ``attn_mask`` is causal. ValueError unless both sizes are positive,
    AssertionError unless ``num_heads`` divides ``embed_dim``.

    >>> import autograd, nn
    >>> attention, x = nn.MultiheadAttention(8, 2), autograd.ones(5, 1, 8)
    >>> out, weights = attention(x, x, x)
    >>> out.shape, weights.shape
    (autograd.Size([5, 1, 8]), autograd.Size([1, 5, 5]))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, but got embed_dim={embed_dim} and num_heads={num_heads}"
            )
        super().__init__()
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == self.vdim == embed_dim
        self.dropout, self.batch_first, self.add_zero_attn = dropout, batch_first, add_zero_attn
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError(f"embed_dim must be divisible by num_heads, but got {embed_dim} and {num_heads}")

        def made(*shape: int) -> Parameter:
            return Parameter(autograd.empty(shape, device=device, dtype=dtype))

        widths = {"q": embed_dim, "k": self.kdim, "v": self.vdim}
        if not self._qkv_same_embed_dim:
            for name, width in widths.items():
                self.register_parameter(f"{name}_proj_weight", made(embed_dim, width))
            self.register_parameter("in_proj_weight", None)
        else:
            self.in_proj_weight = made(3 * embed_dim, embed_dim)
            for name in widths:
                self.register_parameter(f"{name}_proj_weight", None)
        self.register_parameter("in_proj_bias", made(3 * embed_dim) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, device=device, dtype=dtype)
        self.bias_k = made(1, 1, embed_dim) if add_bias_kv else None
        self.bias_v = made(1, 1, embed_dim) if add_bias_kv else None
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        """Draw the weights anew; the biases of the projections are zero."""
        for name in ("in_proj_weight", "q_proj_weight", "k_proj_weight", "v_proj_weight"):
            if (weight := getattr(self, name)) is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        """The attended values, and the weights (of each head, unless averaged) or None."""
        key_padding_mask = canonical_mask(
            key_padding_mask, "key_padding_mask", attn_mask, "attn_mask", query.dtype, stacklevel=4
        )
        attn_mask = canonical_mask(attn_mask, "attn_mask", None, "", query.dtype)
        swapped = self.batch_first and query.dim() == 3
        if swapped:
            query, key, value = changed(query, key, value, lambda x: x.transpose(0, 1))
        out, weights = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        return (out.transpose(0, 1) if swapped else out), weights

    def merge_masks(
        self, attn_mask: Tensor | None, key_padding_mask: Tensor | None, query: Tensor
    ) -> tuple[Tensor | None, int | None]:
        """Both masks added, as (N, num_heads, L, L), and 2; the padding mask alone and 1; or None and None.

        ``query`` is (N, L, E). As ``torch.nn.MultiheadAttention.merge_masks``.

        >>> import autograd, nn
        >>> mask, kind = nn.MultiheadAttention(2, 1).merge_masks(autograd.zeros(3, 3), None, autograd.zeros(4, 3, 2))
        >>> mask.shape, kind
        (autograd.Size([4, 1, 3, 3]), 2)
        """
        if attn_mask is None:
            return key_padding_mask, None if key_padding_mask is None else 1
        count, length, _ = query.shape
        if attn_mask.dim() == 3:
            merged = attn_mask.view(count, -1, length, length)
        else:
            merged = attn_mask.view(1, 1, length, length).expand(count, self.num_heads, -1, -1)
        if key_padding_mask is not None:
            merged = merged + key_padding_mask.view(count, 1, 1, length).expand(-1, self.num_heads, -1, -1)
        return merged, 2


__all__ = ["MultiheadAttention"]
