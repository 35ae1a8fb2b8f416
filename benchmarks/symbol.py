"""What the Symbol Memory Network costs: training beside MemN2N, answers, and long stories.

    python benchmarks/symbol.py [DATA]

Training steps on all 20 tasks together, batches of 64 sorted by length in pools of 20, width 64, one thread;
each network takes the same batches in turn, so that the ratio is of one run. Then the time of one question
through the Python API, by the facts of its story (task 1). DATA is a bAbI folder; without it simulated
stories serve. All in CPU seconds.
"""

import sys
import time
from collections.abc import Callable
from statistics import mean, median

import numpy as np
import torch

from memnn.models.memn2n import MemN2N
from memnn.models.symbol import SymbolMemoryNetwork
from memnn.question_answering.fit import find_vocabulary, fit
from memnn.question_answering.reading import read_stories
from memnn.story import Story
from memnn.text.batches import cut_batches
from memnn.worlds import Knobs, simulate

BATCH, POOL, STEPS = 64, 20, 40
FACTS = (10, 20, 100, 300, 1000)


def make_step(settings: SymbolMemoryNetwork | MemN2N, stories: list[Story]) -> Callable[[int], None]:
    """A training step of a fresh network, on batches made beforehand."""
    vocabulary = find_vocabulary(settings, stories)
    network = settings.build(*vocabulary.sizes)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.001)
    batches = cut_batches(network.tensors(stories, vocabulary), BATCH, np.random.default_rng(0), POOL)
    first = [batch for _, batch in zip(range(STEPS), batches)]

    def step(number: int) -> None:
        optimizer.zero_grad()
        network.losses(first[number]).mean().backward()
        optimizer.step()

    return step


def time_training(stories: list[Story]) -> None:
    models = {"symbol": SymbolMemoryNetwork(), "memn2n": MemN2N(dim=64)}
    steps = {name: make_step(settings, stories) for name, settings in models.items()}
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(STEPS):
        for name, step in steps.items():
            started = time.process_time()
            step(number)
            seconds[name].append(time.process_time() - started)
    rates = {name: BATCH / mean(taken) for name, taken in seconds.items()}
    for name, rate in rates.items():
        print(f"{name:>8} {rate:8,.0f} questions a second, {rates['memn2n'] / rate:.1f} times MemN2N's time")


def time_answers(stories: list[Story]) -> None:
    """Of a network trained until it ends its answers: what it says costs time."""
    net = fit(SymbolMemoryNetwork(), stories, optimizer="adamw", learning_rate=0.005, loss="mean", epochs=4)
    for facts in FACTS:
        told = max(simulate("1", 50, 1, Knobs(facts=facts)), key=lambda story: len(story.facts))
        story, taken = net.story(), []
        story.tell(*told.facts)
        for _ in range(3 if facts > 100 else 15):
            started = time.process_time()
            story.ask(told.question)
            taken.append(time.process_time() - started)
        print(f"{len(told.facts):>8} facts {1000 * median(taken):10.1f} ms an answer")


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    tasks = [str(task) for task in range(1, 21)]
    stories = (
        read_stories(sys.argv[1], "train", tasks)
        if len(sys.argv) > 1
        else [story for task in tasks for story in simulate(task, 900, seed=0)]
    )
    time_training(stories)
    time_answers([story for story in stories if story.task == "1"])


if __name__ == "__main__":
    main()
