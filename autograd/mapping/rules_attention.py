"""How attention runs on all examples of ``vmap`` at once."""

from __future__ import annotations

from typing import Any

from autograd.dispatch import record
from autograd.lanes import Call
from autograd.mapping.arrange import map_one, pad_front, rule


@rule("scaled_dot_product_attention")
def attended(call: Call) -> Any:
    """The batch is one more leading dimension; masks keep their dimensions last."""
    ndim = call.ndim(0)
    if ndim < 2 or not call.ndim(1) == call.ndim(2) == ndim:
        return None
    three = [map_one(call, i) for i in range(3)]
    return record(call.op, [*three, *(pad_front(call, i, ndim) for i in (3, 4))], call.static)
