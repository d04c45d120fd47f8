"""Connectionist temporal classification: sums over all alignments, for all sequences of a batch at once.

Between, before and after the labels of a target stand blanks: 2L + 1 states, of which each time step holds one or moves
on to the next, or to the one after it where the labels of the two differ. ``alpha`` has the logarithms of what leads to
a state, ``beta`` of what follows it. The loops are over time only.
"""

from __future__ import annotations

import numpy as np


def extended(targets: np.ndarray, blank: int) -> np.ndarray:
    """The labels of the states (N, 2L + 1): those of ``targets`` (N, L) with blanks around them.

    >>> extended(np.array([[3, 5]]), 0)
    array([[0, 3, 0, 5, 0]])
    """
    states = np.full((targets.shape[0], 2 * targets.shape[1] + 1), blank, np.int64)
    states[:, 1::2] = targets
    return states


def _sweep(emitted: np.ndarray, jumps: np.ndarray, starts: dict[int, tuple], times: range, far: int) -> np.ndarray:
    """The logarithmic sums for each time and state; ``far`` is −1 where a state is reached from lower ones, else 1.

    ``starts`` has, for a time, the samples and states at which paths begin there.
    """
    _, samples, states = emitted.shape
    found = np.empty_like(emitted)
    padded = np.full(
        (samples, states + 4), -np.inf, emitted.dtype
    )  # two columns that nothing leads out of on each side
    here = padded[:, 2:-2]
    near, next_but_one = (padded[:, 2 + k * far : 2 + k * far + states] for k in (1, 2))
    lowest = np.finfo(emitted.dtype).min  # so that −inf − lowest is −inf and no NaN
    jumped, peak, total, part = (np.empty((samples, states), emitted.dtype) for _ in range(4))
    for t in times:
        np.add(next_but_one, jumps, out=jumped)
        np.maximum(here, near, out=peak)
        np.maximum(peak, jumped, out=peak)
        np.maximum(peak, lowest, out=peak)
        np.exp(np.subtract(here, peak, out=total), out=total)
        np.exp(np.subtract(near, peak, out=part), out=part)
        total += part
        np.exp(np.subtract(jumped, peak, out=part), out=part)
        total += part
        np.log(total, out=total)
        total += peak
        total += emitted[t]
        if t in starts:
            rows, columns = starts[t]
            total[rows] = -np.inf
            total[rows, columns] = emitted[t, rows, columns]
        here[:] = total
        found[t] = total
    return found


def _jumps(states: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """0 where a state may be reached from the one before the last, −inf where not."""
    may = np.zeros(states.shape, bool)
    may[:, 2:] = states[:, 2:] != states[:, :-2]
    return np.where(may, 0.0, -np.inf).astype(dtype)


def emissions(log_probs: np.ndarray, states: np.ndarray) -> np.ndarray:
    """The log-probability of each state's label at each time: (T, N, S)."""
    return np.take_along_axis(log_probs, states[None], 2)


def alphas(emitted: np.ndarray, states: np.ndarray, target_lengths: np.ndarray) -> np.ndarray:
    """The logarithms of the sums over the paths that lead to each state: (T, N, S)."""
    rows = np.arange(states.shape[0])
    labelled = rows[target_lengths > 0]
    starts = {0: (np.concatenate((rows, labelled)), np.concatenate((np.zeros_like(rows), np.ones_like(labelled))))}
    return _sweep(emitted, _jumps(states, emitted.dtype), starts, range(emitted.shape[0]), -1)


def betas(emitted: np.ndarray, states: np.ndarray, input_lengths: np.ndarray, target_lengths: np.ndarray) -> np.ndarray:
    """The logarithms of the sums over the paths from each state to the end of its sequence, itself included."""
    jumps = np.full(states.shape, -np.inf, emitted.dtype)
    jumps[:, :-2] = _jumps(states, emitted.dtype)[:, 2:]
    starts = {}
    for t in np.unique(input_lengths):
        rows = np.flatnonzero(input_lengths == t)
        labelled = rows[target_lengths[rows] > 0]
        last = 2 * target_lengths
        starts[int(t) - 1] = np.concatenate((rows, labelled)), np.concatenate((last[rows], last[labelled] - 1))
    return _sweep(emitted, jumps, starts, range(emitted.shape[0] - 1, -1, -1), 1)


def likelihoods(alpha: np.ndarray, input_lengths: np.ndarray, target_lengths: np.ndarray) -> np.ndarray:
    """Minus the logarithm of the sum over all alignments: (N,); infinite where there is none."""
    rows, last = np.arange(alpha.shape[1]), 2 * target_lengths
    ends = alpha[input_lengths - 1, rows]
    found = ends[rows, last]
    before = np.where(target_lengths > 0, ends[rows, last - 1], -np.inf)
    found = np.logaddexp(found, before.astype(found.dtype))
    nothing = np.where(target_lengths == 0, 0.0, -np.inf).astype(found.dtype)
    return -np.where(input_lengths == 0, nothing, found)


def forward(
    log_probs: np.ndarray,
    targets: np.ndarray,
    input_lengths: tuple = (),
    target_lengths: tuple = (),
    blank: int = 0,
    zero_infinity: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """The negative log-likelihood of each sequence (N,) and ``alpha`` (T, N, S); 0 for what is infinite if asked for."""
    if log_probs.dtype.char not in "fd":
        raise NotImplementedError(f"not implemented for {log_probs.dtype}; it takes float32 and float64")
    if not log_probs.size:
        raise RuntimeError(f"log_probs tensor must not be empty, but got shape {list(log_probs.shape)}")
    lengths, labels = np.array(input_lengths, np.int64), np.array(target_lengths, np.int64)
    states = extended(targets, blank)
    alpha = alphas(emissions(log_probs, states), states, labels)
    loss = likelihoods(alpha, lengths, labels)
    if zero_infinity:
        loss = np.where(np.isposinf(loss), 0, loss).astype(loss.dtype, copy=False)
    return loss, alpha


def backward(
    grad: np.ndarray,
    log_probs: np.ndarray,
    targets: np.ndarray,
    alpha: np.ndarray,
    input_lengths: tuple = (),
    target_lengths: tuple = (),
    blank: int = 0,
    zero_infinity: bool = False,
) -> np.ndarray:
    """``grad · (exp(log_probs) − γ)`` with γ the share of the alignments that pass a label at a time: (T, N, C).

    This is the gradient of the logits of a softmax, as PyTorch has it; a log-softmax hands it through unchanged.
    """
    lengths, labels = np.array(input_lengths, np.int64), np.array(target_lengths, np.int64)
    states = extended(targets, blank)
    emitted = emissions(log_probs, states)
    loss = likelihoods(alpha, lengths, labels)
    share = betas(emitted, states, lengths, labels)
    share += alpha
    share -= np.where(np.isneginf(emitted), 0, emitted)
    share += loss[None, :, None]
    np.exp(share, out=share)
    found = np.exp(log_probs)
    found[..., blank] -= share[..., ::2].sum(-1)
    _take_labels(found, share[..., 1::2], targets)
    found *= grad[None, :, None]
    found[:, np.isposinf(loss)] = 0 if zero_infinity else np.nan
    found[np.arange(found.shape[0])[:, None] >= lengths] = 0
    return found


def _take_labels(found: np.ndarray, share: np.ndarray, targets: np.ndarray) -> None:
    """Subtract the shares (T, N, L) from the classes that are the labels of their states."""
    rows = np.arange(targets.shape[0])
    for place in range(targets.shape[1]):  # one label of each sequence: no class of one comes twice
        found[:, rows, targets[:, place]] -= share[..., place]
