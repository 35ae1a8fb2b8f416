import numpy as np
import pytest
import torch

from memnn.language_modelling.data import LEAST_WINDOWS, LanguageData
from memnn.language_modelling.perplexity import measure
from memnn.training.restarts import Restarts


@pytest.mark.parametrize("words", [2, 30, 400, 3000])
def test_the_training_text_is_read_whole_in_as_many_steps_as_told(network, words):
    data = LanguageData(np.arange(words) % 20, np.arange(30) % 20, 0, network, 7)
    windows = list(data.batches(np.random.default_rng(0), 4, 1))
    assert data.steps(4) in (len(windows), len(windows) + 1)
    read = sum(len(window.answer) for window in windows)
    assert words - 2 * 7 - 4 <= read <= words
    if not network.context:
        assert len(windows[0].words) == min(4, max(1, (words + 1) // (7 * LEAST_WINDOWS)))


def test_validation_is_the_perplexity_of_a_short_text(network):
    """Up to the length of two pieces it is one text, as in the protocol."""
    text = np.random.default_rng(0).integers(0, 20, 300)
    data = LanguageData(text, text, 3, network, 7)
    restarts = Restarts([network]).eval()
    with torch.no_grad():
        said = data.validate(restarts, torch.device("cpu"))
        loss = data.training_loss(restarts, torch.device("cpu"))
    exact = measure(network, text, 3).perplexity
    assert float(said["perplexity"]) == pytest.approx(exact, rel=1e-5)
    assert float(said["loss"]) == pytest.approx(np.log(exact), rel=1e-5)
    assert float(loss) == pytest.approx(np.log(exact), rel=1e-2)
