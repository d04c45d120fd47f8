"""Recurrent layers and cells in the forms in which PyTorch has them at its top level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.api.arguments import tensor_of
from autograd.api.dropout import drop
from autograd.api.export import export
from autograd.dispatch import number, record
from autograd.kernels.products import CAPITALS
from autograd.op import Op
from autograd.ops.join import cat
from autograd.ops.recurrent import gru_layer, lstm_layer, rnn_layer
from autograd.ops.shape import stack
from autograd.tensor import Tensor

_DENSE = ("input", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional", "batch_first")
_PACKED = ("data", "batch_sizes", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional")
_FORMS = f"({', '.join(_PACKED)}) or ({', '.join(_DENSE)})"


def _arguments(name: str, place: int, args: tuple, named: dict[str, Any]) -> dict[str, Any]:
    """A call's arguments by name, in one of the two forms: in the packed one, argument ``place`` is a Tensor."""
    packed = "batch_sizes" in named or (len(args) > place and isinstance(args[place], Tensor))
    names = _PACKED if packed else _DENSE
    values = dict(zip(names, args, strict=False))
    if len(args) > len(names) or values.keys() & named.keys() or values.keys() | named.keys() != set(names):
        kinds = ", ".join([type(a).__name__ for a in args] + [f"{k}={type(v).__name__}" for k, v in named.items()])
        raise TypeError(f"{name}() received an invalid combination of arguments - got ({kinds}), expected {_FORMS}")
    return values | named


def _layers(name: str, op: Op, gates: int, given: dict[str, Any], *more: Any) -> tuple[Tensor, ...]:
    """All layers of a network, in one or both directions: the outputs, then the last states."""
    x, sizes, shape = _rows(name, given)
    if not sizes:
        raise RuntimeError(f"{name}: Expected sequence length to be larger than 0 in RNN")
    states = given["hx"] if op is lstm_layer else (given["hx"],)
    if not isinstance(states, (tuple, list)) or len(states) != 1 + (op is lstm_layer):
        raise RuntimeError(f"{name} expects two hidden states")
    states = [tensor_of(state, name, "hx") for state in states]
    directions, count = 1 + bool(given["bidirectional"]), given["num_layers"]
    weights = _weights(name, op, given, states, directions * count)
    chance = number(given["dropout"], name, "dropout")
    if count > 1 and given["train"] and not 0.0 <= chance <= 1.0:
        raise RuntimeError(f"{name}: dropout probability has to be between 0 and 1, but got {chance}")
    last: list[tuple[Tensor, ...]] = []
    for layer in range(count):
        outs = []
        for direction in range(directions):
            place = layer * directions + direction
            first = [state[place] for state in states]
            _check(name, gates, x, first, weights[place], sizes[0])
            arguments = [x, *first, *weights[place]]
            out, *ended, _ = record(op, arguments, (sizes, direction == 1, *more))
            outs.append(out)
            last.append(tuple(ended))
        x = outs[0] if directions == 1 else cat.function(outs, 1)
        if chance and given["train"] and layer + 1 < count:
            x = drop(x, False, chance, True, False, name)
    if shape is not None:
        x = x.reshape(*shape, x.shape[1])
        x = x.transpose(0, 1) if given["batch_first"] else x
    return (x, *[stack.function(list(parts)) for parts in zip(*last, strict=True)])


def _rows(name: str, given: dict[str, Any]) -> tuple[Tensor, tuple[int, ...], tuple[int, int] | None]:
    """The inputs as packed rows, the number of them for each step, and the shape of sequences that were not packed."""
    if "data" in given:
        x, batch_sizes = tensor_of(given["data"], name, "data"), given["batch_sizes"]
        if not isinstance(batch_sizes, Tensor) or batch_sizes.is_floating_point() or batch_sizes.ndim != 1:
            raise RuntimeError(f"{name}: batch_sizes must be a 1-D tensor of int64")
        sizes = tuple(batch_sizes.tolist())
        total = sum(sizes)
        if sorted(sizes, reverse=True) != list(sizes) or total > x.shape[0]:
            raise RuntimeError(
                f"{name}: batch_sizes must not increase, and add up to the {x.shape[0]} rows of data; got {list(sizes)}"
            )
        return (x if total == x.shape[0] else x[:total]), sizes, None
    x = tensor_of(given["input"], name)
    if x.ndim != 3:
        raise RuntimeError(f"{name}: input must have 3 dimensions, got {x.ndim}")
    x = x.transpose(0, 1) if given["batch_first"] else x
    steps, batch, features = x.shape
    return x.reshape(steps * batch, features), (batch,) * steps, (steps, batch)


def _weights(name: str, op: Op, given: dict[str, Any], states: Sequence[Tensor], wanted: int) -> list[list]:
    """The parameters of each layer and direction, None for those that it has not."""
    biased, params = bool(given["has_biases"]), list(given["params"])
    projected = op is lstm_layer and states[0].shape[-1:] != states[1].shape[-1:]
    group = 2 + 2 * biased + projected
    if any([state.ndim != 3 for state in states]):
        raise RuntimeError(f"{name}: hx must have 3 dimensions, got {[state.ndim for state in states]}")
    if len(params) % group:
        raise RuntimeError(
            f"{name}: got an incorrect number of RNN parameters: {len(params)}, not a multiple of {group}"
        )
    if any([state.shape[0] != wanted for state in states]) or len(params) != wanted * group:
        raise RuntimeError(
            f"{name}: {wanted} layers and directions need as many hidden states and {wanted * group} weights, "
            f"but got {states[0].shape[0]} and {len(params)}"
        )
    found = []
    for start in range(0, len(params), group):
        own = [tensor_of(w, name, "params") for w in params[start : start + group]]
        projection = [own.pop() if projected else None] if op is lstm_layer else []
        found.append([*own, *([] if biased else [None, None]), *projection])
    return found


def _check(name: str, gates: int, x: Tensor, states: Sequence[Tensor], weights: Sequence, batch: int) -> None:
    """RuntimeError unless dtypes and shapes fit: for a layer or a cell."""
    w_ih, w_hh, b_ih, b_hh, *_ = weights
    if not x.is_floating_point():
        raise RuntimeError(f"{name}: input must be floating, but got {x.dtype}")
    for other in (*states, *weights):
        if other is not None and other.dtype != x.dtype:
            names = " and ".join([CAPITALS.get(str(d), str(d)) for d in (x.dtype, other.dtype)])
            raise RuntimeError(f"{name}: mat1 and mat2 must have the same dtype, but got {names}")
    if w_ih.ndim != 2 or x.shape[1] != w_ih.shape[1]:
        raise RuntimeError(
            f"{name}: mat1 and mat2 shapes cannot be multiplied ({x.shape[0]}x{x.shape[1]} and "
            f"{'x'.join(map(str, w_ih.shape[::-1]))})"
        )
    hidden, width = states[-1].shape[1], states[0].shape[1]
    for i, state in enumerate(states):
        if state.shape[0] != batch:
            raise RuntimeError(f"{name}: expected hidden{i} for {batch} sequences, but got {state.shape[0]}")
    expected = [
        (gates * hidden, x.shape[1]),
        (gates * hidden, width),
        (gates * hidden,),
        (gates * hidden,),
        (width, hidden),
    ]
    for shape, weight in zip(expected, (w_ih, w_hh, b_ih, b_hh, *weights[4:]), strict=False):
        if weight is not None and tuple(weight.shape) != shape:
            raise RuntimeError(f"{name}: a weight of shape {list(shape)} is needed, but got {list(weight.shape)}")


_LAYER = """{what}

    Called as ``{name}(input, hx, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)`` with
    ``input`` (T, N, I), or (N, T, I) for ``batch_first``; or as ``{name}(data, batch_sizes, hx, params, has_biases,
    num_layers, dropout, train, bidirectional)`` on packed rows. ``hx``: {hx} (layers · directions, N, H).
    ``params``: for each layer and direction W ({gates}H, I), W' ({gates}H, H) and, with biases, b, b' ({gates}H). Returns
    the outputs and {last}. RuntimeError where shapes or dtypes do not fit. As ``torch.{name}``; see ``nn.{layer}``.

    >>> import autograd
    >>> x, h, w = autograd.ones(3, 1, 2), autograd.zeros(1, 1, 1), autograd.zeros({gates}, 2)
    >>> autograd.{name}(x, {call}, [w, w[:, :1]], False, 1, 0.0, False, False, False)[0].shape
    autograd.Size([3, 1, 1])
    """


def _documented(front: Callable, layer: str, gates: Any, what: str) -> None:
    cell = layer == "LSTM"
    front.__doc__ = _LAYER.format(
        what=what, name=front.__name__, layer=layer, gates=gates, call="(h, h)" if cell else "h",
        hx="the first h and c, both" if cell else "the first h,", last="the last h and c" if cell else "the last h",
    ).replace("(1H", "(H")  # fmt: skip


def lstm(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor, Tensor]:  # noqa: D103 - written below
    return _layers("lstm", lstm_layer, 4, _arguments("lstm", 1, args, kwargs))  # type: ignore[return-value]


def gru(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:  # noqa: D103 - written below
    return _layers("gru", gru_layer, 3, _arguments("gru", 2, args, kwargs))  # type: ignore[return-value]


def rnn_tanh(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:  # noqa: D103 - written below
    return _layers("rnn_tanh", rnn_layer, 1, _arguments("rnn_tanh", 2, args, kwargs), False)  # type: ignore[return-value]


def rnn_relu(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:  # noqa: D103 - written below
    return _layers("rnn_relu", rnn_layer, 1, _arguments("rnn_relu", 2, args, kwargs), True)  # type: ignore[return-value]


_documented(lstm, "LSTM", 4, "Layers of long short-term memory (Hochreiter and Schmidhuber, 1997).")
_documented(gru, "GRU", 3, "Layers of gated recurrent units (Cho et al., 2014).")
_documented(rnn_tanh, "RNN", 1, "Layers of Elman's recurrent network with ``tanh`` (Elman, 1990).")
_documented(rnn_relu, "RNN", 1, "Layers of Elman's recurrent network with ``max(·, 0)``.")
for _front in (lstm, gru, rnn_tanh, rnn_relu):
    export(method=False)(_front)

# -- cells ------------------------------------------------------------------------------------------------------------------


def _cell(name: str, op: Op, gates: int, x: Any, states: Sequence, weights: Sequence, *more: Any) -> tuple[Tensor, ...]:
    """One step: the output and the new states."""
    x = tensor_of(x, name)
    states = [tensor_of(state, name, "hx") for state in states]
    w_ih, w_hh = tensor_of(weights[0], name, "w_ih"), tensor_of(weights[1], name, "w_hh")
    if any([t.ndim != 2 for t in (x, *states)]):
        raise IndexError(f"{name}: input and hx must have 2 dimensions, got {[t.ndim for t in (x, *states)]}")
    if w_ih.ndim == 2 and x.shape[1] != w_ih.shape[1]:
        raise RuntimeError(f"input has inconsistent input_size: got {x.shape[1]} expected {w_ih.shape[1]}")
    for i, state in enumerate(states):
        if state.shape[0] != x.shape[0]:
            raise RuntimeError(f"Input batch size {x.shape[0]} doesn't match hidden{i} batch size {state.shape[0]}")
        if w_hh.ndim == 2 and state.shape[1] != w_hh.shape[1]:
            raise RuntimeError(
                f"hidden{i} has inconsistent hidden_size: got {state.shape[1]}, expected {w_hh.shape[1]}"
            )
    biases = [b if b is None else tensor_of(b, name, "bias") for b in weights[2:]]
    _check(name, gates, x, states, [w_ih, w_hh, *biases], x.shape[0])
    projection = [None] if op is lstm_layer else []
    return record(op, [x, *states, w_ih, w_hh, *biases, *projection], ((x.shape[0],), False, *more))


@export(method=False)
def lstm_cell(
    input: Tensor,
    hx: Sequence[Tensor],
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor | None = None,
    b_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One step of long short-term memory: the new ``(h, c)`` for ``input`` (N, I) and ``hx = (h, c)``, both (N, H).

    Weights W (4H, I) and W' (4H, H), biases (4H); the gates i, f, g, o in this order. RuntimeError where shapes or dtypes
    do not fit. As ``torch.lstm_cell``; see ``nn.LSTMCell``.

    >>> import autograd
    >>> h, c = autograd.lstm_cell(autograd.ones(1, 2), (autograd.zeros(1, 1), autograd.ones(1, 1)),
    ...                           autograd.zeros(4, 2), autograd.zeros(4, 1))
    >>> c
    tensor([[0.5000]])
    """
    if not isinstance(hx, (tuple, list)) or len(hx) != 2:
        raise RuntimeError("lstm_cell expects two hidden states")
    found = _cell("lstm_cell", lstm_layer, 4, input, hx, (w_ih, w_hh, b_ih, b_hh))
    return found[0], found[2]


@export(method=False)
def gru_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of gated recurrent units: the new ``h`` for ``input`` (N, I) and ``hx`` (N, H).

    Weights W (3H, I) and W' (3H, H), biases (3H); the gates r, z, n in this order. RuntimeError where shapes or dtypes do
    not fit. As ``torch.gru_cell``; see ``nn.GRUCell``.

    >>> import autograd
    >>> autograd.gru_cell(autograd.ones(1, 2), autograd.ones(1, 1), autograd.zeros(3, 2), autograd.zeros(3, 1))
    tensor([[0.5000]])
    """
    return _cell("gru_cell", gru_layer, 3, input, (hx,), (w_ih, w_hh, b_ih, b_hh))[0]


@export(method=False)
def rnn_tanh_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of Elman's network: ``tanh(W x + b + W' h + b')`` for ``input`` (N, I) and ``hx`` (N, H).

    Weights W (H, I) and W' (H, H), biases (H). RuntimeError where shapes or dtypes do not fit. As ``torch.rnn_tanh_cell``.

    >>> import autograd
    >>> autograd.rnn_tanh_cell(autograd.zeros(1, 2), autograd.ones(1, 1), autograd.ones(1, 2), autograd.ones(1, 1))
    tensor([[0.7616]])
    """
    return _cell("rnn_tanh_cell", rnn_layer, 1, input, (hx,), (w_ih, w_hh, b_ih, b_hh), False)[0]


@export(method=False)
def rnn_relu_cell(
    input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None, b_hh: Tensor | None = None
) -> Tensor:
    """One step of Elman's network: ``max(W x + b + W' h + b', 0)`` for ``input`` (N, I) and ``hx`` (N, H).

    Weights W (H, I) and W' (H, H), biases (H). RuntimeError where shapes or dtypes do not fit. As ``torch.rnn_relu_cell``.

    >>> import autograd
    >>> autograd.rnn_relu_cell(autograd.ones(1, 2), autograd.ones(1, 1), autograd.ones(1, 2), autograd.ones(1, 1))
    tensor([[3.]])
    """
    return _cell("rnn_relu_cell", rnn_layer, 1, input, (hx,), (w_ih, w_hh, b_ih, b_hh), True)[0]
