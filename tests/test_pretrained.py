"""The network that comes with the package: small, made by its config, and good at stories it never saw."""

import dataclasses
import json
import re
from pathlib import Path

import memnn
from memnn.question_answering.metrics import evaluate
from memnn.question_answering.plan import make_plan
from memnn.text.symbols import MARK
from memnn.training import checkpoint
from memnn.worlds import BABI, simulate

FOLDER = checkpoint.find("pretrained")

CONFIG = Path(__file__).parent.parent / "configs" / "pretrained.toml"


def test_it_is_small_and_what_its_config_makes():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 4_000_000
    said = json.loads((FOLDER / "config.json").read_text("utf-8"))
    settings, options = make_plan(CONFIG).resolve()
    assert (said["settings"], said["training"]) == (dataclasses.asdict(settings), dataclasses.asdict(options))


def test_its_readme_says_how_it_is_made_and_how_large_it_is():
    readme = (FOLDER / "README.md").read_text("utf-8")
    commands = re.findall(r"^#   (memnn .*)$", CONFIG.read_text("utf-8"), re.M)
    assert len(commands) == 2 and all(f"{command}\n" in readme for command in commands)
    weights = memnn.load("pretrained").readers[""].network.parameters()
    assert f" {sum(weight.numel() for weight in weights):,} weights" in readme


def test_it_answers_simulated_stories_it_never_saw():
    stories = [story for task in BABI for story in simulate(task, 10, seed=99)]
    assert evaluate(memnn.load("pretrained"), stories).mean_error <= 5


def test_a_folder_of_that_name_goes_before_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pretrained").mkdir()
    (tmp_path / "pretrained" / "config.json").write_text("{}")
    assert checkpoint.find("pretrained") == Path("pretrained")


def test_names_never_seen_are_answered():
    story = memnn.load("pretrained").story()
    story.tell("Bilbo got the ring there.", "Gollum moved to the lake.", "Bilbo went to the mountain.")
    answer = story.ask("Where is the ring?")
    assert answer.text == "mountain"
    assert {0, 2} <= {evidence.position for evidence in answer.evidence}


def test_names_that_nobody_spoke_of_are_named():
    net = memnn.load("pretrained")
    story = net.story()
    story.tell("Bilbo got the ring there.", "Bilbo went to the mountain.")
    assert story.ask("Where is the moon?").untold == ("moon",)
    assert story.ask("Where is the ring?").untold == ()
    for task in ("1", "2", "8", "15", "20"):
        assert all(answer.untold == () for answer in net.answer(list(simulate(task, 5, seed=99))))


def test_only_questions_asked_as_none_of_training_raise_doubt():
    """Not those of the simulated tasks, in any spelling and with any names."""
    net = memnn.load("pretrained")
    lexicon, story = net.readers[""].vocabulary, net.story()
    for question in (story.question for task in BABI for story in simulate(task, 200, seed=99)):
        strange = lexicon.symbols.parse(question).kind.replace(MARK, "old Zaphod")
        assert not any(map(lexicon.unasked, (question, question.upper(), question.lower(), strange)))
    story.tell("Mary went to the kitchen.")
    assert story.ask("Why is Mary in the kitchen?").unasked
    assert not story.ask("Where is the ring?").unasked
