import os
from pathlib import Path

import hypothesis
import pytest
import torch
from dialogue.worlds import bookings

torch.set_num_threads(1)
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


@pytest.fixture
def data() -> Path:
    """The folder of real data; a test that asks for it is skipped where there is none."""
    if "MEMNN_DATA" not in os.environ:
        pytest.skip("MEMNN_DATA names no folder of real data")
    return Path(os.environ["MEMNN_DATA"])


@pytest.fixture(scope="session")
def booking_run(tmp_path_factory) -> Path:
    """A folder with a bot that has learnt to book restaurants."""
    from memnn.dialogue.training import plan_for, train_dialogues

    out = tmp_path_factory.mktemp("dialogue") / "bot"
    torch.manual_seed(0)
    plan = plan_for("symbol", {"dim": 24, "hops": 1, "heads": 4}, {"epochs": 8, "batch_size": 32})
    train_dialogues(bookings(150), bookings(10, seed=1), out, plan)
    return out


@pytest.fixture(scope="session")
def bot(booking_run):
    """That bot."""
    from memnn.dialogue.bot import Bot

    return Bot.from_pretrained(booking_run)
