"""How normalisation runs on all examples of ``vmap`` at once, where they share the weights.

Over the last dimensions the batch of ``vmap`` is one dimension more in front; groups of channels take it as more
examples; batch norm takes it as more channels, since each has a mean of its own.
"""

from __future__ import annotations

from typing import Any

from autograd.dispatch import record
from autograd.lanes import Call
from autograd.mapping.arrange import map_one, rule, shaped
from autograd.tensor import Tensor


def _input_only(call: Call) -> bool:
    """Whether the examples differ in the input alone, and there are any."""
    return bool(call.mapped[0] and call.count and not any(call.mapped[1:]))


@rule("native_layer_norm", "rms_norm")
def last_dimensions(call: Call) -> Any:
    """One dimension more in front."""
    if not _input_only(call) or call.ndim() < len(call.static_of("normalized_shape")):
        return None
    return record(call.op, call.tensors, call.static)


@rule("standardize", "standardize_pull")
def shifted_axes(call: Call) -> Any:
    """The same dimensions of each example."""
    axes = tuple([axis + 1 for axis in call.static_of("axes")])
    if not call.count:
        return None
    tensors = [map_one(call, i) for i in range(len(call.tensors))]
    return record(call.op, tensors, call.with_static(axes=axes))


@rule("native_group_norm")
def more_examples(call: Call) -> Any:
    """The examples of all, one after the other."""
    x = call.tensors[0]
    if not _input_only(call) or call.ndim() < 2:
        return None
    shape = tuple(x._array.shape)
    found = record(call.op, [shaped(x, (shape[0] * shape[1], *shape[2:])), *call.tensors[1:]], call.static)
    return shaped(found[0], shape), *[shaped(part, (*shape[:2], *part._array.shape[1:])) for part in found[1:]]


@rule("native_batch_norm", "running_batch_norm")
def more_channels(call: Call) -> Any:
    """The channels of all beside each other; numbers of channels, too."""
    x = call.tensors[0]
    if not call.mapped[0] or not call.count or call.ndim() < 2:
        return None
    shape = tuple(x._array.shape)
    if any([call.ndim(i) != 1 for i in range(1, len(call.tensors)) if call.tensors[i] is not None]):
        return None
    wide = shaped(x.transpose(0, 1), (shape[1], shape[0] * shape[2], *shape[3:]))
    others = [_all_channels(call, i, shape[0] * shape[2]) for i in range(1, len(call.tensors))]
    found = record(call.op, [wide, *others], call.static)
    parts = found if isinstance(found, tuple) else (found,)
    back = parts[0].reshape(shape[1], shape[0], *shape[2:]).transpose(0, 1)
    if not isinstance(found, tuple):
        return back
    return back, *[shaped(part, (shape[0], shape[2])) for part in parts[1:]]


def _all_channels(call: Call, i: int, count: int) -> Tensor | None:
    tensor = map_one(call, i)
    return None if tensor is None else tensor.reshape(count)
