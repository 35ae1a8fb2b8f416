import importlib
import sys
from pathlib import Path

import typer
from typer.testing import CliRunner

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
against_lstm = importlib.import_module("against_lstm")


def test_both_are_trained_and_measured_once(tmp_path, monkeypatch):
    text = tmp_path / "text.txt"
    text.write_text("the cat sat on the mat and the dog sat on the rug\n" * 60, "utf-8")
    monkeypatch.setattr(against_lstm, "STEPS", 1)
    app = typer.Typer()
    app.command()(against_lstm.main)
    call = [str(text), str(tmp_path / "runs"), "--minutes", "0.001", "--vocabulary", "0"]
    said = CliRunner().invoke(app, call)
    assert said.exit_code == 0, said.output
    rows = [line.split() for line in said.stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == ["memn2n-lm", "lstm"]
    assert all(float(row[-1]) < 20 for row in rows)  # of 10 words
    monkeypatch.setattr(against_lstm, "train", None)
    assert CliRunner().invoke(app, [*call[:2], "lstm", *call[2:]]).stdout.splitlines()[1].split() == rows[1]
