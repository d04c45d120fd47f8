"""Tables of vectors, bags of them, and the adaptive softmax."""

from tests.nn.cases import bad, case, function, ints, made, real, values

I, BAG = values([[1, 0, 3], [3, 3, 1]]), values([1, 0, 3, 3, 1])
OFFSETS = values([0, 2, 2])
TABLE = made(lambda lib, nn, t: t, real(5, 2, grad=False))

NUMERIC = {"second": "numeric", "because": "PyTorch has no second derivative"}
ONCE = {"second": False, "because": "what is computed is not the gradient of the result, and PyTorch stops here too"}


def bag(*args, **kwargs):
    """An ``EmbeddingBag``."""
    return case("EmbeddingBag", 5, 2, *args, **(NUMERIC | kwargs))


EMBEDDING = [
    case("Embedding", 5, 2, inputs=[I]),
    case("Embedding", 5, 2, inputs=[values(3)]),
    case("Embedding", 5, 2, 3, inputs=[I]),
    case("Embedding", 5, 2, padding_idx=-2, inputs=[I]),
    case("Embedding", 5, 2, max_norm=0.8, inputs=[I]),
    case("Embedding", 5, 2, max_norm=0.8, norm_type=1.0, padding_idx=1, inputs=[I]),
    case("Embedding", 5, 2, scale_grad_by_freq=True, inputs=[I], **ONCE),
    case("Embedding", 5, 2, _weight=TABLE, _freeze=True, inputs=[I]),
    case("Embedding", 5, 2, inputs=[ints(5, 0)], **NUMERIC),
    bad("Embedding", 5, 2, 7, text="Padding_idx"),
    bad("Embedding", 5, 2, _weight=made(lambda lib, nn: lib.ones(2, 2)), text="Shape of weight"),
    bad("Embedding", 5, 2, inputs=[values([5])], text="out of range"),
    bad("Embedding", 5, 2, inputs=[values([-1])], text="out of range"),
    bad("Embedding", 5, 2, inputs=[real(2)], text="integers"),
    function("embedding", inputs=[I, real(5, 2)], padding_idx=1),
    function("embedding", space="top", inputs=[real(5, 2), I], padding_idx=3),
    bad("embedding", space="top", inputs=[real(5), I], text="2-D"),
    bad("embedding", space="top", inputs=[real(5, 2), real(2)], text="Long, Int"),
    bad("embedding", space="functional", inputs=[I, real(5, 2)], padding_idx=5, text="Padding_idx"),
]
BAGS = [
    *[bag(mode=mode, inputs=[BAG, OFFSETS]) for mode in ("sum", "mean", "max")],
    *[bag(mode=mode, padding_idx=3, inputs=[BAG, OFFSETS]) for mode in ("sum", "mean", "max")],
    *[bag(mode=mode, padding_idx=-4, inputs=[I]) for mode in ("sum", "mean", "max")],
    bag(0.8, inputs=[I], **ONCE),
    bag(0.8, 1.0, mode="max", inputs=[I], **ONCE),
    bag(scale_grad_by_freq=True, mode="sum", inputs=[values([0, 0, 1, 1]), values([0, 1])], **ONCE),
    bag(mode="sum", inputs=[BAG, OFFSETS, real(5)]),
    bag(mode="sum", padding_idx=1, inputs=[I, None, real(2, 3)]),
    bag(include_last_offset=True, inputs=[BAG, values([0, 2, 5])]),
    bag(_weight=TABLE, inputs=[I]),
    bag(inputs=[ints(5, 0), values([0, 0])]),
    bad("EmbeddingBag", 5, 2, padding_idx=5, text="padding_idx"),
    bad("EmbeddingBag", 5, 2, _weight=made(lambda lib, nn: lib.ones(2, 2)), text="Shape of weight"),
    bad("EmbeddingBag", 5, 2, inputs=[BAG], text="got None"),
    bad("EmbeddingBag", 5, 2, inputs=[I, OFFSETS], text="has to be None"),
    bad("EmbeddingBag", 5, 2, inputs=[values([[[1]]])], text="1D or 2D"),
    bad("EmbeddingBag", 5, 2, inputs=[BAG, I], text="1D Tensor"),
    bad("EmbeddingBag", 5, 2, inputs=[BAG, OFFSETS, real(5)], text="only for mode"),
    bad("EmbeddingBag", 5, 2, mode="sum", inputs=[BAG, OFFSETS, real(4)], text="same shape"),
    bad("EmbeddingBag", 5, 2, mode="prod", inputs=[BAG, OFFSETS], text="mode has to be"),
    bad("EmbeddingBag", 5, 2, mode="max", scale_grad_by_freq=True, inputs=[BAG, OFFSETS], text="frequency"),
    bad("EmbeddingBag", 5, 2, inputs=[values([5]), values([0])], text="valid range"),
    bad("EmbeddingBag", 5, 2, inputs=[BAG, values([1, 2])], text="has to be 0"),
    bad("EmbeddingBag", 5, 2, inputs=[BAG, values([0, 6])], text="can not be greater"),
    bad("EmbeddingBag", 5, 2, inputs=[real(3), values([0])], text="Long, Int"),
    function("embedding_bag", inputs=[I, real(5, 2)], mode="max", **NUMERIC),
    function("embedding_bag", inputs=[real(5, 2), I], warns="order", second=False, because="it warns each time"),
    bad("embedding_bag", space="functional", inputs=[I, real(5)], text="2D Tensor"),
    bad("embedding_bag", space="functional", inputs=[I, real(5, 2)], padding_idx=9, text="padding_idx"),
    *[function("embedding_bag", space="top", inputs=[real(5, 2), BAG, OFFSETS, False, mode], **NUMERIC) for mode in (1, 2)],
    bad("embedding_bag", space="top", inputs=[real(5, 2), BAG, OFFSETS, False, 3], text="mode"),
    bad("embedding_renorm_", space="top", inputs=[real(5, 2, grad=False), values([7]), 1.0, 2.0], text="out of range"),
    bad("embedding_renorm_", space="top", inputs=[real(5, 2, grad=False), real(2), 1.0, 2.0], text="Long, Int"),
    function(
        "embedding_renorm_", space="top", inputs=[real(5, 2, grad=False), I, 0.7, 3.0], second=False,
        because="there is no gradient",
    ),
]  # fmt: skip


def log_prob(layer, x):
    """The log-probabilities of all classes."""
    return layer.log_prob(x)


def predict(layer, x):
    """The likeliest classes, of rows that look into the clusters and of rows that do not."""
    return layer.predict(x), layer.predict(x[:1]), layer.predict(-x)


TARGET = values([0, 4, 7, 2, 1, 5])
ADAPTIVE = [
    case("AdaptiveLogSoftmaxWithLoss", 8, 9, [3, 5], 2.0, inputs=[real(6, 8), TARGET]),
    case("AdaptiveLogSoftmaxWithLoss", 8, 9, [3, 5], 2.0, True, inputs=[real(6, 8), TARGET]),
    case("AdaptiveLogSoftmaxWithLoss", 8, 9, [3, 5], div_value=2.0, inputs=[real(8), values(4)]),
    case("AdaptiveLogSoftmaxWithLoss", 8, 9, (3,), inputs=[real(2, 8), values([0, 1])]),
    case("AdaptiveLogSoftmaxWithLoss", 8, 9, [3, 5], 2.0, inputs=[real(6, 8)], call=log_prob),
    case("AdaptiveLogSoftmaxWithLoss", 8, 9, [3, 5], 2.0, inputs=[real(6, 8)], call=predict),
    bad("AdaptiveLogSoftmaxWithLoss", 8, 9, [], text="larger than 0"),
    *[
        bad("AdaptiveLogSoftmaxWithLoss", 8, 9, wrong, text="increasing")
        for wrong in ([5, 3], [0, 3], [3, 9], [3, 3], [2.5])
    ],
    bad("AdaptiveLogSoftmaxWithLoss", 8, 9, [3], inputs=[real(2, 8), values([0, 9])], text=r"\[0, 8\]"),
    bad("AdaptiveLogSoftmaxWithLoss", 8, 9, [3], inputs=[real(2, 8), values([0])], text="batch dimension"),
    bad("AdaptiveLogSoftmaxWithLoss", 8, 9, [3], inputs=[real(1, 2, 8), values([0])], text="1D target"),
    bad("AdaptiveLogSoftmaxWithLoss", 8, 9, [3], inputs=[real(2, 8), values(0)], text="0D target"),
    bad("AdaptiveLogSoftmaxWithLoss", 8, 9, [3], inputs=[real(2, 8), values([[0], [1]])], text="multi-target"),
]
CASES = EMBEDDING + BAGS + ADAPTIVE
