"""Connectionist temporal classification (Graves et al., 2006), one operation for all sequences of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.dispatch import wrap
from autograd.kernels import ctc as kernel
from autograd.op import Op, general, registry
from autograd.ops.scatter import gather
from autograd.ops.shape import permute, reshape
from autograd.samples import Bad, Draw, const, ints, real, s
from autograd.tensor import Tensor

FAR = 1e30  # minus this stands for the logarithm of 0 where derivatives of higher order are taken


def _gradient(
    g: Any,
    x: Any,
    targets: Any,
    alpha: Any,
    input_lengths: tuple,
    target_lengths: tuple,
    blank: int,
    zero_infinity: bool,
) -> Any:
    """The gradient by the kernel; on tensors by recorded operations, so that it can be differentiated again."""
    if not isinstance(x, Tensor):
        return kernel.backward(g, x, targets, alpha, input_lengths, target_lengths, blank, zero_infinity)
    times = np.arange(x.shape[0])[:, None] < np.array(input_lengths)
    shares, loss = _shares(x, targets, times, np.array(input_lengths), np.array(target_lengths), blank)
    found = reshape(g, (1, -1, 1)) * (np.exp(x) - shares)
    found = np.where(reshape(loss, (1, -1, 1)) > FAR / 2, 0.0 if zero_infinity else np.nan, found)
    return np.where(wrap(times[:, :, None]), found, 0.0)


def _shifted(a: Any, by: int) -> Any:
    """The columns of a matrix moved by ``by`` places, with logarithms of 0 behind them."""
    edge = a[:, : abs(by)] * 0.0 - FAR
    return np.concatenate((edge, a[:, :-by]) if by > 0 else (a[:, -by:], edge), axis=1)


def _log_sum(a: Any, b: Any, c: Any) -> Any:
    return np.logaddexp(np.logaddexp(a, b), c)


def _shares(x: Any, targets: Any, times: np.ndarray, lengths: np.ndarray, labels: np.ndarray, blank: int) -> tuple:
    """The shares of the alignments that pass each class at each time (T, N, C), and the losses (N,)."""
    steps, samples, classes = x.shape
    gaps = targets * 0 + blank
    column = wrap(np.full((samples, 1), blank))
    states = np.concatenate((reshape(np.stack((gaps, targets), axis=2), (samples, -1)), column), axis=1)
    count = 2 * targets.shape[1] + 1
    emitted = gather(x, np.broadcast_to(reshape(states, (1, samples, count)), (steps, samples, count)), 2)
    emitted = np.maximum(emitted, -FAR)
    zero = emitted[0] * 0.0
    if count > 2:
        barred = np.where(states[:, 2:] == states[:, :-2], -FAR, zero[:, 2:])
        up = np.concatenate((zero[:, :2] - FAR, barred), axis=1)
        down = np.concatenate((barred, zero[:, :2] - FAR), axis=1)
    else:
        up = down = zero - FAR
    places = np.arange(count)
    first = wrap((places < 1) | ((places == 1) & (labels[:, None] > 0)))
    last = wrap((places == 2 * labels[:, None]) | ((places == 2 * labels[:, None] - 1) & (labels[:, None] > 0)))
    alpha = [np.where(first, emitted[0], -FAR)]
    for t in range(1, steps):
        a = alpha[-1]
        alpha.append(_log_sum(a, _shifted(a, 1), _shifted(a, 2) + up) + emitted[t] if count > 1 else a + emitted[t])
    ends, beta = zero[:, 0] - FAR, [zero - FAR]
    for t in range(steps - 1, -1, -1):
        b = beta[-1]
        on = _log_sum(b, _shifted(b, -1), _shifted(b, -2) + down) + emitted[t] if count > 1 else b + emitted[t]
        final = lengths == t + 1
        beta.append(np.where(wrap(final[:, None]), np.where(last, emitted[t], -FAR), on))
        total = registry["logsumexp"](np.where(last, alpha[t], -FAR), (1,))
        ends = np.where(wrap(final), total, ends)
    share = np.exp(np.stack(alpha) + np.stack(beta[:0:-1]) - emitted - reshape(ends, (1, -1, 1)))
    one_hot = np.where(reshape(states, (samples, count, 1)) == wrap(np.arange(classes)), 1.0, zero[:, :, None])
    by_class = np.matmul(permute(share, (1, 0, 2)), one_hot)
    return permute(by_class, (1, 0, 2)), -ends


def _normalised(*shape: int) -> Draw:
    """Log-probabilities, differentiated through the logits: as PyTorch's, the gradient is that of a log-softmax."""
    drawn = real(*shape)
    return Draw(drawn.shape, drawn.make, through=lambda x: x.log_softmax(2) if x.is_floating_point() else x)


_TARGETS = const([[1, 2], [3, 3]])

ctc_loss: Op = general(
    "ctc_loss",
    kernel.forward,
    tensors=("log_probs", "targets"),
    outputs=("out", "alpha"),
    differentiable=("out",),
    log_probs=lambda g, log_probs, targets, alpha, input_lengths, target_lengths, blank, zero_infinity: _gradient(
        g, log_probs, targets, alpha, input_lengths, target_lengths, blank, zero_infinity
    ),
    jvp=lambda t, log_probs, targets, alpha, input_lengths, target_lengths, blank, zero_infinity: np.sum(
        t[0]
        * _gradient(
            log_probs[0, :, 0] * 0 + 1, log_probs, targets, alpha, input_lengths, target_lengths, blank, zero_infinity
        ),
        axis=(0, 2),
    ),
    symbol="CTC",
    doc="Minus the logarithm of the probability that ``log_probs`` (T, N, C) give the labels ``targets`` (N, L), over all "
    "alignments: (N,); and the sums over the paths to each state.",
    samples=[
        s(_normalised(5, 2, 4), _TARGETS, (5, 4), (2, 2)),
        s(_normalised(5, 2, 4), _TARGETS, (5, 4), (1, 0), 0, True),
        s(_normalised(3, 1, 4), const([[0, 3, 1]]), (3,), (3,), 2),
        s(_normalised(2, 2, 3), const(np.zeros((2, 0), np.int64)), (2, 1), (0, 0)),
    ],
    errors=[
        Bad(RuntimeError, "must not be empty", real(0, 2, 4), _TARGETS, (2, 2), (2, 2)),
        Bad(NotImplementedError, "not implemented for int64", ints(2, 2, 4), _TARGETS, (2, 2), (2, 2)),
    ],
    public=False,
)
