"""How an operation is run on the arrays behind Tensors, and recorded: the parts that all dispatchers share.

NumPy's floating-point warnings are silenced by running the array code inside one ``contextvars.Context`` in which they
are off: that costs about 20 ns, where ``np.errstate`` around each operation would cost 900.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes, lanes, modes
from autograd.errors import explain
from autograd.inplace import exposed, protect, share_constant, view_of
from autograd.narrow import Narrow
from autograd.narrow import run as run_narrow
from autograd.node import Node, kind_of, numbers
from autograd.out import check_out, copy_back
from autograd.tensor import Tensor, materialise, wrap

array_type = np.ndarray
observers: list[Callable] = []  # called with (node, arguments, output) for every recorded operation
forward_mode = [0]  # above 0 while somebody records for forward mode: then what the jvp rules name is kept too


def _quiet_context() -> contextvars.Context:
    context = contextvars.Context()
    context.run(np.seterr, all="ignore")
    return context


quiet = _quiet_context().run


def retry(error: Exception, name: str, forward: Callable, *arrays: Any) -> Any:
    """Compute again in a context of our own if another thread was inside the shared one; else explain the error."""
    if isinstance(error, RuntimeError) and "cannot enter context" in str(error):
        try:
            return _quiet_context().run(forward, *arrays)
        except Exception as second:  # noqa: BLE001 - every error is explained below
            error = second
    return explain(error, name, arrays)


def attach(tensor: Tensor, op: Any, parents: tuple, saved: tuple, static: tuple, args: Any) -> None:
    """Give ``tensor`` the node that records how it was computed."""
    array = tensor._array
    node = Node()
    node.op, node.parents, node.saved, node.static = op, parents, saved, static
    node.number, node.shape, node.kind = next(numbers), array.shape, kind_of(array)
    node.hooks = node.meta = None
    tensor._node = node
    if exposed and saved is not op.nothing:
        node.saved = protect(saved)
    if observers:
        notify(node, args, tensor)


def notify(node: Node, args: Any, tensor: Tensor) -> None:
    """Tell the observers that ``node`` was recorded for ``tensor``, computed from ``args``."""
    for observer in observers:
        observer(node, args, tensor)


def operand(value: Any, name: str) -> Any:
    """What an elementwise operation can take: a Tensor, a Python number, or an array as a Tensor sharing its memory."""
    if isinstance(value, (Tensor, float, int)):
        return value.item() if isinstance(value, np.generic) else value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return share_constant(value)
    raise TypeError(f"{name}(): expected a Tensor, an array or a number, but got {type(value).__name__}")


def promoted(op: Any, operands: list) -> list:
    """The operands as Tensors (or arrays, from numbers) of the one dtype in which ``op`` computes."""
    if not any(isinstance(o, Tensor) for o in operands):
        operands = [wrap(np.asarray(o, dtypes.result_dtype(o))[()]) for o in operands]
    values = [o._array if isinstance(o, Tensor) else o for o in operands if o is not None]
    if op.name in {"sub", "neg"} and any(getattr(v, "dtype", None) is dtypes.bool_ or type(v) is bool for v in values):
        raise RuntimeError(
            f"{op.name}: the `-` operator is not supported for bool tensors; use `~` or `^` (logical_not, logical_xor)"
        )
    dtype = dtypes.result_dtype(*values)
    if op.promotes == "float" and not dtypes.is_differentiable(dtype):
        dtype = dtypes.get_default_dtype()
    return [_cast(o, dtype) for o in operands]


def operands(op: Any, values: list) -> list:
    """The arguments of an elementwise operation as Tensors of one dtype; an optional one may be None."""
    dtype: Any = None
    for value in values:
        own = value._array.dtype if isinstance(value, Tensor) else None
        if own is None or (dtype is not None and own is not dtype):
            break
        dtype = own
    else:
        if dtype is not dtypes.bool_ and (op.promotes != "float" or dtypes.is_differentiable(dtype)):
            return values
    found = [
        None if value is None and op.args[i] in op.defaults else operand(value, op.name)
        for i, value in enumerate(values)
    ]
    return promoted(op, found)


def _cast(value: Any, dtype: np.dtype) -> Any:
    """``value`` with ``dtype``: a recorded conversion for a Tensor, a 0-d array for a number."""
    if value is None:
        return None
    if not isinstance(value, Tensor):
        return wrap(np.asarray(value).astype(dtype)[()])
    if value._array.dtype is dtype:
        return value
    from autograd.ops.convert import cast  # noqa: PLC0415 - an operation, declared on top of this module

    return cast.function(value, dtype)


def as_tensor(value: Any, op: Any, name: str) -> Tensor:
    """``value`` where it is a Tensor or an array; PyTorch's error where not."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.ndarray):
        return share_constant(value)
    if isinstance(value, np.generic):
        dtypes.check_supported(value.dtype)
        return wrap(value)
    raise TypeError(
        f"{op.name}(): argument {name!r} must be a Tensor, but got {type(value).__name__}; "
        "make one with autograd.tensor(...)"
    )


def record(op: Any, tensors: list, static: tuple) -> Any:
    """Run ``op`` on Tensors (None for an absent optional one) and record it where grad is wanted."""
    if op.view:
        materialise(tensors[0])
    arrays = [None if t is None else t._array for t in tensors]
    if lanes.depth[0] and lanes.among(arrays, static):
        result = lanes.run(op, tensors, static)
    else:
        given = (tuple(arrays), *static) if op.variadic else (*arrays, *static)
        try:
            result = quiet(op.forward, *given)
        except Exception as error:  # noqa: BLE001 - explained or computed again
            if type(error) is Narrow:
                return run_narrow(op, tensors, static)
            result = retry(error, op.name, op.forward, *given)
    if op.many or len(op.outputs) > 1:
        return _record_several(op, tensors, arrays, result, static)
    output = wrap(result)
    if op.view:
        view_of(tensors[0], output, op, static)
    if op.differentiable and (not modes.off or modes.state.enabled):
        for tensor in tensors:
            if tensor is not None and tensor._node is not None:
                if dtypes.is_differentiable(result.dtype):
                    _attach_one(op, tensors, arrays, result, output, static)
                break
    return output


def _attach_one(op: Any, tensors: list, arrays: list, result: Any, output: Tensor, static: tuple) -> None:
    """Record the node of the only result."""
    parents = tuple([None if t is None else t._node for t in tensors])
    attach(output, op, parents, _saved(op, parents, arrays, (result,)), static, tensors)


def _saved(op: Any, parents: tuple, arrays: list, results: tuple) -> tuple:
    """What the node keeps of its operands and results: what the rules name for the parents that there are."""
    keep = op.keeps((True,) if op.variadic else tuple([p is not None for p in parents]), forward_mode[0] > 0)
    if True not in keep:
        return op.nothing
    frame = _with_extras(op, (tuple(arrays), *results) if op.variadic else (*arrays, *results))
    return tuple([v if k else None for v, k in zip(frame, keep, strict=True)])


def _with_extras(op: Any, frame: tuple) -> tuple:
    """The frame with the shapes and dtypes that the rules name."""
    for place, what in op.extras:
        value = frame[place]
        if what == "shapes":
            frame += (tuple([a.shape for a in value]),)
        else:
            frame += (None if value is None else getattr(value, what),)
    return frame


def _record_several(op: Any, tensors: list, arrays: list, results: tuple, static: tuple) -> tuple:
    """The results of an operation with several (or any number of) them, recorded as one node."""
    outputs = tuple([wrap(r) for r in results])
    if op.view:
        view_of(tensors[0], outputs[0], op, static)
    parents = tuple([None if t is None else t._node for t in tensors])
    recording = op.differentiable and (not modes.off or modes.state.enabled) and any([p is not None for p in parents])
    if recording and any([dtypes.is_differentiable(r.dtype) for r in results]):
        saved = _saved(op, parents, arrays, (results,) if op.many else tuple(results))
        _attach_all(op, tensors, parents, saved, results, outputs, static)
    return outputs


def _attach_all(
    op: Any, tensors: list, parents: tuple, saved: tuple, results: tuple, outputs: tuple, static: tuple
) -> None:
    """Give the outputs that have gradients one node, and each its own place in it."""
    if op.many:
        with_grad = list(outputs)
    else:
        with_grad = [o for n, o in zip(op.outputs, outputs, strict=True) if n in op.differentiable]
    if len(with_grad) == 1 and not op.many:
        attach(with_grad[0], op, parents, saved, static, tensors)
        return
    if not with_grad:
        return
    owner = wrap(results[0])
    attach(owner, op, parents, saved, static, tensors)
    owner._node.shape = tuple([o._array.shape for o in with_grad])  # type: ignore[union-attr]
    for i, output in enumerate(with_grad):
        attach(output, ITEM, (owner._node,), ITEM.nothing, (i,), (owner,))


class Item:
    """Stands between an operation with several differentiable results and each of those results."""

    name, label, kind, variadic = "item", "item", "linear", False
    args, static, nothing = ("x",), ("index",), ()
    doc = "One of several results."
    plan = None


ITEM = Item()


def number(value: Any, name: str, argument: str) -> Any:
    """A Python number, or that of a 0-d Tensor without grad; TypeError that names the argument for anything else."""
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (np.integer, np.floating, np.bool_)):
        return value.item()
    if not isinstance(value, Tensor):
        raise TypeError(f"{name}(): argument {argument!r} must be Number, not {type(value).__name__}")
    if value._array.ndim:
        raise TypeError(
            f"{name}(): argument {argument!r} must be a number or a 0-d Tensor, not one of shape "
            f"{tuple(value._array.shape)}"
        )
    if value._node is not None:
        raise TypeError(
            f"{name}(): argument {argument!r} must be a number, which has no gradient, but the Tensor given requires "
            "grad; detach() it first"
        )
    return value.item()


def finish(result: Any, out: Any, op: Any, args: Any) -> Any:
    """The result, or ``out`` with the result written into it."""
    if out is None:
        return result
    if isinstance(result, tuple):
        for one, target in zip(result, check_out(out, len(result), op.name), strict=True):
            copy_back(one, target, op.name, args)
        return tuple(out)
    copy_back(result, out, op.name, args)
    return out
