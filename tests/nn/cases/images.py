"""Other sizes, blocks, reading at points, channels and pixels in another order."""

from tests.nn.cases import bad, case, function, ints, made, real, values

FIRST = {"second": False, "because": "PyTorch has no second derivative; the operation's is held against differences"}
OLD = "has changed"


def _interpolate(*shape, **options):
    return function("interpolate", inputs=[real(*shape)], **options)


SIZES = [
    case("Upsample", scale_factor=2, inputs=[real(2, 3, 4)]),
    case("Upsample", 5, inputs=[real(1, 2, 3, 4)]),
    case("Upsample", (2, 7), mode="bilinear", inputs=[real(1, 2, 3, 4)]),
    case("Upsample", scale_factor=(2, 1.5), mode="bilinear", align_corners=True, inputs=[real(1, 2, 3, 4)]),
    case("Upsample", scale_factor=1.7, mode="linear", inputs=[real(1, 2, 6)]),
    case("Upsample", scale_factor=1.7, mode="linear", recompute_scale_factor=True, inputs=[real(1, 2, 6)]),
    case("Upsample", (2, 3, 5), mode="trilinear", inputs=[real(1, 2, 3, 2, 4)]),
    case("Upsample", scale_factor=1.5, mode="bicubic", inputs=[real(1, 1, 4, 5)]),
    case("Upsample", (7, 3), mode="bicubic", align_corners=True, inputs=[real(1, 1, 4, 5)]),
    case("Upsample", scale_factor=0.6, mode="nearest-exact", inputs=[real(1, 1, 5, 7)]),
    case("Upsample", scale_factor=2, mode="nearest", inputs=[real(1, 1, 2, 3, 2)]),
    case("Upsample", 3, mode="area", inputs=[real(1, 2, 5)]),
    case("UpsamplingNearest2d", 3, inputs=[real(1, 2, 2, 4)]),
    case("UpsamplingNearest2d", scale_factor=2, inputs=[real(1, 2, 2, 4)]),
    case("UpsamplingBilinear2d", (3, 5), inputs=[real(1, 2, 2, 4)]),
    case("UpsamplingBilinear2d", scale_factor=(1.5, 2), inputs=[real(1, 2, 2, 4)]),
    _interpolate(1, 2, 7, size=3),
    _interpolate(1, 2, 7, size=[9], mode="nearest-exact"),
    _interpolate(1, 2, 5, 4, scale_factor=1.3, mode="bilinear"),
    _interpolate(1, 2, 5, 4, scale_factor=0.5, mode="bilinear", align_corners=True),
    _interpolate(1, 2, 2, 3, scale_factor=2.3),
    _interpolate(1, 2, 5, 4, scale_factor=1.3, mode="bilinear", recompute_scale_factor=True),
    _interpolate(1, 2, 5, 4, size=(1, 1), mode="bilinear", align_corners=True),
    _interpolate(1, 2, 5, 4, scale_factor=[0.7, 1.6], mode="area"),
    _interpolate(1, 1, 3, 4, 2, size=(2, 5, 3), mode="area"),
    _interpolate(0, 2, 5, 4, size=3, mode="bilinear"),
    function("interpolate", inputs=[made(lambda ag, nn, x: x.to(ag.uint8), ints(9, 1, 1, 2, 3))], scale_factor=2),
    function("upsample", inputs=[real(1, 2, 3, 4)], scale_factor=2, mode="bilinear", warns="deprecated"),
    function("upsample_nearest", inputs=[real(1, 2, 3, 4)], size=2, warns="deprecated"),
    function("upsample_bilinear", inputs=[real(1, 2, 3, 4)], scale_factor=2, warns="deprecated"),
    bad("Upsample", inputs=[real(1, 2, 3)], text="either size or scale_factor"),
    bad("Upsample", 3, 2, inputs=[real(1, 2, 3)], text="only one of size or scale_factor"),
    bad("Upsample", (3,), inputs=[real(1, 2, 3, 3)], text="same number of spatial dimensions"),
    bad("Upsample", scale_factor=(2, 2, 2), inputs=[real(1, 2, 3, 3)], text="same number of spatial dimensions"),
    bad("Upsample", 3, recompute_scale_factor=True, inputs=[real(1, 2, 3, 3)], text="not meaningful"),
    bad("Upsample", 3, mode="linear", inputs=[real(1, 2, 3, 3)], text="linear mode needs 3D"),
    bad("Upsample", 3, mode="bilinear", inputs=[real(1, 2, 3)], text="bilinear mode needs 4D"),
    bad("Upsample", 3, mode="trilinear", inputs=[real(1, 2, 3, 3)], text="trilinear mode needs 5D"),
    bad("Upsample", 3, mode="bicubic", inputs=[real(1, 2, 3)], text="Only 3D, 4D and 5D"),
    bad("Upsample", 3, mode="other", inputs=[real(1, 2, 3)], text="Only 3D, 4D and 5D"),
    bad("Upsample", 3, inputs=[real(2, 3)], text="Only 3D, 4D and 5D"),
    bad("Upsample", 3, align_corners=True, inputs=[real(1, 2, 3)], text="align_corners option"),
    bad("Upsample", 0, inputs=[real(1, 2, 3, 3)], text="greater than 0"),
    bad("Upsample", scale_factor=0.1, inputs=[real(1, 2, 3, 3)], text="greater than 0"),
    bad("Upsample", 3, inputs=[real(1, 0, 3, 3)], text="Non-empty"),
    bad("Upsample", 3.5, inputs=[real(1, 2, 3, 3)], text="size"),
    bad("Upsample", 3, inputs=[ints(5, 1, 1, 3, 3)], text="not implemented"),
    bad("interpolate", inputs=[real(1, 2, 3)], size=2, antialias=True, space="functional", text="Anti-alias"),
    *[
        function("interpolate", inputs=[real(1, 2, 7, 5)], size=size, mode=mode, antialias=True)
        for mode in ("bilinear", "bicubic", "lanczos")
        for size in ((3, 4), (2, 9))
    ],
    function("interpolate", inputs=[real(1, 1, 6, 7)], size=(3, 2), mode="bicubic", antialias=True, align_corners=True),
    function("interpolate", inputs=[real(1, 1, 6, 7)], scale_factor=(0.4, 1.3), mode="bilinear", antialias=True),
]

BLOCKS = [
    case("Unfold", 2, inputs=[real(2, 3, 4, 5)]),
    case("Unfold", (2, 3), (2, 1), (0, 1), 2, inputs=[real(1, 2, 5, 6)]),
    case("Unfold", [3, 2], padding=2, inputs=[real(2, 3, 4)]),
    case("Unfold", 2, inputs=[real(0, 3, 4, 5)]),
    case("Fold", (4, 5), 2, inputs=[real(2, 12, 12)]),
    case("Fold", 4, 2, inputs=[real(8, 9)]),
    case("Fold", (5, 6), (2, 3), (2, 1), (0, 1), 2, inputs=[real(1, 12, 6)]),
    function("unfold", inputs=[real(2, 3, 4, 5)], kernel_size=2, stride=2),
    function("fold", inputs=[real(2, 12, 4)], output_size=(4, 4), kernel_size=2, stride=2),
    bad("Unfold", 2, inputs=[real(3, 4)], text="3D or 4D"),
    bad("Unfold", 0, inputs=[real(1, 3, 4)], text="kernel size should be greater"),
    bad("Unfold", 2, stride=0, inputs=[real(1, 3, 4)], text="stride should be greater"),
    bad("Unfold", 2, dilation=0, inputs=[real(1, 3, 4)], text="dilation should be greater"),
    bad("Unfold", 2, padding=-1, inputs=[real(1, 3, 4)], text="non-negative"),
    bad("Unfold", 9, inputs=[real(1, 3, 4)], text="at least one"),
    bad(
        "Unfold",
        (2, 2, 2),
        inputs=[real(1, 3, 4)],
        text="kernel_size must either be a single int, or a tuple of two ints",
    ),
    bad("Unfold", 2, inputs=[ints(3, 1, 3, 4)], text="not implemented"),
    bad("Fold", 4, 2, inputs=[real(8, 8)], text="number of sliding blocks"),
    bad("Fold", 4, 2, inputs=[real(7, 9)], text="divisible by the product"),
    bad("Fold", 1, 2, inputs=[real(8, 9)], text="number of sliding blocks"),
    bad("Fold", 4, 2, inputs=[real(1, 1, 8, 9)], text="2D or 3D"),
]

ORDERS = [
    case("PixelShuffle", 2, inputs=[real(2, 8, 3, 2)]),
    case("PixelShuffle", 3, inputs=[real(9, 1, 2)]),
    case("PixelShuffle", 2, inputs=[real(1, 2, 4, 2, 2)]),
    case("PixelUnshuffle", 2, inputs=[real(2, 1, 4, 6)]),
    case("PixelUnshuffle", 3, inputs=[real(2, 3, 6)]),
    case("ChannelShuffle", 3, inputs=[real(2, 6, 2, 2)]),
    case("ChannelShuffle", 2, inputs=[real(2, 4, 3)]),
    function("pixel_shuffle", inputs=[ints(9, 4, 2, 2)], upscale_factor=2, space="top"),
    function("pixel_unshuffle", inputs=[real(1, 2, 2)], downscale_factor=2, space="top"),
    function("channel_shuffle", inputs=[real(1, 4, 2)], groups=2, space="top"),
    function("native_channel_shuffle", inputs=[real(1, 4, 2, grad=False)], groups=2, space="top"),
    function("pixel_shuffle", inputs=[real(4, 2, 2)], upscale_factor=2),
    function("pixel_unshuffle", inputs=[real(1, 2, 2)], downscale_factor=2),
    function("channel_shuffle", inputs=[real(1, 4, 2)], groups=4),
    function("native_channel_shuffle", inputs=[real(1, 4, 2, grad=False)], groups=4),
    bad("PixelShuffle", 3, inputs=[real(4, 2, 2)], text="divisible by the square"),
    bad("PixelShuffle", 0, inputs=[real(4, 2, 2)], text="positive upscale_factor"),
    bad("PixelShuffle", 2.0, inputs=[real(4, 2, 2)], text="must be int"),
    bad("PixelShuffle", 2, inputs=[real(4, 2)], text="at least 3"),
    bad("PixelUnshuffle", 3, inputs=[real(4, 2, 3)], text="height to be divisible"),
    bad("PixelUnshuffle", -1, inputs=[real(4, 2, 3)], text="positive downscale_factor"),
    bad("ChannelShuffle", 3, inputs=[real(1, 4, 2)], text="divisible by groups"),
    bad("ChannelShuffle", 0, inputs=[real(1, 4, 2)], text="must be positive"),
    bad("ChannelShuffle", 2, inputs=[real(4, 2)], text="> 2 dims"),
]

FAR = real(1, 2, 2, 2, low=-30.0, high=30.0)
LOST = values([[[[float("nan"), 0.1], [float("inf"), 0.2], [0.3, -float("inf")]]]], grad=False)
POINTS = real(2, 3, 2, 2, low=-1.4, high=1.4)
VOLUME_POINTS = real(1, 2, 3, 1, 3, low=-1.4, high=1.4)
SAMPLED = [
    function(
        "grid_sample",
        inputs=[real(2, 3, 4, 5), POINTS],
        mode=mode,
        padding_mode=padding,
        align_corners=corners,
        **FIRST,
    )
    for mode in ("bilinear", "nearest", "bicubic")
    for padding in ("zeros", "border", "reflection")
    for corners in (False, True)
]
SAMPLED += [
    function("grid_sample", inputs=[real(1, 2, 3, 4, 3), VOLUME_POINTS], mode=mode, padding_mode=padding, align_corners=corners, **FIRST)
    for mode, padding, corners in (
        ("bilinear", "zeros", False), ("bilinear", "border", True), ("bilinear", "reflection", False), ("nearest", "zeros", True),
    )
]  # fmt: skip
SAMPLED += [
    function("grid_sample", inputs=[real(2, 3, 4, 5, grad=False), real(2, 3, 2, 2, grad=False)], warns=OLD),
    function(
        "grid_sample",
        inputs=[real(1, 1, 1, 1), real(1, 2, 2, 2)],
        padding_mode="reflection",
        align_corners=True,
        **FIRST,
    ),
    function(
        "grid_sample", inputs=[real(1, 1, 2, 2), values([[[[-9.0, 0.1], [1e9, 0.2]]]])], align_corners=False, **FIRST
    ),
    function(
        "grid_sample",
        inputs=[real(1, 1, 3, 4), FAR],
        mode="bicubic",
        padding_mode="border",
        align_corners=True,
        **FIRST,
    ),
    function(
        "grid_sample",
        inputs=[real(1, 1, 4, 1), FAR],
        mode="bicubic",
        padding_mode="reflection",
        align_corners=False,
        **FIRST,
    ),
    function("grid_sample", inputs=[real(1, 1, 3, 4, grad=False), LOST], padding_mode="border", align_corners=False),
    function("grid_sample", inputs=[real(1, 1, 3, 4, grad=False), LOST], padding_mode="reflection", align_corners=True),
    function("grid_sample", inputs=[real(1, 1, 3, 4, grad=False), LOST], align_corners=True),
    function("grid_sample", inputs=[real(1, 1, 3, 4, grad=False), LOST], mode="nearest", align_corners=True),
    function("grid_sampler", inputs=[real(2, 3, 4, 5), POINTS, 2, 1, True], space="top", **FIRST),
    function("grid_sampler_2d", inputs=[real(2, 3, 4, 5), POINTS, 0, 0, False], space="top", **FIRST),
    function("grid_sampler_3d", inputs=[real(1, 2, 3, 4, 3), VOLUME_POINTS, 0, 2, True], space="top", **FIRST),
    function("affine_grid", inputs=[real(2, 2, 3)], size=(2, 1, 3, 4), align_corners=False),
    function("affine_grid", inputs=[real(2, 2, 3)], size=[2, 1, 3, 4], align_corners=True),
    function("affine_grid", inputs=[real(2, 3, 4)], size=(2, 1, 2, 3, 4), align_corners=False),
    function("affine_grid", inputs=[real(2, 2, 3)], size=(2, 1, 3, 4), warns=OLD),
    function("affine_grid", inputs=[real(2, 2, 3)], size=(2, 1, 1, 4), align_corners=True, warns="unit-size"),
    function("affine_grid_generator", inputs=[real(1, 3, 4), (1, 1, 2, 3, 4), True], space="top"),
    bad(
        "grid_sample",
        inputs=[real(1, 1, 2, 2), real(1, 2, 2, 3)],
        align_corners=True,
        space="functional",
        text="size 2",
    ),
    bad(
        "grid_sample",
        inputs=[real(2, 1, 2, 2), real(1, 2, 2, 2)],
        align_corners=True,
        space="functional",
        text="batch size",
    ),
    bad(
        "grid_sample",
        inputs=[real(1, 1, 2, 2), real(1, 2, 2, 2, 2)],
        align_corners=True,
        space="functional",
        text="4D or 5D",
    ),
    bad(
        "grid_sample",
        inputs=[real(1, 1, 0, 2), real(1, 2, 2, 2)],
        align_corners=True,
        space="functional",
        text="non-empty",
    ),
    bad(
        "grid_sample",
        inputs=[ints(3, 1, 1, 2, 2), real(1, 2, 2, 2)],
        align_corners=True,
        space="functional",
        text="not implemented",
    ),
    bad("grid_sample", inputs=[real(1, 1, 2, 2), real(1, 2, 2, 2)], mode="x", space="functional", text="expected mode"),
    bad(
        "grid_sample",
        inputs=[real(1, 1, 2, 2), real(1, 2, 2, 2)],
        padding_mode="x",
        space="functional",
        text="padding_mode",
    ),
    bad(
        "grid_sample",
        inputs=[real(1, 1, 2, 2, 2), real(1, 2, 2, 2, 3)],
        mode="bicubic",
        align_corners=True,
        space="functional",
        text="bicubic",
    ),
    bad(
        "affine_grid",
        inputs=[real(2, 2, 3)],
        size=(2, 1, 3),
        align_corners=True,
        space="functional",
        text="4D and 5D sizes",
    ),
    bad("affine_grid", inputs=[real(2, 3, 4)], size=(2, 1, 3, 3), align_corners=True, space="functional", text="Nx2x3"),
    bad(
        "affine_grid",
        inputs=[ints(3, 2, 2, 3)],
        size=(2, 1, 3, 3),
        align_corners=True,
        space="functional",
        text="floating point",
    ),
    bad(
        "affine_grid",
        inputs=[real(2, 2, 3)],
        size=(2, 1, 0, 3),
        align_corners=True,
        space="functional",
        text="non-zero",
    ),
    bad(
        "affine_grid",
        inputs=[real(3, 2, 3)],
        size=(2, 1, 3, 3),
        align_corners=True,
        space="functional",
        text="Expected",
    ),
]

CASES = SIZES + BLOCKS + ORDERS + SAMPLED
