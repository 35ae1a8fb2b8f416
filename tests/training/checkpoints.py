"""A checkpoint of a small network, and what tests do with it."""

import dataclasses

import pytest
import torch

from memnn.errors import UserError
from memnn.models.memn2n import MemN2N
from memnn.text.vocabulary import Vocabulary
from memnn.training import checkpoint

VOCABULARY = Vocabulary(["mary", "went", "home", "Où?"], {"home": "Home"})
SETTINGS = dataclasses.asdict(MemN2N(dim=4, hops=2, capacity=5))
CONFIG = checkpoint.Config("question_answering", "memn2n", SETTINGS, {"seed": 1}, {"tasks": ["1"]})


def network(seed=0):
    torch.manual_seed(seed)
    return MemN2N(**SETTINGS).build(len(VOCABULARY))


def weights(of):
    return dict(of.named_parameters())


def same(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def saved(out, of=None, overwrite=False, config=CONFIG):
    partial = checkpoint.begin(out, vars(config), VOCABULARY, overwrite)
    checkpoint.save_weights(partial, weights(of or network()))
    checkpoint.finish(partial, out)
    return out


def message(call, *arguments):
    with pytest.raises(UserError) as caught:
        call(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def files(folder):
    return sorted(path.name for path in folder.iterdir())
