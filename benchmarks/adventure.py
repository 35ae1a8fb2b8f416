"""The simulated world of the 2014 paper (section 5.2): accuracy by difficulty and kind of question.

MemNN reads at most k facts, with or without write times, and learns from supporting facts. The last
row hears the same stories as a stream of words without full stops (section 3.2): a segmenter that
learnt from the supporting facts and questions of the training stories cuts it, and the network of
the row above answers from what was cut. A segment that begins with 'where' is taken as a question.

    python benchmarks/adventure.py                     minutes on one core
    python benchmarks/adventure.py --questions 300 --epochs 3
"""

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, groupby
from typing import Any

import numpy as np
import torch

from memnn.models.memnn import MemNN
from memnn.question_answering.listening import Listener
from memnn.story import Story
from memnn.text.batches import StoryTensors, cut_batches
from memnn.text.vocabulary import Vocabulary
from memnn.worlds.adventure import adventure
from memnn.worlds.stream import Stream, stream

COLUMNS = [  # difficulty, kinds of question
    (1, ("actor",)),
    (1, ("actor", "before")),
    (1, ("actor", "before", "object")),
    (5, ("actor", "before")),
    (5, ("actor", "before", "object")),
]
ROWS: dict[str, dict[str, Any]] = {
    "k = 1": {"hops": 1, "time": False},
    "k = 1, time": {"hops": 1},
    "k = 2, time": {"hops": 2},
}


def train(stories: Sequence[Story], vocabulary: Vocabulary, settings: dict[str, Any], epochs: int) -> Any:
    """MemNN after so many rounds of Adam, the rate falling to nothing."""
    torch.manual_seed(0)
    network = MemNN(**settings).build(len(vocabulary))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    tensors, rng = StoryTensors(stories, vocabulary), np.random.default_rng(0)
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, epochs)
    for _ in range(epochs):
        for batch in cut_batches(tensors, 32, rng):
            loss = network.losses(batch).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        decay.step()
    return network.eval()


@torch.no_grad()
def accuracy(network: Any, stories: Sequence[Story], vocabulary: Vocabulary, asked: int) -> float:
    """% of the questions asked that are answered rightly; those not among the stories are wrong."""
    batches = cut_batches(StoryTensors(stories, vocabulary), 256)
    return 100 * sum(int(network.measure(batch)[1].sum()) for batch in batches) / asked


def told(stories: Sequence[Story]) -> list[tuple[list[Story], Stream]]:
    """The questions of each story, with the story as a stream."""
    groups = [list(group) for _, group in groupby(stories, key=lambda story: story.id)]
    return [(group, stream(group)) for group in groups]


def hear(listener: Listener, stories: Sequence[Story]) -> list[Story]:
    """The stories as the listener hears them: each question found, with the segments before it as facts."""
    heard_stories = []
    for group, heard in told(stories):
        facts: list[str] = []
        unasked = iter(group)
        for words in listener.sentences(" ".join(heard.words)):
            if not words.startswith("where"):
                facts.append(words)
            elif (story := next(unasked, None)) is not None:
                heard_stories.append(replace(story, facts=tuple(facts), question=words, supporting=()))
    return heard_stories


def main() -> None:
    """Train and test a network for each cell of the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--questions", type=int, default=3000, help="to train on")
    parser.add_argument("--test", type=int, default=2000, help="other questions to test on")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--only", choices=ROWS, default=None, help="one row alone, and its stream")
    args = parser.parse_args()
    torch.set_num_threads(1)
    heads = [f"{difficulty}: {'+'.join(kinds)}" for difficulty, kinds in COLUMNS]
    print(f"{'% right (difficulty: kinds)':30}" + "".join(f"{head:>24}" for head in heads))
    cells: dict[str, list[float]] = {}
    for difficulty, kinds in COLUMNS:
        stories, unseen = (
            adventure(random.Random(f"{seed}, {difficulty}"), count, difficulty, kinds)
            for seed, count in (("train", args.questions), ("test", args.test))
        )
        vocabulary = Vocabulary.of_stories(stories)
        for row, settings in ROWS.items():
            if args.only in (None, row):
                network = train(stories, vocabulary, settings, args.epochs)
                cells.setdefault(row, []).append(accuracy(network, unseen, vocabulary, args.test))
        heard = hear(Listener.learn(stories), unseen)
        cells.setdefault("the same, stream of words", []).append(
            accuracy(network, heard, vocabulary, args.test)
        )
    for row in chain(ROWS, ["the same, stream of words"]):
        if row in cells:
            print(f"{row:30}" + "".join(f"{right:24.1f}" for right in cells[row]), flush=True)
    print(f"processor time {time.process_time():.0f} s")


if __name__ == "__main__":
    main()
