"""What language models cost: words a second beside torch's own LSTM, a word's time by size of memory.

    python benchmarks/language_models.py [VOCABULARY]

Words are drawn at random by Zipf's law; nothing is learnt. One thread. The LSTM has the layers of the
model it stands beside, the whole softmax, and the same optimizer; the model trains by its recipe (sampled
softmax and bfloat16 in the case of cache-lm).
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from memnn.generalization.append_words import AppendWords
from memnn.language_modelling.data import LanguageData
from memnn.language_modelling.perplexity import LENGTH, measure
from memnn.language_modelling.training import make_plan
from memnn.memory import WordMemory
from memnn.models.cache_lm import CacheLM
from memnn.models.memn2n_lm import MemN2NLM
from memnn.training.loop import train

VOCABULARY = int(sys.argv[1]) if len(sys.argv) > 1 else 33_278
SLOTS = (0, 100, 1000, 10_000, 100_000)


def text_of(words: int) -> np.ndarray:
    """Words by Zipf's law."""
    chances = 1 / np.arange(1, VOCABULARY + 1)
    return np.random.default_rng(0).choice(VOCABULARY, words, p=chances / chances.sum())


class PlainLstm(nn.Module):
    """torch.nn.LSTM, layer after layer, under a softmax over all words."""

    def __init__(self, widths: list[int]) -> None:
        super().__init__()
        self.vectors = nn.Embedding(VOCABULARY, widths[0])
        self.layers = nn.ModuleList(nn.LSTM(one, other, batch_first=True) for one, other in pairwise(widths))
        self.out = nn.Linear(widths[-1], VOCABULARY)

    def forward(self, words: Tensor, following: Tensor) -> Tensor:
        states = self.vectors(words)
        for layer in self.layers:
            states = layer(states)[0]
        return nn.functional.cross_entropy(self.out(states).flatten(0, 1), following.flatten())


def training_speed(model: str) -> float:
    """Words a second in the training loop, of one epoch after one to warm up."""
    settings, options = make_plan(model=model).resolve()
    network = settings.build(VOCABULARY)
    words = options.batch_size * settings.window * 12
    data = LanguageData(text_of(words), text_of(200), 0, network, settings.window, options.precision)
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        told = lambda progress: times.append(time.perf_counter())  # noqa: E731
        train([network], data, replace(options, epochs=1), Path(folder), report=told)
    return (len(times) - 3) * options.batch_size * settings.window / (times[-1] - times[2])


def plain_training_speed(widths: list[int], rows: int, length: int) -> float:
    """Words a second of torch's LSTM."""
    network = PlainLstm(widths)
    steps = torch.optim.AdamW(network.parameters(), lr=0.001, fused=True)
    words = torch.from_numpy(text_of(rows * length).reshape(rows, length))

    def step() -> None:
        steps.zero_grad()
        network(words, words).backward()
        steps.step()

    return rows * length / seconds(step)


def seconds(function: Callable[[], Any], times: int = 5) -> float:
    """The shortest of several runs: other programs only make it longer."""
    function()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        function()
        taken.append(time.perf_counter() - started)
    return min(taken)


@torch.no_grad()
def plain_evaluation_speed(widths: list[int]) -> float:
    """Words a second of torch's LSTM that reads as `memnn evaluate` does, one text in stretches."""
    network, words = PlainLstm(widths).eval(), torch.from_numpy(text_of(LENGTH))[None]
    return LENGTH / seconds(lambda: network(words, words))


@torch.no_grad()
def milliseconds_by_slots(network: Any, slots: int, length: int) -> float:
    """The time of a word, its probability with `slots` of memory and the write of it included."""
    write, width = AppendWords().write, network.input_map.vectors.shape[1]
    memory = WordMemory()
    for begin in range(0, slots, 1024):
        count = min(1024, slots - begin)
        memory = write(memory, 0.1 * torch.randn(count, width), torch.randint(VOCABULARY, (count,)))
    words, carried = torch.from_numpy(text_of(length)), network.begin(1)
    before = slots + torch.arange(length)

    def read() -> None:
        states = network.read(words[None], carried).states[0]
        losses = network.response.losses(states, words)
        if slots:
            written = write(memory, states, words, slots)
            weights = network.output_map(states, written, before, slots)
            said = (weights * (written.words == words[:, None])).sum(-1)
            network.output_map.mix(losses.neg().exp(), said, torch.ones(length))

    return 1000 * seconds(read) / length


def main() -> None:
    """Print three tables."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    cache = CacheLM()
    widths = [cache.dim, *[cache.hidden] * (cache.layers - 1), cache.dim]
    network: Any = cache.build(VOCABULARY)
    text = text_of(2000)
    print(f"{VOCABULARY} words known; words a second")
    print(f"cache-lm trains     {training_speed('cache-lm'):8.0f}")
    print(f"torch's LSTM trains {plain_training_speed(widths, 64, cache.window):8.0f}")
    print(f"memn2n-lm trains    {training_speed('memn2n-lm'):8.0f}")
    print(f"torch's LSTM trains {plain_training_speed([150, 150], 16, 32):8.0f}  (150 wide)")
    for slots in (0, 2000):
        speed = len(text) / measure(network, text, 0, slots).seconds
        print(f"cache-lm evaluates     {speed:8.0f}  with {slots} slots")
    print(f"torch's LSTM evaluates {plain_evaluation_speed(widths):8.0f}")
    words_network: Any = MemN2NLM().build(VOCABULARY)
    print(f"memn2n-lm evaluates    {len(text) / measure(words_network, text, 0).seconds:8.0f}")
    print(f"torch's LSTM evaluates {plain_evaluation_speed([150, 150]):8.0f}  (150 wide)")
    print("milliseconds a word, read in stretches as in evaluation, and alone as in generation")
    for slots in SLOTS:
        times = [milliseconds_by_slots(network, slots, length) for length in (LENGTH, 1)]
        print(f"{slots:7} slots  {times[0]:6.2f}  {times[1]:6.2f}")


if __name__ == "__main__":
    main()
