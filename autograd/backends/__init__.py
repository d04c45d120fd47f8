"""The libraries that PyTorch may stand on, and their switches. As ``torch.backends``: NumPy computes here, so none is in use.

Assignments such as ``backends.cudnn.benchmark = True`` are accepted and change nothing.

>>> import autograd
>>> autograd.backends.cudnn.benchmark = True
>>> autograd.backends.mps.is_available(), autograd.backends.cuda.is_built()
(False, False)
"""

from autograd.backends import cpu, cuda, cudnn, mkl, mkldnn, mps, openmp, opt_einsum

__all__ = ["cpu", "cuda", "cudnn", "mkl", "mkldnn", "mps", "openmp", "opt_einsum"]
