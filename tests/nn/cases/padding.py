"""Padding."""

from tests.nn.cases import bad, case, function, ints, real

SHAPES = {1: (2, 3, 5), 2: (1, 2, 4, 5), 3: (1, 2, 3, 4, 3)}
WIDTHS = {1: (2, 1), 2: (1, 2, 0, 1), 3: (1, 0, 2, 1, 0, 2)}

CASES = []
for d in (1, 2, 3):
    CASES += [
        case(f"ConstantPad{d}d", 1, 2.5, inputs=[real(*SHAPES[d])]),
        case(f"ConstantPad{d}d", WIDTHS[d], -1, inputs=[real(*SHAPES[d][1:])]),
        case(f"ConstantPad{d}d", -1, 0.0, inputs=[real(*SHAPES[d])]),
        case(f"ZeroPad{d}d", 2, inputs=[real(*SHAPES[d])]),
        case(f"ZeroPad{d}d", list(WIDTHS[d]), inputs=[real(*SHAPES[d][1:])]),
        bad(f"ConstantPad{d}d", 1, text="value"),
    ]
    for kind in ("Reflection", "Replication", "Circular"):
        CASES += [
            case(f"{kind}Pad{d}d", 1, inputs=[real(*SHAPES[d])]),
            case(f"{kind}Pad{d}d", WIDTHS[d], inputs=[real(*SHAPES[d])]),
            case(f"{kind}Pad{d}d", WIDTHS[d], inputs=[real(*SHAPES[d][1:])]),
            case(f"{kind}Pad{d}d", 0, inputs=[real(*SHAPES[d])]),
            bad(f"{kind}Pad{d}d", 1, inputs=[real(2, 2, 2, 2, 2, 2, 2)], text="input"),
        ]
    CASES += [
        bad(f"ReflectionPad{d}d", 9, inputs=[real(*SHAPES[d])], text="Padding size should be less"),
        bad(f"CircularPad{d}d", 9, inputs=[real(*SHAPES[d])], text="more than once"),
    ]

CASES += [
    case("ReplicationPad1d", (7, 0), inputs=[real(1, 2, 3)]),
    case("ReflectionPad1d", (-1, 2), inputs=[real(1, 2, 5)]),
    case("CircularPad2d", (-1, 2, 0, 3), inputs=[real(1, 2, 3, 4)]),
    bad("ReflectionPad2d", (1, 2, 3), inputs=[real(1, 2, 3, 4)], text="divisible by 2"),
    bad("CircularPad1d", 1, inputs=[real(3)], text="expected 2D or 3D input"),
    function("pad", inputs=[real(2, 3)], pad=(1, 2)),
    function("pad", inputs=[real(2, 3)], pad=(1, 2, 0, 1), value=2.0),
    function("pad", inputs=[ints(5, 2, 3)], pad=(1, -1), mode="constant", value=3),
    function("pad", inputs=[real(1, 2, 3, 4)], pad=(1, 2, 2, 1), mode="reflect"),
    function("pad", inputs=[real(1, 2, 3, 4)], pad=[1, 2, 5, 1], mode="replicate"),
    function("pad", inputs=[real(2, 3, 4)], pad=(1, 4), mode="circular"),
    function("constant_pad_nd", inputs=[real(2, 3)], pad=(1, 2), space="top"),
    function("constant_pad_nd", inputs=[real(2, 3)], pad=[1, -1, 2, 0], value=1.5, space="top"),
    function("constant_pad_nd", inputs=[ints(5, 2, 3)], pad=(1, 2), value=7, space="top"),
    bad("constant_pad_nd", inputs=[real(2)], pad=(1,), space="top"),
    bad("constant_pad_nd", inputs=[real(2)], pad=(1, 1, 1, 1), space="top"),
    bad("constant_pad_nd", inputs=[real(2)], pad=(-2, -2), space="top"),
    bad("pad", inputs=[real(2, 3)], pad=(1, 1), mode="mirror", space="functional"),
    bad("pad", inputs=[real(1, 2, 3)], pad=(1, 1), mode="reflect", value=1.0, space="functional"),
]
