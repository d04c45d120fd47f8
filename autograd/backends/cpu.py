"""``torch.backends.cpu``: what the processor can do is NumPy's to know.

>>> from autograd.backends import cpu
>>> cpu.get_cpu_capability()
'DEFAULT'
"""

from __future__ import annotations

__all__ = ["get_cpu_capability"]


def get_cpu_capability() -> str:
    """The instruction set that this package's own code was built for: none in particular.

    As ``torch.backends.cpu.get_cpu_capability``.

    >>> from autograd.backends import cpu
    >>> cpu.get_cpu_capability()
    'DEFAULT'
    """
    return "DEFAULT"
