"""The number of threads."""

from __future__ import annotations

from autograd.api.export import export
from autograd.kernels import threads


@export(method=False)
def get_num_threads() -> int:
    """How many threads this package's own kernels may use. As ``torch.get_num_threads``.

    At first the number of processors this process may run on. Matrix products are NumPy's: the threads of its BLAS are
    set by environment variables such as ``OPENBLAS_NUM_THREADS``, before NumPy is imported.

    >>> import autograd
    >>> autograd.get_num_threads() >= 1
    True
    """
    return threads.get_count()


@export(method=False)
def set_num_threads(int: int) -> None:
    """Let this package's own kernels use up to so many threads. As ``torch.set_num_threads``.

    Raises TypeError for no int, RuntimeError for one below 1. See ``get_num_threads`` about BLAS.

    >>> import autograd
    >>> autograd.set_num_threads(autograd.get_num_threads())
    """
    if isinstance(int, bool) or not hasattr(int, "__index__"):
        raise TypeError(f"set_num_threads: expected an int, but got {type(int).__name__}")
    if int < 1:
        raise RuntimeError(f"set_num_threads: expected a positive number of threads, but got {int}")
    threads.set_count(int.__index__())
