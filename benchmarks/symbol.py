"""What the Symbol Memory Network costs: training, answers, and long stories.

    python benchmarks/symbol.py [DATA] [training] [answering] [settings] [threads] [answers]

Training steps on all 20 tasks together, batches of 64 sorted by length in pools of 20; those compared take
the same batches in turn, so that ratios are of one run. First beside MemN2N of width 64, then both answering
such batches; then by hops and what else may be read, in CPU seconds of one thread; then training and
answering with two threads and in bfloat16, in seconds that pass. Last the time of one question through the
Python API, by the facts of its story (task 1), and the most memory that the process had by then. DATA is a
bAbI folder; without it simulated stories serve. All parts unless some are named.
"""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
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
FACTS = (10, 20, 100, 300, 1000, 3000, 10_000)
PLAIN = SymbolMemoryNetwork()
Step = Callable[[int], None]


def make_step(settings: SymbolMemoryNetwork | MemN2N, stories: list[Story], precision: str = "no") -> Step:
    """A training step of a fresh network, on batches made beforehand."""
    vocabulary = find_vocabulary(settings, stories)
    network = settings.build(*vocabulary.sizes)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.001)
    batches = cut_batches(network.tensors(stories, vocabulary), BATCH, np.random.default_rng(0), POOL)
    first = [batch for _, batch in zip(range(STEPS), batches)]

    def step(number: int) -> None:
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            losses = network.losses(first[number])
        losses.mean().backward()
        optimizer.step()

    return step


def make_answering(
    settings: SymbolMemoryNetwork | MemN2N, stories: list[Story], precision: str = "no"
) -> Step:
    """Answers to the same batches, of as many items as they have, by a network that has learnt nothing."""
    vocabulary = find_vocabulary(settings, stories)
    network = settings.build(*vocabulary.sizes).eval()
    batches = cut_batches(network.tensors(stories, vocabulary), BATCH, np.random.default_rng(0), POOL)
    first = [batch for _, batch in zip(range(STEPS), batches)]

    def step(number: int) -> None:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            network.measure(first[number])

    return step


def take_turns(steps: dict[str, Step], clock: Callable[[], float]) -> dict[str, float]:
    """Seconds of a step of each, in the mean; the first not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(STEPS):
        for name, step in steps.items():
            started = clock()
            step(number)
            seconds[name].append(clock() - started)
    return {name: mean(taken[1:]) for name, taken in seconds.items()}


def time_training(stories: list[Story], make: Callable[..., Step] = make_step) -> None:
    models = {"memn2n": MemN2N(dim=64), "symbol": PLAIN}
    steps = {name: make(settings, stories) for name, settings in models.items()}
    print_times(take_turns(steps, time.process_time))


def time_answering(stories: list[Story]) -> None:
    time_training(stories, make_answering)


def time_settings(stories: list[Story]) -> None:
    """By hops, and with what else may be read."""
    variants = {f"{hops} hops": replace(PLAIN, hops=hops) for hops in (PLAIN.hops, 1, 10, 20)}
    variants |= {
        "pairs": replace(PLAIN, pairs=10),
        "a layout": replace(PLAIN, space=4),
        "links": replace(PLAIN, links=True),
    }
    steps = {name: make_step(settings, stories) for name, settings in variants.items()}
    print_times(take_turns(steps, time.process_time))


def time_threads(stories: list[Story]) -> None:
    """One thread and two, float32 and bfloat16; training, then answering."""

    def on(threads: int, step: Step) -> Step:
        def threaded(number: int) -> None:
            torch.set_num_threads(threads)
            step(number)

        return threaded

    for make in (make_step, make_answering):
        steps = {
            f"{threads} x {name}": on(threads, make(PLAIN, stories, precision))
            for name, precision in (("float32", "no"), ("bfloat16", "bf16"))
            for threads in (1, 2)
        }
        print_times(take_turns(steps, time.perf_counter))
    torch.set_num_threads(1)


def print_times(seconds: dict[str, float]) -> None:
    """Beside the first of them."""
    first = next(iter(seconds))
    for name, taken in seconds.items():
        print(f"{name:>14} {BATCH / taken:8,.0f} questions a second, {taken / seconds[first]:.2f} of {first}")


def time_answers(stories: list[Story]) -> None:
    """Of a network trained until it ends its answers: what it says costs time."""
    stories = [story for story in stories if story.task == "1"]
    net = fit(
        SymbolMemoryNetwork(capacity=None),
        stories,
        optimizer="adamw",
        learning_rate=0.005,
        loss="mean",
        epochs=4,
    )
    for facts in FACTS:
        told = max(simulate("1", 5, 1, Knobs(facts=facts)), key=lambda story: len(story.facts))
        story, taken = net.story(), []
        story.tell(*told.facts)
        for _ in range(1 if facts > 1000 else 3 if facts > 100 else 15):
            started = time.process_time()
            story.ask(told.question)
            taken.append(time.process_time() - started)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{len(told.facts):>8} facts {1000 * median(taken):10.1f} ms an answer {most:6,} MB", flush=True
        )


PARTS = {
    "training": time_training,
    "answering": time_answering,
    "settings": time_settings,
    "threads": time_threads,
    "answers": time_answers,
}


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    tasks = [str(task) for task in range(1, 21)]
    named = [part for part in sys.argv[1:] if part in PARTS]
    folders = [part for part in sys.argv[1:] if part not in PARTS]
    stories = (
        read_stories(folders[0], "train", tasks)
        if folders
        else [story for task in tasks for story in simulate(task, 900, seed=0)]
    )
    for part in named or PARTS:
        PARTS[part](stories)


if __name__ == "__main__":
    main()
