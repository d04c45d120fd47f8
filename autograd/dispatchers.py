"""The dispatchers: the functions that users call, one made for each operation when it is declared.

Each is specialised for its number of arguments. The common case (Tensors of one dtype, or a Tensor and a Python number)
runs straight through; everything else (mixed dtypes, NumPy operands, errors) takes the slow way round, which gives
the same result with more questions asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import dtypes, modes
from autograd.dispatch import (
    array_type,
    as_tensor,
    attach,
    finish,
    forward_mode,
    new,
    notify,
    observers,
    operand,
    operands,
    promoted,
    quiet,
    record,
    retry,
    wrap,
)
from autograd.inplace import exposed, protect
from autograd.node import Node, numbers
from autograd.tensor import Tensor

PLAIN = frozenset({int, float})
OPERANDS = (Tensor, int, float, np.ndarray, np.generic)


def make(op: Any) -> Callable:
    """The dispatcher of ``op``."""
    simple = not op.static and not op.extras and not op.joint and op.outputs == ("out",) and op.promotes
    if simple and not op.variadic and op.differentiable:
        if len(op.args) == 1:
            return _unary(op)
        if len(op.args) == 2:
            return _binary(op)
    plain = op.outputs == ("out",) and not (op.variadic or op.many or op.promotes or op.view or op.joint)
    if plain and len(op.args) == 1 and op.args[0] not in op.defaults and op.name != "cast":
        return _single(op)
    return _general(op)


def _unary(op: Any) -> Callable:
    """Dispatcher for one tensor argument."""
    forward, name = op.fast, op.name
    keep_x, keep_out = op.keeps((True,))
    nothing = None if keep_x or keep_out else op.nothing
    state = modes.state

    def slow(x: Any, out: Tensor | None) -> Tensor:
        return finish(record(op, promoted(op, [operand(x, name)]), ()), out, op, (x,))

    def call(input: Tensor, *, out: Tensor | None = None) -> Tensor:
        try:
            x = input._array
        except AttributeError:
            return slow(input, out)
        try:
            result = quiet(forward, x)
        except Exception as error:  # noqa: BLE001 - explained or computed again
            result = retry(error, name, forward, x)
        kind = x.dtype
        if result.dtype is not kind or out is not None:
            return slow(input, out)
        tensor = new(Tensor)
        tensor._array = result
        tensor._grad = tensor._view = None
        parent = input._node
        if parent is None or (modes.off and not state.enabled):
            tensor._node = None
            return tensor
        tensor._node = node = Node()
        node.op = op
        node.parents = (parent,)
        node.saved = nothing or (x if keep_x else None, result if keep_out else None)
        node.static = ()
        node.number = next(numbers)
        node.shape = result.shape
        node.kind = kind if type(result) is array_type else type(result)
        node.hooks = node.meta = None
        if exposed and node.saved is not op.nothing:
            node.saved = protect(node.saved)
        if observers:
            notify(node, (input,), tensor)
        return tensor

    return call


# For each floating dtype, the 0-d arrays of Python numbers that met tensors: NumPy converts a number anew at each
# operation, which takes as long as the operation itself on a small array.
_constants: dict[Any, dict[Any, np.ndarray]] = {dtypes.float32: {}, dtypes.float64: {}}
_MOST = 1024


def _constant(table: dict[Any, np.ndarray], dtype: np.dtype, number: Any) -> Any:
    """``number`` as a read-only 0-d array, remembered in ``table``; itself where the dtype cannot hold it."""
    try:
        with np.errstate(all="ignore"):
            found = np.array(number, dtype)
    except OverflowError:
        return number
    found.flags.writeable = False
    if len(table) >= _MOST:
        table.clear()
    table[number] = found
    return found


def _number(op: Any, slow: Callable, reflected: bool) -> Callable:
    """Dispatcher for a Tensor and a Python number, which NumPy takes weakly, as PyTorch does, unless it is wider."""
    forward = op.fast
    constants = _constants if op.name != "pow" else {}  # powers of plain numbers have short cuts of their own
    keep_x, keep_y, keep_out = op.keeps((False, True) if reflected else (True, False))
    nothing = op.nothing if True not in (keep_x, keep_y, keep_out) else None
    state = modes.state

    def call(tensor: Tensor, number: Any) -> Tensor:
        try:
            array = tensor._array
        except AttributeError:  # no Tensor either
            return slow(number, tensor) if reflected else slow(tensor, number)
        other = number
        if number and type(array) is array_type and array.dtype in constants:  # not 0: it is equal to -0.0
            table = constants[array.dtype]
            other = table.get(number)
            if other is None:
                other = _constant(table, array.dtype, number)
        x, y = (other, array) if reflected else (array, other)
        try:
            result = quiet(forward, x, y)
        except Exception:  # noqa: BLE001 - the number may not fit the dtype; else the slow way explains
            result = None
        if result is None or result.dtype is not array.dtype:
            return slow(number, tensor) if reflected else slow(tensor, number)
        made = new(Tensor)
        made._array = result
        made._grad = made._view = None
        parent = tensor._node
        if parent is None or (modes.off and not state.enabled):
            made._node = None
            return made
        made._node = node = Node()
        node.op = op
        node.parents = (None, parent) if reflected else (parent, None)
        node.saved = nothing or (x if keep_x else None, y if keep_y else None, result if keep_out else None)
        node.static = (number,)  # for pictures only
        node.number = next(numbers)
        node.shape = result.shape
        node.kind = array.dtype if type(result) is array_type else type(result)
        node.hooks = node.meta = None
        if exposed and node.saved is not op.nothing:
            node.saved = protect(node.saved)
        if observers:
            notify(node, (x, y), made)
        return made

    return call


def _binary(op: Any) -> Callable:
    """Dispatcher for two tensor arguments, either of which may be a Python number."""
    forward, name = op.fast, op.name
    keep_x, keep_y, keep_out = op.keeps((True, True))
    partial = {True: op.keeps((True, False)), False: op.keeps((False, True))}  # by whether x is the one with grad
    nothing = op.nothing if True not in (keep_x, keep_y, keep_out) else None
    mirror = f"__r{name}__".replace("div", "truediv")
    closed = op.promotes == "same"  # operands of one dtype have a result of that dtype
    state = modes.state

    def slow(x: Any, y: Any) -> Tensor:
        return record(op, promoted(op, [operand(x, name), operand(y, name)]), ())

    with_number, reflected = _number(op, slow, False), _number(op, slow, True)

    def call(input: Any, other: Any, *, out: Tensor | None = None) -> Tensor:
        kind = type(other)
        if (kind is float or kind is int) and out is None:
            return with_number(input, other)
        try:
            x = input._array
            y = other._array
        except AttributeError:
            return without_tensors(input, other, out)
        kind = type(x)
        if kind is array_type:
            kind = x.dtype
            if kind is not y.dtype or out is not None:
                return finish(slow(input, other), out, op, (input, other))
        elif (kind is not type(y) and x.dtype is not y.dtype) or out is not None:
            return finish(slow(input, other), out, op, (input, other))
        try:
            result = quiet(forward, x, y)
        except Exception as error:  # noqa: BLE001 - explained or computed again
            result = retry(error, name, forward, x, y)
        if not closed and result.dtype is not x.dtype:
            return slow(input, other)
        tensor = new(Tensor)
        tensor._array = result
        tensor._grad = tensor._view = None
        one, two = input._node, other._node
        if (one is None and two is None) or (modes.off and not state.enabled):
            tensor._node = None
            return tensor
        tensor._node = node = Node()
        node.op = op
        node.parents = (one, two)
        if nothing is not None:
            node.saved = nothing
        elif one is not None and two is not None:
            node.saved = (x if keep_x else None, y if keep_y else None, result if keep_out else None)
        else:
            kept_x, kept_y, kept_out = partial[two is None]
            node.saved = (x if kept_x else None, y if kept_y else None, result if kept_out else None)
        node.static = ()
        node.number = next(numbers)
        node.shape = result.shape
        node.kind = kind
        node.hooks = node.meta = None
        if exposed and node.saved is not op.nothing:
            node.saved = protect(node.saved)
        if observers:
            notify(node, (input, other), tensor)
        return tensor

    def without_tensors(x: Any, y: Any, out: Tensor | None) -> Tensor:
        """One of the operands is no Tensor."""
        if out is None:
            if type(y) in PLAIN and isinstance(x, Tensor):
                return with_number(x, y)
            if type(x) in PLAIN and isinstance(y, Tensor):
                return reflected(y, x)
            if not isinstance(y, OPERANDS) and hasattr(type(y), mirror):
                return getattr(type(y), mirror)(y, x)  # as Python does where an operator says NotImplemented
        return finish(slow(x, y), out, op, (x, y))

    return call


def _single(op: Any) -> Callable:
    """Dispatcher for one tensor argument with statics and one result, as most reductions are."""
    forward, name, nothing = op.forward, op.name, op.nothing
    state = modes.state
    defaults = tuple(op.defaults.get(n) for n in op.static)
    needed = sum(n not in op.defaults for n in op.static)
    places = {n: i for i, n in enumerate(op.static)}
    extras = tuple(what for _, what in op.extras)
    keeps = [op.keeps((True,)), op.keeps((True,), True)]  # ordinarily, and for forward mode
    empty = [True not in keep for keep in keeps]

    def static_of(given: tuple, named: dict[str, Any]) -> tuple | None:
        """The statics of a plain call; None where the arguments want to be sorted out."""
        values = list(given + defaults[len(given) :])
        for key, value in named.items():
            place = places.get(key)
            if place is None or place < len(given):
                return None
            values[place] = value
        return tuple(values) if all(n in named for n in op.static[len(given) : needed]) else None

    def call(*args: Any, out: Tensor | None = None, **named: Any) -> Tensor:
        static = None
        if args and isinstance(args[0], Tensor) and len(args) <= len(defaults) + 1 and not op.pack:
            static = static_of(args[1:], named)
        if static is None:
            (tensor,), static = op.bind(args, named)
            tensor = as_tensor(tensor, op, op.args[0])
        else:
            tensor = args[0]
        x = tensor._array
        try:
            result = quiet(forward, x, *static)
        except Exception as error:  # noqa: BLE001 - explained or computed again
            result = retry(error, name, forward, x, *static)
        made = wrap(result)
        parent = tensor._node
        if parent is not None and (not modes.off or state.enabled) and op.differentiable:
            forwards = forward_mode[0] > 0
            if empty[forwards]:
                saved = nothing
            else:
                keep = keeps[forwards]
                frame = (x, result, *[getattr(x, what) for what in extras])
                saved = tuple([v if k else None for v, k in zip(frame, keep, strict=True)])
            attach(made, op, (parent,), saved, static, (tensor,))
        return made if out is None else finish(made, out, op, (tensor,))

    return call


def _general(op: Any) -> Callable:
    """Dispatcher for any number of tensor arguments and statics, and any number of results."""
    count = len(op.args)
    ready = all(name in op.defaults for name in op.static)
    static = tuple(op.defaults.get(name) for name in op.static)
    elementwise = op.promotes is not None

    def call(*args: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", None) if kwargs else None
        if ready and not kwargs and len(args) == count:
            tensors, statics = list(args), static
        else:
            tensors, statics = op.bind(args, kwargs)
        if op.variadic:
            tensors = [as_tensor(t, op, f"{op.args[0]}[{i}]") for i, t in enumerate(_sequence(tensors[0], op))]
            if elementwise:
                tensors = operands(op, tensors)
        elif elementwise:
            tensors = operands(op, tensors)
        else:
            for i, tensor in enumerate(tensors):
                if not isinstance(tensor, Tensor):
                    optional = tensor is None and op.args[i] in op.defaults
                    tensors[i] = None if optional else as_tensor(tensor, op, op.args[i])
        return finish(record(op, tensors, statics), out, op, tensors)

    return call


def _sequence(value: Any, op: Any) -> Any:
    """The operands of a variadic operation."""
    if isinstance(value, Tensor):
        return value.unbind(0)
    if not isinstance(value, (tuple, list)):
        raise TypeError(
            f"{op.name}(): argument {op.args[0]!r} must be a tuple or list of Tensors, but got {type(value).__name__}"
        )
    return value
