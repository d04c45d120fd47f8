"""``torch.backends.mkl``: MKL is not used here (a BLAS that NumPy was built with is NumPy's own matter).

>>> from autograd.backends import mkl
>>> mkl.is_available()
False
"""

from __future__ import annotations

__all__ = ["is_available"]


def is_available() -> bool:
    """Whether MKL is used: no. As ``torch.backends.mkl.is_available``.

    >>> from autograd.backends import mkl
    >>> mkl.is_available()
    False
    """
    return False
