"""Networks that were never trained, and what tests do with them."""

import dataclasses

import pytest
import torch

from memnn.models.memn2n import MemN2N
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.reader import Reader
from memnn.text.tokenizer import tokenize
from memnn.text.vocabulary import Vocabulary
from memnn.training import checkpoint
from memnn.worlds import simulate

STORIES = list(simulate("1", 60, 0))
WHERE = "Where is Mary?"


def reader(stories=STORIES, task="1", seed=0, **settings):
    """A network that was never trained; its large weights make it sure of what it says."""
    torch.manual_seed(seed)
    model = MemN2N(**{"dim": 8, "hops": 2, "capacity": 10, "init": 0.7, **settings})
    data = {"tasks": [task], "questions": len(stories), "valid": 0, "holdout_seed": 0}
    vocabulary = Vocabulary.of_stories(stories)
    config = checkpoint.Config("question_answering", "memn2n", dataclasses.asdict(model), {}, data)
    return Reader(config, vocabulary, model.build(len(vocabulary)).eval())


def told(net, *facts):
    story = net.story()
    story.tell(*facts)
    return story


def as_tensor(net, sentence):
    return torch.tensor([net.readers[""].vocabulary.ids(tokenize(sentence))])


def assert_same(one, other):
    assert one.text == other.text
    assert one.probability == pytest.approx(other.probability, rel=1e-4)
    assert rows(one.evidence) == rows(other.evidence)
    assert [e.weight for e in one.evidence] == pytest.approx([e.weight for e in other.evidence], rel=1e-4)


def rows(evidence):
    return [(e.hop, e.position, e.fact) for e in evidence]


def two_tasks():
    of = {"2": list(simulate("2", 10, 0)), "1": STORIES}
    return QuestionAnswerer({task: reader(stories, task) for task, stories in of.items()}), of
