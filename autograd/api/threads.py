"""The number of threads."""

from __future__ import annotations

from autograd.api.export import export
from autograd.kernels import threads


@export(method=False)
def get_num_threads() -> int:
    """How many threads kernels may use. As ``torch.get_num_threads``.

    At first the number of processors this process may run on. Matrix products are NumPy's, whose BLAS has a number of its
    own until ``set_num_threads`` gives both the same.

    >>> import autograd
    >>> autograd.get_num_threads() >= 1
    True
    """
    return threads.get_count()


@export(method=False)
def set_num_threads(int: int) -> None:
    """Let kernels, and matrix products, use up to so many threads. As ``torch.set_num_threads``.

    Of the libraries behind NumPy's matrix products only OpenBLAS, which NumPy's wheels bring, can be told; others are set
    by their environment variables. Raises TypeError for no int, RuntimeError for one below 1.

    >>> import autograd
    >>> autograd.set_num_threads(autograd.get_num_threads())
    """
    if isinstance(int, bool) or not hasattr(int, "__index__"):
        raise TypeError(f"set_num_threads: expected an int, but got {type(int).__name__}")
    if int < 1:
        raise RuntimeError(f"set_num_threads: expected a positive number of threads, but got {int}")
    threads.set_count(int.__index__())
