"""How PyTorch normalises."""


def _standardize(torch, x, axes, eps=1e-5, center=True):
    mean = x.mean(axes, keepdim=True) if center else torch.zeros_like(x).sum(axes, keepdim=True)
    distance = x - mean
    rstd = ((distance * distance).mean(axes, keepdim=True) + eps).rsqrt()
    return distance * rstd, mean.detach(), rstd.detach()


def _standardize_pull(torch, v, x, axes=(), eps=1e-5, center=True):
    inner = x if x.requires_grad else x.detach().requires_grad_()
    out = _standardize(torch, inner, axes, eps, center)[0]
    return torch.autograd.grad(out, inner, v, create_graph=True)[0]


def _layer_norm(torch, x, weight=None, bias=None, normalized_shape=(), eps=1e-5):
    return torch.native_layer_norm(x, normalized_shape, weight, bias, eps)


def _rms_norm(torch, x, weight=None, normalized_shape=(), eps=None):
    axes = tuple(range(-len(normalized_shape), 0))
    small = torch.finfo(x.dtype).eps if eps is None else eps
    rstd = ((x * x).mean(axes, keepdim=True) + small).rsqrt()
    return torch.rms_norm(x, normalized_shape, weight, eps), rstd.detach()


def _group_norm(torch, x, weight=None, bias=None, groups=1, eps=1e-5):
    sizes = x.shape[0], x.shape[1], x[0, 0].numel() if x.numel() else x.shape[2:].numel()
    if weight is None and bias is not None:  # of which PyTorch cannot take the gradient
        weight = torch.ones(x.shape[1], dtype=x.dtype)
    out, mean, rstd = torch.native_group_norm(x, weight, bias, *sizes, groups, eps)
    if not x.numel():  # PyTorch gives no gradient to nothing
        out = out + 0 * x.sum() + 0 * weight.sum() + 0 * bias.sum()
    var = x.detach().reshape(x.shape[0], groups, -1).var(2, correction=0) if x.numel() else torch.zeros_like(mean)
    return out, mean.detach(), rstd.detach(), var


def _batch_norm(torch, x, weight=None, bias=None, eps=1e-5):
    axes = (0, *range(2, x.ndim))
    if not x.numel():  # a mean of nothing
        if not x.is_floating_point():
            raise NotImplementedError("for numbers that are not whole")
        nothing = torch.full((x.shape[1],), float("nan"), dtype=x.dtype)
        return torch.batch_norm(x, weight, bias, None, None, True, 0.1, eps, False), nothing, nothing, nothing
    out, mean, rstd = torch.native_batch_norm(x, weight, bias, None, None, True, 0.1, eps)
    return out, mean, x.detach().var(axes, correction=0), rstd


def _running_batch_norm(torch, x, mean, var, weight=None, bias=None, eps=1e-5):
    if not x.is_floating_point():
        raise NotImplementedError("for numbers that are not whole")
    mean, var = mean.to(x.dtype), var.to(x.dtype)
    return torch.batch_norm(x, weight, bias, mean, var, False, 0.1, eps, False)


ORACLES = {
    "native_batch_norm": _batch_norm,
    "native_group_norm": _group_norm,
    "native_layer_norm": _layer_norm,
    "rms_norm": _rms_norm,
    "running_batch_norm": _running_batch_norm,
    "standardize": _standardize,
    "standardize_pull": _standardize_pull,
}
