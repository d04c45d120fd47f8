"""PyTorch as an oracle that may be missing, and Hypothesis made repeatable."""

import importlib.util
import os

import hypothesis
import pytest

# The machine may be slow or shared, so no deadline and no complaint about slow examples. The default run draws the same
# examples every time; HYPOTHESIS_PROFILE=explore looks for new ones.
SLOW = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large]
hypothesis.settings.register_profile(
    "repeatable", derandomize=True, database=None, deadline=None, max_examples=50, suppress_health_check=SLOW
)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000, suppress_health_check=SLOW)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

HAVE_TORCH = importlib.util.find_spec("torch") is not None


def pytest_collection_modifyitems(items):
    """Skip the tests marked `torch` where PyTorch is not installed."""
    marked = [item for item in items if item.get_closest_marker("torch")]
    if not HAVE_TORCH:
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="PyTorch is not installed"))
    elif marked:
        import torch

        # One thread: the oracle's sums are then the same in every run, and the two never fight over cores.
        torch.set_num_threads(1)
