"""Fast updates of many tensors in place: what optimizers are written with.

``blockwise`` applies an elementwise NumPy rule to columns of tensors; ``set_counts`` advances counters. Both act as under
``no_grad``, keep the tensors' memory (views of it see the new values), and enter their writes in the log by which
``backward`` finds that a value it still needs was overwritten.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd import dtypes, inplace, modes
from autograd.kernels.blas import axpby, axpy
from autograd.kernels.optim import sweep
from autograd.node import Handle, next_number
from autograd.tensor import Tensor, materialise

__all__ = ["Handle", "axpby", "axpy", "blockwise", "counts", "set_counts"]


def blockwise(
    rule: Callable,
    written: Sequence[Sequence[Tensor]],
    read: Sequence[Sequence[Tensor]] = (),
    *,
    scratch: int = 0,
    name: str = "update",
    **constants: float,
) -> None:
    """Update the tensors in the columns of ``written`` by an elementwise rule that may also look at those of ``read``.

    ``rule(*written, *read, *scratch, **constants)`` is called with one-dimensional NumPy blocks of the first column's
    dtype (``float32`` for halves): one for each column, then ``scratch`` uninitialised ones; ``constants`` come as 0-d
    arrays, which NumPy takes faster than Python's numbers. It writes into the blocks of ``written`` (and ``scratch``)
    with ``out=`` and must treat each element alone: small tensors come side by side in one block, large ones in
    several. Raises RuntimeError where the tensors of a row differ in shape or where one cannot be written; nothing is
    changed then. ``name`` is what a later error calls this write.

    >>> import autograd, numpy as np
    >>> from autograd import updates
    >>> def descend(p, g, step, *, lr):
    ...     np.subtract(p, np.multiply(g, lr, out=step), out=p)
    >>> x, slope = autograd.ones(2), autograd.tensor([1.0, 2.0])
    >>> updates.blockwise(descend, [[x]], [[slope]], scratch=1, lr=0.5)
    >>> x
    tensor([0.5000, 0.0000])
    """
    targets = [[_target(t, name) for t in column] for column in written]
    columns = targets + [[t._array for t in column] for column in read]
    _check_shapes(columns, name)
    for column in targets:
        _log(column, name)
    for dtype, some in _by_dtype(columns):
        compute = dtypes.float32 if dtype == dtypes.float16 else dtype
        bound = rule
        if constants:
            bound = functools.partial(rule, **{key: np.array(value, compute) for key, value in constants.items()})
        sweep(bound, some, len(targets), scratch, compute)


def counts(counters: Sequence[Tensor]) -> list[float]:
    """The values of 0-d ``counters``, as an optimizer's numbers of steps.

    >>> import autograd
    >>> from autograd import updates
    >>> updates.counts([autograd.tensor(2.0), autograd.tensor(0.0)])
    [2.0, 0.0]
    """
    return [counter._array.item() for counter in counters]


def set_counts(counters: Sequence[Tensor], value: float, name: str = "update") -> None:
    """Set each of the 0-d ``counters`` to ``value``.

    >>> import autograd
    >>> from autograd import updates
    >>> step = autograd.tensor(0.0)
    >>> updates.set_counts([step], 1)
    >>> step
    tensor(1.)
    """
    scalars: dict[type, Any] = {}
    for counter in counters:
        array = counter._array
        if isinstance(array, np.generic):  # immutable, so all counters may hold the same one
            kind = type(array)
            if kind not in scalars:
                scalars[kind] = kind(value)
            counter._array = scalars[kind]
        else:
            array[...] = value
            inplace.note_write(array, name)


def _target(tensor: Tensor, name: str) -> Any:
    """The array of a tensor that may be written; RuntimeError where it may not."""
    array = tensor._array
    if isinstance(array, np.generic):
        array = materialise(tensor)
    if not array.flags.carray:  # not contiguous, or not writeable
        with modes.no_grad():
            inplace.check_target(tensor, name)
    return array


def _check_shapes(columns: list[list], name: str) -> None:
    """Raise RuntimeError where the columns do not hold the same number of arrays of the same shapes."""
    first = [array.shape for array in columns[0]]
    for column in columns[1:]:
        shapes = [array.shape for array in column]
        if shapes != first:
            if len(shapes) != len(first):
                raise RuntimeError(f"{name}: the columns must be of one length, but got {len(first)} and {len(shapes)}")
            one, other = next((a, b) for a, b in zip(first, shapes, strict=True) if a != b)
            raise RuntimeError(
                f"{name}: the tensors that are updated together must have one shape, but got {list(one)} and {list(other)}"
            )


def _by_dtype(columns: list[list]) -> Iterator[tuple[np.dtype, list[list]]]:
    """The parts of the columns in which the first holds arrays of one dtype."""
    kinds = [array.dtype for array in columns[0]]
    for dtype in dict.fromkeys(kinds):
        if kinds.count(dtype) == len(kinds):
            yield dtype, columns
        else:
            places = [i for i, kind in enumerate(kinds) if kind == dtype]
            yield dtype, [[column[i] for i in places] for column in columns]


def _log(arrays: list, name: str) -> None:
    """Enter writes into all ``arrays`` in the log, under one number."""
    if inplace.anomaly[0]:
        for array in arrays:
            inplace.note_write(array, name)
        return
    number = next_number()
    for array in arrays:
        entry = inplace.log.get(id(array if array.base is None else inplace.owner(array)))
        if entry is None:
            inplace.note_write(array, name)
        else:
            entry.number, entry.name, entry.where = number, name, ""
    inplace.last_write = max(inplace.last_write, number)
