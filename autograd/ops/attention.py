"""Scaled dot-product attention as one operation."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.kernels import attention as kernel
from autograd.op import Op, general
from autograd.ops.compare import isneginf
from autograd.ops.elementwise import keep as keep_where
from autograd.ops.elementwise import where
from autograd.ops.matmul import matmul
from autograd.ops.reduce import any_, sum_
from autograd.ops.shape import reshape, transpose
from autograd.ops.softmax import softmax
from autograd.samples import Bad, Draw, bools, const, real, s
from autograd.tensor import Tensor


def _turned(x: Any) -> Any:
    return transpose(x, -1, -2)


def _seen(mask: Any, is_causal: bool, shape: tuple[int, ...]) -> Any:
    """Which keys each row sees; None where it is all."""
    seen = np.tril(np.ones(shape, bool)) if is_causal else None
    if mask is None:
        return seen
    own = mask if mask.dtype.char == "?" else np.logical_not(isneginf(mask))
    return own if seen is None else own & seen


def _probabilities(query: Any, key: Any, mask: Any, is_causal: bool, scale: float) -> Any:
    """``softmax(scale · q kᵀ + mask)`` by plain operations; 0 in a row that sees no key."""
    scores = matmul(query, _turned(key)) * scale
    seen = _seen(mask, is_causal, tuple(scores.shape[-2:]))
    if mask is not None and mask.dtype.char != "?":
        scores = scores + keep_where(mask, np.logical_not(isneginf(mask)))
    if seen is None:
        return softmax(scores, -1)
    nothing = np.logical_not(any_(seen, -1, True))
    low = np.full((), -np.inf, scores.dtype)
    return keep_where(softmax(where(seen | nothing, scores, low), -1), seen)


def _dropped(x: Any, keep: Any, dropout_p: float) -> Any:
    """What dropout leaves of probabilities, or of their gradient."""
    return x if keep is None else keep_where(x, keep) * (1 / (1 - dropout_p))


def _slopes(probs: Any, tangent: Any) -> Any:
    """The derivative of softmax, which is its own transpose, applied to ``tangent``."""
    return probs * (tangent - sum_(probs * tangent, -1, True))


def _folded(x: Any, shape: tuple[int, ...]) -> Any:
    """``x`` summed to ``shape``, from which it was broadcast."""
    extra = x.ndim - len(shape)
    dims = tuple([d for d in range(x.ndim) if d < extra or shape[d - extra] != x.shape[d]])
    return reshape(sum_(x, dims), shape) if dims else x


def _rules(
    g: Any, query: Any, key: Any, value: Any, mask: Any, keep: Any, out: Any, sums: Any,
    is_causal: bool, scale: float, dropout_p: float, needs: tuple[bool, ...],
) -> tuple:  # fmt: skip
    """All gradients at once: by the kernel, or by plain operations where they are recorded."""
    if not isinstance(g, Tensor) and not isinstance(query, Tensor):
        arrays = (query, key, value, mask, keep, out, sums)
        return (*kernel.attention_grad(g, *arrays, is_causal, scale, dropout_p, needs[:4]), None)
    probs = _probabilities(query, key, mask, is_causal, scale)
    slopes = _slopes(probs, _dropped(matmul(g, _turned(value)), keep, dropout_p))
    return (
        matmul(slopes, key) * scale if needs[0] else None,
        matmul(_turned(slopes), query) * scale if needs[1] else None,
        matmul(_turned(_dropped(probs, keep, dropout_p)), g) if needs[2] else None,
        _folded(slopes, tuple(mask.shape)) if needs[3] else None,
        None,
    )


def _push(
    t: tuple, query: Any, key: Any, value: Any, mask: Any, keep: Any, is_causal: bool, scale: float, dropout_p: float
) -> Any:
    """The tangent of the result."""
    probs = _probabilities(query, key, mask, is_causal, scale)
    terms = [] if t[0] is None else [matmul(t[0], _turned(key)) * scale]
    terms += [] if t[1] is None else [matmul(query, _turned(t[1])) * scale]
    terms += [] if t[3] is None else [t[3]]
    found = [] if t[2] is None else [matmul(_dropped(probs, keep, dropout_p), t[2])]
    if terms:
        moved = _slopes(probs, probs * 0 + sum(terms[1:], terms[0]))
        found.append(matmul(_dropped(moved, keep, dropout_p), value))
    return sum(found[1:], found[0])


def _three(*shapes: tuple[int, ...]) -> list[Draw]:
    return [real(*shape) for shape in shapes]


_SEEN = np.array([[True, False, True, True], [False, False, False, False], [True, True, False, True]])
_FEW = _three((2, 3, 2), (2, 4, 2), (2, 4, 3))

scaled_dot_product_attention: Op = general(
    "scaled_dot_product_attention",
    kernel.attention,
    tensors=("query", "key", "value", "mask", "keep"),
    outputs=("out", "sums"),
    differentiable=("out",),
    joint=_rules,
    jvp=_push,
    symbol="attention",
    samples=[
        s(*_three((3, 2), (4, 2), (4, 2)), None, None, False, 0.7),
        s(*_three((1, 2, 3, 2), (1, 2, 4, 2), (1, 2, 4, 3)), None, None, True, 0.7),
        s(*_FEW, const(_SEEN), None, False, 0.7),
        s(*_FEW, real(3, 1), None, True, 0.7),
        s(*_FEW, const(np.where(_SEEN, 0.5, -np.inf)), bools(2, 3, 4), False, 1.5, 0.25),
        s(*_three((2, 0, 2), (2, 4, 2), (2, 4, 3))),
        s(*_three((0, 3, 2), (0, 4, 2), (0, 4, 3)), None, None, True),
        s(*_three((2, 2), (0, 2), (0, 3))),
    ],
    errors=[
        Bad(RuntimeError, "at least 2 dimensional", real(2), real(3, 2), real(3, 2)),
        Bad(RuntimeError, "same features", real(3, 2), real(3, 4), real(3, 2)),
        Bad(RuntimeError, "same positions", real(3, 2), real(3, 2), real(4, 2)),
        Bad(RuntimeError, "same leading", real(2, 3, 2), real(3, 3, 2), real(3, 3, 2)),
        Bad(RuntimeError, "same dtype", real(3, 2), const([[1, 2]]), real(1, 2)),
    ],
    doc="``softmax(scale · q kᵀ + mask) v`` and the logarithm of each row's sum of exponentials. ``mask`` is added, or says "
    "with bools which keys a row sees; ``keep`` says which probabilities dropout keeps.",
    public=False,
)
