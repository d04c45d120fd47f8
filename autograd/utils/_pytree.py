"""``autograd.pytree`` under the name that PyTorch gives it."""

from autograd.pytree import *  # noqa: F403 - all its public names, and no others
from autograd.pytree import __all__  # noqa: F401 - the same list
