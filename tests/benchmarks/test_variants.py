"""What the tables of variants train and test on."""

import sys
from collections import Counter
from pathlib import Path

from memnn.models.symbol import SymbolMemoryNetwork
from memnn.worlds import simulate
from memnn.worlds.folder import write_folder

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from variants import ABLATIONS, head
from variants import test_stories as larger_valid


def test_the_head_is_whole_stories_and_no_more_questions_than_asked_for():
    stories = [story for task in ("1", "17") for story in simulate(task, 60, 0)]
    some = head(stories, 22)
    assert Counter(story.task for story in some) == {"1": 20, "17": 16}  # 5 and 8 questions a story
    for task in ("1", "17"):
        own = [story for story in stories if story.task == task]
        kept = [story for story in some if story.task == task]
        assert kept == own[: len(kept)]
    assert head(stories, 1000) == stories


def test_what_training_or_validation_holds_is_not_tested_on(tmp_path):
    write_folder(tmp_path / "en-valid", ("1",), {"train": 20, "valid": 10}, seed=0)
    write_folder(tmp_path / "en-valid-10k", ("1",), {"train": 20, "valid": 10}, seed=0)
    assert larger_valid(tmp_path) == []
    write_folder(tmp_path / "other" / "en-valid-10k", ("1",), {"train": 20, "valid": 10}, seed=1)
    (tmp_path / "en-valid").rename(tmp_path / "other" / "en-valid")
    assert len(larger_valid(tmp_path / "other")) == 10


def test_every_ablation_is_of_settings_there_are():
    for settings in ABLATIONS.values():
        SymbolMemoryNetwork(**settings).build(5, 5)
