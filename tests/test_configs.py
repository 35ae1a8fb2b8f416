"""Every config is of a known model, says what the recipe says, and takes a step."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from dialogue.worlds import bookings

from memnn.dialogue.recipes import RECIPES as DIALOGUE_RECIPES
from memnn.dialogue.training import train_dialogues
from memnn.language_modelling.training import Corpus, train_corpus
from memnn.language_modelling.training import make_plan as language_plan
from memnn.models import LANGUAGE_MODELS
from memnn.question_answering.plan import make_plan
from memnn.question_answering.recipes import RECIPES
from memnn.question_answering.training import train_stories
from memnn.text.word_list import WordList
from memnn.training.plan import make_plan as make_dialogue_plan
from memnn.worlds import simulate

ROOT = Path(__file__).parent.parent
CONFIGS = sorted((ROOT / "configs").glob("*.toml"))
MODEL = {path: tomllib.loads(path.read_text("utf-8"))["model"] for path in CONFIGS}
LANGUAGE = [path for path in CONFIGS if MODEL[path] in LANGUAGE_MODELS]
DIALOGUE = [path for path in CONFIGS if path.stem.startswith("dialogue-")]
QUESTIONS = [path for path in CONFIGS if path not in LANGUAGE + DIALOGUE]
SMALLER = {"cache-lm": ["hidden=8"], "memn2n-lm": ["hops=2"]}
QUESTIONS_TOLD = {True: 18_000, False: 900}  # joint or not, of the 1k sets
DEFAULTS = {f"{model}-1k-{mode}" for model, mode in RECIPES}


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_takes_a_step(path, tmp_path):
    stories = list(simulate("1", 20, seed=0))
    plan = make_plan(path, options={"epochs": 1, "restarts": 2, "linear_start_epochs": 1})
    results = train_stories(stories, stories, tmp_path / "run", plan)
    assert all(len(trained.measures["error"]) == 2 for trained in results.values())


@pytest.mark.parametrize("path", LANGUAGE, ids=lambda path: path.stem)
def test_takes_a_step_in_language(path, tmp_path):
    plan = language_plan(path)
    text = np.arange(400) % 20
    corpus = Corpus(WordList([f"w{n}" for n in range(18)]), text, text[:100], False)
    small = language_plan(path, assignments=["dim=8", *SMALLER[plan.model]], options={"epochs": 1})
    assert train_corpus(corpus, tmp_path / "run", small).measures["perplexity"][0] < 40


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_the_recipe_of_a_language_model_is_the_published_row(name):
    by_file = language_plan(ROOT / "configs" / f"{name}-wikitext-2.toml")
    assert by_file.resolve() == language_plan(model=name).resolve()


@pytest.mark.parametrize("path", DIALOGUE, ids=lambda path: path.stem)
def test_takes_a_step_in_dialogue(path, tmp_path):
    plan = make_dialogue_plan("dialogue", DIALOGUE_RECIPES, "symbol", path, options={"epochs": 1})
    trained = train_dialogues(bookings(5), bookings(2, seed=1), tmp_path / "run", plan)
    assert len(trained.measures["error"]) == 1


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_holds_no_path_and_names_its_command(path):
    text = path.read_text("utf-8")
    assert f"configs/{path.name}" in text
    for value in re.findall(r'^\w+ = "([^"]*)"', text, re.M):
        assert "/" not in value


@pytest.mark.parametrize(
    "path", [path for path in CONFIGS if path.stem in DEFAULTS], ids=lambda path: path.stem
)
def test_the_defaults_are_the_published_row(path):
    said = tomllib.loads(path.read_text("utf-8"))
    by_file, by_default = make_plan(path), make_plan(model=said["model"], joint=said["joint"])
    questions = QUESTIONS_TOLD[said["joint"]]
    assert by_file.resolve(questions) == by_default.resolve(questions)


def test_nine_thousand_questions_a_task_are_the_recipe_too():
    by_file, by_default = make_plan(ROOT / "configs" / "symbol-10k-joint.toml"), make_plan(model="symbol")
    assert by_file.resolve(180_000) == by_default.resolve(180_000)


def test_memn2n_as_published_takes_nothing_from_the_recipe():
    """Sukhbaatar et al. 2015, section 5: the recipe's own ways of training are all said otherwise."""
    model, options = language_plan(ROOT / "configs" / "memn2n-lm-paper.toml").resolve()
    assert (model.hops, model.capacity, model.init) == (6, 100, 0.05)
    plain = (options.optimizer, options.precision, options.warmup_epochs, options.weight_decay)
    assert plain == ("sgd", "no", 0.0, 0.0)
    assert (options.schedule, options.plateau_factor, options.clip_norm) == ("plateau", 1.5, 50.0)


def test_every_recipe_has_its_config():
    stems = {path.stem for path in CONFIGS}
    assert all(f"{model}-1k-{mode}" in stems for model, mode in RECIPES)


def test_the_readme_tells_what_the_configs_reached():
    readme = (ROOT / "README.md").read_text("utf-8")
    for path in CONFIGS:
        result = tomllib.loads(path.read_text("utf-8")).get("result")
        if result:
            row = next((line for line in readme.splitlines() if path.name in line), "")
            assert f"{result['mean_error']:g}" in row and f"| {result['failed']} |" in row, path.name
