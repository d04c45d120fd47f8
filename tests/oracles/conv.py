"""How PyTorch computes convolutions and what they do backwards."""


def _convolution(torch, x, weight, bias, stride, padding, dilation):
    function = getattr(torch.nn.functional, f"conv{x.ndim - 2}d")
    return function(x, weight, bias, stride, padding, dilation, x.shape[1] // weight.shape[1])


def _spread(torch, x, weight, bias, size, stride, padding, dilation, groups):
    function = getattr(torch.nn.functional, f"conv_transpose{x.ndim - 2}d")
    plain = [
        (n - 1) * s - 2 * p + d * (k - 1) + 1
        for n, k, s, p, d in zip(x.shape[2:], weight.shape[2:], stride, padding, dilation, strict=True)
    ]
    extra = [n - m for n, m in zip(size, plain, strict=True)]
    return function(x, weight, bias, stride, padding, extra, groups, dilation)


def _weight(torch, x, y, shape, stride, padding, dilation):
    weight = torch.zeros(shape, dtype=x.dtype, requires_grad=True)
    out = _convolution(torch, y, weight, None, stride, padding, dilation)
    return torch.autograd.grad(out, weight, x, create_graph=True)[0]


ORACLES = {"convolution": _convolution, "convolution_spread": _spread, "convolution_weight": _weight}
