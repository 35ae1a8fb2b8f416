import pytest
from training.checkpoints import saved


@pytest.fixture
def run(tmp_path):
    return saved(tmp_path / "run")
