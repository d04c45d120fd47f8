"""Whole Jacobians from products with them: the rows by pulling unit vectors back, the columns by pushing them forward."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd.func.transforms import Recording, zeros_for_missing
from autograd.lanes import NeedsValues
from autograd.ops.join import stack
from autograd.tensor import Tensor

FEW = 4  # up to so many, one by one is faster


def _units(x: Tensor) -> Tensor:
    """The unit vectors in the space of ``x``, stacked: shape (x.numel(), *x.shape)."""
    from autograd.api.create import eye  # noqa: PLC0415 - creation stands on operations

    return eye(x.numel(), dtype=x.dtype).reshape((x.numel(), *x.shape))


def each_unit(function: Callable, x: Tensor, like: Sequence[Tensor], chunk_size: int | None) -> list[Tensor]:
    """What ``function`` makes of each unit vector in the space of ``x``, stacked: Tensors shaped (x.numel(), *like).

    All at once, or ``chunk_size`` at a time; one by one where there are few, or where an operation cannot be mapped.
    """
    count = x.numel()
    if count == 0:
        return [x.new_zeros((0, *part.shape), dtype=part.dtype) for part in like]
    units = _units(x)
    if count > FEW and chunk_size != 1:
        from autograd.mapping.vmap import vmap  # noqa: PLC0415 - not needed for few

        try:
            return vmap(function, chunk_size=chunk_size)(units)
        except NeedsValues:
            pass  # a rule that decides by values: the same derivatives, one after the other
    found = [function(units[i]) for i in range(count)]
    return [stack.function(list(column)) for column in zip(*found, strict=True)]


def rows(call: Recording, chunk_size: int | None) -> list[list[Tensor]]:
    """For each output and each input a block of shape (*output.shape, *input.shape), by rows."""
    create = call.records()
    found = []
    for place, output in enumerate(call.outputs):

        def pull(unit: Tensor, place: int = place) -> list[Tensor]:
            return call.pull({place: unit}, create, True)

        blocks = each_unit(pull, output, call.inputs, chunk_size)
        found.append([b.reshape((*output.shape, *x.shape)) for b, x in zip(blocks, call.inputs, strict=True)])
    return found


def columns(
    push: Callable[[Tensor, Tensor], Sequence[Tensor | None]], inputs: Sequence[Tensor], outputs: Sequence[Tensor]
) -> list[list[Tensor]]:
    """For each output and each input a block of shape (*output.shape, *input.shape), by columns.

    ``push`` gives the tangents of the outputs (None for zero) for one of the inputs and a tangent of it alone.
    """
    found: list[list[Tensor]] = [[] for _ in outputs]
    for x in inputs:

        def pushed(unit: Tensor, x: Tensor = x) -> list[Tensor]:
            return zeros_for_missing(push(x, unit), outputs)

        blocks = each_unit(pushed, x, outputs, None)
        for row, block, output in zip(found, blocks, outputs, strict=True):
            row.append(block.movedim(0, -1).reshape((*output.shape, *x.shape)))
    return found
