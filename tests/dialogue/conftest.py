import pytest

from dialogue.worlds import bookings
from memnn.dialogue.bot import Bot
from memnn.dialogue.training import Plan, train_dialogues


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """A folder with a bot that has learnt to book restaurants."""
    out = tmp_path_factory.mktemp("dialogue") / "bot"
    plan = Plan("symbol", settings={"dim": 24, "hops": 1, "heads": 4}, options={"epochs": 8, "batch_size": 32})
    train_dialogues(bookings(150), bookings(10, seed=1), out, plan)
    return out


@pytest.fixture(scope="session")
def bot(run):
    return Bot.from_pretrained(run)
