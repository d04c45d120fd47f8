"""The view model and its Graphviz source."""

import copy
import dataclasses
import itertools
import json
import math
import re
from html import unescape

import numpy as np
import pytest

from autograd.draw import dot, style
from autograd.draw.dot import to_digraph
from autograd.draw.model import Cluster, EdgeView, Flag, Graph, NodeView, Stats, exact, value_flags
from autograd.draw.svgtext import fit_text, text_width


def mlp():
    """A Linear, a relu and a loss, with a parameter that backward never reached."""
    rng = np.random.default_rng(0)
    stats = {name: Stats.of(rng.normal(size=(5, 8))) for name in ("x", "w", "mm", "relu")}
    nodes = [
        NodeView("x", "input", "x", shape=(5, 4), dtype="float32", data=stats["x"]),
        NodeView(
            "w", "param", "fc1.weight", shape=(4, 8), dtype="float32", data=stats["w"], grad=stats["w"], cluster="fc1"
        ),
        NodeView("mm", "op", "matmul", symbol="@", shape=(5, 8), dtype="float32", data=stats["mm"], cluster="fc1"),
        NodeView("relu", "op", "relu", shape=(5, 8), dtype="float32", flags=[Flag("4/8 dead units")]),
        NodeView("u", "param", "unused.weight", flags=[Flag("grad is None", "error")], cluster="sub"),
        NodeView("loss", "root", "mse", alias="loss", shape=(), dtype="float32", data=10.7, grad=1.0),
    ]
    edges = [
        EdgeView("x", "mm", (5, 4), saved=True),
        EdgeView("w", "mm", (4, 8), saved=True, carries_grad=True, grad_rms=0.5),
        EdgeView("mm", "relu", (5, 8), carries_grad=True, grad_rms=1e-6),
        EdgeView("relu", "loss", (5, 8), saved=True, carries_grad=True, grad_rms=10.0),
    ]
    clusters = [Cluster("fc1", "fc1 : Linear(4 → 8) · 40 params"), Cluster("sub", "inner", parent="fc1")]
    return Graph(nodes, edges, clusters)


def lines(graph, **options):
    """The source's statements of nodes and edges, by their ids."""
    found = {}
    for line in to_digraph(graph, **options).source.splitlines():
        match = re.search(r"\bid=(\w+)", line)
        if match:
            found[match[1]] = line
    return found


def attribute(line, name):
    return re.search(rf'\b{name}=("[^"]*"|\S+?)[\s\]]', line)[1].strip('"')


# --- statistics ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4),
        np.arange(12.0)[::-2],
        np.float32(2.5),
        np.array([True, False, True]),
        np.array([-3, 7], np.int8),
        np.array([1 + 2j, 3 - 1j]),
        np.float16([60000.0, 60000.0]),
        np.random.default_rng(0).normal(1e6, 1e-3, size=600_000),  # more than one block; mean far above the spread
    ],
)
def test_stats_agree_with_numpy(array):
    stats = Stats.of(array)
    wide = np.asarray(array).astype(np.complex128 if np.iscomplexobj(array) else np.float64)
    assert stats.count == wide.size
    assert stats.mean == pytest.approx(wide.mean())
    assert stats.std == pytest.approx(wide.std(), rel=1e-6)
    assert stats.rms == pytest.approx(np.sqrt((np.abs(wide) ** 2).mean()))
    ordered = np.abs(wide) if np.iscomplexobj(array) else wide
    assert (stats.min, stats.max) == (pytest.approx(ordered.min()), pytest.approx(ordered.max()))
    assert stats.zeros == (wide == 0).sum()


@pytest.mark.parametrize(
    "array", [np.zeros((0, 3)), np.array([np.nan, np.inf, 2.0]), np.array(3), np.array([1j], np.complex64), True, 2.5]
)
def test_stats_hold_python_numbers_only(array):
    for value in dataclasses.asdict(Stats.of(array)).values():
        assert value is None or type(value) in (int, float, complex)


def test_stats_skip_and_count_what_is_not_finite():
    stats = Stats.of(np.array([1.0, np.nan, 3.0, np.inf, -np.inf, 0.0]))
    assert (stats.nan, stats.inf, stats.zeros, stats.finite) == (1, 2, 1, 3)
    assert (stats.mean, stats.min, stats.max) == (pytest.approx(4 / 3), 0.0, 3.0)
    assert math.isnan(stats.grad_size)
    assert Stats.of(np.array([np.inf, 1.0])).grad_size == math.inf


def test_stats_of_nothing_finite_are_none():
    assert Stats.of(np.full(3, np.nan)).mean is None
    empty = Stats.of(np.zeros((0, 3)))
    assert (empty.count, empty.mean, empty.min, empty.grad_size) == (0, None, None, None)


def test_stats_do_not_overflow_or_round():
    assert Stats.of(np.array([1e300, -1e300])).rms == pytest.approx(1e300)
    assert Stats.of(np.array([2**63 - 1, 0])).max == 2**63 - 1


def test_stats_refuse_what_is_no_number():
    with pytest.raises(TypeError, match="numeric"):
        Stats.of(np.array(["a"]))


def test_exact_is_the_shortest_number_of_the_precision():
    assert exact(np.float32(0.3)) == 0.3
    assert exact(np.complex64(0.1 + 0.2j)) == 0.1 + 0.2j
    assert math.isnan(exact(np.float32("nan")))
    assert type(exact(np.array([[7]]))) is int
    with pytest.raises(ValueError, match="one element"):
        exact(np.zeros(2))


def test_value_flags():
    assert [flag.text for flag in value_flags("grad", Stats.of(np.zeros(3)))] == ["grad all zero"]
    assert [flag.text for flag in value_flags("data", Stats.of(np.array([np.nan] * 3)))] == ["NaN ×3"]
    assert [flag.text for flag in value_flags("grad", math.inf)] == ["grad inf ×1"]
    assert value_flags("data", 0.0) == value_flags("grad", None) == []
    assert value_flags("grad", Stats.of(np.zeros(0))) == []


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (Graph([NodeView("a", "op", "x"), NodeView("a", "op", "y")]), "two nodes"),
        (Graph([NodeView("a", "operation", "x")]), "unknown kind 'operation'"),
        (Graph([NodeView("a", "op", "x", cluster="c")]), "unknown cluster 'c'"),
        (Graph([NodeView("a", "op", "x", flags=[Flag("?", "bad")])]), "unknown severity 'bad'"),
        (Graph([NodeView("a", "op", "x")], [EdgeView("b", "a")]), "unknown node 'b'"),
        (Graph(clusters=[Cluster("c", "c"), Cluster("c", "d")]), "two clusters"),
        (Graph(clusters=[Cluster("c", "c", "d"), Cluster("d", "d", "c")]), "inside itself"),
        (Graph(clusters=[Cluster("c", "c", "d")]), "unknown cluster 'd'"),
    ],
)
def test_a_model_that_does_not_fit_together_is_refused(graph, message):
    with pytest.raises(ValueError, match=message):
        to_digraph(graph)


def test_a_model_can_be_written_as_json():
    assert json.loads(json.dumps(dataclasses.asdict(mlp())))["nodes"][0]["shape"] == [5, 4]


# --- style --------------------------------------------------------------------------------------------------------


def test_text_on_the_gradient_scale_and_on_flags_is_readable():
    pairs = [(style.scale_color(step / 200), style.ink_on(style.scale_color(step / 200))) for step in range(201)]
    for fill, ink in [
        *pairs,
        *style.FLAG_COLORS.values(),
        *((look.fill, style.INK_SOFT) for look in style.KINDS.values()),
    ]:
        assert style.contrast(fill, ink) >= 4.5, (fill, ink)


def test_the_gradient_scale_grows_lighter_and_is_clamped():
    sizes = [10**power for power in np.linspace(-4, 1, 60)]
    light = [style.contrast(style.gradient_colors(size)[0], "#000000") for size in sizes]
    assert all(a < b for a, b in itertools.pairwise(light))
    widths = [style.gradient_width(size) for size in sizes]
    assert widths == sorted(widths)
    assert widths[0] < 1
    assert widths[-1] > 4
    assert style.gradient_colors(1e-30) == style.gradient_colors(1e-4)
    assert style.gradient_colors(math.nan) == style.gradient_colors(math.inf) == ("#000000", "#ffffff")
    assert style.gradient_colors(0.0)[0] == "#ffffff"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.08617, "0.0862"), (-2.5, "-2.5"), (0.0, "0"), (1e-7, "1e-7"), (1 - 2j, "1-2j"), (math.inf, "inf"), (12, "12")],
)
def test_number(value, text):
    assert style.number(value) == text


@pytest.mark.parametrize(
    ("stats", "dtype", "text"),
    [
        (Stats.of(np.zeros(0)), "float32", "empty"),
        (Stats.of(np.full(2, np.nan)), "float32", "all NaN"),
        (Stats.of(np.array([np.nan, np.inf])), "float32", "no finite value"),
        (Stats.of(np.array([True, False, False, False])), "bool", "25% True"),
        (Stats.of(np.arange(10)), "int64", "0 … 9"),
        (Stats.of(np.full(3, 4)), "int64", "4"),
        (Stats.of(np.array([1.0, 3.0])), "float32", "2 ± 1"),
    ],
)
def test_stats_text(stats, dtype, text):
    assert style.stats_text(stats, dtype) == text


def test_long_names_keep_both_ends():
    short = style.shorten("transformer.encoder.layers.11.self_attention.out_projection.weight")
    assert len(short) == style.NAME_LIMIT
    assert short.startswith("transformer.")
    assert short.endswith("projection.weight")
    assert style.shorten("fc1.weight") == "fc1.weight"


# --- source -------------------------------------------------------------------------------------------------------


def test_kinds_have_their_shapes():
    found = lines(mlp())
    shapes = {name: attribute(found[name], "shape") for name in ("n0", "n1", "n2", "n5")}
    assert shapes == {"n0": "parallelogram", "n1": "cylinder", "n2": "box", "n5": "doubleoctagon"}
    assert attribute(found["n2"], "style") == "rounded,filled"


def test_nodes_say_what_they_hold():
    found = {name: unescape(line) for name, line in lines(mlp()).items()}
    assert "<b>@ matmul</b>" in found["n2"]
    assert "(5, 8) float32" in found["n2"]
    assert " ± " in found["n2"]
    assert "grad rms" in found["n1"]
    assert "grad" not in found["n2"]
    assert "! 4/8 dead units" in found["n3"]
    assert "! grad is None" in found["n4"]
    assert "<i> loss</i>" in found["n5"]
    assert "10.7" in found["n5"]


def test_the_gradient_row_has_the_colour_of_its_size():
    size = mlp().nodes[1].grad.rms
    assert style.gradient_colors(size)[0] in lines(mlp())["n1"]


def test_edges_show_gradients_and_saved_values():
    found = lines(mlp())
    assert "(5, 4) *saved" in found["e0"]
    assert (attribute(found["e0"], "style"), attribute(found["e0"], "color")) == ("dashed", style.NO_FLOW)
    assert "dir=" not in found["e0"]
    assert (attribute(found["e1"], "dir"), attribute(found["e1"], "color")) == ("both", style.FLOW)
    assert "saved" not in found["e2"]
    widths = [float(attribute(found[name], "penwidth")) for name in ("e2", "e1", "e3")]
    assert widths == sorted(widths)


@pytest.mark.parametrize(
    ("size", "name", "value"),
    [(0.0, "style", "dotted"), (math.nan, "color", style.BROKEN), (math.inf, "color", style.BROKEN)],
)
def test_edges_tell_zero_and_broken_gradients_apart(size, name, value):
    graph = mlp()
    graph.edges[1].grad_rms = size
    assert attribute(lines(graph)["e1"], name) == value


def test_an_edge_whose_gradient_is_not_known_points_one_way():
    graph = mlp()
    graph.edges[1].grad_rms = None
    line = lines(graph)["e1"]
    assert "dir=" not in line
    assert attribute(line, "color") == style.FLOW


def test_clusters_are_nested_and_empty_ones_left_out():
    graph = mlp()
    graph.clusters.append(Cluster("none", "nothing in it"))
    source = to_digraph(graph).source
    assert "fc1 : Linear(4 → 8) · 40 params" in source
    assert "nothing in it" not in source
    outer, inner, end = (source.index(text) for text in ("subgraph cluster_0", "subgraph cluster_1", "id=n4"))
    assert outer < inner < end
    assert "}" not in source[outer:inner].replace("}>", "")


def test_clusters_may_be_nested_deeper_than_the_recursion_limit_allows_recursion():
    depth = 400
    clusters = [Cluster(str(i), f"c{i}", str(i - 1) if i else None) for i in range(depth)]
    source = to_digraph(Graph([NodeView("a", "op", "x", cluster=str(depth - 1))], clusters=clusters)).source
    assert source.count("subgraph") == depth


def test_a_graph_of_scalars_shows_values_and_no_shapes():
    nodes = [
        NodeView("a", "leaf", "a", shape=(), dtype="float64", data=2.0, grad=-1.5),
        NodeView("t", "root", "tanh", shape=(), dtype="float64", data=0.5, grad=1.0),
    ]
    line = lines(Graph(nodes, [EdgeView("a", "t", (), saved=True, carries_grad=True, grad_rms=1.5)]))
    assert ">2.0<" in line["n0"]
    assert ">-1.5<" in line["n0"]
    assert "float64" not in line["n0"].split("tooltip")[0]
    assert "*saved" in line["e0"]
    assert "()" not in line["e0"]


def test_module_nodes_have_details_and_a_strip():
    node = NodeView("m", "module", "blocks", details=["12 × 0.79M params"], strip=[("0", 1e-4), ("1", None)])
    line = lines(Graph([node]))["n0"]
    assert attribute(line, "shape") == "box3d"
    assert "12 × 0.79M params" in line
    assert style.scale_color(0.0) in line


def test_the_legend_explains_what_occurs_and_can_be_left_out():
    legend = lines(mlp())["legend"]
    for text in ("operation", "parameter", "input", "root of backward", "no gradient", "*saved", "≤1e-4"):
        assert text in legend
    for text in ("module", "leaf with grad", "exactly 0", "NaN"):
        assert text not in legend
    assert "legend" not in to_digraph(mlp(), legend=False).source


@pytest.mark.parametrize("rankdir", ["TB", "LR", "BT", "RL"])
def test_rankdir(rankdir):
    assert to_digraph(mlp(), rankdir=rankdir).graph_attr["rankdir"] == rankdir


def test_an_unknown_rankdir_is_refused():
    with pytest.raises(ValueError, match=r"rankdir.*'XY'"):
        to_digraph(mlp(), rankdir="XY")


def test_the_source_is_the_same_each_time():
    assert to_digraph(mlp()).source == to_digraph(copy.deepcopy(mlp())).source


def test_names_with_markup_are_text():
    source = to_digraph(Graph([NodeView("a", "param", '<b>&"x', alias="</table>")])).source
    assert "&lt;b&gt;&amp;&quot;x" in source
    assert "</table></i>" not in source


def test_ids_do_not_reach_graphviz():
    graph = Graph([NodeView("a:b\\", "op", "x"), NodeView('"', "op", "y")], [EdgeView("a:b\\", '"')])
    assert "n0 -> n1" in to_digraph(graph).source
    assert dot.dot_names(graph) == {"a:b\\": "n0", '"': "n1"}


# --- text of an SVG -----------------------------------------------------------------------------------------------


def test_text_width_follows_helvetica():
    assert text_width("A", 1000) == 667
    assert text_width("A", 1000, bold=True) == 722
    assert text_width("中", 10) is None


def test_fit_text_writes_widths_but_not_for_unknown_characters():
    line = '<text x="1" font-family="Helvetica,sans-Serif" font-size="10.00">{}</text>'
    assert 'textLength="11.12"' in fit_text(line.format("&lt;&gt;").replace("&lt;&gt;", "00"))
    assert f'textLength="{text_width("<b>", 10)}"' in fit_text(line.format("&lt;b&gt;"))
    assert "textLength" not in fit_text(line.format("中文"))
