"""``torch.backends.mps`` on a machine without Apple's GPU.

>>> from autograd.backends import mps
>>> mps.is_available()
False
"""

from __future__ import annotations

__all__ = ["is_available", "is_built", "is_macos13_or_newer", "is_macos_or_newer"]


def is_available() -> bool:
    """Whether there is an MPS device: no. As ``torch.backends.mps.is_available``.

    >>> from autograd.backends import mps
    >>> mps.is_available()
    False
    """
    return False


def is_built() -> bool:
    """Whether MPS is supported: no. As ``torch.backends.mps.is_built``.

    >>> from autograd.backends import mps
    >>> mps.is_built()
    False
    """
    return False


def is_macos_or_newer(major: int, minor: int) -> bool:
    """Whether this is such a macOS with MPS: no. As ``torch.backends.mps.is_macos_or_newer``.

    >>> from autograd.backends import mps
    >>> mps.is_macos_or_newer(13, 0)
    False
    """
    return False


def is_macos13_or_newer(minor: int = 0) -> bool:
    """Whether this is macOS 13 with MPS: no. As ``torch.backends.mps.is_macos13_or_newer``.

    >>> from autograd.backends import mps
    >>> mps.is_macos13_or_newer()
    False
    """
    return False
