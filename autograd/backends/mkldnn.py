"""``torch.backends.mkldnn`` (oneDNN), which is not used here: its switches can be set, and do nothing.

>>> from autograd.backends import mkldnn
>>> mkldnn.is_available()
False
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from autograd.backends._switches import switched

__all__ = ["allow_tf32", "deterministic", "enabled", "flags", "is_available"]

enabled = True
deterministic = False
allow_tf32 = True


def is_available() -> bool:
    """Whether oneDNN is used: no. As ``torch.backends.mkldnn.is_available``.

    >>> from autograd.backends import mkldnn
    >>> mkldnn.is_available()
    False
    """
    return False


def flags(enabled: bool = False, deterministic: bool = False, allow_tf32: bool = True) -> AbstractContextManager[None]:
    """The switches as given, within a ``with`` block. As ``torch.backends.mkldnn.flags``.

    >>> from autograd.backends import mkldnn
    >>> with mkldnn.flags(enabled=False):
    ...     mkldnn.enabled
    False
    """
    return switched(__name__, {"enabled": enabled, "deterministic": deterministic, "allow_tf32": allow_tf32})
