"""Recurrent layers: one of their results is what their gradient needs, in a form of their own.

``tests/ops/test_recurrent.py`` compares the public functions with PyTorch.
"""

ORACLES = {"gru_layer": None, "lstm_layer": None, "rnn_layer": None}
