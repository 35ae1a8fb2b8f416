"""A second look at symbols, where a network errs on validation: which must it read by their names?

What words may trade places is found in training stories alone (`memnn.text.find_symbols`), and not all of it
can be seen there: of three belts the green one is in the middle now and then, and so is every other; only who
knows the order of all six can tell. Then the network cannot answer however long it is trained. So where one
fails in some kind of question another is trained, for a third of the epochs, on these questions alone, which
are told in several ways: with any of the classes that stand in them read by name, or none. Where names set
right what is wrong without, and not by chance, those that it takes are to be read by name (`names_needed`).
"""

import dataclasses
import math
import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from memnn.models.symbol import SymbolMemoryNetwork
from memnn.story import Story
from memnn.text.lexicon import Lexicon
from memnn.text.symbol_batches import SymbolBatch, SymbolTensors
from memnn.training import checkpoint
from memnn.training.data import EVALUATION_BATCH, StoryData
from memnn.training.loop import Progress, train
from memnn.training.options import Options

FAILED = 5.0  # wrong validation questions of a kind, in %
SURE = 0.01  # the chance of what counts as no chance
SPARED = 0.02  # share of a kind that may be wrong without a class's names, when they are not needed
SHORT = 3  # what the epochs are divided by
MOST = 20_000  # questions that it is trained on

Named = tuple[int, str]  # a class, and the kind of question in which it is read by name


@dataclasses.dataclass(frozen=True)
class Learner:
    """What trains a network to look with: settings and options of the one that errs."""

    settings: SymbolMemoryNetwork
    options: Options
    folder: Path  # for the state of training, from which an interrupted call goes on
    device: str = "cpu"
    report: Callable[[Progress], None] = lambda progress: None


def names_needed(
    network: Any, lexicon: Lexicon, train_on: Sequence[Story], valid: Sequence[Story], learner: Learner
) -> dict[Named, str]:
    """What a network that was trained on these stories should read by name beside what it does, and why."""
    symbols, kinds = lexicon.symbols, _by_kind(lexicon, valid)
    right = is_right(network, network.tensors(valid, lexicon))
    wrong = {kind: int((~right[rows]).sum()) for kind, rows in kinds.items()}
    failed = [kind for kind, rows in kinds.items() if 100 * wrong[kind] > FAILED * len(rows)]
    sure = SURE / max(1, len(failed))
    failed = [kind for kind in failed if is_no_chance(wrong[kind], 0, sure)]
    stands = _classes(lexicon, [story for story in train_on if symbols.parse(story.question).kind in failed])
    if not stands:
        return {}
    asked, held = (
        [story for story in some if symbols.parse(story.question).kind in stands]
        for some in (train_on, valid)
    )
    asked = asked if len(asked) <= MOST else random.Random(0).sample(asked, MOST)
    ways = _Ways(lexicon, train_on, stands)
    second = _train(ways, asked, held, learner)
    needed: dict[Named, str] = {}
    for kind, rows in _by_kind(lexicon, held).items():
        told = [held[row] for row in rows]

        def answered(numbers: Collection[int], told: list[Story] = told, kind: str = kind) -> np.ndarray:
            return is_right(second, second.tensors(told, ways.reading([(n, kind) for n in numbers])))

        without, best = answered(()), answered(stands[kind])
        if not is_no_chance(int((best & ~without).sum()), int((without & ~best).sum()), sure):
            continue
        kept = set(stands[kind])
        for number in stands[kind]:
            if answered(kept - {number}).sum() >= best.sum() - SPARED * len(told):
                kept -= {number}
        counts = int((~without).sum()), int((~answered(kept)).sum())
        why = f"{counts[0]} of {len(told)} questions to validate on were wrong without, {counts[1]} with"
        needed |= {(number, kind): why for number in sorted(kept)}
    return needed


def is_no_chance(better: int, worse: int, sure: float) -> bool:
    """Whether of questions that changed so many were set right and so many set wrong by no chance: McNemar's
    test, sum_{k >= better} C(n, k) / 2^n <= sure, n = better + worse.
    """
    n = better + worse
    ways: int = sum(math.comb(n, k) for k in range(better, n + 1))
    return ways / (1 << n) <= sure


@torch.no_grad()
def is_right(network: Any, told: SymbolTensors) -> np.ndarray:
    """For each question whether the network answers it rightly."""
    parts = np.array_split(np.arange(len(told)), math.ceil(len(told) / EVALUATION_BATCH))
    return np.concatenate([network.measure(told.batch(part))[1].numpy() for part in parts])


def _by_kind(lexicon: Lexicon, stories: Sequence[Story]) -> dict[str, list[int]]:
    """Where the questions of each kind stand."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for row, story in enumerate(stories):
        kinds[lexicon.symbols.parse(story.question).kind].append(row)
    return kinds


def _classes(lexicon: Lexicon, stories: Sequence[Story]) -> dict[str, list[int]]:
    """For each kind of question the classes that stand in its stories and are not read by name."""
    symbols, found = lexicon.symbols, dict[str, set[int]]()
    for story in stories:
        parsed = [symbols.parse(sentence) for sentence in (*story.facts, story.question)]
        there = {symbols.class_of(filler) for each in parsed for filler in each.fillers}
        numbers = {number for number in there if number is not None}
        found.setdefault(parsed[-1].kind, set()).update(numbers - {*symbols.read_by_name(story.question)})
    return {kind: sorted(numbers) for kind, numbers in found.items() if numbers}


class _Ways:
    """The ways in which stories are read: any of the classes by name, or none."""

    def __init__(
        self, lexicon: Lexicon, train_on: Sequence[Story], stands: Mapping[str, Sequence[int]]
    ) -> None:
        self.symbols, self.stands = lexicon.symbols, stands
        every = ((number, kind) for kind, numbers in stands.items() for number in numbers)
        # with the words and answers that any of them needs
        self.lexicon = Lexicon.of_symbols(self.symbols.naming(dict.fromkeys(every, "")), train_on)

    def reading(self, named: Iterable[Named]) -> Lexicon:
        """What reads these by name."""
        symbols = dataclasses.replace(self.symbols, kinds=self.lexicon.symbols.kinds)
        return self.lexicon.reading(symbols.naming(dict.fromkeys(named, "")))

    def all(self) -> list[Lexicon]:
        """With none by name in any kind of question, all, each alone, and all but each."""
        each = {kind: _some(numbers) for kind, numbers in self.stands.items()}
        return [
            self.reading((n, kind) for kind, some in each.items() for n in some[way % len(some)])
            for way in range(max(map(len, each.values())))
        ]


def _some(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    alone = [(number,) for number in numbers]
    but = [tuple(other for other in numbers if other != number) for number in numbers]
    return list(dict.fromkeys([(), tuple(numbers), *alone, *but]))


class _InTurn:
    """The same stories as several lexicons read them, each batch as one of them does."""

    def __init__(self, ways: Sequence[SymbolTensors]) -> None:
        self.ways = ways
        self.lengths, self.kind, self.kinds = ways[0].lengths, ways[0].kind, ways[0].kinds

    def __len__(self) -> int:
        return len(self.lengths)

    def batch(self, indices: np.ndarray) -> SymbolBatch:
        """The stories with these indices, in the same way whenever they come together again."""
        return self.ways[int(indices.sum()) % len(self.ways)].batch(indices)


def _train(ways: _Ways, asked: Sequence[Story], held: Sequence[Story], learner: Learner) -> Any:
    """The network that learns to read in any way, and is validated with nothing more by name."""
    options = dataclasses.replace(learner.options, epochs=max(1, learner.options.epochs // SHORT), restarts=1)
    torch.manual_seed(options.seed)
    network = dataclasses.replace(learner.settings, ensemble=1).build(*ways.lexicon.sizes)
    told = [network.tensors(asked, lexicon) for lexicon in ways.all()]
    data = StoryData(_InTurn(told), network.tensors(held, ways.reading([])))
    learner.folder.mkdir(exist_ok=True)
    trained = train([network], data, options, learner.folder, learner.device, learner.report)
    checkpoint.put_weights(network, trained.weights, "the network that was trained")
    return network.eval()
