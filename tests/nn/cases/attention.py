"""Attention and transformers."""

import importlib

import autograd
import nn
from tests.nn.cases import bad, bools, case, function, made, real, values

X, Y = real(4, 2, 6), real(5, 2, 6)  # (L, N, E)
PAD = values([[False, False, False, True], [False, True, True, False]], grad=False)
LEFT = values([[False, False, False, True], [False, False, True, True]], grad=False)  # padding at the end only
MASK = values([[0.5, -1.0, float("-inf"), 0.0]] * 4, grad=False)
CAUSAL = made(lambda ag, nn: nn.Transformer.generate_square_subsequent_mask(4))
NO_GRAD = {"second": False, "because": "no gradient is recorded"}


def by_math(layer, *inputs, **masks):
    """``layer(*inputs, **masks)`` without PyTorch's fast kernel, which has no second derivative."""
    library = nn.attention if isinstance(inputs[0], autograd.Tensor) else importlib.import_module("torch.nn.attention")
    with library.sdpa_kernel(library.SDPBackend.MATH):
        return layer(*inputs, **masks)


def like(tensor, masks):
    """The masks, floats in the dtype of ``tensor``: some are made in float32."""
    return {k: m.to(tensor.dtype) if hasattr(m, "dtype") and m.is_floating_point() else m for k, m in masks.items()}


def layer(name, *args, inputs, masks=None, times=1, **kwargs):
    """A layer called with the inputs (``times`` over), and with ``masks`` by keyword."""

    def call(layer, *given):
        return by_math(layer, *(given[:-1] * times), **like(given[0], given[-1]))

    return case(name, *args, inputs=[*inputs, masks or {}], call=call, **kwargs)


def mha(*args, inputs=(X, X, X), **kwargs):
    """A ``MultiheadAttention`` of three inputs."""
    return layer("MultiheadAttention", *args, inputs=inputs, **kwargs)


def itself(*args, inputs=(X,), **kwargs):
    """A ``MultiheadAttention`` of one input with itself."""
    return layer("MultiheadAttention", *args, inputs=inputs, times=3, **kwargs)


def quiet(name, *args, inputs, masks, **kwargs):
    """A layer called without recording."""

    def call(layer, *given):
        for parameter in layer.parameters():
            parameter.requires_grad_(False)
        return layer(*[t.detach() for t in given[:-1]], **like(given[0], given[-1]))

    return case(name, *args, inputs=[*inputs, masks], call=call, **kwargs, **NO_GRAD)


def attention(*shapes, inputs=(), **options):
    """``scaled_dot_product_attention`` of query, key and value of the ``shapes``."""
    inputs = [*(real(*s) for s in shapes), *inputs]
    return function("scaled_dot_product_attention", inputs=inputs, call=by_math, **options)


def encoder(norm=True, **kwargs):
    """The arguments of a ``TransformerEncoder``: a layer, two copies of it, and a norm."""
    options = {"dim_feedforward": 5, "dropout": 0.0, "batch_first": True} | kwargs
    layer = made(lambda ag, nn: nn.TransformerEncoderLayer(4, 2, **options))
    return (layer, 2, made(lambda ag, nn: nn.LayerNorm(4)) if norm else None)


def decoder(**kwargs):
    """The arguments of a ``TransformerDecoder``."""
    options = {"dim_feedforward": 5, "dropout": 0.0} | kwargs
    return (made(lambda ag, nn: nn.TransformerDecoderLayer(4, 2, **options)), 2)


Q, K = (2, 2, 3, 4), (2, 2, 5, 4)
KV = (2, 2, 5, 3)
B, M = real(2, 4, 4), real(2, 3, 4)  # (N, L, E) and a memory
FUNCTION = [
    attention(Q, K, K),
    attention(Q, K, KV),
    attention((3, 4), (5, 4), (5, 2), is_causal=True),
    attention((2, 6, 4), (2, 3, 4), (2, 3, 4), is_causal=True, scale=0.3),
    attention(Q, K, K, inputs=[bools(3, 5)]),
    attention(Q, K, K, inputs=[bools(2, 1, 1, 5)]),
    attention(Q, K, KV, inputs=[values([[False] * 5, [True] * 5, [True, False] * 2 + [True]], grad=False)]),
    attention(Q, K, K, inputs=[real(2, 3, 5)]),
    attention(Q, K, KV, inputs=[real(2, 2, 3, 1)]),
    attention(Q, K, K, inputs=[None, 0.4]),
    attention(Q, K, KV, inputs=[real(3, 5), 0.5]),
    attention(Q, K, K, dropout_p=1.0),
    attention(Q, K, K, scale=-1.5),
    attention((2, 4, 3, 4), K, KV, enable_gqa=True),
    attention((2, 4, 3, 4), K, K, inputs=[bools(2, 4, 3, 5)], enable_gqa=True),
    attention((2, 4, 3, 4), K, K, inputs=[bools(3, 5), 0.3], enable_gqa=True),
    attention((4, 3, 4), (2, 5, 4), (1, 5, 4), enable_gqa=True, is_causal=True),
    attention((2, 1, 3, 4), (1, 2, 5, 4), (2, 2, 5, 4)),
    attention((3, 4), (2, 5, 4), (5, 4)),
    attention((2, 0, 4), (2, 5, 4), (2, 5, 4)),
    attention((2, 3, 4), (2, 0, 4), (2, 0, 4)),
    attention((2, 3, 0), (2, 5, 0), (2, 5, 4)),
]
HEADS = [
    mha(6, 2),
    mha(6, 3, 0.4),
    mha(6, 2, inputs=[X, Y, Y], masks={"need_weights": False}),
    mha(6, 2, inputs=[X, Y, Y], masks={"average_attn_weights": False}),
    mha(6, 2, bias=False, add_zero_attn=True, masks={"attn_mask": bools(4, 4, share=0.2)}),
    mha(6, 2, add_bias_kv=True, masks={"key_padding_mask": PAD}),
    mha(
        6, 2, add_bias_kv=True, add_zero_attn=True, masks={"key_padding_mask": PAD, "attn_mask": bools(4, 4, share=0.2)}
    ),
    mha(6, 2, kdim=3, vdim=5, inputs=[X, real(5, 2, 3), real(5, 2, 5)]),
    mha(6, 2, kdim=3, bias=False, batch_first=True, inputs=[real(2, 4, 6), real(2, 5, 3), real(2, 5, 6)]),
    mha(6, 2, batch_first=True, inputs=[real(4, 6), real(5, 6), real(5, 6)]),
    mha(6, 2, inputs=[real(4, 6), real(4, 6), real(4, 6)], masks={"attn_mask": bools(2, 4, 4, share=0.2)}),
    itself(6, 2),
    itself(6, 2, batch_first=True, inputs=[real(2, 4, 6)], masks={"need_weights": False}),
    itself(6, 2, 0.5, masks={"need_weights": False}),
    itself(6, 3, masks={"attn_mask": bools(6, 4, 4, share=0.2), "need_weights": False}),
    itself(6, 2, masks={"attn_mask": CAUSAL, "is_causal": True, "need_weights": False}),
    itself(6, 2, masks={"attn_mask": CAUSAL, "is_causal": True}),
    itself(6, 2, masks={"attn_mask": MASK, "key_padding_mask": PAD}, warns="mismatched"),
    itself(6, 2, masks={"key_padding_mask": PAD, "need_weights": False}),
    itself(6, 2, inputs=[real(4, 6)], masks={"key_padding_mask": values([False, True, False, False], grad=False)}),
    bad("MultiheadAttention", 6, 4, text="divisible"),
    bad("MultiheadAttention", 0, 4, text="greater than 0"),
    bad("MultiheadAttention", 6, 2, inputs=[X, X, Y], text="does not match value shape"),
    bad("MultiheadAttention", 6, 2, inputs=[X, real(4, 6), X], text="to be 3-D"),
    bad("MultiheadAttention", 6, 2, inputs=[real(6), real(6), real(6)], text="1-D query"),
    bad("MultiheadAttention", 4, 2, inputs=[X, X, X], text="embedding dimension of 4"),
    bad("MultiheadAttention", 6, 2, inputs=[X, X, X, bools(4)], text="2-D"),
    bad("MultiheadAttention", 6, 2, inputs=[X, X, X, bools(2, 5)], text="key_padding"),
    bad("MultiheadAttention", 6, 2, inputs=[X, X, X, None, True, bools(4, 5)], text="2D attn_mask"),
    bad("MultiheadAttention", 6, 2, inputs=[X, X, X, None, True, bools(3, 4, 4)], text="3D attn_mask"),
    bad("MultiheadAttention", 6, 2, inputs=[X, X, X, None, True, None, True, True], text="attn_mask"),
    bad("MultiheadAttention", 6, 2, inputs=[X, X, X, values([[1, 0]], grad=False)], text="only bool and floating"),
    bad("MultiheadAttention", 6, 2, kdim=3, inputs=[X, X, X], text="key weights shape"),
]
FEW = {"dim_feedforward": 5, "dropout": 0.0}
LAYERS = [
    layer("TransformerEncoderLayer", 4, 2, 5, 0.0, inputs=[real(3, 2, 4)]),
    layer("TransformerEncoderLayer", 4, 2, 5, inputs=[real(3, 2, 4)]),
    layer("TransformerEncoderLayer", 4, 2, 5, 0.3, "gelu", 1e-3, True, True, inputs=[real(2, 3, 4)]),
    layer("TransformerEncoderLayer", 4, 1, bias=False, inputs=[real(3, 4)], **FEW),
    layer("TransformerEncoderLayer", 4, 2, activation=made(lambda ag, nn: nn.Tanh()), inputs=[B], **FEW),
    layer(
        "TransformerEncoderLayer", 4, 2, inputs=[real(4, 2, 4)], masks={"src_mask": CAUSAL, "is_causal": True}, **FEW
    ),
    layer("TransformerEncoderLayer", 4, 2, batch_first=True, inputs=[B], masks={"src_key_padding_mask": PAD}, **FEW),
    layer("TransformerDecoderLayer", 4, 2, inputs=[real(3, 2, 4), real(5, 2, 4)], **FEW),
    layer("TransformerDecoderLayer", 4, 2, 5, 0.3, inputs=[real(3, 2, 4), real(5, 2, 4)]),
    layer(
        "TransformerDecoderLayer", 4, 2, 5, 0.0, "gelu", norm_first=True, batch_first=True, bias=False, inputs=[B, M]
    ),
    layer(
        "TransformerDecoderLayer", 4, 2, batch_first=True, inputs=[B, real(2, 4, 4)], **FEW,
        masks={"tgt_mask": CAUSAL, "tgt_is_causal": True, "memory_mask": bools(4, 4, share=0.2), "memory_key_padding_mask": PAD},
    ),
    bad("TransformerEncoderLayer", 4, 2, activation="tanh", text="relu/gelu"),
    bad("TransformerDecoderLayer", 4, 2, activation="tanh", text="relu/gelu"),
]  # fmt: skip
STACKS = [
    layer("TransformerEncoder", *encoder(), inputs=[B]),
    layer("TransformerEncoder", *encoder(norm=False, dropout=0.3), inputs=[B]),
    layer("TransformerEncoder", *encoder(norm_first=True), inputs=[B], warns="norm_first was True"),
    layer("TransformerEncoder", *encoder(batch_first=False), inputs=[B], warns="batch_first was not True"),
    layer("TransformerEncoder", *encoder(bias=False), inputs=[B], warns="bias=False"),
    layer("TransformerEncoder", *encoder(bias=False), False, inputs=[B]),
    layer("TransformerEncoder", *encoder(), inputs=[B], masks={"mask": CAUSAL}),
    layer("TransformerEncoder", *encoder(), inputs=[B], masks={"src_key_padding_mask": PAD, "mask": bools(4, 4, share=0.1)}),
    layer("TransformerEncoder", *encoder(), inputs=[B], masks={"src_key_padding_mask": LEFT}),
    quiet("TransformerEncoder", *encoder(), inputs=[B], masks={"src_key_padding_mask": LEFT}),
    quiet("TransformerEncoder", *encoder(), inputs=[B], masks={"src_key_padding_mask": PAD}),
    quiet("TransformerEncoder", *encoder(), enable_nested_tensor=False, inputs=[B], masks={"src_key_padding_mask": LEFT}),
    layer("TransformerDecoder", *decoder(), inputs=[real(3, 2, 4), real(5, 2, 4)]),
    layer(
        "TransformerDecoder", *decoder(norm_first=True), made(lambda ag, nn: nn.LayerNorm(4)), inputs=[real(4, 2, 4), real(5, 2, 4)],
        masks={"tgt_mask": CAUSAL},
    ),
    layer("Transformer", 4, 2, 1, 2, 5, 0.0, batch_first=True, inputs=[B, M]),
    layer("Transformer", 4, 2, 1, 1, 5, 0.2, "gelu", norm_first=True, inputs=[real(4, 2, 4), real(3, 2, 4)], warns="norm_first"),
    layer(
        "Transformer", 4, 2, 1, 1, batch_first=True, inputs=[B, real(2, 4, 4)], **FEW,
        masks={"src_key_padding_mask": PAD, "tgt_mask": CAUSAL, "memory_key_padding_mask": PAD, "tgt_key_padding_mask": LEFT},
        warns="mismatched",
    ),
    layer(
        "Transformer", 4, 2, custom_encoder=made(lambda ag, nn: nn.TransformerEncoder(*[nn.TransformerEncoderLayer(
            4, 2, 5, 0.0, batch_first=True), 1])), num_decoder_layers=1, batch_first=True, inputs=[B, M], **FEW,
    ),
    bad("Transformer", 4, 2, 1, 1, 5, batch_first=True, inputs=[B, real(3, 4, 4)], text="batch number"),
    bad("Transformer", 4, 2, 1, 1, 5, batch_first=True, inputs=[B, real(2, 4, 5)], text="feature number"),
]  # fmt: skip
WRONG = [
    bad(
        "scaled_dot_product_attention",
        inputs=[*(real(*s) for s in shapes), *rest],
        text=text,
        space="functional",
        **options,
    )
    for shapes, rest, text, options in (
        ((Q, K, KV), [bools(3, 5)], "is_causal=True", {"is_causal": True}),
        (((4,), K, K), [], "at least 2 dimensional", {}),
        ((Q, (2, 2, 5, 3), K), [], "features", {}),
        ((Q, K, (2, 2, 4, 3)), [], "positions", {}),
        ((Q, K, K), [bools(3, 3)], "broadcast", {}),
        ((Q, K, K), [bools(5)], "dimensions", {}),
        ((Q, K, K), [values([[1] * 5] * 3, grad=False)], "attn_mask dtype", {}),
        ((Q, K, K), [], "between 0 and 1", {"dropout_p": 1.5}),
        (((2, 4, 3, 4), K, K), [], "size|dimension|broadcast", {}),
        (((2, 3, 3, 4), K, K), [], "divide", {"enable_gqa": True}),
    )
]
CASES = FUNCTION + WRONG + HEADS + LAYERS + STACKS
