"""``torch.backends.openmp``: OpenMP is not used here.

>>> from autograd.backends import openmp
>>> openmp.is_available()
False
"""

from __future__ import annotations

__all__ = ["is_available"]


def is_available() -> bool:
    """Whether OpenMP is used: no. As ``torch.backends.openmp.is_available``.

    >>> from autograd.backends import openmp
    >>> openmp.is_available()
    False
    """
    return False
