"""PyTorch's callables for the elementwise operations that it has under other names or with other arguments."""

ORACLES = {
    # reached through front ends
    "clamp_tensors": lambda torch, x, low, high: torch.clamp(x, low, high),
    "div_floor": lambda torch, x, y: torch.div(x, y, rounding_mode="floor"),
    "div_trunc": lambda torch, x, y: torch.div(x, y, rounding_mode="trunc"),
    "isclose": lambda torch, x, y, rtol, atol, equal_nan: torch.isclose(
        x, y, rtol=rtol, atol=atol, equal_nan=equal_nan
    ),
    "keep": lambda torch, x, condition: x.masked_fill(~condition, 0),
    "lerp_number": lambda torch, x, end, weight: torch.lerp(x, end, weight),
    "polygamma": lambda torch, x, n: torch.polygamma(n, x),
    "round": lambda torch, x, decimals=0: torch.round(x, decimals=decimals),
    "sgn": lambda torch, x: torch.sign(x),  # the gradient of torch.sgn is a ZeroTensor, which NumPy cannot read
    "step": lambda torch, x: torch.heaviside(x.detach(), torch.zeros((), dtype=x.dtype)),
    # torch.special
    "entr": lambda torch, x: torch.special.entr(x),
    "i0e": lambda torch, x: torch.special.i0e(x),
    "i1": lambda torch, x: torch.special.i1(x),
    "i1e": lambda torch, x: torch.special.i1e(x),
    "log_ndtr": lambda torch, x: torch.special.log_ndtr(x),
    "ndtr": lambda torch, x: torch.special.ndtr(x),
    "ndtri": lambda torch, x: torch.special.ndtri(x),
    "xlog1py": lambda torch, x, y: torch.special.xlog1py(x, y),
    # torch.nn.functional
    "elu": lambda torch, x, alpha=1.0: torch.nn.functional.elu(x, alpha),
    "gelu": lambda torch, x, approximate="none": torch.nn.functional.gelu(x, approximate=approximate),
    "gelu_slope": None,  # the derivative of gelu, whose own derivatives are compared
    "glu": lambda torch, x, dim=-1: torch.nn.functional.glu(x, dim),
    "hardsigmoid": lambda torch, x: torch.clamp(x + 3, 0, 6) / 6,  # PyTorch's own gradient has a float32 constant
    "hardswish": lambda torch, x: torch.nn.functional.hardswish(x),
    "hardtanh": lambda torch, x, low=-1.0, high=1.0: torch.nn.functional.hardtanh(x, low, high),
    "leaky_relu": lambda torch, x, slope=0.01: torch.nn.functional.leaky_relu(x, slope),
    "logsigmoid": lambda torch, x: torch.nn.functional.logsigmoid(x),
    "mish": lambda torch, x: torch.nn.functional.mish(x),
    "prelu": lambda torch, x, weight: torch.where(x > 0, x, x * weight),
    "relu6": lambda torch, x: torch.nn.functional.relu6(x),
    "silu": lambda torch, x: torch.nn.functional.silu(x),
    "softplus": lambda torch, x, beta=1.0, threshold=20.0: torch.nn.functional.softplus(x, beta, threshold),
    "softshrink": lambda torch, x, lambd=0.5: torch.nn.functional.softshrink(x, lambd),
    "softsign": lambda torch, x: torch.nn.functional.softsign(x),
    "tanhshrink": lambda torch, x: torch.nn.functional.tanhshrink(x),
}
