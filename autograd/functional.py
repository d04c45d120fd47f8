"""Jacobians, Hessians and products with them of a function of one Tensor or a tuple of them. As ``torch.autograd.functional``.

In all of them ``inputs`` is a Tensor or a tuple of Tensors, and the function returns one or the other. Results have no
history unless ``create_graph``. Where an output does not depend on an input the derivative is zero; with ``strict`` it
is a RuntimeError. ``autograd.func`` has the same for trees, and nests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

from autograd import differentiate, modes
from autograd.forward import keep_for_forward
from autograd.func.jacobians import columns, each_unit
from autograd.func.transforms import push_tangents, zeros_for_missing
from autograd.ops.shape import alias
from autograd.pytree import tree_map
from autograd.tensor import Tensor

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

FORWARD, REVERSE = "forward-mode", "reverse-mode"
ROWS = 32  # of a Jacobian computed at a time where it is not to be vectorized: most of the speed for little memory

# -- arguments and results --------------------------------------------------------------------------------------------


def _tuple(given: Any, what: str, name: str) -> tuple[bool, tuple[Tensor, ...]]:
    """Whether a tuple was given, and the Tensors as a tuple; TypeError for anything else."""
    several = isinstance(given, tuple)
    values = given if several else (given,)
    for i, value in enumerate(values):
        if not isinstance(value, Tensor):
            place = f"value at index {i}" if several else f"given {what}"
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the {place} has type "
                f"{type(value)}."
            )
    return several, values


def _own(tensors: Sequence[Tensor], create_graph: bool, requires_grad: bool = True) -> tuple[Tensor, ...]:
    """Tensors on the same memory: on the history of the given ones with ``create_graph``, else new leaves."""
    return tuple(
        [
            alias.function(t) if create_graph and t._node is not None else t.detach().requires_grad_(requires_grad)
            for t in tensors
        ]
    )


def _vector(v: Any, like: Sequence[Tensor], several: bool, create_graph: bool, name: str) -> tuple[Tensor, ...]:
    """The vector ``v``, with the shapes of ``like``; ones where none is given and there is one element."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            what = "user-provided function returns" if name == "vjp" else "input to the user-provided function is"
            raise RuntimeError(
                f"{name}: The vector v can only be None if the {what} a single Tensor with a single element."
            )
        from autograd import ones_like  # noqa: PLC0415 - the published one, which vmap knows

        return (ones_like(like[0]),)
    _, values = _tuple(v, "v", name)
    if len(values) != len(like):
        if several:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(values)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for i, (value, other) in enumerate(zip(values, like, strict=True)):
        if value.shape != other.shape:
            entry = f"Entry {i} in v" if several else "v"
            raise RuntimeError(f"{entry} has invalid size: should be {list(other.shape)} but got {list(value.shape)}.")
    return _own(values, create_graph, requires_grad=False)


def _single(func_output: Any, several: bool, outputs: tuple[Tensor, ...], name: str) -> None:
    """RuntimeError unless the function returned one Tensor with one element."""
    if several or not isinstance(func_output, Tensor):
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")


def _done(values: Sequence, several: bool, create_graph: bool) -> Any:
    """Results as they are handed out: without history unless wanted, and alone where one was asked for."""
    found = tuple(values) if create_graph else tree_map(lambda t: t.detach(), tuple(values))
    return found if several else found[0]


# -- strict -----------------------------------------------------------------------------------------------------------

_STRICT = "This is not allowed in strict mode."


def _check_outputs(outputs: Sequence[Tensor], strict: bool) -> None:
    for i, output in enumerate(outputs):
        if strict and output._node is None:
            raise RuntimeError(
                f"Output {i} of the user-provided function does not require gradients. The outputs must be computed in "
                "a differentiable manner from the input when running in strict mode."
            )


def _check_first(gradients: Sequence[Tensor | None], strict: bool) -> None:
    """That a gradient which is to be differentiated again depends on the inputs."""
    for i, found in enumerate(gradients):
        if strict and found is None:
            raise RuntimeError(f"The output of the user-provided function is independent of input {i}. {_STRICT}")
        if strict and found is not None and found._node is None:
            raise RuntimeError(
                "While computing the hessian, found that the jacobian of the user-provided function with respect to "
                f"input {i} is independent of the input. {_STRICT} You should ensure that your function is twice "
                "differentiable and that the jacobian depends on the inputs (this would be violated by a linear "
                "function for example)."
            )


def _filled(found: Sequence, like: Sequence[Tensor], strict: bool, create_graph: bool, what: str) -> list[Tensor]:
    """Zeros for what there is no derivative of; with ``strict`` an error that says of what the ``what`` is independent."""
    for i, value in enumerate(found):
        if strict and value is None:
            raise RuntimeError(f"The {what} of the user-provided function is independent of input {i}. {_STRICT}")
        if strict and create_graph and value._node is None:
            order = "jacobian" if what == "output" else "hessian"
            raise RuntimeError(
                f"The {order} of the user-provided function is independent of input {i}. This is not allowed in strict "
                "mode when create_graph=True."
            )
    return zeros_for_missing(found, like)


# -- products ---------------------------------------------------------------------------------------------------------


def _grad(outputs: Sequence, inputs: Sequence[Tensor], v: Sequence | None, create: bool, retain: bool = False) -> tuple:
    """``grad`` of those outputs that have a history; None for the inputs that they do not depend on."""
    weights = [None] * len(outputs) if v is None else v
    pairs = [(o, w) for o, w in zip(outputs, weights, strict=True) if o is not None and o._node is not None]
    if not pairs:
        return (None,) * len(inputs)
    roots, seeds = zip(*pairs, strict=True)
    return differentiate.grad(roots, inputs, seeds, retain or create, create, allow_unused=True)


def vjp(
    func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``(func(inputs), vᵀ·J)``: the outputs, and the product of ``v`` (shaped like the outputs) with the Jacobian.

    ``v`` may be left out for an output of one element. As ``torch.autograd.functional.vjp``; RuntimeError for a ``v``
    of another shape.

    >>> import autograd
    >>> from autograd.functional import vjp
    >>> vjp(lambda x: x**2, autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    with modes.enable_grad():
        several, points = _tuple(inputs, "inputs", "vjp")
        points = _own(points, create_graph)
        out_several, outputs = _tuple(func(*points), "outputs of the user-provided function", "vjp")
        _check_outputs(outputs, strict)
        weights = _vector(v, outputs, out_several, create_graph, "vjp")
        found = _grad(outputs, points, weights, create_graph)
        product = _filled(found, points, strict, create_graph, "output")
    return _done(outputs, out_several, create_graph), _done(product, several, create_graph)


def jvp(
    func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``(func(inputs), J·v)``: the outputs, and the product of the Jacobian with ``v`` (shaped like the inputs).

    Computed in forward mode. ``v`` may be left out for an input of one element. As
    ``torch.autograd.functional.jvp``; RuntimeError for a ``v`` of another shape.

    >>> import autograd
    >>> from autograd.functional import jvp
    >>> jvp(lambda x: x**2, autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 10.0]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    with modes.enable_grad():
        several, points = _tuple(inputs, "inputs", "jvp")
        points = _own(points, create_graph)
        directions = _vector(v, points, several, create_graph, "jvp")
        with keep_for_forward():
            result = func(*points)
        out_several, outputs = _tuple(result, "outputs of the user-provided function", "jvp")
        _check_outputs(outputs, strict)
        if strict:
            _check_used(outputs, points)
        product = _pushed(outputs, points, directions, create_graph)
        if strict:
            _check_pushed(product, create_graph)
        product = zeros_for_missing(product, outputs)
    return _done(outputs, out_several, create_graph), _done(product, out_several, create_graph)


def _pushed(outputs: Sequence[Tensor], points: Sequence[Tensor], v: Sequence[Tensor], create: bool) -> list:
    """The tangents of the outputs for the tangents ``v`` of the points; None where there is none."""
    given = {p._node.number: t.to(p.dtype) for p, t in zip(points, v, strict=True)}  # type: ignore[union-attr]
    return push_tangents(outputs, given, create)


def _check_used(outputs: Sequence[Tensor], points: Sequence[Tensor]) -> None:
    from autograd.graph import reachable  # noqa: PLC0415 - used by strict only

    numbers = {node.number for node in reachable([o._node for o in outputs if o._node is not None])}
    for i, point in enumerate(points):
        if point._node.number not in numbers:  # type: ignore[union-attr]
            raise RuntimeError(f"The output of the user-provided function is independent of input {i}. {_STRICT}")


def _check_pushed(product: Sequence[Tensor | None], create_graph: bool) -> None:
    for i, part in enumerate(product):
        if part is None:
            raise RuntimeError(f"Output {i} of the user-provided function is independent of the inputs. {_STRICT}")
        if create_graph and part._node is None:
            raise RuntimeError(
                f"The jacobian of the user-provided function is independent of input {i}. This is not allowed in "
                "strict mode when create_graph=True."
            )


def vhp(
    func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``(func(inputs), vᵀ·H)``: the value, and the product of ``v`` with the Hessian, by two passes back.

    The function returns one Tensor with one element. As ``torch.autograd.functional.vhp``.

    >>> import autograd
    >>> from autograd.functional import vhp
    >>> vhp(lambda x: (x**3).sum(), autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 1.0]))
    (tensor(9.), tensor([ 6., 12.]))
    """
    with modes.enable_grad():
        several, points = _tuple(inputs, "inputs", "vhp")
        points = _own(points, create_graph)
        weights = _vector(v, points, several, create_graph, "vhp")
        result = func(*points)
        out_several, outputs = _tuple(result, "outputs of the user-provided function", "vhp")
        _check_outputs(outputs, strict)
        _single(result, out_several, outputs, "vhp")
        gradient = _grad(outputs, points, None, create=True)
        _check_first(gradient, strict)
        found = _grad(gradient, points, weights, create_graph)
        product = _filled(found, points, strict, create_graph, "jacobian")
    return _done(outputs, out_several, create_graph), _done(product, several, create_graph)


def hvp(
    func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """``(func(inputs), H·v)``: the value, and the product of the Hessian with ``v``, forward over one pass back.

    The function returns one Tensor with one element. As ``torch.autograd.functional.hvp``.

    >>> import autograd
    >>> from autograd.functional import hvp
    >>> hvp(lambda x: (x**3).sum(), autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 1.0]))
    (tensor(9.), tensor([ 6., 12.]))
    """
    with modes.enable_grad():
        several, points = _tuple(inputs, "inputs", "hvp")
        points = _own(points, create_graph)
        directions = _vector(v, points, several, create_graph, "hvp")
        with keep_for_forward():
            result = func(*points)
            out_several, outputs = _tuple(result, "outputs of the user-provided function", "hvp")
            _check_outputs(outputs, strict)
            _single(result, out_several, outputs, "hvp")
            gradient = _grad(outputs, points, None, create=True)
        _check_first(gradient, strict)
        known = [g for g in gradient if g is not None]
        moved = iter(_pushed(known, points, directions, create_graph))
        found = [None if g is None else next(moved) for g in gradient]
        product = _filled(found, points, strict, create_graph, "jacobian")
    return _done(outputs, out_several, create_graph), _done(product, several, create_graph)


# -- whole matrices ---------------------------------------------------------------------------------------------------


def jacobian(
    func: Callable,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = REVERSE,
) -> Any:
    """The Jacobian of ``func`` at ``inputs``: for output i and input j of shape ``(*output.shape, *input.shape)``.

    A Tensor, a tuple (where one of outputs and inputs is a tuple) or a tuple of tuples ``J[i][j]``. ``vectorize``
    computes all rows at once, not some at a time; ``strategy="forward-mode"`` needs it. As ``torch.autograd.functional.jacobian``.

    >>> import autograd
    >>> from autograd.functional import jacobian
    >>> jacobian(lambda x: x**2, autograd.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    _check_strategy(strategy, create_graph, strict, vectorize)
    several, points = _tuple(inputs, "inputs", "jacobian")
    with modes.enable_grad():
        forward = strategy == FORWARD
        points = _own(points, create_graph)
        with keep_for_forward() if forward else nullcontext():
            result = func(*points)
        out_several, outputs = _tuple(result, "outputs of the user-provided function", "jacobian")
        _check_outputs(outputs, strict)
        if forward:
            blocks = columns(lambda x, unit: _pushed(outputs, (x,), (unit,), create=False), points, outputs)
        else:
            blocks = [_reverse_blocks(i, o, points, create_graph, strict, vectorize) for i, o in enumerate(outputs)]
    return _done([_done(row, several, create_graph) for row in blocks], out_several, create_graph)


def _check_strategy(strategy: str, create_graph: bool, strict: bool, vectorize: bool) -> None:
    """PyTorch's errors for the arguments that do not go together."""
    name = "autograd.functional.jacobian"
    if strategy not in {FORWARD, REVERSE}:
        raise AssertionError(
            f'Expected strategy to be either "{FORWARD}" or "{REVERSE}", but got {strategy!r}. With more outputs than '
            f'inputs "{FORWARD}" is faster, otherwise "{REVERSE}".'
        )
    if strategy == FORWARD:
        if create_graph:
            raise NotImplementedError(
                f'{name}: create_graph=True and strategy="{FORWARD}" are not supported together; set '
                f'create_graph=False, or strategy="{REVERSE}"'
            )
        if strict:
            raise RuntimeError(
                f'{name}: `strict=True` and `strategy="{FORWARD}"` are not supported together (yet); set strict=False, '
                f'or strategy="{REVERSE}"'
            )
        if not vectorize:
            raise NotImplementedError(f'{name}: strategy="{FORWARD}" is only implemented for `vectorize=True`.')
    elif strict and vectorize:
        raise RuntimeError(
            f"{name}: `strict=True` and `vectorized=True` are not supported together; set one of them to False"
        )


def _reverse_blocks(
    place: int, output: Tensor, points: Sequence[Tensor], create: bool, strict: bool, vectorize: bool
) -> list[Tensor]:
    """The blocks of one output, by its rows."""

    def pull(unit: Tensor) -> list[Tensor]:
        found = _grad((output,), points, (unit,), create, retain=True)
        for j, row in enumerate(found):
            if strict and row is None:
                raise RuntimeError(
                    f"Output {place} of the user-provided function is independent of input {j}. {_STRICT}"
                )
            if strict and create and row._node is None:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {place}. This is not allowed "
                    "in strict mode when create_graph=True."
                )
        return zeros_for_missing(found, points)

    rows = each_unit(pull, output, points, None if vectorize else 1 if strict or create else ROWS)
    return [row.reshape((*output.shape, *p.shape)) for row, p in zip(rows, points, strict=True)]


def hessian(
    func: Callable,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = REVERSE,
) -> Any:
    """The Hessian of ``func``, which returns one Tensor with one element, at ``inputs``: the Jacobian of its gradient.

    A Tensor of shape ``(*x.shape, *x.shape)``, or for a tuple of inputs a tuple of tuples ``H[i][j]``. As
    ``torch.autograd.functional.hessian``.

    >>> import autograd
    >>> from autograd.functional import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1], autograd.tensor([1.0, 2.0]))
    tensor([[4., 2.],
            [2., 0.]])
    """
    several, points = _tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in {FORWARD, REVERSE}:
        raise AssertionError(
            f'Expected strategy to be either "{FORWARD}" or "{REVERSE}", but got {outer_jacobian_strategy!r}.'
        )

    def value(*xs: Tensor) -> Tensor:
        result = func(*xs)
        out_several, outputs = _tuple(result, "outputs of the user-provided function", "hessian")
        _check_outputs(outputs, strict)
        _single(result, out_several, outputs, "hessian")
        return result.squeeze()

    def gradient(*xs: Tensor) -> tuple[Tensor, ...]:
        found = jacobian(value, xs, create_graph=True)
        _check_first(found, strict)
        return found

    rows = jacobian(gradient, points, create_graph, strict, vectorize, outer_jacobian_strategy)
    return rows if several else rows[0][0]
