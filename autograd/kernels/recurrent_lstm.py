"""Long short-term memory: one layer in one direction over all steps, and its gradients.

``i, f, o = σ(·)``, ``g = tanh(·)`` of ``W x + b + W' h``; ``c = f c + i g``, ``h = o tanh c`` (Hochreiter and Schmidhuber,
1997; Gers et al., 2000), with a projection ``h = W″ (o tanh c)`` where there is one (Sak et al., 2014).
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
    small,
    spread,
    to_inputs,
    to_weights,
    walk,
)

add, sub, mul, tanh = np.add, np.subtract, np.multiply, np.tanh


def _parts(work: np.ndarray, rows: int, hidden: int) -> tuple[np.ndarray, np.ndarray]:
    """What the forward pass keeps: for each step o, i, f, g and the ``c`` before it, in this order; and ``tanh c``.

    So what is a sigmoid lies together, and ``i g`` and ``f c`` are one product.
    """
    return work[: 5 * hidden * rows], work[5 * hidden * rows :]


def _in_order(w: Any, scale: Any) -> Any:
    """Rows for the gates i, f, g, o as rows for o, i, f, g, scaled."""
    rest = len(w) // 4 * 3
    return np.concatenate([w[rest:], w[:rest]]) * scale


def lstm(
    x: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
    w_ih: np.ndarray,
    w_hh: np.ndarray,
    b_ih: Any = None,
    b_hh: Any = None,
    w_hr: Any = None,
    sizes: tuple[int, ...] = (),
    reverse: bool = False,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The outputs (rows, H), the last ``h`` and ``c``, and what the gradient needs. ``sizes``: the rows of each step."""
    if x.dtype == np.float16:
        return in_float32(lstm, x, h0, c0, w_ih, w_hh, b_ih, b_hh, w_hr, sizes, reverse)
    rows, dtype, hidden = len(x), x.dtype, c0.shape[1]
    steps = Steps(sizes, 5 * hidden, reverse)
    work = np.empty(6 * hidden * rows, dtype)
    gates, tanhs = _parts(work, rows, hidden)
    out, h_n, c_n = np.empty((rows, h0.shape[1]), dtype), np.empty_like(h0), np.empty_like(c0)
    bias = added(b_ih, b_hh)
    ordered = rows > w_ih.shape[1] + h0.shape[1]  # then the weights are fewer than what they make
    if ordered:  # σ(a) = ½ + ½ tanh(a / 2): one call of tanh for all gates
        scale = np.full((4 * hidden, 1), 0.5, dtype)
        scale[3 * hidden :] = 1
        w_ih, w_hh = _in_order(w_ih, scale), _in_order(w_hh, scale)
        if bias is not None:  # as one more column, for which each h has a 1
            w_hh, bias = np.concatenate([w_hh, _in_order(bias, scale)], axis=1), None

    def prepare(k: int) -> None:
        target = steps.block(gates, k, 5 * hidden)[:, : 4 * hidden]
        if ordered:
            project(steps.rows(x, k), w_ih, bias, target)
        else:
            found = np.empty(target.shape, dtype)
            project(steps.rows(x, k), w_ih, bias, found)
            target[:, :hidden], target[:, hidden:] = found[:, 3 * hidden :], found[:, : 3 * hidden]

    def sweep(line: Any) -> None:
        n = steps.chunks[0][2]
        width = h0.shape[1]
        h, c = h0[:n].T, c0[:n].T
        for k, (_, _, n, _) in enumerate(steps.chunks):
            h, c = resize(h, n, h0, h_n), resize(c, n, c0, c_n)
            given = np.ones((w_hh.shape[1], n), dtype)
            given[:width] = h
            h = given[:width]
            line.need(k)
            a, t = steps.block(gates, k, 5 * hidden), steps.block(tanhs, k, hidden)
            c = _ahead(given, h, c, a, t, w_hh, w_hr, steps.rows(out, k), ordered)
        resize(h, 0, None, h_n)
        resize(c, 0, None, c_n)

    walk(sweep, prepare, len(steps.chunks), rows * w_ih.size)
    return out, h_n, c_n, work


def _ahead(
    given: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    a_all: np.ndarray,
    t_all: np.ndarray,
    w_hh: np.ndarray,
    w_hr: Any,
    outs: np.ndarray,
    ordered: bool,
) -> np.ndarray:
    """The steps of a chunk from ``h``, a part of ``given`` that is overwritten, and ``c``; returns the last ``c``."""
    count, hidden, n = t_all.shape
    half = t_all.dtype.type(0.5)
    more, pair = np.empty((4 * hidden, n), t_all.dtype), np.empty((2 * hidden, n), t_all.dtype)
    first, second, last = pair[:hidden], pair[hidden:], np.empty((hidden, n), t_all.dtype)
    a_all[0, 4 * hidden :] = c
    for j in range(count):
        a, t = a_all[j], t_all[j]
        sums, sigmoids, o = a[: 4 * hidden], a[: 3 * hidden], a[:hidden]
        w_hh.dot(given, more)
        if ordered:
            add(sums, more, sums)
        else:
            add(sums[hidden:], more[: 3 * hidden], sums[hidden:])
            add(o, more[3 * hidden :], o)
            mul(sigmoids, half, sigmoids)
        tanh(sums, sums)
        mul(sigmoids, half, sigmoids)
        add(sigmoids, half, sigmoids)
        mul(a[hidden : 3 * hidden], a[3 * hidden :], pair)
        c = a_all[j + 1, 4 * hidden :] if j + 1 < count else last
        add(first, second, c)
        tanh(c, t)
        if w_hr is None:
            mul(o, t, h)
        else:
            w_hr.dot(mul(o, t, first), h)
        outs[j] = h.T
    return c


def lstm_grad(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray, w_ih: np.ndarray, w_hh: np.ndarray, w_hr: Any, out: np.ndarray,
    work: np.ndarray, grads: list, sizes: tuple[int, ...], reverse: bool, needs: tuple[bool, ...],
) -> tuple:  # fmt: skip
    """The gradients of the arguments of ``lstm``, in their order, from ``grads``: those of the outputs, of ``h`` and ``c``."""
    if x.dtype == np.float16:
        return in_float32(lstm_grad, x, h0, c0, w_ih, w_hh, w_hr, out, work, grads, sizes, reverse, needs)
    rows, dtype, hidden, width = len(x), x.dtype, c0.shape[1], h0.shape[1]
    g_out, g_h, g_c = grads
    steps = Steps(sizes, 5 * hidden, reverse)
    last = len(steps.chunks) - 1
    slopes: dict[int, tuple] = {}
    d_gates = np.empty((4 * hidden, rows), dtype)
    earlier = np.ones((rows, width + 1), dtype)  # the ones give the gradient of the bias
    d_x = np.empty(x.shape, dtype) if needs[0] else None
    d_out, shown = (np.empty(s, dtype) if needs[7] else None for s in ((width, rows), (rows, hidden)))
    d_h0, d_c0 = np.empty_like(h0), np.empty_like(c0)
    ordered = rows > hidden  # then the weights are fewer than what they are multiplied with
    back = (_in_order(w_hh, 1) if ordered else w_hh).T

    def prepare(j: int) -> None:
        slopes[last - j] = _slopes(steps, work, last - j, hidden)

    def finish(k: int, d: np.ndarray, d_h: Any) -> Callable[[], None]:
        def job() -> None:
            spread(steps, k, d[:, 0], d_gates[3 * hidden :])
            spread(steps, k, d[:, 1:].reshape(len(d), 3 * hidden, d.shape[-1]), d_gates[: 3 * hidden])
            steps.before(out, h0, earlier, k)
            to_inputs(steps, k, d_gates, w_ih, d_x)
            if d_out is not None:
                spread(steps, k, d_h, d_out)
                _show(steps, k, work, shown)

        return job

    def sweep(line: Any) -> None:
        n = steps.chunks[last][2]
        d_h, d_c = (resize(np.empty((w, 0), dtype), n, g, None) for w, g in ((width, g_h), (hidden, g_c)))
        for k in range(last, -1, -1):
            _, count, n, _ = steps.chunks[k]
            d_h, d_c = resize(d_h, n, g_h, d_h0), resize(d_c, n, g_c, d_c0)
            line.need(last - k)
            kept = None if d_out is None else np.empty((count, width, n), dtype)
            outs = None if g_out is None else steps.rows(g_out, k)
            parts = slopes.pop(k)
            _back(d_h, d_c, parts, back, w_hr, outs, kept, ordered)
            line.put(finish(k, parts[0], kept))
        resize(d_h, 0, None, d_h0)
        resize(d_c, 0, None, d_c0)

    walk(sweep, prepare, last + 1, rows * w_ih.size)
    d_w, d_b = to_weights(d_gates, earlier, True in needs[4:7])
    d_hr = None if d_out is None else d_out @ shown
    return d_x, d_h0, d_c0, product(d_gates, x) if needs[3] else None, d_w, d_b, d_b, d_hr


def _show(steps: Steps, k: int, work: np.ndarray, shown: Any) -> None:
    """Write ``o tanh c`` of chunk ``k``, which was projected, into its rows."""
    hidden = shown.shape[1]
    gates, tanhs = _parts(work, steps.total, hidden)
    o = steps.block(gates, k, 5 * hidden)[:, :hidden]
    steps.rows(shown, k)[...] = (o * steps.block(tanhs, k, hidden)).transpose(0, 2, 1)


def _slopes(steps: Steps, work: np.ndarray, k: int, hidden: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the gradients of ``h`` (for o) and ``c`` (for i, f, g) become those of the gates by; that of h to c; and f."""
    _, count, n, _ = steps.chunks[k]
    gates, tanhs = _parts(work, steps.total, hidden)
    a_all, t_all = steps.block(gates, k, 5 * hidden).reshape(count, 5, hidden, n), steps.block(tanhs, k, hidden)
    d_all, q_all = np.empty((count, 4, hidden, n), work.dtype), np.empty((count, hidden, n), work.dtype)
    for part in small(count, 4 * hidden * n):
        a, t, d, q = a_all[part], t_all[part], d_all[part], q_all[part]
        mul(a[:, :4], a[:, :4], d)
        sub(a[:, :3], d[:, :3], d[:, :3])
        sub(1, d[:, 3], d[:, 3])
        mul(d[:, 0], t, d[:, 0])
        mul(d[:, 1:3], a[:, 3:], d[:, 1:3])
        mul(d[:, 3], a[:, 1], d[:, 3])
        mul(t, t, q)
        sub(1, q, q)
        mul(q, a[:, 0], q)
    return d_all, q_all, a_all[:, 2]


def _back(
    d_h: np.ndarray, d_c: np.ndarray, slopes: tuple, back: np.ndarray, w_hr: Any, g_out: Any, kept: Any, ordered: bool
) -> None:
    """The steps of a chunk, the last first: ``d_h``, ``d_c`` and the first of the slopes become gradients in place."""
    d_all, q_all, f_all = slopes
    count, _, hidden, n = d_all.shape
    tmp = np.empty((hidden, n), d_h.dtype)
    inner = d_h if w_hr is None else np.empty((hidden, n), d_h.dtype)
    for j in range(count - 1, -1, -1):
        d = d_all[j]
        if g_out is not None:
            add(d_h, g_out[j].T, d_h)
        if w_hr is not None:
            w_hr.T.dot(d_h, inner)
        if kept is not None:
            kept[j] = d_h
        mul(inner, q_all[j], tmp)
        add(d_c, tmp, d_c)
        of_c = d[1:]
        mul(of_c, d_c, of_c)
        mul(d[0], inner, d[0])
        mul(d_c, f_all[j], d_c)
        d = d if ordered else np.concatenate([d[1:], d[:1]])
        back.dot(d.reshape(4 * hidden, n), d_h)
