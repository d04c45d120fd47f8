"""Losses."""

from tests.nn.cases import bad, bools, case, function, ints, made, positive, probabilities, real, signs, unit, values

REDUCTIONS = ("mean", "sum", "none")
LABELS = values([[3, 0, -1, 1], [1, 1, -1, -1], [-1, 2, 2, 2]], grad=False)
INF, NAN = float("inf"), float("nan")
EDGES = [[INF, 1.0, -1.0, 1.0], [0.0, -INF, 1.0, NAN], [1.0, 2.0, NAN, 1.5]]
NOTHING = {"second": False, "because": "a mean of nothing is NaN, and the objective squares it"}
KINKS = {"second": False, "because": "at the kinks"}
SOME = values([1, -100, 0, 2], grad=False)
IMAGES = (real(2, 4, 3, 2), ints(4, 2, 3, 2))
WEIGHTED = {"weight": positive(4)}
PLAIN = {"turned": False, "because": "PyTorch wants a contiguous gradient"}
FIRST = {"second": False, "because": "PyTorch has no second derivative; tests/test_ops.py takes differences"}


def reductions(name, *args, inputs, **options):
    return [case(name, *args, inputs=inputs, reduction=r, **options) for r in REDUCTIONS]


def log_probs(*shape):
    return made(lambda ag, nn, x: x.log_softmax(-1), real(*shape))


BETWEEN = [
    *reductions("L1Loss", inputs=[real(4, 3), real(4, 3)]),
    *reductions("MSELoss", inputs=[real(4, 3), real(4, 3)]),
    *reductions("SmoothL1Loss", inputs=[real(4, 3), real(4, 3)], beta=0.5),
    case("SmoothL1Loss", beta=0.0, inputs=[real(4, 3), real(4, 3)]),
    *reductions("HuberLoss", inputs=[real(4, 3), real(4, 3)], delta=0.5),
    case("MSELoss", inputs=[real(), real()]),
    case("MSELoss", inputs=[real(4, 1), real(4)], warns="Using a target size"),
    case("L1Loss", inputs=[real(4, 1), real(4)], warns="Using a target size"),
    case("SmoothL1Loss", inputs=[real(4, 1), real(4)], warns="Using a target size"),
    case("HuberLoss", inputs=[real(4, 1), real(4)], warns="Using a target size"),
    case("MSELoss", size_average=False, inputs=[real(3), real(3)], warns="please use reduction='sum'"),
    case("MSELoss", reduce=False, inputs=[real(3), real(3)], warns="please use reduction='none'"),
    case("MSELoss", True, True, inputs=[real(3), real(3)], warns="please use reduction='mean'"),
    function("mse_loss", inputs=[real(4, 3), real(4, 3)], weight=positive(4, 3)),
    function("l1_loss", inputs=[real(4, 3), real(4, 3)], weight=positive(4, 3)),
    function("huber_loss", inputs=[real(4, 3), real(4, 3)], weight=positive(4, 3), reduction="sum"),
    function("mse_loss", inputs=[real(3), real(3)], size_average=False, warns="reduction='sum'"),
    bad("MSELoss", reduction="foo", inputs=[real(3), real(3)], text="foo is not a valid value"),
    bad("SmoothL1Loss", beta=-1.0, inputs=[real(3), real(3)], text="beta"),
    *[bad(name, inputs=[ints(3, 4), ints(3, 4)], text="int64") for name in ("MSELoss", "SmoothL1Loss", "HuberLoss")],
    bad("L1Loss", inputs=[ints(3, 4), ints(3, 4)]),
    case("L1Loss", reduction="sum", inputs=[ints(3, 4), ints(3, 4)]),
    case("MSELoss", inputs=[real(4), ints(3, 4)]),
    bad("HuberLoss", delta=0.0, inputs=[real(3), real(3)], text="delta"),
]

PROBABILITIES = [
    *reductions("BCELoss", inputs=[unit(4, 3), unit(4, 3)]),
    case("BCELoss", weight=positive(3), inputs=[unit(4, 3), unit(4, 3)]),
    case(
        "BCELoss",
        inputs=[values([0.0, 1.0, 0.0, 1.0]), values([0.0, 1.0, 1.0, 0.0], grad=False)],
        tolerance={"float64": 1e-7},
        second=False,
        because="the slope at the ends is 1e12, in single precision in PyTorch",
    ),
    *reductions("BCEWithLogitsLoss", inputs=[real(4, 3), unit(4, 3)]),
    case("BCEWithLogitsLoss", weight=positive(4, 3), pos_weight=positive(3), inputs=[real(4, 3), unit(4, 3)]),
    case("BCEWithLogitsLoss", pos_weight=positive(1), inputs=[real(4, 3), unit(4, 3)], reduction="sum"),
    *[case("KLDivLoss", inputs=[real(4, 3), unit(4, 3)], reduction=r) for r in ("batchmean", "sum", "none")],
    *[case("KLDivLoss", inputs=[real(4, 3), real(4, 3)], reduction=r, log_target=True) for r in ("batchmean", "none")],
    case("KLDivLoss", inputs=[real(4, 3), unit(4, 3)], warns="batchmean"),
    *reductions("PoissonNLLLoss", inputs=[real(4, 3), positive(4, 3, high=5.0, grad=True)]),
    case("PoissonNLLLoss", full=True, inputs=[real(4, 3), positive(4, 3, high=5.0, grad=True)]),
    case("PoissonNLLLoss", False, True, eps=0.1, inputs=[positive(4, 3, grad=True), positive(4, 3, high=5.0)]),
    *[case("GaussianNLLLoss", reduction=r, inputs=[real(4, 3), real(4, 3), unit(4, 3)]) for r in REDUCTIONS],
    case("GaussianNLLLoss", full=True, eps=0.5, inputs=[real(4, 3), real(4, 3), unit(4, 3)]),
    case("GaussianNLLLoss", inputs=[real(4, 3), real(4, 3), unit(4)]),
    case("GaussianNLLLoss", inputs=[real(4, 3), real(4, 3), unit(4, 1)]),
    case("GaussianNLLLoss", inputs=[real(4, 3), real(4, 3), 0.5]),
    bad("BCELoss", inputs=[real(3, low=2.0, high=3.0), unit(3)], text="between 0 and 1"),
    bad("BCELoss", inputs=[unit(3), unit(4)], text="Using a target size"),
    bad("BCEWithLogitsLoss", inputs=[real(3), unit(4)], text="Target size"),
    bad("BCEWithLogitsLoss", inputs=[real(3), ints(2, 3)]),
    bad("PoissonNLLLoss", reduction="foo", inputs=[real(3), unit(3)], text="foo"),
    bad("GaussianNLLLoss", inputs=[real(3), real(3), real(3, low=-2.0, high=-1.0)], text="negative"),
    bad("GaussianNLLLoss", inputs=[real(3), real(3), -1.0], text="negative"),
    bad("GaussianNLLLoss", inputs=[real(2, 3), real(2, 3), unit(3)], text="incorrect size"),
    bad("GaussianNLLLoss", reduction="foo", inputs=[real(3), real(3), unit(3)], text="foo"),
    bad("KLDivLoss", reduction="sum", inputs=[ints(3, 3), ints(3, 3)], text="int64"),
    bad("KLDivLoss", reduction="foo", inputs=[real(3), unit(3)], text="foo"),
]

CLASSES = [
    *reductions("NLLLoss", inputs=[real(4, 3), ints(3, 4)]),
    *reductions("NLLLoss", weight=positive(3), inputs=[real(4, 3), SOME]),
    case("NLLLoss", ignore_index=1, inputs=[real(3), values(2, grad=False)]),
    *reductions("NLLLoss", **WEIGHTED, inputs=[*IMAGES], **PLAIN),
    case("NLLLoss2d", **WEIGHTED, inputs=[*IMAGES], warns="deprecated", **PLAIN),
    *reductions("CrossEntropyLoss", inputs=[real(4, 3), ints(3, 4)]),
    *reductions("CrossEntropyLoss", weight=positive(3), label_smoothing=0.1, inputs=[real(4, 3), SOME]),
    *reductions("CrossEntropyLoss", weight=positive(3), label_smoothing=0.1, inputs=[real(4, 3), probabilities(4, 3)]),
    case("CrossEntropyLoss", ignore_index=2, inputs=[*IMAGES]),
    case("CrossEntropyLoss", **WEIGHTED, inputs=[real(2, 4, 3), probabilities(2, 4, 3)], reduction="none"),
    case("CrossEntropyLoss", inputs=[real(3), ints(3)]),
    case("CrossEntropyLoss", inputs=[real(3), probabilities(3, dim=0)]),
    bad("CrossEntropyLoss", inputs=[real(3, 5), ints(5, 2)], text="batch_size"),
    bad("CrossEntropyLoss", inputs=[real(3, 5), ints(9, 3, low=7)], text="out of bounds"),
    bad("CrossEntropyLoss", inputs=[real(3, 5), real(3)], text="Long"),
    bad("CrossEntropyLoss", weight=positive(4), inputs=[real(3, 5), ints(5, 3)], text="4"),
    bad("CrossEntropyLoss", label_smoothing=1.5, inputs=[real(3, 5), ints(5, 3)], text="between 0.0 and 1.0"),
    bad("NLLLoss", inputs=[real(3, 5), ints(9, 3, low=7)], text="out of bounds"),
    *[bad("NLLLoss", inputs=[real(3), ints(3, n)], text="must have size 1") for n in (2, 3)],
    bad("NLLLoss", inputs=[real(3, 2), ints(2, 3, 2)], text="multi-target"),
    bad("CrossEntropyLoss", inputs=[real(3), ints(3, 2)], text="must have size 1"),
    *[bad("CrossEntropyLoss", inputs=[real(*n), ints(3, *n)], text="class probabilities") for n in ((3,), (2, 3))],
    *reductions("NLLLoss", ignore_index=1, inputs=[real(3), values(1, grad=False)], **NOTHING),  # nothing counts
    *reductions("NLLLoss", ignore_index=1, inputs=[real(2, 3), values([1, 1], grad=False)], **NOTHING),
    *reductions("CrossEntropyLoss", ignore_index=1, inputs=[real(2, 3), values([1, 1], grad=False)], **NOTHING),
    *reductions("CrossEntropyLoss", label_smoothing=0.1, inputs=[real(2, 3), values([-100, -100], grad=False)], **NOTHING),
    *reductions("LinearCrossEntropyLoss", 4, 3, inputs=[real(5, 4), ints(3, 5)]),
    case("LinearCrossEntropyLoss", 4, 3, bias=True, weight=positive(3), inputs=[real(4, 4), SOME]),
    case("LinearCrossEntropyLoss", 4, 3, label_smoothing=0.2, inputs=[real(5, 4), probabilities(5, 3)]),
    case("LinearCrossEntropyLoss", 4, 3, out_features=(2,), bias=True, inputs=[real(5, 4), ints(3, 5, 2)]),
    case("LinearCrossEntropyLoss", 4, 3, ignore_index=1, inputs=[real(4), values(2, grad=False)]),
    bad("LinearCrossEntropyLoss", 4, 3, weight=positive(2), text="weight shape"),
    bad("LinearCrossEntropyLoss", 4, 3, label_smoothing=2.0, text="label_smoothing"),
    bad("LinearCrossEntropyLoss", 4, 3, inputs=[real(5, 3), ints(3, 5)], text="in_features"),
    bad("LinearCrossEntropyLoss", 4, 3, inputs=[real(1, 5, 4), ints(3, 1, 5)], text="dimensionality 1 or 2"),
    bad("LinearCrossEntropyLoss", 4, 3, ignore_index=1, inputs=[real(5, 4), probabilities(5, 3)], text="ignore_index"),
    bad("LinearCrossEntropyLoss", 4, 3, out_features=(2,), inputs=[real(4), ints(3, 2)], text="batched"),
    *[
        bad("LinearCrossEntropyOptions", **{key: value})
        for key, value in {"acc_policy": "x", "chunking_method": "aspect_ratio:0", "batch_chunk_size": 0, "acc_dtype": 3}.items()
    ],
]  # fmt: skip

MARGINS = [
    *reductions("HingeEmbeddingLoss", inputs=[real(4), signs(4)], margin=0.5),
    case("HingeEmbeddingLoss", inputs=[real(4, 2), ints(2, 4, 2, low=-1)]),
    *reductions("SoftMarginLoss", inputs=[real(4), signs(4)]),
    *reductions("MarginRankingLoss", 0.3, inputs=[real(4), real(4), signs(4)]),
    *reductions("CosineEmbeddingLoss", 0.2, inputs=[real(4, 3), real(4, 3), signs(4)]),
    case("CosineEmbeddingLoss", inputs=[real(3), real(3), values(1, grad=False)]),
    case("CosineEmbeddingLoss", inputs=[values([[0.0, 0.0]]), real(1, 2), signs(1)]),
    *[
        case("MultiMarginLoss", p, 0.7, weight=positive(4), reduction=r, inputs=[real(3, 4), ints(4, 3)], **FIRST)
        for p in (1, 2)
        for r in REDUCTIONS
    ],
    case("MultiMarginLoss", 2, inputs=[real(4), ints(4)], **FIRST),
    *[case("MultiMarginLoss", p, inputs=[values(EDGES), values([0, 2, 1], grad=False)], **KINKS) for p in (1, 2)],
    case("MultiLabelMarginLoss", inputs=[values(EDGES), LABELS], **KINKS),
    case("MultiMarginLoss", inputs=[real(), ints(1)], **FIRST),
    case("MultiMarginLoss", inputs=[real(4), ints(4, 1)], reduction="none", **FIRST),
    case("MultiMarginLoss", inputs=[real(0, 4), ints(4, 0)], reduction="none", second=False, because="of nothing"),
    *reductions("MultiLabelMarginLoss", inputs=[real(3, 4), LABELS], **FIRST),
    case("MultiLabelMarginLoss", inputs=[real(4), values([2, 0, -1, 1], grad=False)], **FIRST),
    *reductions("MultiLabelSoftMarginLoss", weight=positive(3), inputs=[real(4, 3), unit(4, 3)]),
    case("MultiLabelSoftMarginLoss", inputs=[real(3), ints(2, 3)]),
    *reductions("TripletMarginLoss", inputs=[real(4, 3), real(4, 3), real(4, 3)]),
    case("TripletMarginLoss", 0.5, 1.0, 0.1, True, inputs=[real(4, 3), real(4, 3), real(4, 3)]),
    case("TripletMarginLoss", inputs=[real(3), real(3), real(3)]),
    case("TripletMarginLoss", swap=True, inputs=[real(4, 3), real(1, 3), real(4, 3)]),
    *reductions("TripletMarginWithDistanceLoss", inputs=[real(4, 3), real(4, 3), real(4, 3)], margin=2.0),
    case(
        "TripletMarginWithDistanceLoss", distance_function=lambda x, y: ((x - y) ** 2).sum(-1), swap=True,
        inputs=[real(4, 3), real(4, 3), real(4, 3)], pickles=False,
    ),
    case(
        "TripletMarginWithDistanceLoss", distance_function=made(lambda ag, nn: nn.CosineSimilarity()),
        inputs=[real(4, 3), real(4, 3), real(4, 3)],
    ),
    bad("SoftMarginLoss", inputs=[real(2), real(2)], text="not differentiable"),
    bad("MarginRankingLoss", inputs=[real(2), real(2, 1), signs(2)], text="same dimension"),
    bad("CosineEmbeddingLoss", inputs=[real(4, 3), real(4, 3), signs(4, 1)], text="multi-target"),
    bad("CosineEmbeddingLoss", inputs=[real(3), real(3), signs(1)], text="1D target"),
    bad("CosineEmbeddingLoss", inputs=[real(4, 3), real(4, 3), signs()], text="0D target"),
    bad("CosineEmbeddingLoss", inputs=[real(4, 3), real(4, 2), signs(4)]),
    bad("CosineEmbeddingLoss", reduction="foo", inputs=[real(4, 3), real(4, 3), signs(4)], text="foo"),
    bad("MultiMarginLoss", 3, text="p == 1 and p == 2"),
    bad("MultiMarginLoss", weight=positive(1, 4), text="1D"),
    bad("MultiMarginLoss", weight=positive(3), inputs=[real(3, 4), ints(4, 3)], text="weight size"),
    bad("MultiMarginLoss", inputs=[real(3, 4), ints(5, 3, low=4)], text="out of range"),
    bad("MultiMarginLoss", inputs=[real(3, 4), ints(4, 2)], text="target tensor"),
    bad("MultiMarginLoss", inputs=[real(3, 4), unit(3)], text="int64"),
    bad("MultiMarginLoss", inputs=[real(1, 3, 4), ints(4, 3)], text="non-empty"),
    bad("MultiMarginLoss", inputs=[ints(3, 3, 4), ints(4, 3)], text="not implemented"),
    bad("multi_margin_loss", inputs=[real(3, 4), ints(4, 3)], weight=positive(1, 4), space="functional", text="one-dim"),
    bad("MultiLabelMarginLoss", inputs=[real(3, 4), ints(4, 3, 3)], text="inconsistent target size"),
    bad("MultiLabelMarginLoss", inputs=[real(3, 4), ints(6, 3, 4, low=4)], text="out of range"),
    bad("MultiLabelMarginLoss", inputs=[real(3, 4), unit(3, 4)], text="int64"),
    bad("MultiLabelSoftMarginLoss", inputs=[real(4, 3), bools(4, 3)], text="bool"),
    bad("MultiLabelSoftMarginLoss", inputs=[real(), unit()]),
    bad("MultiLabelSoftMarginLoss", reduction="foo", inputs=[real(4, 3), unit(4, 3)], text="foo"),
    bad("TripletMarginLoss", margin=0.0, text="greater than 0"),
    bad("TripletMarginLoss", inputs=[real(4, 3), real(3), real(4, 3)], text="same number of dimensions"),
    bad("TripletMarginWithDistanceLoss", margin=-1.0, text="greater than 0"),
    bad("TripletMarginWithDistanceLoss", reduction="foo", inputs=[real(2), real(2), real(2)], text="foo"),
    bad("TripletMarginWithDistanceLoss", inputs=[real(4, 3), real(3), real(4, 3)], text="same number of dimensions"),
]  # fmt: skip

CTC = [
    *[
        case("CTCLoss", reduction=r, inputs=[log_probs(6, 3, 4), ints(4, 3, 3, low=1), (6, 5, 4), (3, 2, 1)], **FIRST)
        for r in REDUCTIONS
    ],
    case("CTCLoss", 2, "none", True, inputs=[log_probs(6, 3, 4), ints(2, 3, 3), (1, 6, 6), (3, 2, 0)], **FIRST),
    case("CTCLoss", zero_infinity=True, inputs=[log_probs(6, 3, 4), ints(4, 6, low=1), (6, 6, 0), (3, 2, 1)], **FIRST),
    case("CTCLoss", inputs=[log_probs(6, 4), ints(4, 3, low=1), values(6), values(3)], **FIRST),
    case("CTCLoss", reduction="none", inputs=[log_probs(6, 4), ints(4, 2, low=1), (6,), (2,)], **FIRST),
    case("CTCLoss", inputs=[log_probs(6, 2, 4), values([[1.0], [3.0]], grad=False), values([6, 6]), values([1, 1])], **FIRST),
    case("CTCLoss", reduction="none", inputs=[real(4, 2, 3), ints(3, 2, 1, low=1), (4, 4), (1, 1)], second=False,
         because="only behind a log-softmax is it the derivative"),
    *[
        bad("CTCLoss", **options, inputs=[real(6, 3, 4), targets, times, labels], text=text)
        for text, targets, times, labels, options in [
            ("label range", ints(3, 3, 3), (6, 6, 6), (3, 2, 1), {"blank": 4}),
            ("label range", ints(3, 3, 3), (6, 6, 6), (3, 2, 1), {"blank": -1}),
            ("at most 6", ints(3, 3, 3), (6, 7, 6), (3, 2, 1), {}),
            ("at least 0", ints(3, 3, 3), (6, -1, 6), (3, 2, 1), {}),
            ("at least 0", ints(3, 3, 3), (6, 6, 6), (3, -2, 1), {}),
            ("at least 4", ints(3, 3, 3), (6, 6, 6), (4, 2, 1), {}),
            ("size 3 at dimension 0", ints(3, 2, 3), (6, 6, 6), (3, 2, 1), {}),
            ("size 6 at dimension 0", ints(3, 5), (6, 6, 6), (3, 2, 1), {}),
            ("1 to 2 dimensions", ints(3, 1, 3, 3), (6, 6, 6), (3, 2, 1), {}),
            ("batch_size", ints(3, 3, 3), (6, 6), (3, 2, 1), {}),
            ("batch_size", ints(3, 3, 3), (6, 6, 6), (3, 2), {}),
            ("both be Tensors", ints(3, 3, 3), values([6, 6, 6]), (3, 2, 1), {}),
            ("tuple of ints", ints(3, 3, 3), 6, 3, {}),
            ("integral", ints(3, 3, 3), unit(3), values([1, 1, 1]), {}),
            ("foo", ints(3, 3, 3), (6, 6, 6), (3, 2, 1), {"reduction": "foo"}),
        ]
    ],
    bad("CTCLoss", inputs=[real(0, 3, 4), ints(3, 3, 3), (0, 0, 0), (3, 2, 1)], text="must not be empty"),
    bad("CTCLoss", inputs=[real(1, 6, 3, 4), ints(3, 3, 3), (6, 6, 6), (3, 2, 1)], text="3-dimensional"),
    bad("CTCLoss", inputs=[ints(3, 6, 3, 4), ints(3, 3, 3), (6, 6, 6), (3, 2, 1)], text="not implemented"),
]  # fmt: skip

PAIR = [real(4, 3), real(4, 3)]
TOP = [
    *[
        function(name, inputs=[*inputs, *rest, r], space="top", **options)
        for r in (0, 1, 2)
        for name, inputs, rest, options in [
            ("kl_div", PAIR, (), {}),
            ("hinge_embedding_loss", [real(4), signs(4)], (0.5,), {}),
            ("margin_ranking_loss", [real(4), real(4), signs(4)], (0.5,), {}),
            ("cosine_embedding_loss", [real(4, 3), real(4, 3), signs(4)], (0.5,), {}),
            ("triplet_margin_loss", [real(4, 3), real(4, 3), real(4, 3)], (1.0, 2.0, 1e-6, False), {}),
            ("poisson_nll_loss", [real(4, 3), unit(4, 3)], (True, False, 1e-8), {}),
            ("binary_cross_entropy_with_logits", [real(4, 3), unit(4, 3)], (None, None), {}),
            ("ctc_loss", [log_probs(6, 2, 4), ints(4, 2, 2, low=1), (6, 5), (2, 1)], (0,), FIRST),
        ]
    ],
    function("kl_div", inputs=[real(3), unit(3)], space="top"),  # nothing is reduced, whatever PyTorch's signature says
    function("margin_ranking_loss", inputs=[real(3), real(3), signs(3)], space="top"),
    function("kl_div", inputs=[real(3), real(3)], reduction=1, log_target=True, space="top"),
    function("bilinear", inputs=[real(5, 2), real(5, 3), real(4, 2, 3), real(4)], space="top"),
    bad("bilinear", inputs=[real(5, 2), real(5, 3), real(2, 3)], space="top", text="3-dimensional"),
    bad("bilinear", inputs=[real(5, 2), real(5, 3), real(4, 2, 3), real(3)], space="top", text="bias"),
]

CASES = BETWEEN + PROBABILITIES + CLASSES + MARGINS + CTC + TOP
