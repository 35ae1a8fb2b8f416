"""Training throughput of MemN2N against a plain PyTorch implementation of the same step.

    python benchmarks/memn2n.py [DATA]

Tasks 1, 2 and 3, batch 32, width 20, 3 hops, 50 facts, everything pre-tensorized, one thread, SGD with the
paper's clipping. DATA is a bAbI folder; without it simulated stories serve. The ratio of the two is
taken inside one run of CPU seconds, step by step in turn, because a shared machine drifts.
"""

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import torch
from torch import nn

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from reference.memn2n import PlainMemN2N  # noqa: E402

from memnn.models.memn2n import MemN2N  # noqa: E402
from memnn.question_answering.reading import read_stories  # noqa: E402
from memnn.story import Story  # noqa: E402
from memnn.text.batches import Batch, StoryTensors, cut_batches  # noqa: E402
from memnn.text.vocabulary import Vocabulary  # noqa: E402
from memnn.training.restarts import Restarts  # noqa: E402
from memnn.training.schedules import clip_gradients  # noqa: E402
from memnn.worlds import simulate  # noqa: E402

CAPACITY, BATCH, STEPS, DIM, HOPS = 50, 32, 60, 20, 3


def plain_step(vocab: int, batches: list[Batch], capacity: int) -> Callable[[int], None]:
    """A training step of the plain implementation, on stories already padded to the memory's size."""
    network = PlainMemN2N(vocab, DIM, HOPS, capacity)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01)
    inputs = []
    for batch in batches:
        words = batch.facts[batch.slots] * batch.mask[..., None]
        padding = words.new_zeros(len(words), capacity - words.shape[1], words.shape[2])
        inputs.append((torch.cat([padding, words], 1), batch.question, batch.answer))

    def step(number: int) -> None:
        story, question, answer = inputs[number % len(inputs)]
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(story, question), answer, reduction="sum").backward()
        for parameter in network.parameters():
            nn.utils.clip_grad_norm_([parameter], 40.0)
        optimizer.step()

    return step


def our_step(vocab: int, batches: list[Batch], restarts: int) -> Callable[[int], None]:
    """A training step of `restarts` networks side by side."""
    networks = Restarts([MemN2N(dim=DIM, hops=HOPS, capacity=CAPACITY).build(vocab) for _ in range(restarts)])
    optimizer = torch.optim.SGD(networks.parameters(), lr=0.01)
    for batch in batches:
        _ = batch.fact_counts, batch.question_counts  # counted once, as the plain step's stories are padded

    def step(number: int) -> None:
        optimizer.zero_grad()
        networks(batches[number % len(batches)]).sum().backward()
        clip_gradients(networks.parameters(), "tensor", 40.0)
        optimizer.step()

    return step


def measure(steps: dict[str, Callable[[int], None]]) -> dict[str, float]:
    """Median seconds of each step, taken in turn."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(STEPS):
        for name, step in steps.items():
            started = time.process_time()
            step(number)
            seconds[name].append(time.process_time() - started)
    return {name: median(taken[5:]) for name, taken in seconds.items()}


def print_row(name: str, seconds: dict[str, float], batches: int) -> None:
    """Questions a second, of so many batches in these seconds."""
    rate = {step: batches * BATCH / taken for step, taken in seconds.items()}
    rate["x10"] *= 10
    print(
        f"{name:>4} {rate['plain']:9,.0f} {rate['x1']:9,.0f} {rate['x1'] / rate['plain']:5.1f}x "
        f"{rate['x10']:10,.0f} {rate['x10'] / rate['plain']:5.1f}x",
        flush=True,
    )


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    print("questions a second (summed over restarts), and how many times the plain implementation's")
    print(f"{'task':>4} {'plain':>9} {'memnn x1':>9} {'':>6} {'memnn x10':>10} {'':>6}")
    taken: dict[str, dict[str, float]] = {}
    for task in ("1", "2", "3"):
        stories: list[Story] = (
            read_stories(sys.argv[1], "train", [task])
            if len(sys.argv) > 1
            else list(simulate(task, 900, seed=0))
        )
        vocabulary = Vocabulary.of_stories(stories)
        tensors = StoryTensors(stories, vocabulary, CAPACITY)
        batches = list(cut_batches(tensors, BATCH, np.random.default_rng(0)))[:-1]
        capacity = min(CAPACITY, int(tensors.lengths.max()))  # the memory that the paper's code would make
        vocab = len(vocabulary)
        steps = {"plain": plain_step(vocab, batches, capacity)}
        steps |= {f"x{count}": our_step(vocab, batches, count) for count in (1, 10)}
        taken[task] = measure(steps)
        print_row(task, taken[task], 1)
    print_row("1+2", {name: taken["1"][name] + taken["2"][name] for name in taken["1"]}, 2)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
