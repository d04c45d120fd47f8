"""Linear, Bilinear, Identity, Flatten, Unflatten."""

from tests.nn.cases import bad, case, function, made, real

ENDS = made(lambda ag, nn: ag.tensor([3, 8], dtype=ag.int32))
GROUPED = {
    "offs": ENDS,
    "dtypes": ("float32",),
    "turned": False,
    "second": False,
    "because": "PyTorch takes no float64 and only strides of 16 bytes, and has no second derivative",
}

CASES = [
    case("Linear", 3, 2, inputs=[real(5, 3)]),
    case("Linear", 3, 2, inputs=[real(3)]),
    case("Linear", 3, 2, False, inputs=[real(2, 4, 3)]),
    case("Linear", 3, 2, inputs=[real(0, 3)]),
    case("Linear", in_features=3, out_features=0, bias=True, inputs=[real(2, 3)], warns="zero-element"),
    bad("Linear", 3, 2, inputs=[real(4)]),
    bad("Linear", 3, 2, inputs=[real(2, 4)], text="shapes cannot be multiplied"),
    bad("Linear", 3, inputs=[real(2, 3)]),
    case("Bilinear", 2, 3, 4, inputs=[real(5, 2), real(5, 3)]),
    case("Bilinear", 2, 3, 1, bias=False, inputs=[real(2, 5, 2), real(2, 5, 3)]),
    case("Bilinear", 2, 3, 4, inputs=[real(2), real(3)]),
    bad("Bilinear", 0, 3, 4, text="must be > 0"),
    bad("Bilinear", 2, 3, 4, inputs=[real(5, 2), real(5, 2)], text="bilinear"),
    case("Identity", 54, unused=1, inputs=[real(2, 3)]),
    case("Flatten", inputs=[real(2, 3, 4)]),
    case("Flatten", 0, 1, inputs=[real(2, 3, 4)]),
    case("Unflatten", 1, (2, 3), inputs=[real(2, 6, 2)]),
    bad("Unflatten", 1, 3.0, text="tuple"),
    bad("Unflatten", 1, (2, 3.0), text="pos 1"),
    function("linear", inputs=[real(5, 3), real(2, 3), real(2)]),
    function("linear", inputs=[real(2, 5, 3), real(2, 3)]),
    function("bilinear", inputs=[real(5, 2), real(5, 3), real(4, 2, 3), real(4)]),
    function("grouped_mm", inputs=[real(8, 16), real(2, 16, 8)], **GROUPED),
    function("grouped_mm", inputs=[real(2, 8, 16), real(16, 8)], **GROUPED),
    function("grouped_mm", inputs=[real(8, 8), real(8, 8)], **GROUPED),
    function("grouped_mm", inputs=[real(2, 4, 16), real(2, 16, 8)], **(GROUPED | {"offs": None})),
    *[
        bad("grouped_mm", inputs=inputs, space="functional", text=text, **options)
        for text, inputs, options in [
            ("Bias", [real(8, 16), real(2, 16, 8)], {"offs": ENDS, "bias": real(2, 8, grad=False)}),
            ("provide offsets", [real(8, 16), real(2, 16, 8)], {}),
            ("provide offsets", [real(2, 8, 16), real(2, 16, 8)], {"offs": ENDS}),
            ("int32", [real(8, 16), real(2, 16, 8)], {"offs": made(lambda ag, nn: ag.tensor([3, 8]))}),
            ("batch sizes", [real(8, 16), real(3, 16, 8)], {"offs": ENDS}),
            ("batch sizes", [real(3, 8, 16), real(2, 16, 8)], {}),
            ("contraction", [real(8, 12), real(2, 16, 8)], {"offs": ENDS}),
            ("2 or 3d", [real(8), real(2, 16, 8)], {"offs": ENDS}),
        ]
    ],
]
