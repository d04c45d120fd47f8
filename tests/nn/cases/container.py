"""Layers in layers: what they hold is named, printed, drawn and trained as in PyTorch."""

from tests.nn.cases import case, made, real

CASES = [
    case(
        "Sequential",
        made(lambda ag, nn: nn.Linear(3, 4)),
        made(lambda ag, nn: nn.ReLU()),
        made(lambda ag, nn: nn.Sequential(nn.Linear(4, 2, bias=False), nn.Dropout(0.3))),
        inputs=[real(5, 3)],
    ),
    case("Sequential", inputs=[real(5, 3)]),
    case(
        "ModuleList",
        [made(lambda ag, nn: nn.Linear(3, 4)), made(lambda ag, nn: nn.Linear(3, 4))],
        inputs=[real(5, 3)],
        call=lambda layer, x: layer[0](x) * layer[1](x),
    ),
    case(
        "ModuleDict",
        {"one": made(lambda ag, nn: nn.Bilinear(3, 2, 2)), "two": made(lambda ag, nn: nn.PReLU())},
        inputs=[real(5, 3), real(5, 2)],
        call=lambda layer, x, y: layer["two"](layer["one"](x, y)),
    ),
    case(
        "ParameterList",
        [made(lambda ag, nn: nn.Parameter(ag.ones(3))), made(lambda ag, nn: nn.Parameter(ag.zeros(5, 3)))],
        inputs=[real(5, 3)],
        call=lambda layer, x: x * layer[0] + layer[1],
    ),
]
