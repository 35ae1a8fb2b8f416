"""A story in which no name, thing or place was seen in training (Weston et al. 2014, sections 3.5 and 5.2).

    python examples/rings.py               a quarter of a minute on one core
    python examples/rings.py 1000 10       questions to train on, and rounds

MemNN learns from the simulated world of that paper, where Bill, Fred, Joe and Julie carry a football about
in a house, while a share of the words is taken for unseen. Of the story below it then knows words like
"went", "the" and "where" alone. Each other word is known by the words beside it and by standing in several
sentences, and it may be the answer.
"""

import random
import sys

import torch

from memnn.models.memnn import MemNN
from memnn.question_answering.fit import fit
from memnn.worlds.adventure import KINDS, adventure

STORY = """
Andvari went to the waterfall.
Andvari picked up the ring.
Loki travelled to the waterfall.
Andvari put down the ring.
Thunder rolled over Midgard.
Loki grabbed the ring.
Loki journeyed to the farm.
Loki dropped the ring.
Fafnir moved to the farm.
Fafnir took the ring.
Loki went to the rainbow.
Fafnir travelled to the heath.
Sigurd went to the heath.
Fafnir discarded the ring.
Sigurd got the ring.
Sigurd moved to the bonfire.
"""
QUESTIONS = {
    "Where is the ring?": "bonfire",
    "Where is Andvari?": "waterfall",
    "Where is Loki?": "rainbow",
    "Where is Sigurd?": "bonfire",
    "Where was Fafnir before the heath?": "farm",
    "Where was Loki before the farm?": "waterfall",
}


def main(questions: str = "2000", epochs: str = "20") -> None:
    torch.set_num_threads(1)
    stories = adventure(random.Random(0), int(questions), difficulty=5, kinds=KINDS)
    model = MemNN(dim=30, hops=3, nonlinear=True, match="features", unseen=0.3)
    net = fit(
        model.build,
        stories,
        optimizer="adam",
        learning_rate=0.01,
        schedule="linear",
        clip="none",
        loss="mean",
        batch_size=64,
        epochs=int(epochs),
    )
    vocabulary = net.readers[""].vocabulary
    assert not any(answer in vocabulary for answer in QUESTIONS.values())
    story = net.story()
    story.tell(*STORY.strip().splitlines())
    for number, fact in enumerate(story.facts, start=1):
        print(f"{number:3}  {fact}")
    for question, right in QUESTIONS.items():
        answer = story.ask(question)
        verdict = "" if answer.text == right else f"   (wrong: {right})"
        print(f"\n{question}\n  {answer.text}{verdict}")
        for evidence in answer.evidence:
            print(f"    because  {evidence.position + 1}  {evidence.fact}")


if __name__ == "__main__":
    main(*sys.argv[1:])
