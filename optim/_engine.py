"""Importing this checks that ``autograd`` is Chainrule's: HIPS autograd has the same import name."""

import autograd

if not hasattr(autograd, "Tensor"):
    found = getattr(autograd, "__file__", None) or next(iter(autograd.__path__))
    raise ImportError(
        f"optim needs Chainrule's package 'autograd', but {found} is another distribution's (HIPS autograd has the same "
        "name): pip uninstall autograd, then reinstall chainrule"
    )
