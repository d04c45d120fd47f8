"""Dropout layers: in training with PyTorch's masks."""

from tests.nn.cases import bad, case, function, real

SHAPES = [
    ("Dropout", (50,)),
    ("Dropout", (3, 4, 2)),
    ("Dropout1d", (4, 5, 2)),
    ("Dropout1d", (5, 2)),
    ("Dropout2d", (4, 5, 2, 2)),
    ("Dropout3d", (4, 5, 2, 1, 2)),
    ("Dropout3d", (5, 2, 1, 2)),
    ("AlphaDropout", (50,)),
    ("FeatureAlphaDropout", (4, 5, 2)),
]
NAMES = ("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout")

CASES = [
    *[case(name, p, inputs=[real(*shape)]) for name, shape in SHAPES for p in (0.0, 0.3, 1.0)],
    *[case(name, 0.9, inplace=True, inputs=[real(*shape)]) for name, shape in SHAPES],
    *[case(name, inputs=[real(*shape)]) for name, shape in SHAPES],
    case("Dropout", inputs=[real(0, 3)]),
    case("Dropout", inputs=[real()]),
    case("Dropout2d", inputs=[real(2, 3, 4)], warns="3D input"),
    case("Dropout2d", inputs=[real(2, 3)], warns="Received a 2-D input"),
    case("Dropout3d", inputs=[real(2, 3)], warns="Received a 2-D input"),
    *[bad(name, p, text="between 0 and 1") for name in ("Dropout", "Dropout2d", "AlphaDropout") for p in (-0.1, 1.5)],
    bad("Dropout1d", inputs=[real(2)], text="Expected 2D or 3D"),
    bad("Dropout1d", inputs=[real(2, 2, 2, 2)], text="Expected 2D or 3D"),
    bad("FeatureAlphaDropout", inputs=[real(2)], text="at least 2 dimensions"),
    bad("dropout", inputs=[real(2)], space="functional", p=-0.1, text="between 0 and 1"),
    *[function(name, inputs=[real(6, 5, 2), 0.4, True], space="top") for name in NAMES],
    *[function(f"{name}_", inputs=[real(6, 5, 2), 0.4, True], space="top") for name in NAMES],
    *[function(name, inputs=[real(2, 3), 0.4, False], space="top") for name in NAMES],
    *[bad(name, inputs=[real(3, 2), 1.5, True], space="top", text="between 0 and 1") for name in NAMES],
    *[bad(name, inputs=[real(3), 0.5, True], space="top", text="2 dimensions") for name in NAMES if "feature" in name],
    *[function("native_dropout", inputs=[real(6, 5), p, True], space="top") for p in (0.0, 0.4, 1.0)],
    function("native_dropout", inputs=[real(6, 5), 0.4, False], space="top"),
    function(
        "native_dropout", inputs=[real(6, 5, grad=False), 0.4, None], space="top"
    ),  # PyTorch's gradient is not scaled
    bad("native_dropout", inputs=[real(3), 1.5, True], space="top"),
    function("dropout", inputs=[real(20)], p=0.3),
    function("alpha_dropout", inputs=[real(20)], p=0.3, training=True),
    function("feature_alpha_dropout", inputs=[real(4, 5)], p=0.3, training=True),
    function("feature_alpha_dropout", inputs=[real(4)], p=0.3),
]
