"""RNN, LSTM, GRU and their cells, and the helpers for sequences of several lengths."""

from tests.nn.cases import bad, case, function, made, real


def packed(sizes, features=2, enforce_sorted=True):
    """Packed sequences of the given lengths."""
    return made(lambda ag, nn, *parts: nn.utils.rnn.pack_sequence(list(parts), enforce_sorted=enforce_sorted),
                *[real(size, features) for size in sizes])  # fmt: skip


STATE, PAIR = real(1, 3, 2), (real(1, 3, 2), real(1, 3, 2))
X = real(4, 3, 2)
CASES = []
for name, state, deep in (
    ("RNN", STATE, real(4, 3, 2)),
    ("GRU", STATE, real(4, 3, 2)),
    ("LSTM", PAIR, (real(4, 3, 2), real(4, 3, 2))),
):
    single = (real(1, 2), real(1, 2)) if name == "LSTM" else real(1, 2)
    CASES += [
        case(name, 2, 2, inputs=[X]),
        case(name, 2, 2, inputs=[X, state]),
        case(name, 2, 2, bias=False, inputs=[X, state]),
        case(name, 2, 2, batch_first=True, inputs=[real(3, 4, 2), state]),
        case(name, 2, 2, num_layers=2, bidirectional=True, inputs=[X, deep]),
        case(name, 2, 2, 2, dropout=0.5, inputs=[X]),
        case(name, 2, 3, 3, batch_first=True, dropout=0.25, bidirectional=True, inputs=[real(3, 2, 2)]),
        case(name, 2, 2, inputs=[real(4, 2), single]),
        case(name, 2, 2, batch_first=True, inputs=[real(4, 2)]),
        case(name, 2, 2, inputs=[real(1, 3, 2)]),
        case(name, 2, 2, inputs=[real(3, 0, 2)]),
        case(name, 2, 2, inputs=[packed((4, 2, 2)), state]),
        case(name, 2, 2, num_layers=2, bidirectional=True, dropout=0.5, inputs=[packed((2, 4, 1), 2, False), deep]),
        case(name, 2, 20, inputs=[real(3, 14, 2)]),
        bad(name, 2, 0, text="greater than zero"),
        bad(name, 0, 2, text="greater than zero"),
        bad(name, 2.0, 2, text="of type int"),
        bad(name, 2, "2", text="of type int"),
        bad(name, 2, 2, 0, text="greater than zero"),
        bad(name, 2, 2, bias=1, text="of type bool"),
        bad(name, 2, 2, batch_first=1, text="of type bool"),
        bad(name, 2, 2, dropout=1.5, text="range"),
        bad(name, 2, 2, dropout=True, text="range"),
        bad(name, 2, 2, nonsense=1, text="nonsense"),
        bad(name, 2, 2, inputs=[real(2)], text="2D or 3D"),
        bad(name, 2, 2, inputs=[real(4, 3, 5)], text="input_size"),
        bad(name, 2, 2, inputs=[X, real(3, 2) if name != "LSTM" else (real(3, 2), real(3, 2))], text="3-D"),
        bad(name, 2, 2, inputs=[real(4, 2), state], text="2-D"),
        bad(name, 2, 2, inputs=[real(4, 5, 2), state], text="Expected hidden"),
        bad(name, 2, 2, 2, inputs=[X, state], text="Expected hidden"),
        bad(name, 2, 2, inputs=[made(lambda ag, nn: ag.ones(4, 3, 2, dtype=ag.float64))], text="does not match weight"),
        bad(name, 2, 2, inputs=[made(lambda ag, nn: ag.ones(4, 3, 2, dtype=ag.int64))], text="does not match weight"),
        bad(name, 2, 2, inputs=[real(0, 3, 2)], text="larger than 0"),
    ]
CASES += [
    case("RNN", 2, 2, 1, "relu", inputs=[X, STATE]),
    case("RNN", 2, 2, nonlinearity="relu", bidirectional=True, bias=False, inputs=[packed((3, 1))]),
    case("LSTM", 2, 3, proj_size=1, inputs=[X]),
    case("LSTM", 2, 3, 2, bidirectional=True, proj_size=2, inputs=[X, (real(4, 3, 2), real(4, 3, 3))]),
    case("LSTM", 2, 3, bias=False, proj_size=2, inputs=[packed((1, 3), 2, False)]),
    case("LSTM", 2, 2, dropout=0.5, inputs=[X], warns="dropout"),
    bad("RNN", 2, 2, nonlinearity="sin", text="Unknown nonlinearity"),
    bad("RNN", 2, 2, proj_size=1, text="only supported for LSTM"),
    bad("GRU", 2, 2, proj_size=1, text="only supported for LSTM"),
    bad("LSTM", 2, 2, proj_size=2, text="smaller"),
    bad("LSTM", 2, 2, proj_size=-1, text="positive"),
    bad("LSTM", 2, 2, inputs=[X, (real(1, 3, 2), real(1, 3, 3))], text=r"hidden\[1\]"),
    bad("LSTM", 2, 2, inputs=[X, real(1, 3, 2)], text="must be two states"),
    case("RNNBase", "GRU", 2, 3, 2, inputs=[], call=lambda layer: layer.all_weights[1][0] * 2),
    bad("RNNBase", "SRU", 2, 3, text="Unrecognized"),
    case("RNNCell", 2, 3, inputs=[real(4, 2)]),
    case("RNNCell", 2, 3, False, "relu", inputs=[real(4, 2), real(4, 3)]),
    case("RNNCell", 2, 3, inputs=[real(2), real(3)]),
    case("LSTMCell", 2, 3, inputs=[real(4, 2)]),
    case("LSTMCell", 2, 3, bias=False, inputs=[real(4, 2), (real(4, 3), real(4, 3))]),
    case("LSTMCell", 2, 3, inputs=[real(2), (real(3), real(3))]),
    case("LSTMCell", 2, 3, inputs=[real(0, 2)]),
    case("GRUCell", 2, 3, inputs=[real(4, 2)]),
    case("GRUCell", 2, 3, bias=False, inputs=[real(4, 2), real(4, 3)]),
    case("GRUCell", 2, 3, inputs=[real(2), real(3)]),
    bad("RNNCell", 2, 3, nonlinearity="sin", inputs=[real(4, 2)], text="Unknown nonlinearity"),
    *[bad(name, 2, 3, inputs=[real(1, 4, 2)], text="1D or 2D") for name in ("RNNCell", "LSTMCell", "GRUCell")],
    *[bad(name, 2, 3, inputs=[real(4, 3)], text="input_size") for name in ("RNNCell", "LSTMCell", "GRUCell")],
    *[bad(name, 2, 3, inputs=[real(4, 2), real(1, 4, 3)], text="1D or 2D") for name in ("RNNCell", "GRUCell")],
    *[bad(name, 2, 3, inputs=[real(4, 2), real(5, 3)], text="batch size") for name in ("RNNCell", "GRUCell")],
    *[bad(name, 2, 3, inputs=[real(4, 2), real(4, 2)], text="hidden_size") for name in ("RNNCell", "GRUCell")],
    bad("LSTMCell", 2, 3, inputs=[real(4, 2), (real(4, 3), real(5, 3))], text="hidden1 batch size"),
    bad("LSTMCell", 2, 3, inputs=[real(4, 2), (real(4, 2), real(4, 3))], text="hidden0 has inconsistent"),
    bad("LSTMCell", 2, 3, inputs=[real(4, 2), (real(4, 3), real(1, 4, 3))], text=r"hx\[1\]"),
    bad("LSTMCell", 2, 3, inputs=[real(4, 2), (real(4, 3),)], text="two hidden states"),
]


def top(name, *inputs, **kwargs):
    """A function of the top level."""
    return function(name, space="top", inputs=list(inputs), **kwargs)


def weights(gates, copies=1, features=2, hidden=2):
    """The parameters of layers with biases."""
    wide = gates * hidden
    return [real(wide, features), real(wide, hidden), real(wide), real(wide)] * copies


BATCHES = made(lambda ag, nn: ag.tensor([3, 2, 2]))
for name, gates, state in (("lstm", 4, PAIR), ("gru", 3, STATE), ("rnn_tanh", 1, STATE), ("rnn_relu", 1, STATE)):
    two = (real(2, 3, 2), real(2, 3, 2)) if name == "lstm" else real(2, 3, 2)
    rows = (real(3, 2), real(3, 2)) if name == "lstm" else real(3, 2)
    CASES += [
        top(name, X, state, weights(gates), True, 1, 0.0, True, False, False),
        top(name, X, state, weights(gates)[:2], False, 1, 0.0, True, False, False),
        top(name, real(3, 4, 2), two, weights(gates, 2), True, 2, 0.5, True, False, True),
        top(name, real(7, 2), BATCHES, two, weights(gates, 2), True, 2, 0.5, True, False),
        top(name, real(8, 2), BATCHES, state, weights(gates), True, 1, 0.0, False, False),
        top(f"{name}_cell", real(3, 2), rows, *weights(gates)),
        top(f"{name}_cell", real(3, 2), rows, *weights(gates)[:2]),
        bad(name, inputs=[X], space="top", text="invalid combination"),
        bad(
            name, inputs=[X, state, weights(gates), True, 1, 0.0, True, False], space="top", text="invalid combination"
        ),
        bad(
            name,
            inputs=[X, state, weights(gates)[:3], True, 1, 0.0, True, False, False],
            space="top",
            text="incorrect number",
        ),
        bad(
            name, inputs=[X, state, weights(gates), True, 2, 0.0, True, False, False], space="top", text="hidden states"
        ),
        bad(
            name,
            inputs=[real(6, 2), BATCHES, state, weights(gates), True, 1, 0.0, True, False],
            space="top",
            text="add up",
        ),
        bad(
            name,
            inputs=[X, two, weights(gates, 2), True, 2, 1.5, True, False, False],
            space="top",
            text="between 0 and 1",
        ),
        bad(f"{name}_cell", inputs=[real(3, 5), rows, *weights(gates)], space="top", text="input_size"),
    ]
