"""Gated recurrent units: one layer in one direction over all steps, and its gradients.

``r, z = σ(W x + b + W' h + b')``, ``n = tanh(W x + b + r (W' h + b'))``, ``h = (1 − z) n + z h`` (Cho et al., 2014).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels.recurrent import (
    Steps,
    in_float32,
    product,
    project,
    resize,
    small,
    spread,
    to_inputs,
    to_weights,
    walk,
)

add, sub, mul, tanh = np.add, np.subtract, np.multiply, np.tanh


def _parts(work: np.ndarray, rows: int, hidden: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the forward pass keeps: the gates, ``W' h + b'`` for n, and ``h`` (with those before each chunk)."""
    gates, inner = 3 * hidden * rows, hidden * rows
    return work[:gates], work[gates : gates + inner], work[gates + inner :]


def _biases(b_ih: Any, b_hh: Any, hidden: int) -> tuple[Any, Any]:
    """As columns: what is added to the projection of the inputs, and what stays with the ``h`` of n."""
    if b_hh is None:
        return (None if b_ih is None else b_ih[:, None]), None
    outer = np.zeros_like(b_hh) if b_ih is None else b_ih.copy()
    outer[: 2 * hidden] += b_hh[: 2 * hidden]
    return outer[:, None], b_hh[2 * hidden :, None]


def gru(
    x: np.ndarray, h0: np.ndarray, w_ih: np.ndarray, w_hh: np.ndarray, b_ih: Any = None, b_hh: Any = None,
    sizes: tuple[int, ...] = (), reverse: bool = False,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """The outputs (rows, H), the last ``h``, and what the gradient needs. ``sizes``: the rows of each step."""
    if x.dtype == np.float16:
        return in_float32(gru, x, h0, w_ih, w_hh, b_ih, b_hh, sizes, reverse)
    rows, dtype, hidden = len(x), x.dtype, h0.shape[1]
    steps = Steps(sizes, 3 * hidden, reverse)
    work = np.empty(hidden * (5 * rows + steps.extra), dtype)
    gates, inner, states = _parts(work, rows, hidden)
    out, h_n = np.empty((rows, hidden), dtype), np.empty_like(h0)
    half = dtype.type(0.5)
    bias, bias_n = _biases(b_ih, b_hh, hidden)
    scaled = rows > w_ih.shape[1] + hidden
    if scaled:  # σ(a) = ½ + ½ tanh(a / 2)
        scale = np.full((3 * hidden, 1), half)
        scale[2 * hidden :] = 1
        w_ih, w_hh, bias = w_ih * scale, w_hh * scale, None if bias is None else bias * scale

    def prepare(k: int) -> None:
        project(steps.rows(x, k), w_ih, bias, steps.block(gates, k, 3 * hidden))

    def sweep(line: Any) -> None:
        h = h0[: steps.chunks[0][2]].T
        for k, (_, count, n, _) in enumerate(steps.chunks):
            h = resize(h, n, h0, h_n)
            a_all, i_all, outs = steps.block(gates, k, 3 * hidden), steps.block(inner, k, hidden), steps.rows(out, k)
            h_all, a_more = steps.states(states, k, hidden), np.empty((3 * hidden, n), dtype)
            tmp = np.empty((hidden, n), dtype)
            h_all[0] = h
            line.need(k)
            for j in range(count):
                h, a, inside = h_all[j], a_all[j], i_all[j]
                w_hh.dot(h, a_more)
                r_z, new = a[: 2 * hidden], a[2 * hidden :]
                if bias_n is None:
                    inside[...] = a_more[2 * hidden :]
                else:
                    add(a_more[2 * hidden :], bias_n, inside)
                add(r_z, a_more[: 2 * hidden], r_z)
                if not scaled:
                    mul(r_z, half, r_z)
                tanh(r_z, r_z)
                mul(r_z, half, r_z)
                add(r_z, half, r_z)
                mul(a[:hidden], inside, tmp)
                add(new, tmp, new)
                tanh(new, new)
                after = h_all[j + 1]
                sub(h, new, after)
                mul(after, a[hidden : 2 * hidden], after)
                add(after, new, after)
                outs[j] = after.T
            h = h_all[count]
        resize(h, 0, None, h_n)

    walk(sweep, prepare, len(steps.chunks), rows * w_ih.size)
    return out, h_n, work


def gru_grad(
    x: np.ndarray, h0: np.ndarray, w_ih: np.ndarray, w_hh: np.ndarray, out: np.ndarray, work: np.ndarray, grads: list,
    sizes: tuple[int, ...], reverse: bool, needs: tuple[bool, ...],
) -> tuple:  # fmt: skip
    """The gradients of the arguments of ``gru``, in their order, from ``grads``: those of the outputs and of ``h``."""
    if x.dtype == np.float16:
        return in_float32(gru_grad, x, h0, w_ih, w_hh, out, work, grads, sizes, reverse, needs)
    rows, dtype, hidden = len(x), x.dtype, h0.shape[1]
    g_out, g_h = grads
    steps = Steps(sizes, 3 * hidden, reverse)
    last = len(steps.chunks) - 1
    slopes: dict[int, tuple] = {}
    d_gates = np.empty((4 * hidden, rows), dtype)  # of n, r, z, and of W' h + b' for n
    earlier = np.ones((rows, hidden + 1), dtype)  # the ones give the gradient of the bias
    d_x = np.empty(x.shape, dtype) if needs[0] else None
    d_h0 = np.empty_like(h0)
    w_in = np.concatenate([w_ih[2 * hidden :], w_ih[: 2 * hidden]]) if needs[0] else None

    def prepare(j: int) -> None:
        slopes[last - j] = _slopes(steps, work, last - j, hidden)

    def finish(k: int, d: np.ndarray) -> Callable[[], None]:
        def job() -> None:
            _, count, n, _ = steps.chunks[k]
            spread(steps, k, d.reshape(count, 4 * hidden, n), d_gates)
            steps.before(out, h0, earlier, k)
            to_inputs(steps, k, d_gates[: 3 * hidden], w_in, d_x)

        return job

    def sweep(line: Any) -> None:
        d_h = resize(np.empty((hidden, 0), dtype), steps.chunks[last][2], g_h, None)
        for k in range(last, -1, -1):
            _, count, n, _ = steps.chunks[k]
            d_h = resize(d_h, n, g_h, d_h0)
            line.need(last - k)
            d_all, z_all = slopes.pop(k)
            outs = None if g_out is None else steps.rows(g_out, k)
            tmp = np.empty((hidden, n), dtype)
            for j in range(count - 1, -1, -1):
                d = d_all[j]
                if outs is not None:
                    add(d_h, outs[j].T, d_h)
                mul(d, d_h, d)
                mul(d_h, z_all[j], d_h)
                w_hh.T.dot(d[1:].reshape(3 * hidden, n), tmp)
                add(d_h, tmp, d_h)
            line.put(finish(k, d_all))
        resize(d_h, 0, None, d_h0)

    walk(sweep, prepare, last + 1, rows * w_ih.size)
    d_in = _rolled(product(d_gates[: 3 * hidden], x), hidden) if needs[2] else None
    d_w, d_b_hh = to_weights(d_gates[hidden:], earlier, True in needs[3:6])
    d_b_ih = None if d_b_hh is None else np.concatenate([d_b_hh[: 2 * hidden], d_gates[:hidden].sum(1)])
    return d_x, d_h0, d_in, d_w, d_b_ih, d_b_hh


def _rolled(w: np.ndarray, hidden: int) -> np.ndarray:
    """Rows for n, r, z as rows for r, z, n."""
    return np.concatenate([w[hidden:], w[:hidden]])


def _slopes(steps: Steps, work: np.ndarray, k: int, hidden: int) -> tuple[np.ndarray, np.ndarray]:
    """What the gradient of ``h`` becomes those of n, r, z and of ``W' h + b'`` by; and z."""
    _, count, n, _ = steps.chunks[k]
    gates, inner, states = _parts(work, steps.total, hidden)
    a_all = steps.block(gates, k, 3 * hidden).reshape(count, 3, hidden, n)
    i_all, h_all = steps.block(inner, k, hidden), steps.states(states, k, hidden)[:-1]
    d_all = np.empty((count, 4, hidden, n), work.dtype)
    for part in small(count, 4 * hidden * n):
        r, z, new = (a_all[part, i] for i in range(3))
        d_new, d_r, d_z, d_inner = (d_all[part, i] for i in range(4))
        mul(new, new, d_new)
        sub(1, d_new, d_new)
        sub(1, z, d_z)
        mul(d_new, d_z, d_new)  # (1 − z) (1 − n²)
        sub(h_all[part], new, d_r)
        mul(d_z, z, d_z)
        mul(d_z, d_r, d_z)  # (h − n) z (1 − z)
        mul(d_new, r, d_inner)
        sub(1, r, d_r)
        mul(d_r, d_inner, d_r)
        mul(d_r, i_all[part], d_r)  # (1 − z) (1 − n²) (W' h + b') r (1 − r)
    return d_all, a_all[:, 1]
