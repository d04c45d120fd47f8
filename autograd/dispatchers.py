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
from autograd.lanes import Lanes, depth, inside
from autograd.narrow import Narrow
from autograd.node import Node, numbers
from autograd.tensor import Tensor, new

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
            if type(x) is Lanes or type(error) is Narrow:
                return slow(input, out)
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
            if type(x) is Lanes or type(y) is Lanes or type(error) is Narrow:
                return slow(input, other)
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
                found = getattr(type(y), mirror)(y, x)  # as Python does where an operator says NotImplemented
                if found is not NotImplemented:
                    return found
        return finish(slow(x, y), out, op, (x, y))

    return call


def _single(op: Any) -> Callable:
    """Dispatcher for one tensor argument with statics and one result, as most reductions are."""
    forward, name, nothing = op.forward, op.name, op.nothing
    state = modes.state
    bind = _binder(op)
    extras = tuple(what for _, what in op.extras)
    keeps = [op.keeps((True,)), op.keeps((True,), True)]  # ordinarily, and for forward mode
    empty = [True not in keep for keep in keeps]

    def call(*args: Any, out: Tensor | None = None, **named: Any) -> Tensor:
        (tensor,), static = bind(args, named)
        if not isinstance(tensor, Tensor):
            tensor = as_tensor(tensor, op, op.args[0])
        x = tensor._array
        if type(x) is Lanes or (static and depth[0] and inside(static)):
            return finish(record(op, [tensor], static), out, op, (tensor,))
        try:
            result = quiet(forward, x, *static)
        except Exception as error:  # noqa: BLE001 - explained or computed again
            if type(error) is Narrow:
                return finish(record(op, [tensor], static), out, op, (tensor,))
            result = retry(error, name, forward, x, *static)
        made = wrap(result)
        parent = tensor._node
        wanted = parent is not None and (not modes.off or state.enabled) and op.differentiable
        if wanted and (dtypes.is_differentiable(result.dtype) or _whole(op, static, result)):
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


def _whole(op: Any, static: tuple, result: Any) -> bool:
    """No gradient for a result of integers; RuntimeError where ``dtype=`` asked for one of an input with grad."""
    if "dtype" in op.static and static[op.static.index("dtype")] is not None:
        raise RuntimeError(
            f"{op.name}(): Autograd does not support dtype {result.dtype}: the input requires grad, so the result has to "
            "be floating; detach() the input first, or convert the result"
        )
    return False


def _binder(op: Any) -> Callable:
    """``op.bind`` with a short way for calls that use the arguments' own names and leave out only those with defaults."""
    names = op.args + op.static
    count, most = len(op.args), len(names)
    defaults = tuple(op.defaults.get(n) for n in names)
    needed = max([i + 1 for i, n in enumerate(names) if n not in op.defaults], default=0)
    places = {n: i for i, n in enumerate(names)}

    def bind(args: tuple, named: dict[str, Any]) -> tuple[list, tuple]:
        given = len(args)
        if given < needed or given > most:
            return op.bind(args, named)
        for value in args[count:]:
            if isinstance(value, Tensor):
                return op.bind(args, named)
        values: Any = args + defaults[given:]
        if named:
            values = list(values)
            for key, value in named.items():
                place = places.get(key)
                if place is None or place < given or (place >= count and isinstance(value, Tensor)):
                    return op.bind(args, named)
                values[place] = value
        return list(values[:count]), tuple(values[count:])

    return op.bind if op.pack else bind


def _general(op: Any) -> Callable:
    """Dispatcher for any number of tensor arguments and statics, and any number of results."""
    bind = _binder(op)
    elementwise = op.promotes is not None

    def call(*args: Any, **kwargs: Any) -> Any:
        out = kwargs.pop("out", None) if kwargs else None
        tensors, statics = bind(args, kwargs)
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
