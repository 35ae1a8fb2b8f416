import numpy as np
import pytest
import torch

from memnn.language_modelling.counting import count
from memnn.models import LANGUAGE_MODELS

SMALL = {
    "cache-lm": {"dim": 8, "hidden": 10, "window": 7, "sampled": 5},
    "memn2n-lm": {"dim": 8, "hops": 2, "capacity": 6, "window": 7},
}


@pytest.fixture(params=SMALL)
def network(request):
    """A small network of each model, with weights that make probabilities differ."""
    return build(request.param)


def build(name, vocab=20, **settings):
    network = LANGUAGE_MODELS[name](**{**SMALL[name], **settings}).build(vocab)
    with torch.no_grad():
        for weight in network.parameters():
            if weight.dim() > 1:
                weight.mul_(4)
    return network


def with_counts(network):
    """The network, if it may, with the counts of another text, which have a share of 0.3."""
    count(network, np.random.default_rng(5).zipf(1.5, 400).clip(max=20) - 1, share=0.3)
    return network


@pytest.fixture
def text():
    """150 words of 20, as numbers."""
    return np.random.default_rng(0).integers(0, 20, 150)
