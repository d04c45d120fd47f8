"""Signal processing: window functions. As ``torch.signal``.

>>> import autograd
>>> autograd.signal.windows.hann(3)
tensor([0., 1., 0.])
"""

from autograd.signal import windows

__all__ = ["windows"]
