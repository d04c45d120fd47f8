"""How pooling, resampling and other operations of images run on all examples of ``vmap`` at once."""

from __future__ import annotations

from typing import Any

from autograd.dispatch import record
from autograd.lanes import Call
from autograd.mapping.arrange import map_all, rule, shaped


@rule("max_pool", "max_values", "pick_codes", "put_codes", "pick_places", "put_places", "max_unpool", "resample",
      "resample_backward", "adaptive_avg_pool", "adaptive_avg_pool_backward", "adaptive_max_pool", "pixel_shuffle",
      "pixel_unshuffle")  # fmt: skip
def planes(call: Call) -> Any:
    """Operations on the last dimensions: the batch is one more before them."""
    if call.op.name.startswith("pixel_") and call.ndim() < 3:  # too few, which the examples one by one say
        return None
    return record(call.op, map_all(call), call.static)


# Dimensions of an argument with the batch that PyTorch's layers have; for some it may be missing.
_WITH_BATCH = {
    **{f"{name}{d}d{end}": d + 2 for name, end in (("avg_pool", ""), ("avg_pool", "_backward"), ("max_pool", "_with_indices"))
       for d in (1, 2, 3)},
    "im2col": 4, "col2im": 3,
}  # fmt: skip


@rule(*_WITH_BATCH)
def stacks(call: Call) -> Any:
    """Operations on (N, C, …) or (C, …): the examples are more of N, or are N."""
    missing = _WITH_BATCH[call.op.name] - call.ndim()
    if missing == 1:
        return record(call.op, call.tensors, call.static)
    return merged(call) if missing == 0 else None


@rule("channel_shuffle", "grid_sample", "grid_pixels", "pick_pixels", "put_pixels")
def merged(call: Call) -> Any:
    """Operations whose arguments all begin with N: the examples are more of N."""
    if not all([call.ndim(i) for i in range(len(call.tensors))]):
        return None
    tensors = map_all(call)
    batches = {t._array.shape[1] for t in tensors}
    if len(batches) > 1:
        return None
    count = call.count * batches.pop()
    flat = [shaped(t, (count, *t._array.shape[2:])) for t in tensors]
    result = record(call.op, flat, call.static)
    apart = (call.count, count // call.count if call.count else 0)
    if isinstance(result, tuple):
        return tuple([shaped(r, (*apart, *r._array.shape[1:])) for r in result])
    return shaped(result, (*apart, *result._array.shape[1:]))
