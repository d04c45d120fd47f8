"""Jacobians, two ways: by central differences, and by the recorded graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd.creation import tensor
from autograd.differentiate import grad
from autograd.forward import keep_for_forward, push_forward
from autograd.tensor import Tensor, materialise


def as_outputs(result: Any) -> tuple[Tensor, ...]:
    """What a function returned, as a tuple of Tensors; TypeError where it is something else."""
    outputs = tuple(result) if isinstance(result, (tuple, list)) else (result,)
    for i, output in enumerate(outputs):
        if not isinstance(output, Tensor):
            raise TypeError(
                f"gradcheck: func must return a Tensor or a tuple of them, but output {i} is {type(output).__name__}"
            )
    return outputs


def values(outputs: Sequence[Tensor]) -> list[np.ndarray]:
    """Copies of the outputs' values in float64."""
    return [np.array(o._array, np.float64) for o in outputs]


@contextmanager
def moved(array: np.ndarray, place: Any, by: Any) -> Iterator[None]:
    """``array[place]`` changed by ``by`` inside, exactly restored afterwards."""
    kept = array[place].copy()
    array[place] += by
    try:
        yield
    finally:
        array[place] = kept


def difference_quotient(
    func: Callable, inputs: Sequence, places: Sequence[int], number: int, element: Any, eps: float
) -> list[np.ndarray]:
    """The change of each output along one element of one input, by central differences."""
    array = materialise(inputs[number])
    with moved(array, element, eps):
        above = values([as_outputs(func(*inputs))[i] for i in places])
    with moved(array, element, -eps):
        below = values([as_outputs(func(*inputs))[i] for i in places])
    return [(high - low) / (2 * eps) for high, low in zip(above, below, strict=True)]


def numerical(
    func: Callable, inputs: Sequence, places: Sequence[int], number: int, eps: float
) -> tuple[list[np.ndarray], list[tuple[int, ...]]]:
    """For each output, its Jacobian with respect to one input, of shape (elements of the output, of the input).

    Also the elements of the input at which some output has a kink.
    """
    array = materialise(inputs[number])
    middle = values([as_outputs(func(*inputs))[i] for i in places])
    found = [np.zeros((m.size, array.size)) for m in middle]
    kinks = []
    for column, element in enumerate(np.ndindex(array.shape)):
        with moved(array, element, eps):
            above = values([as_outputs(func(*inputs))[i] for i in places])
        with moved(array, element, -eps):
            below = values([as_outputs(func(*inputs))[i] for i in places])
        bent = False
        for jacobian, low, mid, high in zip(found, below, middle, above, strict=True):
            jacobian[:, column] = ((high - low) / (2 * eps)).reshape(-1)
            left, right = (mid - low) / eps, (high - mid) / eps
            bent = bent or bool(np.any(np.abs(right - left) > 1e-2 * np.maximum(np.abs(left), np.abs(right)) + 1e-4))
        if bent:
            kinks.append(element)
    return found, kinks


def analytical(output: Tensor, wanted: Sequence[Tensor]) -> list[np.ndarray]:
    """The Jacobian of one output with respect to each input, a backward pass for each row."""
    size = output.numel()
    found = [np.zeros((size, x.numel())) for x in wanted]
    for row in range(size):
        unit = np.zeros(size, output.dtype)
        unit[row] = 1
        for jacobian, back in zip(found, pulled([output], wanted, [unit.reshape(output.shape)]), strict=True):
            jacobian[row] = back.reshape(-1)
    return found


def pulled(outputs: Sequence[Tensor], wanted: Sequence[Tensor], weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The gradients of the weighted outputs, zeros where nothing depends on an input."""
    seeds = [tensor(w) for w in weights]
    gradients = grad(list(outputs), list(wanted), seeds, retain_graph=True, allow_unused=True)
    return [
        np.zeros(tuple(x.shape)) if g is None else np.array(g._array, np.float64)
        for g, x in zip(gradients, wanted, strict=True)
    ]


def pushed(func: Callable, inputs: Sequence, places: Sequence[int], wanted: Sequence[int]) -> list[list[np.ndarray]]:
    """The Jacobians by forward mode: for each output, for each input that is wanted."""
    with keep_for_forward():
        every = as_outputs(func(*inputs))
        outputs = [every[i] for i in places]
        found = [[np.zeros((o.numel(), inputs[n].numel())) for n in wanted] for o in outputs]
        for k, n in enumerate(wanted):
            for column in range(inputs[n].numel()):
                tangent = np.zeros(inputs[n].numel(), inputs[n].dtype)
                tangent[column] = 1
                node = inputs[n]._node
                assert node is not None
                result = push_forward(outputs, {node.number: tangent.reshape(inputs[n].shape)[()]})
                for j, t in enumerate(result):
                    if t is not None:
                        found[j][k][:, column] = np.asarray(t).reshape(-1)
    return found
