"""There are no accelerators here; programs that ask get that answer. As ``torch.cuda`` on a machine without one.

>>> import autograd
>>> autograd.device("cuda" if autograd.cuda.is_available() else "cpu")
device(type='cpu')
"""

from __future__ import annotations

__all__ = ["device_count", "empty_cache", "is_available", "manual_seed", "manual_seed_all"]


def is_available() -> bool:
    """Whether there is a CUDA device: no. As ``torch.cuda.is_available``.

    >>> import autograd
    >>> autograd.cuda.is_available()
    False
    """
    return False


def device_count() -> int:
    """The number of CUDA devices: 0. As ``torch.cuda.device_count``.

    >>> import autograd
    >>> autograd.cuda.device_count()
    0
    """
    return 0


def manual_seed(seed: int) -> None:
    """Seed the generator of the current device: none, so nothing happens. As ``torch.cuda.manual_seed`` without CUDA.

    >>> import autograd
    >>> autograd.cuda.manual_seed(0)
    """


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all devices: none, so nothing happens. As ``torch.cuda.manual_seed_all`` without CUDA.

    >>> import autograd
    >>> autograd.cuda.manual_seed_all(0)
    """


def empty_cache() -> None:
    """Release cached memory of the devices: none, so nothing happens. As ``torch.cuda.empty_cache`` without CUDA.

    >>> import autograd
    >>> autograd.cuda.empty_cache()
    """
