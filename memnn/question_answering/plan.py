"""What decides a training run but the stories: a model, its settings, the options of the loop."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from memnn.errors import DataError, UserError
from memnn.files import read_lines
from memnn.models import MODELS
from memnn.question_answering.chains import HARDLY, answer_in_a_word, ask_along_chains, lead_to_answers
from memnn.question_answering.fit import check_restarts
from memnn.question_answering.recipes import (
    APART,
    BEGUN_EPOCHS,
    CHAINS,
    DECAY,
    IN_TIME,
    LINKED,
    PLENTY,
    RECIPES,
    RELATIONS,
)
from memnn.story import Story
from memnn.text.find_symbols import find_symbols
from memnn.text.lexicon import Lexicon
from memnn.text.tokenizer import fold, tokenize
from memnn.training import checkpoint
from memnn.training.options import Options
from memnn.training.plan import check_device, read_said
from memnn.training.settings import checked

DEFAULT_MODEL = "symbol"


@dataclasses.dataclass(frozen=True)
class StoryPlan:
    """Settings over a model's recipe (`recipes.py`)."""

    model: str = DEFAULT_MODEL  # a name in MODELS
    joint: bool = True  # one network for all tasks, or one a task
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of the model
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # of the training loop
    device: str = "cpu"
    symbols: tuple[tuple[str, ...], ...] = ()  # classes of words that may trade places, beside those found
    init: str | None = None  # a run whose weights and settings training begins with
    second_look: bool = True  # at the symbols of a network that errs on validation (`second_look.py`)
    holdout_seed: int = 0  # that split the stories; recorded, to find the split again

    def resolve(self, questions: int = PLENTY) -> tuple[Any, Options]:
        """The model's settings and the loop's options, the recipe's where nothing else is said.

        `questions` are those to train on, which some recipes ask about.
        Raises UserError for a name or value that cannot be.
        """
        if self.model not in MODELS:
            raise UserError(f"no model {self.model!r}: expected one of {', '.join(MODELS)}")
        check_device(self.device)
        if self.symbols and MODELS[self.model].vocabulary is not Lexicon:
            raise UserError(f"{self.model} knows no symbols: they are for --model symbol")
        recipe = RECIPES[self.model, "joint" if self.joint else "single"].for_amount(questions)
        training = dict(recipe.training)
        if self.init is not None:
            training |= {"epochs": min(training["epochs"], BEGUN_EPOCHS), "weight_decay": DECAY}
        options = checked(Options, {**training, **self.options}, "training option")
        what = f"setting of {self.model}"
        first = recipe.model if self.init is None else self._first_settings(self.init)
        settings = checked(MODELS[self.model], {**first, **self.settings}, what)
        if self.init is not None and _shapes(settings) != _shapes(checked(MODELS[self.model], first, what)):
            raise UserError(f"--init {self.init}: a network of other sizes than the settings say")
        check_restarts(settings, options)
        return settings, options

    def for_stories(self, stories: Sequence[Story]) -> "StoryPlan":
        """The plan for these stories: of a fresh symbol network with LINKED where chains lead to the answers,
        with CHAINS where it is asked along chains, and with RELATIONS where these are answered in a word,
        unless it is told to do without pairs. Where some lead from two things, as from the football and the
        kitchen before which it was elsewhere, hops do better by themselves, with IN_TIME. Where answers hang
        on which name it is, symbols are moved by what they are `called`, and walks, which take both of two
        who are named for one, are left off, with APART.
        """
        if self.model != "symbol" or self.init is not None:
            return self
        apart = self.settings.get("called", True) and find_symbols(stories, self.symbols).told_apart
        relations: Mapping[str, Any] = {}
        if lead_to_answers(stories) and (ask_along_chains(stories, HARDLY) or not apart):
            recipe = IN_TIME if ask_along_chains(stories, HARDLY) else LINKED
        elif ask_along_chains(stories):
            recipe = CHAINS
            relations = RELATIONS if self.settings.get("pairs", 1) and answer_in_a_word(stories) else {}
        elif apart:
            recipe = APART
        else:
            return self
        chains = recipe.for_amount(len(stories))
        called = {"called": True} if apart else {}
        settings = {**chains.model, **relations, **called, **self.settings}
        return dataclasses.replace(self, settings=settings, options={**chains.training, **self.options})

    def _first_settings(self, init: str) -> dict[str, Any]:
        config = checkpoint.read_config(checkpoint.find(init))
        kind = config.get("application"), config.get("model"), self.model
        if kind != ("question_answering", "symbol", "symbol") or "settings" not in config:
            raise UserError(f"--init {init}: expected one network of --model symbol, and the same model here")
        return dict(config["settings"])


def _shapes(settings: Any) -> list[torch.Size]:
    return [parameter.shape for parameter in settings.build(3, 3).parameters()]


def make_plan(
    config: Path | None = None,
    model: str | None = None,
    joint: bool | None = None,
    assignments: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    device: str = "cpu",
    symbols: Path | None = None,
    init: str | None = None,
) -> StoryPlan:
    """A plan from the command line (`read_said`); `symbols` is a file of `read_symbols`. Raises UserError."""
    said = read_said("question_answering", DEFAULT_MODEL, config, model, assignments, options)
    joint = said.config.get("joint", True) if joint is None else joint
    plan = StoryPlan(said.model, joint, said.settings, said.options, device, init=init)
    if symbols is not None:
        plan = dataclasses.replace(plan, symbols=read_symbols(symbols))
    plan.resolve()
    return plan


def read_symbols(path: Path) -> tuple[tuple[str, ...], ...]:
    """Classes of words that may trade places, one a line, the words or groups of words joined by commas.

    Raises DataError for a line of fewer than two, for a word in two, and where there is no class.
    """
    classes = []
    lines: dict[str, int] = {}  # where each word is
    for number, line in enumerate(read_lines(path), 1):
        words = tuple(word.strip() for word in line.split(",") if word.strip())
        if line.strip() and len(words) < 2:
            raise DataError(path, number, "expected words that may trade places, joined by commas")
        for word in words:
            if lines.setdefault(fold(word), number) != number:
                first = lines[fold(word)]
                raise DataError(
                    path, number, f"expected a word in one class; {word!r} is in line {first} too"
                )
        if words:
            classes.append(words)
    if not classes:
        raise DataError(path, None, "expected words that may trade places, a class a line; found none")
    return tuple(classes)


def find_absent(symbols: Sequence[Sequence[str]], stories: Sequence[Story]) -> list[str]:
    """The words of these classes that no fact, question or answer of the stories has."""
    words = {word: tokenize(word) for group in symbols for word in group}
    lengths = {len(said) for said in words.values()}
    sentences = {
        tokenize(text) for story in stories for text in (*story.facts, story.question, *story.answer)
    }
    told = {said[i : i + n] for said in sentences for n in lengths for i in range(len(said) - n + 1)}
    return [word for word, said in words.items() if said not in told]
