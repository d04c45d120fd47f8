"""How PyTorch computes the operations of reductions, scans and sorting, where it is not ``torch.<name>`` as called."""

import warnings


def _dims(function):
    """A reduction that takes PyTorch's ``dim`` only where one is given."""

    def call(torch, x, dim=None, keepdim=False, **rest):
        if dim is None or dim == ():
            return getattr(torch, function)(x, **rest)
        return getattr(torch, function)(x, dim, keepdim, **rest)

    return call


def _truth(function):
    """``all`` or ``any``, which take ``()`` for no dimension."""

    def call(torch, x, dim=None, keepdim=False):
        return getattr(torch, function)(x, dim, keepdim)

    return call


def _variance(function):
    def call(torch, x, dim=None, correction=1, keepdim=False):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch warns of an empty result too
            return getattr(torch, function)(x, dim, correction=correction, keepdim=keepdim)

    return call


def _recurrence(torch, b, a, dim, reverse):
    if b.ndim == 0 or b.shape[dim] == 0:
        return b + 0 * a
    b, a = b.movedim(dim, 0), a.movedim(dim, 0)
    order = range(len(b) - 1, -1, -1) if reverse else range(len(b))
    rows = {}
    before = 0
    for k in order:
        before = rows[k] = b[k] + a[k] * before
    return torch.stack([rows[k] for k in range(len(b))]).movedim(0, dim)


def _shift(torch, x, dim, by):
    if x.ndim == 0 or x.shape[dim] == 0:
        return x * 0
    n = x.shape[dim]
    zero = torch.zeros_like(x.narrow(dim, 0, 1))
    if by > 0:
        return torch.cat([zero, x.narrow(dim, 0, n - 1)], dim)
    return torch.cat([x.narrow(dim, 1, n - 1), zero], dim)


def _spread(torch, g, shape, dim=None, keepdim=False):
    if dim is None:
        return g.expand(shape)
    if not shape:
        return g.clone()
    return (g if keepdim else g.unsqueeze(dim)).expand(shape)


def _put_along(torch, values, index, shape, dim, unique=False):
    return torch.zeros(shape, dtype=values.dtype).scatter_add(dim, index, values)


def _unique(torch, x, dim=None):
    return torch.unique(x, return_inverse=True, return_counts=True, dim=dim)


def _unique_consecutive(torch, x, dim=None):
    return torch.unique_consecutive(x, return_inverse=True, return_counts=True, dim=dim)


ORACLES = {
    "prod": _dims("prod"),
    **{name: _truth(name) for name in ("all", "any")},
    **{name: _variance(name) for name in ("var", "std", "var_mean", "std_mean")},
    "spread": _spread,
    "max_all": lambda torch, x: torch.max(x),
    "min_all": lambda torch, x: torch.min(x),
    "median_all": lambda torch, x: torch.median(x),
    "nanmedian_all": lambda torch, x: torch.nanmedian(x),
    "vector_norm": lambda torch, x, p=2.0, dim=None, keepdim=False: torch.linalg.vector_norm(x, p, dim, keepdim),
    "cumsum_back": lambda torch, x, dim: x.flip(dim).cumsum(dim).flip(dim) if x.ndim else x.clone(),
    "shift": _shift,
    "recurrence": _recurrence,
    "take_along": lambda torch, x, index, dim: torch.gather(x, dim, index),
    "put_along": _put_along,
    "unique": _unique,
    "unique_consecutive": _unique_consecutive,
    "searchsorted": lambda torch, boundaries, values, right=False: torch.searchsorted(boundaries, values, right=right),
}
