"""Draw what two answers of the network that comes with the package rest on: a row a fact, a column a hop.

    python examples/draw_answer.py answer.png

The stories are of names that it was never told of.
"""

import sys
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import memnn
from memnn.question_answering.answering import QuestionAnswerer

STORIES = {
    "Where was the ring before the mountain?": (
        "Bilbo went to the cave.",
        "Gollum went to the lake.",
        "Bilbo got the ring there.",
        "Gollum moved to the cave.",
        "Bilbo went to the mountain.",
        "Frodo went to the shire.",
        "Bilbo travelled to the shire.",
        "Bilbo dropped the ring.",
        "Frodo got the ring there.",
        "Frodo journeyed to the mountain.",
    ),
    "How do you go from the shire to the moria?": (
        "The shire is west of the bree.",
        "The moria is south of the rivendell.",
        "The bree is west of the rivendell.",
        "The lorien is east of the moria.",
    ),
}


def draw(axes: Axes, facts: tuple[str, ...], question: str, net: QuestionAnswerer) -> None:
    """The weights of the evidence as shades; darker is more."""
    story = net.story()
    story.tell(*facts)
    answer = story.ask(question)
    hops = max(evidence.hop for evidence in answer.evidence)
    weights = np.zeros((len(facts), hops))
    for evidence in answer.evidence:
        weights[evidence.position, evidence.hop - 1] = evidence.weight
    axes.imshow(weights, cmap="Blues", vmin=0, vmax=weights.max(), aspect="auto")
    axes.set(xlabel="hop", xticks=range(hops), xticklabels=range(1, hops + 1), yticks=range(len(facts)))
    axes.set_yticklabels(facts)
    asked = textwrap.fill(question, 30)
    axes.set_title(f"{asked}\n{answer.text}  ({100 * answer.probability:.0f} %)", loc="left", fontsize=10)


def main(path: str) -> None:
    net = memnn.load("pretrained")
    figure = Figure(figsize=(11, 4), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (question, facts) in zip(figure.subplots(1, len(STORIES)), STORIES.items()):
        draw(axes, facts, question, net)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main(sys.argv[1])
