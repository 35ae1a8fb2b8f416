"""Error on stories whose symbols are all words that training never told of.

    python benchmarks/strangers.py RUN DATA [KEEP]

Every symbol of every story of the test split gets a made-up name, anew in each story; plurals follow.
KEEP are words, joined by commas, whose classes keep their form where the question reads them by name,
because its answer rests on their meaning, such as "bedroom,tired,north" on the bAbI tasks. DATA is a bAbI
folder or one of JSON Lines.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import replace

import torch

import memnn
from memnn.question_answering.metrics import evaluate
from memnn.question_answering.reading import read_stories
from memnn.story import Story
from memnn.text.symbols import Symbols
from memnn.text.tokenizer import tokenize

SYLLABLES = [c + v for c in "bdfgklmnprtvz" for v in "aeiou"]


def kept_classes(symbols: Symbols, question: str, keep: Sequence[str]) -> set[int]:
    """The classes that the question reads by name and that hold one of the words to keep."""
    by_name = symbols.by_name.get(symbols.parse(question).kind, ())
    return {number for number in by_name if set(symbols.classes[number]) & set(keep)}


def estrange(story: Story, symbols: Symbols, keep: Sequence[str], rng: random.Random) -> Story:
    """The story told of strangers."""
    kept = kept_classes(symbols, story.question, keep)
    names: dict[str, str] = {}

    def swap(text: str) -> str:
        said = []
        for unit in symbols.units(tokenize(text)):
            base = symbols.forms.get(unit, unit)
            number = symbols.class_of(base)
            if number is None or number in kept:
                said.append(unit)
                continue
            if base not in names:
                names[base] = "".join(rng.sample(SYLLABLES, 3))
            said.append(names[base] + ("s" if unit in symbols.forms else ""))
        return " ".join(said)

    facts, question = tuple(map(swap, story.facts)), swap(story.question)
    told = set(names)
    answer = tuple(
        names[item] if item in told else item for item in (" ".join(tokenize(text)) for text in story.answer)
    )
    return replace(story, facts=facts, question=question, answer=answer)


def main(run: str, data: str, keep: str = "") -> None:
    torch.set_num_threads(1)
    net = memnn.load(run)
    symbols = net.reader().vocabulary.symbols
    rng = random.Random(0)
    stories = read_stories(data, "test")
    strange = [
        estrange(
            replace(story, answer=tuple(",".join(story.answer).split(","))), symbols, keep.split(","), rng
        )
        for story in stories
    ]
    told, of_strangers = evaluate(net, stories), evaluate(net, strange)
    print("\n".join((*strange[0].facts, strange[0].question, *strange[0].answer)))
    print(f"{'task':>8} {'as told':>8} {'strangers':>10}")
    for task, error in told.tasks.items():
        print(f"{task:>8} {error:8.1f} {of_strangers.tasks[task]:10.1f}")
    print(f"{'mean':>8} {told.mean_error:8.2f} {of_strangers.mean_error:10.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
