"""How matrix products, linear algebra and losses run on all examples of ``vmap`` at once."""

from __future__ import annotations

from typing import Any

from autograd.dispatch import record
from autograd.lanes import Call
from autograd.mapping.arrange import map_all, map_one, pad_all, pad_front, rule, shaped
from autograd.tensor import Tensor

# -- products -------------------------------------------------------------------------------------------------------------

_RANKS = {"mm": (2, 2), "mv": (2, 1), "bmm": (3, 3), "dot": (1, 1)}


@rule("matmul", "mm", "mv", "bmm", "dot")
def multiplied(call: Call) -> Any:
    """Matrix products: vectors are made matrices, batch dimensions aligned."""
    from autograd.ops.matmul import matmul  # noqa: PLC0415

    a, b = call.ndim(0), call.ndim(1)
    if not a or not b or (a, b) != _RANKS.get(call.op.name, (a, b)):
        return None
    if call.op.name == "bmm" and len({t._array.shape[-3] for t in call.tensors}) > 1:
        return None
    ndim = max(a, b, 2)
    x, y = call.tensors
    if call.mapped[0]:
        row = shaped(x, (x._array.shape[0], 1, x._array.shape[1])) if a == 1 and call.mapped[1] else x
        x = _with_batch(row, max(a, 2) if row is not x else a, ndim if call.mapped[1] or a > 1 else a)
    if call.mapped[1]:
        column = shaped(y, (*y._array.shape, 1)) if b == 1 else y
        y = _with_batch(column, max(b, 2), ndim)
    result = record(matmul, [x, y], ())
    if b == 1 and call.mapped[1]:
        result = result.squeeze(-1)
    if a == 1 and call.mapped[0] and call.mapped[1]:
        result = result.squeeze(-2 if b > 1 else -1)
    elif a == 1 and call.mapped[0] and b > 2:
        return None
    return result


def _with_batch(tensor: Tensor, have: int, want: int) -> Tensor:
    """``tensor`` (the batch first, then ``have`` dimensions) with 1s after the batch up to ``want``."""
    shape = tensor._array.shape
    return shaped(tensor, (shape[0], *[1] * (want - have), *shape[1:]))


@rule("outer")
def outer_products(call: Call) -> Any:
    """Each pair's products."""
    from autograd.ops.arithmetic import mul  # noqa: PLC0415

    if (call.ndim(0), call.ndim(1)) != (1, 1):
        return None
    x, y = map_all(call)
    return record(mul, [x.unsqueeze(2), y.unsqueeze(1)], ())


@rule("linear")
def affine(call: Call) -> Any:
    """One weight for all examples (a vector and a bias do not fit every number of dimensions); or a product and a sum."""
    if not any(call.mapped[1:]) and (call.ndim(1) == 2 or call.tensors[2] is None):
        return record(call.op, call.tensors, call.static)
    if call.ndim(1) != 2:
        return None
    x, weight, bias = call.tensors
    turned = weight.transpose(-1, -2)
    result = multiplied(Call(call.op, [x, turned], call.mapped[:2], (), call.count, call.level))
    if result is None or bias is None:
        return result
    return result + pad_front(call, 2, call.ndim(0))


@rule("einsum")
def summed(call: Call) -> Any:
    """The batch as one more letter."""
    equation = call.static_of("equation")
    letter = next(c for c in "zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in equation)
    terms, out = equation.split("->")
    named = [letter + t if m else t for t, m in zip(terms.split(","), call.mapped, strict=True)]
    return record(call.op, call.tensors, (",".join(named) + "->" + letter + out,))


@rule("linalg_solve", "linalg_solve_triangular")
def solved(call: Call) -> Any:
    """Systems of equations with matrices on the right."""
    a, b = call.ndim(0), call.ndim(1)
    return record(call.op, map_all(call), call.static) if a == b >= 2 else None


# -- convolutions ---------------------------------------------------------------------------------------------------------


@rule("convolution", "convolution_spread")
def convolved(call: Call) -> Any:
    """One weight for all examples: they are more images. A weight for each: they are more groups of channels."""
    x, weight, bias = call.tensors
    if not call.count:
        return None
    if not any(call.mapped[1:]):
        n = call.tensors[0]._array.shape[1]
        out = record(call.op, [x.flatten(0, 1), weight, bias], call.static)
        return out.reshape((call.count, n, *out._array.shape[1:]))
    if not call.mapped[1]:
        return None
    static = call.static
    if "groups" in call.op.static:
        static = call.with_static(groups=call.static_of("groups") * call.count)
    own = None if bias is None else map_one(call, 2).flatten()
    return _parted(record(call.op, [_channels(map_one(call, 0)), weight.flatten(0, 1), own], static), call.count)


@rule("convolution_weight")
def weights_convolved(call: Call) -> Any:
    """The examples as groups of channels."""
    if not call.count:
        return None
    first, *rest = call.static_of("shape")
    g, x = (_channels(t) for t in map_all(call))
    out = record(call.op, [g, x], call.with_static(shape=(call.count * first, *rest)))
    return out.reshape((call.count, first, *rest))


def _channels(tensor: Tensor) -> Tensor:
    """(examples, N, C, …) as (N, examples · C, …)."""
    return tensor.transpose(0, 1).flatten(1, 2)


def _parted(tensor: Tensor, count: int) -> Tensor:
    """(N, examples · C, …) as (examples, N, C, …)."""
    n, c, *rest = tensor._array.shape
    return tensor.reshape((n, count, c // count, *rest)).transpose(0, 1)


# -- losses ---------------------------------------------------------------------------------------------------------------

REDUCTIONS = ("none", "mean", "sum")


@rule("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div", "binary_cross_entropy",
      "binary_cross_entropy_with_logits")  # fmt: skip
def compared(call: Call) -> Any:
    """Losses of each element; then their mean or sum over an example."""
    reduction = call.static_of("reduction")
    if reduction not in REDUCTIONS or not call.count:
        return None
    each = record(call.op, pad_all(call), call.with_static(reduction="none"))
    if reduction == "none":
        return each
    flat = shaped(each, (call.count, each.numel() // call.count))
    return flat.mean(1) if reduction == "mean" else flat.sum(1)


@rule("cross_entropy", "nll_loss")
def classified(call: Call) -> Any:
    """Losses of one class (or one row of classes) an example."""
    x, target, weight = call.tensors
    reduction, ndim = call.static_of("reduction"), call.ndim(0)
    if reduction not in REDUCTIONS or call.mapped[2] or ndim not in {1, 2} or not call.count:
        return None
    if weight is not None and reduction == "mean":
        return None
    x, target = map_one(call, 0), map_one(call, 1)
    by_class = target._array.ndim < x._array.ndim
    ignored = call.static_of("ignore_index")
    each = record(
        call.op,
        [x.flatten(0, -2), target.flatten() if by_class else target.flatten(0, -2), weight],
        call.with_static(reduction="none"),
    )
    losses = each[0] if isinstance(each, tuple) else each
    rows = losses.reshape((call.count, *x._array.shape[1:-1]))
    if reduction != "none":
        total = rows.reshape((call.count, -1)).sum(1)
        many = (target != ignored).reshape((call.count, -1)).sum(1) if by_class else rows[0].numel()
        rows = total if reduction == "sum" else total / many
    return (rows, each[1].reshape(x._array.shape)) if isinstance(each, tuple) else rows


@rule("cross_entropy_backward")
def classified_back(call: Call) -> Any:
    """The gradient of ``cross_entropy``, row by row."""
    _, x, target, probs, weight = call.tensors
    reduction = call.static_of("reduction")
    if weight is not None or reduction not in REDUCTIONS or call.ndim(1) not in {1, 2} or not call.count:
        return None
    x, target, probs = (map_one(call, i) for i in (1, 2, 3))
    by_class = target._array.ndim < x._array.ndim
    rows = x._array.shape[:-1]
    g = map_one(call, 0)
    if reduction != "none":
        g = shaped(g, (call.count, *[1] * (len(rows) - 1)))
        if reduction == "mean" and by_class:
            counted = (target != call.static_of("ignore_index")).reshape((call.count, -1)).sum(1)
            g = g / shaped(counted, g._array.shape).to(g.dtype)
        elif reduction == "mean":
            g = g / max(1, rows[1] if len(rows) > 1 else 1)
    flat = [g.expand(rows).flatten(), x.flatten(0, -2), target.flatten() if by_class else target.flatten(0, -2)]
    found = record(call.op, [*flat, probs.flatten(0, -2), None], call.with_static(reduction="none"))
    return found.reshape(x._array.shape)
