"""How many threads kernels may use: one number, which they read when they split work."""

from __future__ import annotations

import os

_affinity = getattr(os, "sched_getaffinity", None)  # not on every system
_count = [len(_affinity(0)) if _affinity is not None else os.cpu_count() or 1]


def get_count() -> int:
    """The number of threads that a kernel may use; at first that of the processors this process may run on.

    >>> get_count() >= 1
    True
    """
    return _count[0]


def set_count(count: int) -> None:
    """Let kernels use up to ``count`` threads.

    >>> set_count(get_count())
    """
    _count[0] = count
