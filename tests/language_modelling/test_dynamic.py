import torch
from language_modelling.conftest import build

from memnn.language_modelling.dynamic import Adapting
from memnn.language_modelling.perplexity import measure


def test_a_step_is_the_equation():
    network = build("cache-lm").double().eval()
    words, following = torch.arange(6)[None], torch.arange(1, 7)
    trained = {name: weight.detach().clone() for name, weight in network.named_parameters()}

    def losses():
        heard = network.read(words, network.begin(1))
        return torch.nn.functional.cross_entropy(
            network.response(heard.states[0]), following, reduction="none"
        )

    named = [name for name in trained if "vectors" not in name and "output_map" not in name]
    mean_square = {}
    with Adapting(network, rate=0.01, decay=0.1) as adapting:
        for step in (1, 2):
            now = dict(network.named_parameters())
            gradients = torch.autograd.grad(losses().mean(), [now[name] for name in named])
            before = {name: now[name].detach().clone() for name in named}
            adapting.learn(losses())
            for name, g in zip(named, gradients):
                mean_square[name] = 0.999 * mean_square.get(name, 0) + 0.001 * g**2
                rms = (mean_square[name] / (1 - 0.999**step)).sqrt()
                moved = before[name] - 0.01 * g / (rms + 1e-8)
                torch.testing.assert_close(now[name], moved + 0.1 * (trained[name] - moved))
        assert torch.equal(network.input_map.vectors, trained["input_map.vectors"])
    for name, weight in network.named_parameters():
        assert torch.equal(weight, trained[name]) and weight.grad is None and weight.requires_grad


def test_it_learns_a_text_that_repeats(network):
    text = (torch.arange(400) % 4).numpy()
    with Adapting(network, rate=0.01, decay=0.0) as adapting:
        adapted = measure(network, text, 19, adapting=adapting).perplexity
    assert adapted < 0.95 * measure(network, text, 19).perplexity
