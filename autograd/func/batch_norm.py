"""Batch norm inside transformations, which cannot write its running statistics."""

from __future__ import annotations

from typing import Any


def replace_all_batch_norm_modules_(root: Any) -> Any:
    """Make every batch norm in ``root`` work without running statistics, in place; returns ``root``.

    The buffers become None and ``track_running_stats`` False, so that each batch is normalised by itself and ``vmap`` has
    nothing shared to update. As ``torch.func.replace_all_batch_norm_modules_``.

    >>> import autograd, nn
    >>> from autograd.func import replace_all_batch_norm_modules_, vmap
    >>> net = replace_all_batch_norm_modules_(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)))
    >>> vmap(net)(autograd.ones(2, 5, 3)).shape, list(net[1].state_dict())
    (autograd.Size([2, 5, 4]), ['weight', 'bias'])
    """
    for module in root.modules():
        kinds = {kind.__name__ for kind in type(module).__mro__}  # nn stands above this package: known by name only
        if "_BatchNorm" in kinds and module.track_running_stats:
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root
