"""Where differentiation starts: ``backward`` and ``grad``, their arguments checked before anything is walked."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import lanes
from autograd.dispatch import wrap
from autograd.graph import Walk, accumulate
from autograd.node import Node
from autograd.tensor import Tensor


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradients of ``tensors`` with respect to the leaves (or ``inputs``) to their ``.grad``.

    ``grad_tensors`` weight the elements of each; a single element may go without. With ``create_graph`` the
    gradients are recorded and can be differentiated again. As ``torch.autograd.backward``; raises RuntimeError where
    nothing was recorded, where the graph was freed, or where a saved value was overwritten.

    >>> import autograd
    >>> x = autograd.tensor(3.0, requires_grad=True)
    >>> autograd.backward([x * x])
    >>> x.grad
    tensor(6.)
    """
    roots = _tensors(tensors, "tensors")
    seeds = _seeds(roots, grad_tensors, create_graph or lanes.depth[0] > 0)
    targets = None
    if inputs is not None:
        chosen = _tensors(inputs, "inputs")
        if not chosen:
            raise RuntimeError("backward: 'inputs' argument to backward() cannot be empty")
        targets = [_node_of(t, i) for i, t in enumerate(chosen)]
    walk = Walk(roots, seeds, create_graph if retain_graph is None else retain_graph, create_graph)
    if targets is None:
        walk.run()
        return
    walk.capture(targets)
    walk.run()
    for tensor, node in zip(chosen, targets, strict=True):
        if node.number in walk.captured:
            accumulate(tensor, walk.captured[node.number], False, create_graph)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
    *,
    only_inputs: bool = True,
) -> tuple[Any, ...]:
    """The gradients of the sum of ``outputs`` (weighted by ``grad_outputs``) with respect to each of ``inputs``.

    Nothing is added to any ``.grad``, and only paths that lead to the inputs are walked. An input that the outputs do
    not depend on is a RuntimeError, None with ``allow_unused``, zeros with ``materialize_grads``; ``only_inputs`` may
    be given and must be True. As ``torch.autograd.grad``.

    >>> import autograd
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> (slope,) = autograd.grad(x**3, x, create_graph=True)
    >>> slope, autograd.grad(slope, x)[0]
    (tensor(12., grad_fn=<MulBackward0>), tensor(12.))
    """
    if not only_inputs:
        raise ValueError("grad: only_inputs=False is not supported; use backward() to accumulate into every leaf")
    roots, wanted = _tensors(outputs, "outputs"), _tensors(inputs, "inputs")
    if not wanted:
        raise RuntimeError("grad: 'inputs' argument to grad() cannot be empty")
    if is_grads_batched:
        return _batched(roots, wanted, grad_outputs, retain_graph, create_graph, allow_unused, materialize_grads)
    if materialize_grads and allow_unused is False:
        raise ValueError("grad: allow_unused must be True or left out where materialize_grads is True")
    seeds = _seeds(roots, grad_outputs, create_graph or lanes.depth[0] > 0)
    targets = [_node_of(t, i) for i, t in enumerate(wanted)]
    walk = Walk(roots, seeds, create_graph if retain_graph is None else retain_graph, create_graph)
    walk.capture(targets)
    walk.run()
    return tuple(
        _result(walk.captured.get(node.number), tensor, i, bool(allow_unused) or materialize_grads, materialize_grads)
        for i, (node, tensor) in enumerate(zip(targets, wanted, strict=True))
    )


def _batched(roots: tuple, wanted: tuple, seeds: Any, retain: Any, create: bool, unused: Any, zeros: bool) -> tuple:
    """``grad`` for each row of batched ``grad_outputs``, the results stacked."""
    from autograd.ops.shape import stack  # noqa: PLC0415 - operations stand on this module

    rows = (seeds,) if isinstance(seeds, Tensor) else tuple(seeds or ())
    if not rows or any(r is None or r.ndim == 0 for r in rows):
        raise RuntimeError("grad: is_grads_batched needs grad_outputs with a leading batch dimension")
    count = len(rows[0])
    if count == 0:
        raise RuntimeError("grad: is_grads_batched got an empty batch of grad_outputs")
    results = [
        grad(roots, wanted, [r[i] for r in rows], retain or i + 1 < count, create, unused, materialize_grads=zeros)
        for i in range(count)
    ]
    columns = zip(*results, strict=True)
    return tuple(None if c[0] is None else stack.function(list(c)) for c in columns)


def _result(found: Any, tensor: Tensor, place: int, allow_unused: bool, zeros: bool) -> Tensor | None:
    if found is not None:
        return found if isinstance(found, Tensor) else wrap(found)
    if not allow_unused:
        raise RuntimeError(
            f"One of the differentiated Tensors (inputs[{place}], shape {list(tensor.shape)}) appears to not have been "
            "used in the graph. Set allow_unused=True if this is the desired behavior."
        )
    return wrap(np.zeros(tensor._array.shape, tensor._array.dtype)) if zeros else None


def _tensors(given: Any, name: str) -> tuple:
    """One Tensor, or what is in a sequence of them, as a tuple."""
    if isinstance(given, Tensor):
        return (given,)
    if not hasattr(given, "__iter__"):
        raise TypeError(f"{name} must be a Tensor or a sequence of Tensors, but got {type(given).__name__}")
    return tuple(given)


def _node_of(tensor: Any, place: int) -> Node:
    if not isinstance(tensor, Tensor):
        raise TypeError(f"inputs[{place}] must be a Tensor, but got {type(tensor).__name__}")
    if tensor._node is None:
        raise RuntimeError(f"One of the differentiated Tensors (inputs[{place}]) does not require grad")
    return tensor._node


def _seeds(roots: tuple, given: Any, create_graph: bool) -> list:
    """The gradient with which each root starts: the given one, checked, or 1."""
    for root in roots:
        if not isinstance(root, Tensor):
            raise TypeError(f"backward and grad start from Tensors, but got {type(root).__name__}")
        if root._node is None:
            raise RuntimeError(
                "element 0 of tensors does not require grad and does not have a grad_fn: nothing was recorded "
                "(was it computed under no_grad(), detached, or from tensors without requires_grad=True?)"
            )
    weights = (None,) * len(roots) if given is None else _tensors(given, "gradients")
    for weight in weights:
        if weight is not None and not isinstance(weight, Tensor):
            raise TypeError(f"gradients must be Tensors or None, but got {type(weight).__name__}")
    if len(weights) != len(roots):
        raise RuntimeError(f"got {len(roots)} tensors and {len(weights)} gradients")
    return [_seed(root, weight, create_graph) for root, weight in zip(roots, weights, strict=True)]


def _seed(root: Tensor, weight: Any, create_graph: bool) -> Any:
    array = root._array
    if weight is None:
        if array.size != 1:
            raise RuntimeError(
                f"grad can be implicitly created only for scalar outputs, but got shape {list(array.shape)}; "
                "pass gradient= (grad_outputs=), or reduce with sum() or mean()"
            )
        one = array.dtype.type(1) if array.ndim == 0 else np.ones(array.shape, array.dtype)
        return wrap(one) if create_graph else one
    if weight._array.shape != array.shape:
        raise RuntimeError(
            f"Mismatch in shape: gradient has a shape of {list(weight._array.shape)} "
            f"and the output has a shape of {list(array.shape)}."
        )
    if weight._array.dtype is not array.dtype:
        from autograd.ops.convert import cast  # noqa: PLC0415 - operations stand on this module

        weight = cast.function(weight, array.dtype)
    return weight if create_graph else weight._array
