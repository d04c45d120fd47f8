"""Attention: every query's average of values, weighted by how well their keys fit."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import autograd
from autograd import Tensor, fused
from nn.functional.activations import softmax
from nn.functional.dropouts import dropout
from nn.functional.maps import linear, pad


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """``softmax(scale · q kᵀ + mask) v`` for q (…, L, E), k (…, S, E), v (…, S, Ev): (…, L, Ev). Vaswani et al., 2017.

    As ``torch.nn.functional.scaled_dot_product_attention``. ``attn_mask`` broadcasts to (…, L, S): bools tell which keys
    a query sees, floats are added. ``is_causal`` shows query i the keys up to i. A query that sees nothing gives zeros.
    ``scale`` is 1 / √E if None. ``dropout_p`` drops weights, always. ``enable_gqa`` lets several heads of q (dimension
    −3) share one of k and v. RuntimeError for sizes or dtypes that do not fit, and for ``is_causal`` with a mask.

    >>> import autograd, nn.functional as F
    >>> q, k, v = autograd.zeros(2, 4), autograd.ones(2, 4), autograd.tensor([[1.0], [3.0]])
    >>> F.scaled_dot_product_attention(q, k, v, is_causal=True)
    tensor([[1.],
            [2.]])
    """
    attend = getattr(attn_mask, "attend", None)  # of a CausalBias
    if attend is not None:
        found: Tensor = attend(query, key, value, dropout_p, is_causal, scale, enable_gqa)
        return found
    _check_tensors(query, key, value, attn_mask)
    if is_causal and attn_mask is not None:
        raise RuntimeError(
            "scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True; give one of the two"
        )
    if dropout_p > 1:
        raise RuntimeError(
            f"scaled_dot_product_attention: dropout probability has to be between 0 and 1, but got {dropout_p}"
        )
    if scale is None:
        scale = 1 / math.sqrt(query.shape[-1] or 1)
    ndim = query.dim()
    if enable_gqa:
        query, key, value, attn_mask = _grouped(query, key, value, attn_mask)
    query, key, value = _aligned(query, key, value)
    if attn_mask is not None:
        attn_mask = _fitting(attn_mask, query, key)
    keep = _kept(query, key, value, dropout_p) if dropout_p > 0 else None
    rate = 0.0 if keep is None or dropout_p == 1 else dropout_p  # where all is dropped, nothing is scaled up
    out: Tensor = fused.scaled_dot_product_attention(query, key, value, attn_mask, keep, is_causal, scale, rate)[0]
    return out.flatten(-4, -3) if out.dim() > ndim and enable_gqa else out


def _check_tensors(query: Any, key: Any, value: Any, mask: Any) -> None:
    named = {"query": query, "key": key, "value": value, "attn_mask": query if mask is None else mask}
    for position, (name, given) in enumerate(named.items(), 1):
        if not isinstance(given, Tensor):
            raise TypeError(
                f"scaled_dot_product_attention(): argument {name!r} (position {position}) must be Tensor, "
                f"not {type(given).__name__}"
            )
    if mask is not None and mask.dtype not in {autograd.bool, autograd.float32, query.dtype}:
        raise RuntimeError(
            "scaled_dot_product_attention: Expected attn_mask dtype to be bool or float or to match query dtype, but got "
            f"attn_mask.dtype: {mask.dtype} and query.dtype: {query.dtype} instead."
        )


def _kept(query: Tensor, key: Tensor, value: Tensor, p: float) -> Tensor | None:
    """Which weights dropout keeps: the random numbers are those that PyTorch draws. None before the operation raises."""
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        return None
    return query.new_empty((*query.shape[:-1], key.shape[-2])).bernoulli_(1 - p) != 0


def _grouped(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple:
    """The heads of the queries parted among those of keys and values, with a dimension more; repeated where these differ."""
    heads, kinds = query.size(-3), (key.size(-3), value.size(-3))
    if any(n == 0 or heads % n for n in kinds):
        raise RuntimeError(
            "scaled_dot_product_attention: Number of heads in key and value must divide the number of heads in query, but got "
            f"{kinds[0]} and {kinds[1]} for {heads}"
        )
    if kinds[0] != kinds[1]:
        key, value = (t.repeat_interleave(heads // n, -3) for t, n in zip((key, value), kinds, strict=True))
        return query, key, value, mask
    if kinds[0] == heads:
        return query, key, value, mask
    parts = (kinds[0], heads // kinds[0])
    if mask is not None and mask.dim() > 2:
        mask = mask.unsqueeze(-3) if mask.shape[-3] == 1 else mask.unflatten(-3, parts)
    return query.unflatten(-3, parts), key.unsqueeze(-3), value.unsqueeze(-3), mask


def _aligned(*tensors: Tensor) -> tuple[Tensor, ...]:
    """The tensors with their leading dimensions broadcast against each other; what does not fit is left to the operation."""
    leads = [t.shape[:-2] for t in tensors]
    if leads[0] == leads[1] == leads[2] or min(t.dim() for t in tensors) < 2:
        return tensors
    lead = autograd.broadcast_shapes(*leads)
    return tuple(t if t.shape[:-2] == lead else t.expand(*lead, *t.shape[-2:]) for t in tensors)


def _fitting(mask: Tensor, query: Tensor, key: Tensor) -> Tensor:
    """The mask in the dtype of the queries; RuntimeError unless it broadcasts to the scores."""
    wanted = (*query.shape[:-1], key.shape[-2])
    if mask.dim() < 2:
        raise IndexError(
            f"scaled_dot_product_attention: attn_mask needs the dimensions of queries and keys, but got shape {list(mask.shape)}"
        )
    try:
        fits = tuple(autograd.broadcast_shapes(mask.shape, wanted)) == wanted
    except RuntimeError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"scaled_dot_product_attention: attn_mask must broadcast to the scores {list(wanted)}, but got shape {list(mask.shape)}"
        )
    return mask if mask.dtype in {autograd.bool, query.dtype} else mask.to(query.dtype)


# -- several heads ------------------------------------------------------------------------------------------------------


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """What ``nn.MultiheadAttention`` computes, its parameters given: (result, weights or None).

    As ``torch.nn.functional.multi_head_attention_forward``. query (L, N, E) or (L, E), key and value (S, N, E…); masks
    hide keys where they are True, or are added. The result has the shape of the query, the weights (N, L, S), or
    (N, heads, L, S) unless averaged. AssertionError or RuntimeError for shapes that do not fit, RuntimeError for
    ``is_causal`` without a mask.

    >>> import autograd, nn.functional as F
    >>> x, eye = autograd.ones(3, 2), autograd.eye(2)
    >>> out, weights = F.multi_head_attention_forward(
    ...     x, x, x, 2, 1, autograd.cat([eye, eye, eye]), None, None, None, False, 0.0, eye, None)
    >>> out.shape, weights[0]
    (autograd.Size([3, 2]), tensor([0.3333, 0.3333, 0.3333]))
    """
    batched = _check_heads(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not batched:
        query, key, value = changed(query, key, value, lambda x: x.unsqueeze(1))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    attn_mask, key_padding_mask, is_causal = _masks(attn_mask, key_padding_mask, is_causal, need_weights, query.dtype)
    _check_sizes(query, key, value, embed_dim_to_check, num_heads, use_separate_proj_weight)
    if use_separate_proj_weight:
        q, k, v = _project_each(query, key, value, (q_proj_weight, k_proj_weight, v_proj_weight), in_proj_bias)
    else:
        q, k, v = _project(query, key, value, in_proj_weight, in_proj_bias)
    attn_mask = _mask_of_heads(attn_mask, q.shape[:2], key.shape[0], num_heads)
    k, v, added = _with_biases(k, v, bias_k, bias_v, (static_k, static_v))
    q, k, v = (_heads(t, num_heads) for t in (q, k, v))
    k, v = _static(static_k, k, "static_k"), _static(static_v, v, "static_v")
    if add_zero_attn:
        k, v = (autograd.cat([t, t.new_zeros((*t.shape[:2], 1, t.shape[3]))], 2) for t in (k, v))
    mask = _merged(attn_mask, key_padding_mask, added + add_zero_attn, q.shape[0], k.shape[2])
    p = dropout_p if training else 0.0
    weights = None
    if need_weights:
        out, weights = _weighted(q, k, v, mask, p)
        weights = weights.mean(1) if average_attn_weights else weights
    else:
        out = scaled_dot_product_attention(q, k, v, mask, p, is_causal)
    count, length = q.shape[0], q.shape[2]
    out = linear(out.permute(2, 0, 1, 3).reshape(length, count, query.shape[-1]), out_proj_weight, out_proj_bias)
    if not batched:
        out, weights = out.squeeze(1), None if weights is None else weights.squeeze(0)
    return out, weights


def _expect(holds: bool, message: str) -> None:
    """AssertionError, PyTorch's exception for the arguments of attention, unless ``holds``."""
    if not holds:
        raise AssertionError(message)


def _check_heads(
    query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor | None, attn_mask: Tensor | None, heads: int
) -> bool:
    """Whether there is a batch dimension, once all numbers of dimensions agree."""
    ndim = query.dim()
    _expect(ndim in {2, 3}, f"query should be unbatched 2D or batched 3D tensor but received {ndim}-D query tensor")
    kind = "batched (3-D)" if ndim == 3 else "unbatched (2-D)"
    _expect(
        key.dim() == value.dim() == ndim,
        f"For {kind} `query`, expected `key` and `value` to be {ndim}-D but found {key.dim()}-D and {value.dim()}-D tensors",
    )
    if key_padding_mask is not None:
        _expect(
            key_padding_mask.dim() == ndim - 1,
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {ndim - 1}-D "
            f"but found {key_padding_mask.dim()}-D tensor instead",
        )
    if attn_mask is not None:
        _expect(
            attn_mask.dim() in {2, 3},
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.dim()}-D tensor instead",
        )
        wanted = (heads, query.shape[0], key.shape[0])
        if ndim == 2 and attn_mask.dim() == 3:
            _expect(
                attn_mask.shape == wanted, f"Expected `attn_mask` shape to be {wanted} but got {tuple(attn_mask.shape)}"
            )
    return ndim == 3


def changed(
    query: Tensor, key: Tensor, value: Tensor, change: Callable[[Tensor], Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """``change`` of all three; what was one tensor stays one, so that it is projected once."""
    q = change(query)
    k = q if key is query else change(key)
    return q, k, k if value is key else change(value)


def canonical_mask(
    mask: Tensor | None, name: str, other: Tensor | None, other_name: str, dtype: Any, stacklevel: int = 3
) -> Tensor | None:
    """A mask as floats to be added: -inf where a bool mask is True. Warns where another mask has another dtype.

    >>> import autograd
    >>> canonical_mask(autograd.tensor([True, False]), "mask", None, "", autograd.float32)
    tensor([-inf, 0.])
    """
    if mask is None:
        return None
    _expect(
        mask.dtype is autograd.bool or mask.is_floating_point(),
        f"only bool and floating types of {name} are supported, but got {mask.dtype}",
    )
    if other is not None and other.dtype != mask.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            UserWarning,
            stacklevel=stacklevel,
        )
    if mask.is_floating_point():
        return mask
    return autograd.zeros_like(mask, dtype=dtype).masked_fill_(mask, -math.inf)


def _masks(
    attn_mask: Tensor | None, padding: Tensor | None, is_causal: bool, need_weights: bool, dtype: Any
) -> tuple[Tensor | None, Tensor | None, bool]:
    """Both masks as floats, and whether the hint that they are causal can stand for them."""
    padding = canonical_mask(padding, "key_padding_mask", attn_mask, "attn_mask", dtype, 5)
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "is_causal is a hint about attn_mask, which is needed too: make it with "
            "nn.Transformer.generate_square_subsequent_mask"
        )
    if is_causal and padding is None and not need_weights:
        return None, None, True
    return canonical_mask(attn_mask, "attn_mask", None, "", dtype), padding, False


def _check_sizes(query: Tensor, key: Tensor, value: Tensor, wanted: int, heads: int, separate: bool) -> None:
    width = query.shape[-1]
    _expect(width == wanted, f"was expecting embedding dimension of {wanted}, but got {width}")
    _expect(width % heads == 0, f"embed_dim {width} not divisible by num_heads {heads}")
    if separate:
        same = key.shape[:2] == value.shape[:2]
        _expect(same, f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}")
    else:
        _expect(key.shape == value.shape, f"key shape {key.shape} does not match value shape {value.shape}")


def _project(query: Tensor, key: Tensor, value: Tensor, weight: Tensor | None, bias: Tensor | None) -> list[Tensor]:
    """Queries, keys and values by one weight for all three: as few products as there are different inputs."""
    if weight is None:
        raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
    width = query.shape[-1]
    if key is value and query is key:
        return list(linear(query, weight, bias).split(width, -1))
    parts = [1, 2] if key is value else [1, 1, 1]
    weights = weight.split([n * width for n in parts])
    biases = [None] * len(parts) if bias is None else bias.split([n * width for n in parts])
    found = [linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=False)]
    return found if len(found) == 3 else [found[0], *found[1].split(width, -1)]


def _project_each(query: Tensor, key: Tensor, value: Tensor, weights: tuple, bias: Tensor | None) -> list[Tensor]:
    """Queries, keys and values by a weight each."""
    width, found = query.shape[-1], []
    biases = (None, None, None) if bias is None else bias.chunk(3)
    for name, x, w, b in zip(("query", "key", "value"), (query, key, value), weights, biases, strict=True):
        _expect(w is not None, f"use_separate_proj_weight is True but {name[0]}_proj_weight is None")
        wanted = (width, x.shape[-1])
        _expect(w.shape == wanted, f"expecting {name} weights shape of {wanted}, but got {tuple(w.shape)}")
        if b is not None:
            _expect(b.shape == (width,), f"expecting {name} bias shape of {(width,)}, but got {tuple(b.shape)}")
        found.append(linear(x, w, b))
    return found


def _mask_of_heads(mask: Tensor | None, shape: Any, source: int, heads: int) -> Tensor | None:
    """An attention mask that broadcasts to (N, heads, L, S)."""
    if mask is None:
        return None
    length, count = shape
    wanted = (length, source) if mask.dim() == 2 else (count * heads, length, source)
    if mask.shape != wanted:
        raise RuntimeError(f"The shape of the {mask.dim()}D attn_mask is {tuple(mask.shape)}, but should be {wanted}.")
    return mask if mask.dim() == 2 else mask.unflatten(0, (count, heads))


def _with_biases(
    k: Tensor, v: Tensor, bias_k: Tensor | None, bias_v: Tensor | None, static: tuple
) -> tuple[Tensor, Tensor, int]:
    """Keys and values with one learnt position more, and how many that is."""
    if bias_k is None or bias_v is None:
        _expect(bias_k is None, "bias_k is set but bias_v is None")
        _expect(bias_v is None, "bias_v is set but bias_k is None")
        return k, v, 0
    _expect(static[0] is None, "bias cannot be added to static key.")
    _expect(static[1] is None, "bias cannot be added to static value.")
    count = k.shape[1]
    return autograd.cat([k, bias_k.repeat(1, count, 1)]), autograd.cat([v, bias_v.repeat(1, count, 1)]), 1


def _heads(t: Tensor, heads: int) -> Tensor:
    """(L, N, E) as (N, heads, L, E / heads)."""
    return t.unflatten(-1, (heads, -1)).permute(1, 2, 0, 3)


def _static(given: Tensor | None, made: Tensor, name: str) -> Tensor:
    """Keys or values given for all heads, (N · heads, S, E / heads), in place of those made."""
    if given is None:
        return made
    (count, heads, _, width) = made.shape
    _expect(given.size(0) == count * heads, f"expecting {name}.size(0) of {count * heads}, but got {given.size(0)}")
    _expect(given.size(2) == width, f"expecting {name}.size(2) of {width}, but got {given.size(2)}")
    return given.unflatten(0, (count, heads))


def _merged(mask: Tensor | None, padding: Tensor | None, added: int, count: int, source: int) -> Tensor | None:
    """Both masks in one that broadcasts to (N, heads, L, S), the positions that were added always seen."""
    if added:
        mask = None if mask is None else pad(mask, (0, added))
        padding = None if padding is None else pad(padding, (0, added))
    if padding is None:
        return mask
    for i, wanted in enumerate((count, source)):
        _expect(
            padding.shape[i] == wanted,
            f"Expected key_padding_mask.shape[{i}] to be {wanted}, but got {padding.shape[i]}",
        )
    padding = padding.view(count, 1, 1, source)
    return padding if mask is None else mask + padding


def _weighted(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, p: float) -> tuple[Tensor, Tensor]:
    """Attention with its weights."""
    scores = (q * math.sqrt(1 / q.shape[-1])) @ k.transpose(-2, -1)
    weights = softmax(scores if mask is None else scores + mask, dim=-1)
    if p > 0:
        weights = dropout(weights, p)
    return weights @ v, weights


__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]
