"""Recurrent layers: one layer in one direction over all steps, as one record.

The gradient is the kernel's. Where it is itself recorded, or taken forward, it is that of the same layer written step by
step in Tensors, below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.dispatch import wrap
from autograd.kernels.recurrent_gru import gru, gru_grad
from autograd.kernels.recurrent_lstm import lstm, lstm_grad
from autograd.kernels.recurrent_rnn import rnn, rnn_grad
from autograd.op import Op, general
from autograd.ops.join import cat
from autograd.samples import Bad, Draw, Sample, real, s
from autograd.tensor import Tensor

# -- step by step in Tensors ------------------------------------------------------------------------------------------------


def by_steps(step: Callable, x: Tensor, first: tuple, sizes: tuple[int, ...], reverse: bool) -> tuple:
    """Walk packed data: ``step(rows, states)`` gives the new states, of which the first is put out. All rows, last states."""
    starts = np.cumsum((0, *sizes)).tolist()
    order = range(len(sizes) - 1, -1, -1) if reverse else range(len(sizes))
    states = tuple([state[: sizes[order[0]]] for state in first])
    outs: list = [None] * len(sizes)
    ended: list[tuple] = []
    for t in order:
        n, m = sizes[t], states[0].shape[0]
        if n < m:
            ended.append(tuple([state[n:] for state in states]))
            states = tuple([state[:n] for state in states])
        elif n > m:
            states = tuple([_join([state, new[m:n]]) for state, new in zip(states, first, strict=True)])
        states = step(x[starts[t] : starts[t + 1]], states)
        outs[t] = states[0]
    last = [_join(parts) for parts in zip(states, *reversed(ended), strict=True)]
    return (_join(outs), *last)


def _join(parts: Any) -> Tensor:
    return cat.function(list(parts), 0)


def _product(x: Any, weight: Any, bias: Any) -> Any:
    found = x @ weight.T
    return found if bias is None else found + bias


def lstm_by_steps(
    x: Any,
    h0: Any,
    c0: Any,
    w_ih: Any,
    w_hh: Any,
    b_ih: Any,
    b_hh: Any,
    w_hr: Any,
    sizes: tuple[int, ...],
    reverse: bool,
) -> tuple:
    """``lstm_layer`` in elementary operations."""
    hidden = c0.shape[1]

    def step(rows: Any, states: tuple) -> tuple:
        h, c = states
        a = _product(rows, w_ih, b_ih) + _product(h, w_hh, b_hh)
        i, f, g, o = (a[:, k * hidden : (k + 1) * hidden] for k in range(4))
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h if w_hr is None else h @ w_hr.T, c

    return by_steps(step, x, (h0, c0), sizes, reverse)


def gru_by_steps(
    x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, sizes: tuple[int, ...], reverse: bool
) -> tuple:
    """``gru_layer`` in elementary operations."""
    hidden = h0.shape[1]

    def step(rows: Any, states: tuple) -> tuple:
        (h,) = states
        a, b = _product(rows, w_ih, b_ih), _product(h, w_hh, b_hh)
        r_z = (a[:, : 2 * hidden] + b[:, : 2 * hidden]).sigmoid()
        n = (a[:, 2 * hidden :] + r_z[:, :hidden] * b[:, 2 * hidden :]).tanh()
        return (n + r_z[:, hidden:] * (h - n),)

    return by_steps(step, x, (h0,), sizes, reverse)


def rnn_by_steps(
    x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, sizes: tuple[int, ...], reverse: bool, relu: bool
) -> tuple:
    """``rnn_layer`` in elementary operations."""

    def step(rows: Any, states: tuple) -> tuple:
        a = _product(rows, w_ih, b_ih) + _product(states[0], w_hh, b_hh)
        return (a.relu() if relu else a.tanh(),)

    return by_steps(step, x, (h0,), sizes, reverse)


# -- the rules --------------------------------------------------------------------------------------------------------------


def _among(layer: Callable, args: tuple, statics: tuple, chosen: list[int]) -> Callable:
    """``layer`` as a function of the chosen arguments."""

    def function(*given: Tensor) -> tuple:
        filled: list = [wrap(a) if isinstance(a, (np.ndarray, np.generic)) else a for a in args]
        for place, value in zip(chosen, given, strict=True):
            filled[place] = value
        return layer(*filled, *statics)

    return function


def _recorded(g: list, layer: Callable, args: tuple, statics: tuple, needs: tuple) -> tuple:
    """The gradients of ``layer`` on Tensors."""
    from autograd.func import vjp  # noqa: PLC0415 - it stands on the operations

    chosen = [i for i, need in enumerate(needs) if need]
    outputs, pull = vjp(_among(layer, args, statics, chosen), *[args[i] for i in chosen])
    found = pull(tuple([o.detach() * 0 if p is None else p for o, p in zip(outputs, g, strict=True)]))
    gradients: list = [None] * len(args)
    for place, gradient in zip(chosen, found, strict=True):
        gradients[place] = gradient
    return tuple(gradients)


def _forwards(t: tuple, layer: Callable, args: tuple, statics: tuple) -> tuple:
    """The tangents of the outputs of ``layer``."""
    from autograd.func import jvp  # noqa: PLC0415 - it stands on the operations

    chosen = [i for i, tangent in enumerate(t) if tangent is not None]
    bare = not any(isinstance(value, Tensor) for value in (*args, *t))
    values, tangents = ([wrap(v) if bare else v for v in (part[i] for i in chosen)] for part in (args, t))
    found = jvp(_among(layer, args, statics, chosen), tuple(values), tuple(tangents))[1]
    return tuple([f._array for f in found]) if bare else tuple(found)


def _arrays(g: list, args: tuple) -> bool:
    return not any(isinstance(value, Tensor) for value in (*g, *args))


def _lstm_rule(
    g: Any, x: Any, h0: Any, c0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, w_hr: Any, out: Any, work: Any,
    sizes: Any, reverse: Any, needs: Any,
) -> tuple:  # fmt: skip
    args = (x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr)
    if _arrays(g, args):
        return lstm_grad(x, h0, c0, w_ih, w_hh, w_hr, out, work, g, sizes, reverse, needs)
    return _recorded(g, lstm_by_steps, args, (sizes, reverse), needs)


def _gru_rule(
    g: Any, x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, out: Any, work: Any, sizes: Any, reverse: Any,
    needs: Any,
) -> tuple:  # fmt: skip
    args = (x, h0, w_ih, w_hh, b_ih, b_hh)
    if _arrays(g, args):
        return gru_grad(x, h0, w_ih, w_hh, out, work, g, sizes, reverse, needs)
    return _recorded(g, gru_by_steps, args, (sizes, reverse), needs)


def _rnn_rule(
    g: Any, x: Any, h0: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, out: Any, work: Any, sizes: Any, reverse: Any,
    relu: Any, needs: Any,
) -> tuple:  # fmt: skip
    args = (x, h0, w_ih, w_hh, b_ih, b_hh)
    if _arrays(g, args):
        return rnn_grad(x, h0, w_ih, w_hh, out, work, g, sizes, reverse, relu, needs)
    return _recorded(g, rnn_by_steps, args, (sizes, reverse, relu), needs)


# -- the operations -----------------------------------------------------------------------------------------------------------


def _samples(gates: int, cell: bool, *more: Any) -> list[Sample]:
    """Sequences of one length and of several, forwards and backwards, with and without biases, none, and one step."""

    def arguments(sizes: tuple, features: int = 2, hidden: int = 2, biases: bool = True, out: int = 0) -> list:
        state = [real(sizes[0], out or hidden)] + ([real(sizes[0], hidden)] if cell else [])
        bias: list[Draw | None] = [real(gates * hidden)] * 2 if biases else [None, None]
        weights = [real(gates * hidden, features), real(gates * hidden, out or hidden), *bias]
        projection = ([real(out, hidden)] if out else [None]) if cell else []
        return [real(sum(sizes), features), *state, *weights, *projection, sizes]

    found = [
        s(*arguments((2, 2)), False, *more),
        s(*arguments((2, 1), biases=False), True, *more),
        s(*arguments((2,), features=3, hidden=1), False, *more),
        s(*arguments((0, 0)), False, *more),
    ]
    return [*found, s(*arguments((2, 1, 1), out=1), True, *more)] if cell else found


lstm_layer: Op = general(
    "lstm_layer", lstm, tensors=("x", "h0", "c0", "w_ih", "w_hh", "b_ih", "b_hh", "w_hr"),
    outputs=("out", "h_n", "c_n", "work"), differentiable=("out", "h_n", "c_n"), joint=_lstm_rule,
    jvp=lambda t, x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse: _forwards(
        t, lstm_by_steps, (x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr), (sizes, reverse)
    ),
    symbol="LSTM", public=False, samples=_samples(4, True),
    errors=[Bad(RuntimeError, "larger than 0", real(0, 2), real(1, 1), real(1, 1), real(4, 2), real(4, 1))],
    doc="A layer of long short-term memory in one direction over packed rows, ``sizes[t]`` of step t: the outputs, the last "
    "``h`` and ``c``, and what its gradient needs. RuntimeError without steps.",
)  # fmt: skip
gru_layer: Op = general(
    "gru_layer", gru, tensors=("x", "h0", "w_ih", "w_hh", "b_ih", "b_hh"),
    outputs=("out", "h_n", "work"), differentiable=("out", "h_n"), joint=_gru_rule,
    jvp=lambda t, x, h0, w_ih, w_hh, b_ih, b_hh, sizes, reverse: _forwards(
        t, gru_by_steps, (x, h0, w_ih, w_hh, b_ih, b_hh), (sizes, reverse)
    ),
    symbol="GRU", public=False, samples=_samples(3, False),
    errors=[Bad(RuntimeError, "larger than 0", real(0, 2), real(1, 1), real(3, 2), real(3, 1))],
    doc="A layer of gated recurrent units in one direction over packed rows, ``sizes[t]`` of step t: the outputs, the last "
    "``h``, and what its gradient needs. RuntimeError without steps.",
)  # fmt: skip
rnn_layer: Op = general(
    "rnn_layer", rnn, tensors=("x", "h0", "w_ih", "w_hh", "b_ih", "b_hh"),
    outputs=("out", "h_n", "work"), differentiable=("out", "h_n"), joint=_rnn_rule,
    jvp=lambda t, x, h0, w_ih, w_hh, b_ih, b_hh, sizes, reverse, relu: _forwards(
        t, rnn_by_steps, (x, h0, w_ih, w_hh, b_ih, b_hh), (sizes, reverse, relu)
    ),
    symbol="RNN", public=False, samples=[*_samples(1, False, False), *_samples(1, False, True)[:2]],
    errors=[Bad(RuntimeError, "larger than 0", real(0, 2), real(1, 1), real(1, 2), real(1, 1))],
    doc="A layer of Elman's recurrent network in one direction over packed rows, ``sizes[t]`` of step t: the outputs, the "
    "last ``h``, and what its gradient needs. RuntimeError without steps.",
)  # fmt: skip
