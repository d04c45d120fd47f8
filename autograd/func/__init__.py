"""Functions of functions: gradients, products with Jacobians and Hessians, whole Jacobians. As ``torch.func``.

Each takes a function of Tensors (or of trees of them: dicts, lists, tuples) and returns, or evaluates, its derivative.
They nest in any order, and see through to ordinary ``backward``: what a function closes over is differentiated as
always. ``value_and_grad`` and ``hvp`` are here besides PyTorch's names; ``functionalize`` is not, since nothing here
compiles.

What differs from PyTorch: ``no_grad`` inside a function stops forward mode, too (PyTorch has another switch for that),
a function may write into its inputs in no mode (there: not in reverse mode), and auxiliary outputs may hold anything,
not only Tensors.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from autograd import dtypes
from autograd.func.batch_norm import replace_all_batch_norm_modules_
from autograd.func.jacobians import columns, rows
from autograd.func.stateless import functional_call, stack_module_state
from autograd.func.transforms import Recording, check_structure, choose, places, zeros_for_missing
from autograd.mapping.vmap import vmap
from autograd.node import next_number
from autograd.pytree import TreeSpec, tree_flatten
from autograd.tensor import Tensor

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "hvp",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "replace_all_batch_norm_modules_",
    "stack_module_state",
    "value_and_grad",
    "vjp",
    "vmap",
]


def _wraps(func: Callable) -> Callable:
    """Name the wrapper after ``func``, without the attributes of a module."""
    return functools.wraps(func, updated=())


# -- reverse mode -----------------------------------------------------------------------------------------------------


def grad(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """The function that computes the gradient of ``func``, which must return a scalar (a Tensor with no dimensions).

    The gradient is with respect to the argument ``argnums``, in its structure; for a tuple of numbers a tuple of
    gradients. With ``has_aux``, ``func`` returns ``(output, aux)`` and the result is ``(gradient, aux)``. As
    ``torch.func.grad``; RuntimeError for another output or an integer argument, ValueError for what is no Tensor.

    >>> import autograd
    >>> from autograd.func import grad
    >>> x = autograd.tensor(2.0)
    >>> grad(lambda x: x**3)(x), grad(grad(lambda x: x**3))(x)
    (tensor(12.), tensor(12.))
    """
    both = grad_and_value(func, argnums, has_aux)

    @_wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def grad_and_value(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """The function that computes ``(gradient, value)`` of ``func`` in one go; arguments as for ``grad``.

    With ``has_aux`` the result is ``(gradient, (value, aux))``. As ``torch.func.grad_and_value``.

    >>> import autograd
    >>> from autograd.func import grad_and_value
    >>> grad_and_value(lambda x: (x * x).sum())(autograd.tensor([1.0, 2.0]))
    (tensor([2., 4.]), tensor(5.))
    """

    @_wraps(func)
    def gradient_and_value(*args: Any, **kwargs: Any) -> Any:
        api = "grad_and_value(f)(*args)"
        call = Recording(api, func, args, kwargs, argnums=argnums, has_aux=has_aux)
        output = call.output
        if not isinstance(output, Tensor):
            raise RuntimeError(f"{api}: Expected f(*args) to return a Tensor, got {type(output)}")
        if output.ndim != 0:
            raise RuntimeError(
                f"{api}: Expected f(*args) to return a scalar Tensor, got tensor with {output.ndim} dims. Maybe you "
                "wanted to use the vjp or jacrev APIs instead?"
            )
        found = call.leave(call.pull({0: None}, call.records(), False))
        gradient = call.spec.unflatten(found)
        value = call.leave(output)
        return (gradient, (value, call.leave(call.aux))) if has_aux else (gradient, value)

    return gradient_and_value


def value_and_grad(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """The function that computes ``(value, gradient)`` of ``func``: ``grad_and_value`` in JAX's order, under its name.

    With ``has_aux`` the result is ``((value, aux), gradient)``. As ``jax.value_and_grad``.

    >>> import autograd
    >>> from autograd.func import value_and_grad
    >>> value_and_grad(lambda x: x * x)(autograd.tensor(3.0))
    (tensor(9.), tensor(6.))
    """
    both = grad_and_value(func, argnums, has_aux)

    @_wraps(func)
    def value_and_gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return value, found

    return value_and_gradient


def vjp(func: Callable, *primals: Any, has_aux: bool = False) -> tuple:
    """``func(*primals)``, and the function that multiplies a cotangent with the Jacobian: v ↦ (vᵀ·∂f/∂x, …).

    The second takes a cotangent in the structure of the output and returns a tuple, one part for each of ``primals``
    in its structure. It may be called repeatedly; ``retain_graph=False`` lets it be the last call, and
    ``create_graph`` says whether the result is recorded (default: where something outside may need it). With
    ``has_aux``, ``func`` returns ``(output, aux)``, and ``aux`` is the third result. As ``torch.func.vjp``.

    >>> import autograd
    >>> from autograd.func import vjp
    >>> output, pull = vjp(lambda x: x.sin(), autograd.zeros(2))
    >>> pull(autograd.tensor([1.0, 5.0]))
    (tensor([1., 5.]),)
    """
    api = "vjp(f, *primals)"
    call = Recording(api, func, primals, has_aux=has_aux)
    call.check_outputs(api, differentiable=True)

    def pull(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        """The product of ``cotangents`` with the Jacobian."""
        seeds, structure = tree_flatten(cotangents)
        check_structure(
            structure,
            call.output_spec,
            "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function.",
        )
        for seed in seeds:
            if not isinstance(seed, Tensor):
                raise TypeError(f"{api}: cotangents must be Tensors, but got {type(seed).__name__}")
        since = next_number()
        create = call.records(seeds) if create_graph is None else create_graph
        found = call.pull(dict(enumerate(seeds)), create, retain_graph)
        return call.spec.unflatten(call.leave(found, since))

    output, aux = call.leave(call.output), call.leave(call.aux)
    call.finish()
    return (output, pull, aux) if has_aux else (output, pull)


# -- forward mode -----------------------------------------------------------------------------------------------------

_JVP = "jvp(f, primals, tangents)"


def jvp(func: Callable, primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> tuple:
    """``func(*primals)``, and the derivative of ``func`` in the direction of ``tangents``: J·t.

    ``primals`` is a tuple of arguments, ``tangents`` has its structure, shapes and dtypes. An output that does not
    depend on the primals has the tangent zero; with ``strict`` it is an error. With ``has_aux``, ``func`` returns
    ``(output, aux)``, and ``aux`` is the third result. As ``torch.func.jvp``; RuntimeError where structures or shapes
    differ, ValueError for an integer primal.

    >>> import autograd
    >>> from autograd.func import jvp
    >>> x = autograd.tensor([1.0, 2.0])
    >>> jvp(lambda x: x * x, (x,), (autograd.tensor([1.0, 10.0]),))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    if not isinstance(primals, tuple):
        raise RuntimeError(
            f"{_JVP}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals). Got {type(primals)}"
        )
    points, structure = tree_flatten(primals)
    directions, given = tree_flatten(tangents)
    check_structure(given, structure, f"{_JVP}: Expected primals and tangents to have the same python structure.")
    _check_tensors(points, "primals")
    _check_tensors(directions, "tangents")
    directions = [_direction(p, t) for p, t in zip(points, directions, strict=True)]
    call = Recording(_JVP, func, primals, has_aux=has_aux, forward=True)
    call.check_outputs(_JVP)
    found = call.push(directions, call.records(directions))
    if strict and any([f is None for f in found]):
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed "
            "with strict=True."
        )
    moved = call.leave(call.output_spec.unflatten(zeros_for_missing(found, call.outputs)))
    output = call.leave(call.output)
    return (output, moved, call.leave(call.aux)) if has_aux else (output, moved)


def _check_tensors(leaves: list, name: str) -> None:
    if not leaves:
        raise RuntimeError(f"{_JVP}: Expected {name} to contain at least one Tensor.")
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            raise RuntimeError(f"{_JVP}: Expected {name} to only contain Tensors, got {type(leaf)}")


def _direction(primal: Tensor, tangent: Tensor) -> Tensor:
    """The tangent in the dtype of its primal; PyTorch's errors where it cannot belong to it."""
    if not dtypes.is_differentiable(primal.dtype):
        raise ValueError(f"Expected primal to be floating point or complex, but got: {primal.dtype}")
    if tangent.shape != primal.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
            f"supported. Tensor is of size {list(primal.shape)} while the given forward gradient is of size "
            f"{list(tangent.shape)}."
        )
    return tangent if tangent.dtype is primal.dtype else tangent.to(primal.dtype)


def linearize(func: Callable, *primals: Any) -> tuple[Any, Callable]:
    """``func(*primals)``, and the linear function that approximates ``func`` there: (t, …) ↦ J·(t, …).

    ``func`` runs once; the second result replays its record for each set of tangents, which have the structure, shapes
    and dtypes of the primals (RuntimeError otherwise). As ``torch.func.linearize``.

    >>> import autograd
    >>> from autograd.func import linearize
    >>> output, push = linearize(lambda x: x**2, autograd.tensor(3.0))
    >>> push(autograd.tensor(1.0)), push(autograd.tensor(10.0))
    (tensor(6.), tensor(60.))
    """
    api = "linearize(f, *primals)"
    call = Recording(api, func, primals, forward=True)
    call.check_outputs(api)

    def push(*tangents: Any) -> Any:
        """The product of the Jacobian with ``tangents``."""
        directions, structure = tree_flatten(tangents)
        check_structure(structure, call.spec, "Expected the tangents to have the same argspec as the primals.")
        for i, (tangent, primal) in enumerate(zip(directions, call.inputs, strict=True)):
            for what in ("shape", "dtype"):
                if getattr(tangent, what) != getattr(primal, what):
                    raise RuntimeError(
                        f"tangent:{i} with {what} {getattr(tangent, what)} in flattened pytree doesn't match the "
                        f"{what} {getattr(primal, what)} of the corresponding primal."
                    )
        since = next_number()
        found = call.push(directions, call.records(directions))
        return call.leave(call.output_spec.unflatten(zeros_for_missing(found, call.outputs)), since)

    output = call.leave(call.output)
    call.finish()
    return output, push


def hvp(func: Callable, primals: Any, tangents: Any, *, has_aux: bool = False) -> Any:
    """The Hessian of the scalar function ``func`` times a vector, H·t, in the structure of ``primals``.

    Forward mode over reverse mode, so the Hessian itself is never formed. ``primals`` and ``tangents`` are tuples, as
    for ``jvp``; with ``has_aux`` the result is ``(product, aux)``.

    >>> import autograd
    >>> from autograd.func import hvp
    >>> x = autograd.tensor([1.0, 2.0])
    >>> hvp(lambda x: (x**3).sum(), (x,), (autograd.tensor([1.0, 0.0]),))
    (tensor([6., 0.]),)
    """
    if not isinstance(primals, tuple):
        raise RuntimeError(f"hvp(f, primals, tangents): Expected primals to be a tuple, got {type(primals)}")
    gradient = grad(func, tuple(range(len(primals))), has_aux)
    found = jvp(gradient, primals, tangents, has_aux=has_aux)
    return (found[1], found[2]) if has_aux else found[1]


# -- whole Jacobians --------------------------------------------------------------------------------------------------


def jacrev(
    func: Callable,
    argnums: int | tuple[int, ...] = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable:
    """The function that computes the Jacobian of ``func`` in reverse mode: one pass back for each output element.

    The Jacobian of one output with respect to one input has the shape ``(*output.shape, *input.shape)`` and the
    input's dtype; trees of outputs give a tree of trees of inputs. ``chunk_size`` rows are computed at a time
    (default: all). With ``has_aux`` the result is ``(jacobian, aux)``. As ``torch.func.jacrev``.

    >>> import autograd
    >>> from autograd.func import jacrev
    >>> jacrev(lambda x: x**2)(autograd.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"jacrev: `chunk_size` should be greater than 0, but got {chunk_size}.")

    @_wraps(func)
    def jacobian(*args: Any) -> Any:
        places(argnums, len(args))
        call = Recording("vjp(f, *primals)", func, args, argnums=argnums, has_aux=has_aux)
        call.check_outputs("vjp(f, ...)", differentiable=True)
        return _arranged(call, rows(call, chunk_size), has_aux)

    return jacobian


def jacfwd(
    func: Callable, argnums: int | tuple[int, ...] | None = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable:
    """The function that computes the Jacobian of ``func`` in forward mode: one pass for each input element.

    Shapes and structures are those of ``jacrev``, the dtype is the output's. ``func`` runs once and its record is
    replayed, so ``randomness`` (``"error"``, ``"same"`` or ``"different"``, as for ``vmap``) makes no difference. As
    ``torch.func.jacfwd``.

    >>> import autograd
    >>> from autograd.func import jacfwd
    >>> jacfwd(lambda x: x.sum() * x)(autograd.tensor([1.0, 2.0]))
    tensor([[4., 1.],
            [2., 5.]])
    """

    @_wraps(func)
    def jacobian(*args: Any) -> Any:
        if randomness not in {"error", "different", "same"}:
            raise RuntimeError(
                f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}"
            )
        _check_real(choose(args, argnums))
        call = Recording(_JVP, func, args, argnums=argnums, has_aux=has_aux, forward=True)
        call.check_outputs(_JVP)
        create = call.records()

        def push(x: Tensor, tangent: Tensor) -> list[Tensor | None]:
            return call.push([tangent if x is other else None for other in call.inputs], create)

        return _arranged(call, columns(push, call.inputs, call.outputs), has_aux)

    return jacobian


def _check_real(chosen: Any) -> None:
    for leaf in tree_flatten(chosen)[0]:
        if isinstance(leaf, Tensor) and not dtypes.is_differentiable(leaf.dtype):
            raise ValueError(f"Expected primal to be floating point or complex, but got: {leaf.dtype}")


def _arranged(call: Recording, found: list[list[Tensor]], has_aux: bool) -> Any:
    """Blocks for each output and input as a tree of trees, without the history that nobody needs."""
    inner: TreeSpec = call.spec
    jacobian = call.leave(call.output_spec.unflatten([inner.unflatten(row) for row in found]))
    return (jacobian, call.leave(call.aux)) if has_aux else jacobian


def hessian(func: Callable, argnums: int | tuple[int, ...] = 0) -> Callable:
    """The function that computes the Hessian of ``func``: forward mode over reverse mode, ``jacfwd(jacrev(func))``.

    For a scalar function of one Tensor the shape is ``(*x.shape, *x.shape)``. As ``torch.func.hessian``.

    >>> import autograd
    >>> from autograd.func import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(autograd.tensor([1.0, 2.0]))
    tensor([[4., 2.],
            [2., 0.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)
