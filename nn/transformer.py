"""Transformers: layers of attention and of a network for each position, stacked."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable
from typing import Any

import autograd
from autograd import Tensor
from nn import functional as F
from nn import init
from nn.activation import GELU, ReLU
from nn.container import ModuleList
from nn.dropout import Dropout
from nn.functional.attention import canonical_mask
from nn.linear import Linear
from nn.module import Module
from nn.multihead import MultiheadAttention
from nn.normalization import LayerNorm

_Activation = str | Callable[[Tensor], Tensor]


class _Layer(Module):
    """What the layers of encoder and decoder share: how they are made, and the network for each position."""

    def _make(
        self, d_model: int, nhead: int, width: int, dropout: float, activation: _Activation, eps: float,
        batch_first: bool, norm_first: bool, bias: bool, decodes: bool, **factory: Any,
    ) -> None:  # fmt: skip
        options = {"dropout": dropout, "bias": bias, "batch_first": batch_first, **factory}
        self.self_attn = MultiheadAttention(d_model, nhead, **options)
        if decodes:
            self.multihead_attn = MultiheadAttention(d_model, nhead, **options)
        self.linear1 = Linear(d_model, width, bias=bias, **factory)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(width, d_model, bias=bias, **factory)
        self.norm_first = norm_first
        numbers = ("1", "2", "3") if decodes else ("1", "2")
        for number in numbers:
            self.add_module(f"norm{number}", LayerNorm(d_model, eps=eps, bias=bias, **factory))
        for number in numbers:
            self.add_module(f"dropout{number}", Dropout(dropout))
        self.activation = _activation(activation)

    def _with(self, x: Tensor, norm: Module, block: Callable[[Tensor], Tensor]) -> Tensor:
        """``x`` plus ``block`` of it, normalised before or after."""
        found: Tensor = x + block(norm(x)) if self.norm_first else norm(x + block(x))
        return found

    def _sa_block(
        self, x: Tensor, attn_mask: Tensor | None, key_padding_mask: Tensor | None, is_causal: bool = False
    ) -> Tensor:
        """Self-attention."""
        return self.dropout1(_attended(self.self_attn, x, x, attn_mask, key_padding_mask, is_causal))

    def _ff_block(self, x: Tensor) -> Tensor:
        """The network for each position."""
        return self._last_dropout(self.linear2(self.dropout(self.activation(self.linear1(x)))))

    def _last_dropout(self, x: Tensor) -> Tensor:
        raise NotImplementedError


class TransformerEncoderLayer(_Layer):
    """Self-attention, then a network for each position, each added to its input and normalised. As ``torch.nn.TransformerEncoderLayer``.

    Vaswani et al., 2017; with ``norm_first`` normalised before (Xiong et al., 2020). Shapes (S, N, d_model), (S, d_model),
    or (N, S, d_model) with ``batch_first``. ``activation`` is "relu", "gelu" or a function; RuntimeError for another name.
    Masks as in ``MultiheadAttention``.

    >>> import autograd, nn
    >>> layer = nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> layer(autograd.ones(5, 1, 8)).shape
    autograd.Size([5, 1, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: _Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self._make(
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, False,
            device=device, dtype=dtype,
        )  # fmt: skip
        given = self.activation
        known = ((F.relu, ReLU), (F.gelu, GELU))
        self.activation_relu_or_gelu = next(
            (i for i, (function, kind) in enumerate(known, 1) if given is function or isinstance(given, kind)), 0
        )

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """The layer's output, of the shape of ``src``; ``is_causal`` says that ``src_mask`` is causal."""
        padding = canonical_mask(src_key_padding_mask, "src_key_padding_mask", src_mask, "src_mask", src.dtype, 4)
        mask = canonical_mask(src_mask, "src_mask", None, "", src.dtype)

        x = self._with(src, self.norm1, lambda x: self._sa_block(x, mask, padding, is_causal=is_causal))
        return self._with(x, self.norm2, self._ff_block)

    def _last_dropout(self, x: Tensor) -> Tensor:
        return self.dropout2(x)


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to an encoder's output, then a network for each position. As ``torch.nn.TransformerDecoderLayer``.

    Each is added to its input and normalised, as in ``TransformerEncoderLayer``, whose arguments these are.

    >>> import autograd, nn
    >>> layer = nn.TransformerDecoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> layer(autograd.ones(5, 1, 8), autograd.ones(3, 1, 8)).shape
    autograd.Size([5, 1, 8])
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: _Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self._make(
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, True,
            device=device, dtype=dtype,
        )  # fmt: skip

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The layer's output, of the shape of ``tgt``; ``memory`` is the output of the encoder."""
        x = self._with(tgt, self.norm1, lambda x: self._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal))
        x = self._with(
            x,
            self.norm2,
            lambda x: self._mha_block(x, memory, memory_mask, memory_key_padding_mask, memory_is_causal),
        )
        return self._with(x, self.norm3, self._ff_block)

    def _mha_block(
        self,
        x: Tensor,
        mem: Tensor,
        attn_mask: Tensor | None,
        key_padding_mask: Tensor | None,
        is_causal: bool = False,
    ) -> Tensor:
        """Attention to the memory."""
        return self.dropout2(_attended(self.multihead_attn, x, mem, attn_mask, key_padding_mask, is_causal))

    def _last_dropout(self, x: Tensor) -> Tensor:
        return self.dropout3(x)


class TransformerEncoder(Module):
    """``num_layers`` copies of an encoder layer, one after the other, then ``norm``. As ``torch.nn.TransformerEncoder``.

    All copies start with the same weights. ``enable_nested_tensor`` is PyTorch's switch for leaving padding out in
    evaluation: here nothing is left out, but where PyTorch would have, the outputs at padded positions are 0 before
    ``norm``, as there; ``mask_check`` has no effect. PyTorch's warning says why the switch has none.

    >>> import autograd, nn
    >>> layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    >>> nn.TransformerEncoder(layer, num_layers=2)(autograd.ones(1, 5, 8)).shape
    autograd.Size([1, 5, 8])
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm
        self.enable_nested_tensor, self.mask_check = enable_nested_tensor, mask_check
        reason = _not_nested(encoder_layer) if enable_nested_tensor else ""
        if reason:
            warnings.warn(
                f"enable_nested_tensor is True, but self.use_nested_tensor is False because encoder_layer{reason}",
                UserWarning,
                stacklevel=2,
            )
        self.use_nested_tensor = enable_nested_tensor and not reason

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """The last layer's output, normalised; ``is_causal=None`` looks whether ``mask`` is causal."""
        padding = canonical_mask(src_key_padding_mask, "src_key_padding_mask", mask, "mask", src.dtype, 4)
        mask = canonical_mask(mask, "mask", None, "", src.dtype)
        first: Any = self.layers[0]
        causal = _is_causal(mask, is_causal, _length(src, first.self_attn.batch_first))
        output = src
        for layer in self.layers:
            output = layer(output, src_mask=mask, is_causal=causal, src_key_padding_mask=padding)
        if padding is not None and mask is None and self._drops_padding(src, padding):
            output = output.masked_fill(autograd.ne(padding, 0).unsqueeze(-1), 0.0)
        return output if self.norm is None else self.norm(output)

    def _drops_padding(self, src: Tensor, padding: Tensor) -> bool:
        """Whether PyTorch would compute no outputs at padded positions, and give zeros there."""
        first = self.layers[0]
        if not self.use_nested_tensor or first.training or src.dim() != 3:
            return False
        recorded = src.requires_grad or any(p.requires_grad for p in first.parameters())
        if autograd.is_grad_enabled() and recorded:
            return False
        seen = autograd.eq(padding, 0).to(autograd.int64)
        return not self.mask_check or bool((seen.diff(dim=1) <= 0).all())  # padding stands at the end


class TransformerDecoder(Module):
    """``num_layers`` copies of a decoder layer, one after the other, then ``norm``. As ``torch.nn.TransformerDecoder``.

    All copies start with the same weights.

    >>> import autograd, nn
    >>> decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), num_layers=2)
    >>> decoder(autograd.ones(5, 1, 8), autograd.ones(3, 1, 8)).shape
    autograd.Size([5, 1, 8])
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The last layer's output, normalised; ``tgt_is_causal=None`` looks whether ``tgt_mask`` is causal."""
        first: Any = self.layers[0]
        causal = _is_causal(tgt_mask, tgt_is_causal, _length(tgt, first.self_attn.batch_first))
        output = tgt
        for layer in self.layers:
            output = layer(
                output,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )
        return output if self.norm is None else self.norm(output)


class Transformer(Module):
    """An encoder for ``src`` and a decoder that continues ``tgt`` with its help. As ``torch.nn.Transformer``.

    Vaswani et al., 2017. src (S, N, d_model) and tgt (T, N, d_model), or N first with ``batch_first``, or without N,
    give the shape of tgt. All matrices start by ``xavier_uniform_``. RuntimeError where batch or features differ.

    >>> import autograd, nn
    >>> model = nn.Transformer(8, 2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16, batch_first=True)
    >>> model(autograd.ones(1, 5, 8), autograd.ones(1, 3, 8)).shape
    autograd.Size([1, 3, 8])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: _Activation = F.relu,
        custom_encoder: Any | None = None,
        custom_decoder: Any | None = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        sizes = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)
        factory = {"device": device, "dtype": dtype}
        if custom_encoder is None:
            encoder_layer = TransformerEncoderLayer(*sizes, **factory)
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **factory)
            custom_encoder = TransformerEncoder(encoder_layer, num_encoder_layers, norm)
        self.encoder = custom_encoder
        if custom_decoder is None:
            decoder_layer = TransformerDecoderLayer(*sizes, **factory)
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **factory)
            custom_decoder = TransformerDecoder(decoder_layer, num_decoder_layers, norm)
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The decoder's output, of the shape of ``tgt``; masks as in ``MultiheadAttention``."""
        batch = 0 if self.batch_first else 1
        if src.dim() == 3 and src.size(batch) != tgt.size(batch):
            raise RuntimeError(
                f"Transformer: the batch number of src and tgt must be equal, but got {src.size(batch)} and {tgt.size(batch)}"
            )
        if src.size(-1) != self.d_model or tgt.size(-1) != self.d_model:
            raise RuntimeError(
                f"Transformer: the feature number of src and tgt must be equal to d_model, {self.d_model}, "
                f"but got {src.size(-1)} and {tgt.size(-1)}"
            )
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        found: Tensor = self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )
        return found

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A causal mask to be added: -inf above the diagonal, 0 elsewhere; (sz, sz).

        >>> import nn
        >>> nn.Transformer.generate_square_subsequent_mask(2)
        tensor([[0., -inf],
                [0., 0.]])
        """
        return autograd.triu(autograd.full((sz, sz), -math.inf, dtype=dtype, device=device), 1)

    def _reset_parameters(self) -> None:
        """Draw all matrices anew."""
        for parameter in self.parameters():
            if parameter.dim() > 1:
                init.xavier_uniform_(parameter)


def _attended(
    attention: MultiheadAttention, x: Tensor, memory: Tensor, mask: Tensor | None, padding: Tensor | None, causal: bool
) -> Tensor:
    """What ``x`` finds in ``memory``."""
    found: Tensor = attention(
        x, memory, memory, attn_mask=mask, key_padding_mask=padding, is_causal=causal, need_weights=False
    )[0]
    return found


def _copies(layer: Module, count: int) -> ModuleList:
    return ModuleList([copy.deepcopy(layer) for _ in range(count)])


def _activation(given: _Activation) -> Callable[[Tensor], Tensor]:
    """The function of a name; RuntimeError for an unknown one."""
    if not isinstance(given, str):
        return given
    if given not in {"relu", "gelu"}:
        raise RuntimeError(f"activation should be relu/gelu, not {given}")
    found: Callable[[Tensor], Tensor] = getattr(F, given)
    return found


def _length(x: Tensor, batch_first: bool) -> int:
    """How many positions a sequence has."""
    return x.size(1 if batch_first and x.dim() == 3 else 0)


def _is_causal(mask: Tensor | None, told: bool | None, length: int) -> bool:
    """What was told, or whether a mask is the causal one for ``length`` positions."""
    if told is not None or mask is None:
        return told is True
    causal = Transformer.generate_square_subsequent_mask(length, dtype=mask.dtype)
    return mask.shape == causal.shape and bool(autograd.eq(mask, causal).all())


def _not_nested(layer: Any) -> str:
    """Why PyTorch would not leave padding out with this layer; "" where it would."""
    if not isinstance(layer, TransformerEncoderLayer):
        return " was not TransformerEncoderLayer"
    attention = layer.self_attn
    reasons = {
        ".norm_first was True": layer.norm_first,
        ".self_attn.batch_first was not True(use batch_first for better inference performance)": not attention.batch_first,
        ".self_attn._qkv_same_embed_dim was not True": not attention._qkv_same_embed_dim,
        ".self_attn was passed bias=False": attention.in_proj_bias is None,
        ".activation_relu_or_gelu was not True": not layer.activation_relu_or_gelu,
        ".norm1.eps was not equal to encoder_layer.norm2.eps": layer.norm1.eps != layer.norm2.eps,
        ".self_attn.num_heads is odd": attention.num_heads % 2 == 1,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


__all__ = [
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
]
