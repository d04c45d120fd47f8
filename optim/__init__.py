"""Optimizers, as in ``torch.optim``: they update parameters in place from their gradients.

>>> import autograd, optim
>>> x = autograd.tensor([3.0, -1.0], requires_grad=True)
>>> optimizer = optim.SGD([x], lr=0.25)
>>> for _ in range(20):
...     optimizer.zero_grad()
...     loss = (x * x).sum()
...     loss.backward()
...     optimizer.step()
>>> loss.item() < 1e-8
True
"""

from __future__ import annotations

from optim import _engine
from optim.adagrad import Adagrad
from optim.adam import Adam, AdamW
from optim.optimizer import Optimizer
from optim.rmsprop import RMSprop
from optim.sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop"]
