"""``torch.backends.opt_einsum``: opt_einsum is not used here.

>>> from autograd.backends import opt_einsum
>>> opt_einsum.is_available()
False
"""

from __future__ import annotations

__all__ = ["enabled", "is_available", "strategy"]

enabled = False
strategy = None


def is_available() -> bool:
    """Whether opt_einsum is used: no. As ``torch.backends.opt_einsum.is_available``.

    >>> from autograd.backends import opt_einsum
    >>> opt_einsum.is_available()
    False
    """
    return False
