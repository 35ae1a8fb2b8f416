"""MemN2N as a language model: what is its own beside its parts."""

import pytest
import torch

from memnn.models.memn2n_lm import MemN2NLM
from memnn.text.windows import Carry, Window

SMALL = MemN2NLM(dim=8, hops=2, capacity=6, window=7, dropout=0.5)


def test_units_of_slots_and_of_the_last_state_are_dropped_in_training_alone():
    network = SMALL.build(20)
    words = torch.arange(14).view(2, 7)
    window = Window(words, words + 1, Carry())

    def losses():
        window.carry.state = None
        return network.losses(window)

    one, other = (network.read(words, network.begin(2)) for _ in range(2))
    assert not torch.allclose(one.trace[0].weights, other.trace[0].weights)  # of the slots
    assert 0.2 < (one.states[..., :4] == 0).double().mean() < 0.8  # of units that no ReLU cuts
    network.eval()
    assert torch.equal(losses(), losses())


def test_a_text_begins_where_the_weights_are():
    assert SMALL.build(20).to("meta").begin(2).device.type == "meta"


@pytest.mark.parametrize("setting", [{"window": 0}, {"dropout": 1.0}, {"dropout": -0.1}])
def test_impossible_settings_are_refused(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        MemN2NLM(**setting)
