import os
from pathlib import Path

import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture
def data() -> Path:
    """The folder of real data; a test that asks for it is skipped where there is none."""
    if "MEMNN_DATA" not in os.environ:
        pytest.skip("MEMNN_DATA names no folder of real data")
    return Path(os.environ["MEMNN_DATA"])
