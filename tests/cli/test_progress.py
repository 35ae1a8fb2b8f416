import io
import sys

import pytest

from memnn.cli.progress import TrainingBar
from memnn.training.loop import Progress

MEASURES = {"train_loss": 1.5, "valid_error": 40.0}


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def live(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with TrainingBar() as bar:
        yield bar


def test_a_bar_begins_anew_where_a_network_is_trained_once_more(live):
    live.report("", Progress(2, 2, 1.0, MEASURES, 5.0))
    (first,) = live._bars.tasks
    assert first.finished and "second" not in first.description
    live.report("", Progress(1, 4, 0.5, MEASURES, 1.0, "a second look"))
    (again,) = live._bars.tasks
    assert again.completed == pytest.approx(0.125) and not again.finished
    assert again.description == "training, epoch 1/4, a second look"


def test_every_network_has_its_bar(live):
    live.report("1", Progress(1, 2, 0.5, {}, 0.0))
    live.report("6", Progress(1, 2, 0.5, {}, 0.0))
    assert [bar.description for bar in live._bars.tasks] == ["task 1, epoch 1/2", "task 6, epoch 1/2"]


def test_without_a_terminal_every_few_epochs_are_a_line(capsys):
    with TrainingBar() as bar:
        for epoch in range(1, 11):
            bar.report("", Progress(epoch, 10, 1.0, MEASURES, 0.0, "linear start" if epoch < 4 else ""))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "training: epoch 2 of 10, linear start  loss 1.500  wrong 40.0 %"
    assert len(lines) == 5 and lines[-1] == "training: epoch 10 of 10  loss 1.500  wrong 40.0 %"
