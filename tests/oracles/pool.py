"""How PyTorch computes pooling, unpooling, and reading at places."""

import math

import numpy as np


def _max(dims):
    def call(torch, x, *numbers):
        return getattr(torch.nn.functional, f"max_pool{dims}d")(x, *numbers, return_indices=True)

    return call


def _origin(torch, windows):
    """Where each window starts, and what each of its elements adds, along each dimension as (out…, dims)."""
    _, kernel, stride, padding, dilation, out = windows
    at = torch.tensor(list(np.ndindex(*out))).reshape(*out, len(out))
    inside = torch.tensor(list(np.ndindex(*kernel)))
    return at * torch.tensor(stride) - torch.tensor(padding), inside * torch.tensor(dilation)


def _places(torch, codes, windows):
    """Row-major places from the numbers of elements within their windows."""
    start, steps = _origin(torch, windows)
    found = start + steps[codes.long()]
    place = 0
    for i, size in enumerate(windows[0]):
        place = place * size + found[..., i]
    return place


def _max_codes(torch, x, windows):
    _, kernel, stride, padding, dilation, out = windows
    if x.dtype == torch.bool:
        raise TypeError("the front end refuses truth values")
    if not x.numel():
        return x.new_zeros((*x.shape[: -len(out)], *out)) + 0 * x.sum(), torch.zeros(
            (*x.shape[: -len(out)], *out), dtype=torch.uint8
        )
    pool = getattr(torch.nn.functional, f"max_pool{len(out)}d")
    values, places = pool(x, kernel, stride, padding, dilation, return_indices=True)
    every = [_places(torch, torch.full(places.shape, k), windows) for k in range(math.prod(kernel))]
    codes = (torch.stack(every) == places).int().argmax(0).to(torch.uint8)
    return values, codes


def _avg(dims):
    def call(torch, x, *numbers):
        numbers = numbers[:5] if dims == 1 else numbers
        return getattr(torch.nn.functional, f"avg_pool{dims}d")(x, *numbers)

    return call


def _transpose(forward):
    """The transpose of a linear function, by its gradient: differentiable, being a gradient with create_graph."""

    def call(torch, g, sizes, *rest):
        lead = g.shape[: g.ndim - len(sizes)]
        if not g.is_floating_point():
            raise TypeError("a gradient of integers")
        if g.numel() == 0:
            return g.new_zeros((*lead, *sizes)) + 0 * g.sum()
        x = torch.zeros((*lead, *sizes), dtype=g.dtype, requires_grad=True)
        return torch.autograd.grad(forward(torch, x, tuple(g.shape[len(lead) :]), *rest), x, g, create_graph=True)[0]

    return call


def _avg_back(dims):
    return _transpose(lambda torch, x, out, *numbers: _avg(dims)(torch, x, *numbers))


def _adaptive(name, **options):
    """Adaptive pooling over as many dimensions as there are sizes."""

    def call(torch, x, size):
        function = getattr(torch.nn.functional, f"{name}{len(size)}d")
        if 0 in size:  # which PyTorch cannot differentiate
            found = x.new_zeros((*x.shape[: -len(size)], *size)) + 0 * x.sum()
            return (found, found.long()) if options else found
        return function(x, size if len(size) > 1 else size[0], **options)

    return call


def _fractional(torch, x, samples, kernel, out):
    function = getattr(torch.nn.functional, f"fractional_max_pool{len(out)}d")
    return function(x, kernel, out, return_indices=True, _random_samples=samples)


def _pick(torch, x, places, dims):
    return x.flatten(-dims).gather(-1, places.flatten(-dims)).reshape(places.shape)


def _put(torch, x, places, sizes, apart=False):
    lead, dims = x.shape[: x.ndim - len(sizes)], len(sizes)
    zeros = torch.zeros((*lead, math.prod(sizes)), dtype=x.dtype)
    return zeros.scatter_add(-1, places.flatten(-dims), x.flatten(-dims)).reshape(*lead, *sizes)


ORACLES = {
    **{f"max_pool{d}d_with_indices": _max(d) for d in (1, 2, 3)},
    **{f"avg_pool{d}d": _avg(d) for d in (1, 2, 3)},
    **{f"avg_pool{d}d_backward": _avg_back(d) for d in (1, 2, 3)},
    "adaptive_avg_pool": _adaptive("adaptive_avg_pool"),
    "adaptive_avg_pool_backward": _transpose(lambda torch, x, out: _adaptive("adaptive_avg_pool")(torch, x, out)),
    "adaptive_max_pool": _adaptive("adaptive_max_pool", return_indices=True),
    "fractional_max_pool": _fractional,
    "max_pool": _max_codes,
    "max_unpool": _put,
    "max_values": lambda torch, x, windows: _max_codes(torch, x.detach(), windows)[0],
    "pick_codes": lambda torch, x, codes, windows: _pick(torch, x, _places(torch, codes, windows), len(windows[0])),
    "put_codes": lambda torch, x, codes, windows: _put(torch, x, _places(torch, codes, windows), windows[0]),
    "pick_places": _pick,
    "put_places": _put,
}
