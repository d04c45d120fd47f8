"""Convolutions and transposed convolutions in all their settings; the lazy ones are in tests/ops/test_conv.py."""

from tests.nn.cases import bad, case, function, ints, real

LINE, IMAGE, VOLUME = real(2, 2, 5), real(2, 2, 4, 5), real(1, 2, 3, 4, 3)
INPUTS = {1: LINE, 2: IMAGE, 3: VOLUME}
SINGLE = {1: real(2, 5), 2: real(2, 4, 5), 3: real(2, 3, 4, 3)}

SETTINGS = [  # of each convolution
    ((4, 3), {"padding": 1}),
    ((4, 2), {"stride": 2, "bias": False}),
    ((2, 2), {"padding": "same", "dilation": 2, "groups": 2}),
    ((3, 2), {"padding": "same"}),
    ((3, 1), {}),
]
PLAIN = [case(f"Conv{n}d", 2, *args, inputs=[INPUTS[n]], **settings) for n in (1, 2, 3) for args, settings in SETTINGS]
BORDERS = [
    case(f"Conv{n}d", 2, 2, 3, inputs=[INPUTS[n]], padding=padding, padding_mode=mode)
    for n in (1, 2, 3)
    for mode in ("reflect", "replicate", "circular")
    for padding in (1, "same")
]
TRANSPOSED = [
    case(f"ConvTranspose{n}d", 2, *args, inputs=[INPUTS[n]], **settings)
    for n in (1, 2, 3)
    for args, settings in [
        ((3, 3), {}),
        ((4, 3), {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2}),
        ((3, 2), {"dilation": 2, "output_padding": 1, "bias": False}),
        ((2, 1), {}),
    ]
]
CASES = [
    *PLAIN,
    *BORDERS,
    *TRANSPOSED,
    *[case(f"Conv{n}d", 2, 3, 3, inputs=[SINGLE[n]], padding=1) for n in (1, 2, 3)],
    *[case(f"ConvTranspose{n}d", 2, 3, 2, inputs=[SINGLE[n]], stride=2) for n in (1, 2, 3)],
    case("Conv3d", 1, 2, 1, padding=(0, 2, 1), inputs=[real(1, 1, 2, 3, 2)]),
    case("Conv2d", 2, 4, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), inputs=[IMAGE]),
    case("Conv2d", 2, 4, [3, 2], stride=[1, 2], padding=[0, 1], padding_mode="circular", inputs=[IMAGE]),
    case("Conv2d", 2, 2, 3, padding="valid", inputs=[IMAGE]),
    case("Conv2d", 2, 3, (3, 1), padding=1, inputs=[IMAGE]),  # the output is wider than the input
    case("Conv2d", 2, 1, (1, 2), padding=(2, 3), inputs=[IMAGE]),
    case("Conv2d", 4, 8, 2, groups=4, inputs=[real(2, 4, 3, 3)]),  # depthwise, with a multiplier
    case("Conv2d", 1, 1, 3, stride=4, inputs=[real(1, 1, 11, 11)]),  # leaves part of the input out
    case("Conv2d", 1, 2, 2, inputs=[real(0, 1, 3, 3)]),
    case("Conv3d", 2, 2, (1, 2, 3), stride=(2, 1, 1), padding=(0, 1, 2), inputs=[VOLUME]),
    case("ConvTranspose2d", 3, 2, (2, 3), stride=(3, 1), padding=(0, 1), inputs=[real(1, 3, 2, 2)]),
    case("ConvTranspose2d", 2, 3, 3, stride=2, inputs=[IMAGE], call=lambda layer, x: layer(x, output_size=(10, 11))),
    case("ConvTranspose1d", 2, 3, 3, stride=3, padding=1, inputs=[LINE], call=lambda layer, x: layer(x, [2, 3, 14])),
    case("ConvTranspose3d", 2, 3, 2, stride=2, inputs=[SINGLE[3]], call=lambda layer, x: layer(x, (7, 8, 6))),
    # above the sizes from which 3 × 3 kernels are transformed
    case("Conv2d", 12, 16, 3, padding=1, inputs=[real(2, 12, 24, 22)]),
    case("Conv2d", 13, 12, 3, inputs=[real(1, 13, 35, 36)]),
    case("ConvTranspose2d", 14, 12, 3, padding=1, inputs=[real(2, 14, 24, 22)]),
    *[
        function(
            "conv_tbc",
            space=space,
            inputs=[real(4, 2, 3), real(2, 3, 4), real(4)],
            dtypes=("float64",),
            pad=pad,
            because="PyTorch's derivative fails for inputs that are not contiguous",
        )
        for space, pad in (("functional", 0), ("top", 1))
    ],
    function(
        "convolution",
        space="top",
        inputs=[real(2, 2, 5), real(3, 2, 3), real(3)],
        stride=[2],
        padding=[1],
        dilation=[1],
        transposed=False,
        output_padding=[0],
        groups=1,
    ),
    function(
        "convolution",
        space="top",
        inputs=[real(2, 2, 5), real(2, 3, 3), None],
        stride=(2,),
        padding=(1,),
        dilation=(1,),
        transposed=True,
        output_padding=(1,),
        groups=1,
    ),
    *[function(f"conv{n}d", inputs=[INPUTS[n], real(4, 1, *[2] * n)], groups=2, stride=(2,)) for n in (1, 2, 3)],
    *[
        function(f"conv_transpose{n}d", inputs=[INPUTS[n], real(2, 1, *[2] * n), real(2)], groups=2, space="top")
        for n in (1, 2, 3)
    ],
    # constructors
    bad("Conv2d", 3, 4, 3, groups=2, text="in_channels must be divisible by groups"),
    bad("Conv2d", 4, 3, 3, groups=2, text="out_channels must be divisible by groups"),
    bad("Conv2d", 4, 4, 3, groups=0, text="groups must be a positive integer"),
    bad("Conv2d", 3, 4, 3, padding="foo", text="Invalid padding string 'foo'"),
    bad("Conv2d", 3, 4, 3, padding="same", stride=2, text="not supported for strided"),
    bad("Conv2d", 3, 4, 3, padding_mode="foo", text="padding_mode must be one of"),
    bad("ConvTranspose2d", 3, 4, 3, padding_mode="circular", text='Only "zeros"'),
    # calls
    bad("Conv2d", 2, 4, 3, inputs=[real(2, 3, 5, 5)], text="to have 2 channels, but got 3 channels"),
    bad("Conv2d", 2, 4, 3, inputs=[real(5, 5)], text="Expected 3D .unbatched. or 4D .batched. input to conv2d"),
    bad("Conv1d", 2, 4, 3, inputs=[real(2, 2, 5, 5)], text="Expected 2D .unbatched. or 3D"),
    bad("Conv2d", 2, 4, 6, inputs=[IMAGE], text="Kernel size can't be greater"),
    bad("Conv2d", 2, 4, (3, 3, 3), inputs=[IMAGE], text="weight of size"),
    bad("Conv2d", 2, 4, 0, inputs=[IMAGE], text="kernel size should be greater than zero"),
    bad("Conv2d", 2, 4, 3, stride=0, inputs=[IMAGE], text="non-positive stride"),
    bad("Conv2d", 2, 4, 3, dilation=0, inputs=[IMAGE], text="dilation should be greater than zero"),
    bad("Conv2d", 2, 4, 3, padding=-1, inputs=[IMAGE], text="negative padding"),
    bad("Conv2d", 2, 4, 3, padding=(1, 1, 1), inputs=[IMAGE], text="a list of 2 values"),
    bad("Conv2d", 2, 4, 3, inputs=[ints(5, 1, 2, 5, 5)], text="should be the same"),
    bad("Conv2d", 2, 4, 3, padding=9, padding_mode="reflect", inputs=[IMAGE], text="adding size should be less"),
    bad("ConvTranspose2d", 2, 3, 3, output_padding=1, inputs=[IMAGE], text="output padding must be smaller"),
    bad("ConvTranspose2d", 2, 3, 3, output_padding=-1, stride=2, inputs=[IMAGE], text="negative output_padding"),
    bad("ConvTranspose2d", 2, 3, 3, padding=5, inputs=[IMAGE], text="Output size is too small"),
    bad("ConvTranspose2d", 2, 3, 3, inputs=[real(1, 2, 0, 5)], text="Only zero batch"),
    bad("ConvTranspose2d", 2, 3, 3, padding="same", inputs=[IMAGE], text="must be int"),
    *[
        bad("ConvTranspose2d", 2, 3, 3, stride=2, inputs=[IMAGE], call=call, text=text)
        for call, text in [
            (lambda layer, x: layer(x, output_size=(11, 11)), "valid sizes range from .9, 11. to .10, 12."),
            (lambda layer, x: layer(x, output_size=(9,)), "must have 2 or 4 elements"),
        ]
    ],
    bad(
        "conv2d", space="functional", inputs=[IMAGE, real(2, 2, 2, 2)], stride=1.5, text="argument 'stride' must be int"
    ),
    bad("conv2d", space="functional", inputs=[IMAGE, real(2, 2, 2, 2)], padding=(1, "a"), text="'padding' must be int"),
    bad("conv2d", space="functional", inputs=[IMAGE, real(2, 2, 2, 2)], stride=True, text="not bool"),
    bad("conv2d", space="functional", inputs=[IMAGE, real(2, 2, 2, 2)], padding="no", text="Invalid padding string"),
    bad("conv2d", space="functional", inputs=[IMAGE, real(2, 2, 2, 2)], stride=2, padding="same", text="strided"),
    bad(
        "conv2d", space="functional", inputs=[IMAGE, real(2, 2, 2, 2), real(3)], text="bias to be 1-dimensional with 2"
    ),
    bad("conv2d", space="functional", inputs=[IMAGE, real(3, 1, 2, 2)], groups=2, text="divisible by 2 at dimension 0"),
    bad("conv2d", space="functional", inputs=[IMAGE, real(1, 1, 2, 2)], groups=2, text="at least 2 at dimension 0"),
    bad("conv2d", space="functional", inputs=[IMAGE, real(2, 2, 2, 2)], groups=-1, text="non-positive groups"),
    bad("conv2d", space="functional", inputs=[IMAGE, "w"], text="must be a Tensor"),
    bad("conv2d", space="functional", inputs=[real(1, 2, 0, 5), real(2, 2, 1, 1)], text="padded input size"),
    bad("conv_tbc", space="top", inputs=[real(5, 2), real(2, 3, 4), real(4)], text="3 dims"),
    bad("conv_tbc", space="top", inputs=[real(5, 2, 3), real(3, 4), real(4)], text="3 dims"),
    bad("conv_tbc", space="top", inputs=[real(5, 2, 3), real(2, 2, 4), real(4)], text="input channels"),
    bad("conv_tbc", space="top", inputs=[real(5, 2, 3), real(2, 3, 4), real(3)], text="Bias size"),
    bad("conv_tbc", space="top", inputs=[real(5, 2, 3), real(2, 3, 4), None], text="'bias' must be a Tensor"),
    bad(
        "convolution", space="top", inputs=[LINE, real(3, 2, 3), None, 1, [0], [1], False, [0], 1], text="tuple of ints"
    ),
    bad(
        "convolution",
        space="top",
        inputs=[SINGLE[1], real(3, 2, 3), None, [1], [0], [1], False, [0], 1],
        text="Expected 3-d",
    ),
]
