import io
import json
import sys
from dataclasses import dataclass

import pytest

from memnn.cli import main
from memnn.question_answering.jsonl import write_jsonl
from memnn.question_answering.plan import StoryPlan
from memnn.question_answering.training import train_stories
from memnn.worlds import simulate

SMALL = [
    "--model",
    "memn2n",
    "--set",
    "dim=6",
    "--set",
    "hops=2",
    "--set",
    "epochs=2",
    "--set",
    "linear_start_rate=0",
]


@dataclass
class Said:
    """What a command printed and how it ended."""

    status: int
    out: str
    err: str

    def json(self):
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def memnn(monkeypatch, capsys):
    """Run a command in this process: `memnn("ask", run, stdin=...)`."""

    def command(*words, stdin=""):
        raw = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "argv", ["memnn", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        capsys.readouterr()
        try:
            main()
            status = 0
        except SystemExit as end:
            status = end.code or 0
        return Said(status, *capsys.readouterr())

    return command


@pytest.fixture
def refused(memnn):
    """Run a command that must fail with one line on stderr; the line."""

    def command(*words, stdin=""):
        said = memnn(*words, stdin=stdin)
        assert (said.status, said.out) == (2, ""), said
        assert said.err.startswith("memnn: error: ") and said.err.count("\n") == 1, said.err
        return said.err.removeprefix("memnn: error: ").rstrip("\n")

    return command


@pytest.fixture
def small():
    """Options of `memnn train qa` that make a run of a second."""
    return [*SMALL, "--restarts", "1"]


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """A folder with a joint run of task 1, a single run of tasks 1 and 6, and stories.jsonl."""
    folder = tmp_path_factory.mktemp("runs")
    one, six = list(simulate("1", 80, 0)), list(simulate("6", 40, 0))
    write_jsonl([*one, *six], folder / "stories.jsonl")
    options = {"epochs": 2, "restarts": 2, "linear_start_rate": 0.0}
    for name, joint in (("joint", True), ("single", False)):
        plan = StoryPlan("memn2n", joint, settings={"dim": 6, "hops": 2}, options=options)
        train_stories(one if joint else [*one, *six], [], folder / name, plan)
    return folder
