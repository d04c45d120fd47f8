"""Distances."""

from tests.nn.cases import bad, case, function, ints, real

CASES = [
    case("CosineSimilarity", inputs=[real(4, 3), real(4, 3)]),
    case("CosineSimilarity", 0, 0.5, inputs=[real(4, 3), real(4, 1)]),
    case("CosineSimilarity", -1, inputs=[real(2, 4, 3), real(3)]),
    case("PairwiseDistance", inputs=[real(4, 3), real(4, 3)]),
    case("PairwiseDistance", 1.0, 0.1, True, inputs=[real(4, 3), real(4, 3)]),
    case("PairwiseDistance", 3, inputs=[real(4, 3), real(1, 3)]),
    case("PairwiseDistance", float("inf"), inputs=[real(4, 3), real(4, 3)]),
    case("PairwiseDistance", inputs=[real(3), real(3)]),
    bad("CosineSimilarity", inputs=[real(4, 3), real(4, 2)]),
    bad("CosineSimilarity", inputs=[ints(3, 4, 3), ints(3, 4, 3)]),
    bad("CosineSimilarity", 2, inputs=[real(4, 3), real(4, 3)], text="Dimension out of range"),
    bad("PairwiseDistance", inputs=[real(4, 3), real(4, 2)]),
    function("normalize", inputs=[real(3, 4)]),
    function("normalize", inputs=[real(3, 4)], p=1, dim=0),
    function("normalize", inputs=[real(2, 3, 4)], p=3.0, dim=-1, eps=5.0),
    function("normalize", inputs=[real(2, 3, 4)], dim=(0, 2)),
    function("pdist", inputs=[real(4, 3)], second="numeric", because="PyTorch has no second derivative"),
    function("pdist", inputs=[real(4, 3)], p=1.0, second="numeric", because="PyTorch has no second derivative"),
    function("one_hot", inputs=[ints(3, 2, 2)], num_classes=4),
    bad("one_hot", inputs=[ints(3, 2)], space="functional", num_classes=1),
]
