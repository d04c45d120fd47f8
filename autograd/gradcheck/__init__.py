"""Checking gradients against finite differences: a verdict, a table, and a likely cause.

>>> import autograd
>>> x = autograd.tensor([1.0, 2.0], dtype=autograd.float64, requires_grad=True)
>>> bool(autograd.gradcheck(lambda x: x * x, x))
True
"""

from autograd.gradcheck.check import gradcheck, gradgradcheck
from autograd.gradcheck.report import Comparison, GradcheckError, GradcheckReport, Mismatch

__all__ = ["gradcheck", "gradgradcheck"]
