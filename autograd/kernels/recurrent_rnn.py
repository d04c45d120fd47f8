"""Elman's recurrent networks: one layer in one direction over all steps, and its gradients.

``h = tanh(W x + b + W' h)``, or with ``max(·, 0)`` in place of ``tanh`` (Elman, 1990).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.kernels.recurrent import (
    Steps,
    added,
    in_float32,
    product,
    project,
    resize,
    spread,
    to_inputs,
    to_weights,
    walk,
)

add, sub, mul = np.add, np.subtract, np.multiply


def rnn(
    x: np.ndarray, h0: np.ndarray, w_ih: np.ndarray, w_hh: np.ndarray, b_ih: Any = None, b_hh: Any = None,
    sizes: tuple[int, ...] = (), reverse: bool = False, relu: bool = False,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """The outputs (rows, H), the last ``h``, and what the gradient needs. ``sizes``: the rows of each step."""
    if x.dtype == np.float16:
        return in_float32(rnn, x, h0, w_ih, w_hh, b_ih, b_hh, sizes, reverse, relu)
    rows, dtype, hidden = len(x), x.dtype, h0.shape[1]
    steps = Steps(sizes, hidden, reverse)
    work = np.empty(hidden * rows, dtype)
    out, h_n = np.empty((rows, hidden), dtype), np.empty_like(h0)
    bias = added(b_ih, b_hh)

    def prepare(k: int) -> None:
        project(steps.rows(x, k), w_ih, bias, steps.block(work, k, hidden))

    def sweep(line: Any) -> None:
        h = np.ascontiguousarray(h0[: steps.chunks[0][2]].T)
        for k, (_, count, n, _) in enumerate(steps.chunks):
            h = resize(h, n, h0, h_n)
            a_all, outs, a_more = steps.block(work, k, hidden), steps.rows(out, k), np.empty((hidden, n), dtype)
            line.need(k)
            for j in range(count):
                a = a_all[j]
                w_hh.dot(h, a_more)
                add(a, a_more, a)
                if relu:
                    np.maximum(a, 0, out=a)
                else:
                    np.tanh(a, a)
                outs[j] = a.T
                h = a
        resize(h, 0, None, h_n)

    walk(sweep, prepare, len(steps.chunks), rows * w_ih.size)
    return out, h_n, work


def rnn_grad(
    x: np.ndarray, h0: np.ndarray, w_ih: np.ndarray, w_hh: np.ndarray, out: np.ndarray, work: np.ndarray, grads: list,
    sizes: tuple[int, ...], reverse: bool, relu: bool, needs: tuple[bool, ...],
) -> tuple:  # fmt: skip
    """The gradients of the arguments of ``rnn``, in their order, from ``grads``: those of the outputs and of ``h``."""
    if x.dtype == np.float16:
        return in_float32(rnn_grad, x, h0, w_ih, w_hh, out, work, grads, sizes, reverse, relu, needs)
    rows, dtype, hidden = len(x), x.dtype, h0.shape[1]
    g_out, g_h = grads
    steps = Steps(sizes, hidden, reverse)
    last = len(steps.chunks) - 1
    slopes: dict[int, np.ndarray] = {}
    d_sums = np.empty((hidden, rows), dtype)
    earlier = np.ones((rows, hidden + 1), dtype)  # the ones give the gradient of the bias
    d_x = np.empty(x.shape, dtype) if needs[0] else None
    d_h0 = np.empty_like(h0)

    def prepare(j: int) -> None:
        h = steps.block(work, last - j, hidden)
        if relu:
            slopes[last - j] = h <= 0
        else:
            d = np.square(h)
            slopes[last - j] = sub(1, d, d)

    def finish(k: int, d: np.ndarray) -> Callable[[], None]:
        def job() -> None:
            spread(steps, k, d, d_sums)
            steps.before(out, h0, earlier, k)
            to_inputs(steps, k, d_sums, w_ih, d_x)

        return job

    def sweep(line: Any) -> None:
        d_h = resize(np.empty((hidden, 0), dtype), steps.chunks[last][2], g_h, None)
        for k in range(last, -1, -1):
            _, count, n, _ = steps.chunks[k]
            d_h = resize(d_h, n, g_h, d_h0)
            line.need(last - k)
            slope = slopes.pop(k)
            d_all = np.empty((count, hidden, n), dtype) if relu else slope
            outs = None if g_out is None else steps.rows(g_out, k)
            for j in range(count - 1, -1, -1):
                d = d_all[j]
                if outs is not None:
                    add(d_h, outs[j].T, d_h)
                if relu:
                    np.copyto(d, d_h)
                    np.copyto(d, 0, where=slope[j])
                else:
                    mul(d, d_h, d)
                w_hh.T.dot(d, d_h)
            line.put(finish(k, d_all))
        resize(d_h, 0, None, d_h0)

    walk(sweep, prepare, last + 1, rows * w_ih.size)
    d_w, d_b = to_weights(d_sums, earlier, True in needs[3:6])
    return d_x, d_h0, product(d_sums, x) if needs[2] else None, d_w, d_b, d_b
