import json

import pytest
from matplotlib.figure import Figure

from memnn.training.curve import draw_curve


def line(epoch, *losses, softmax=True):
    return {
        "epoch": epoch,
        "softmax": softmax,
        "train_loss": losses,
        "valid_loss": losses,
        "valid_error": [100 * loss for loss in losses],
    }


def drawn(folder, monkeypatch, *lines):
    """The axes of the picture, which is written too."""
    figures = []
    subplots = Figure.subplots

    def keep(figure, *arguments):
        figures.append(figure)
        return subplots(figure, *arguments)

    monkeypatch.setattr(Figure, "subplots", keep)
    (folder / "metrics.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    draw_curve(folder)
    assert (folder / "curve.png").read_bytes().startswith(b"\x89PNG")
    return figures[0].axes


def points(plotted):
    return [(list(each.get_xdata()), list(each.get_ydata())) for each in plotted.lines]


def test_one_restart_is_a_line_for_each_measure(tmp_path, monkeypatch):
    loss, error = drawn(tmp_path, monkeypatch, line(1, 3.0), line(2, 1.0))
    assert points(loss) == [([1, 2], [3.0, 1.0])] * 2
    assert points(error) == [([1, 2], [300.0, 100.0])]


def test_several_restarts_are_thin_lines_and_their_mean(tmp_path, monkeypatch):
    _, error = drawn(tmp_path, monkeypatch, line(1, 1.0, 3.0), line(2, 0.0, 1.0))
    assert points(error) == [([1, 2], [100.0, 0.0]), ([1, 2], [300.0, 100.0]), ([1, 2], [200.0, 50.0])]


def test_the_end_of_the_linear_start_is_marked(tmp_path, monkeypatch):
    lines = line(1, 3.0, softmax=False), line(2, 2.0, softmax=False), line(3, 4.0)
    loss, _ = drawn(tmp_path, monkeypatch, *lines)
    assert list(loss.lines[-1].get_xdata()) == [2.5, 2.5]
    assert "softmax begins" in [text.get_text() for text in loss.get_legend().get_texts()]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_run_that_diverged_is_drawn(tmp_path, monkeypatch, value):
    drawn(tmp_path, monkeypatch, line(1, 2.0, value), line(2, value, value))
    drawn(tmp_path, monkeypatch, line(1, value))
