import json
import math

import pytest
import torch
from torch import nn

from memnn.errors import UserError
from memnn.models.memn2n import MemN2N
from memnn.text.batches import cut_batches
from memnn.text.vocabulary import Vocabulary
from memnn.training.data import story_data
from memnn.training.loop import train
from memnn.training.options import Options
from memnn.worlds import simulate

TOLD, HELD = list(simulate("1", 60, 0)), list(simulate("1", 20, 1))
VOCABULARY = Vocabulary.of_stories(TOLD)
DATA = story_data(TOLD, HELD, VOCABULARY, MemN2N(capacity=10).build(len(VOCABULARY)))
CPU = torch.device("cpu")

SETTINGS = {
    "plain": {},
    "linear start": {"linear_start_rate": 0.005, "linear_start_epochs": 2},
    "best": {"keep": "best", "learning_rate": 0.05},
    "adam": {"optimizer": "adam", "loss": "mean", "schedule": "cosine", "warmup_epochs": 1.5},
    "restarts": {"restarts": 3, "linear_start_rate": 0.005, "keep": "best", "optimizer": "adamw"},
    "pooled by length": {"length_pool": 3, "clip": "global", "clip_norm": 0.5},
}


def options_for(**more):
    return Options(**{"epochs": 4, "batch_size": 16, "learning_rate": 0.01, **more})


def run(folder, options, report=lambda progress: None):
    folder.mkdir(exist_ok=True)
    torch.manual_seed(options.seed)
    networks = [MemN2N(dim=6, hops=2, capacity=10).build(len(VOCABULARY)) for _ in range(options.restarts)]
    return train(networks, DATA, options, folder, report=report)


def lines(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]


def timeless(folder):
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines(folder)]


def same(one, other):
    return all(torch.equal(tensor, other.weights[name]) for name, tensor in one.weights.items())


class Stopped(Exception):
    pass


def stop_at(epoch, share):
    """A report that raises in the middle of an epoch."""

    def report(progress):
        if progress.epoch == epoch and progress.done >= share:
            raise Stopped

    return report


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(tmp_path):
    first, again, other = (
        run(tmp_path / str(n), options_for(seed=seed, restarts=2)) for n, seed in enumerate((3, 3, 4))
    )
    assert same(first, again)
    assert first.measures == again.measures
    assert not same(first, other)
    assert timeless(tmp_path / "0") == timeless(tmp_path / "1") != timeless(tmp_path / "2")


@pytest.mark.parametrize("batch_size, noise, alike", [(60, 0.0, True), (16, 0.0, False), (60, 0.3, False)])
def test_the_seed_decides_the_order_and_the_noise_too(tmp_path, batch_size, noise, alike):
    """Not only the initial weights, which are given here; all in one batch, there is no order."""
    weights = []
    for seed in (0, 1):
        torch.manual_seed(5)
        network = MemN2N(dim=6, hops=2, capacity=10, noise=noise).build(len(VOCABULARY))
        options = options_for(epochs=1, seed=seed, batch_size=batch_size)
        (tmp_path / str(seed)).mkdir()
        weights.append(train([network], DATA, options, tmp_path / str(seed)).weights)
    one, other = weights
    assert all(torch.allclose(one[name], other[name], atol=1e-6) for name in one) is alike


@pytest.mark.parametrize("name", SETTINGS)
def test_an_interrupted_run_goes_on_to_the_same_numbers(tmp_path, name):
    options = options_for(**SETTINGS[name])
    whole = run(tmp_path / "whole", options)
    for epoch, share in ((1, 0.5), (2, 0.0), (3, 1.0)):  # each call gets further than the one before
        with pytest.raises(Stopped):
            run(tmp_path / "cut", options, stop_at(epoch, share))
    with open(tmp_path / "cut" / "metrics.jsonl", "a") as metrics:
        metrics.write('{"epoch": 3, "half a li')  # killed between the metrics and the state
    resumed = run(tmp_path / "cut", options)
    assert same(whole, resumed)
    assert (whole.best, whole.measures) == (resumed.best, resumed.measures)
    assert timeless(tmp_path / "whole") == timeless(tmp_path / "cut")


def test_a_finished_run_is_not_trained_further(tmp_path):
    first = run(tmp_path, options_for())
    again = run(tmp_path, options_for(), stop_at(0, 0.0))
    assert same(first, again)
    assert again.measures == first.measures  # without noise, though nothing was trained before


def test_metrics_have_a_line_an_epoch_with_rate_and_phase(tmp_path):
    options = options_for(
        linear_start_rate=0.005, linear_start_epochs=2, learning_rate=0.02, halve_every=2, restarts=2
    )
    told = []
    run(tmp_path, options, told.append)
    written = lines(tmp_path)
    linear = [line for line in written if not line["softmax"]]
    assert 1 <= len(linear) <= 2
    assert [line["epoch"] for line in written] == list(range(1, len(linear) + 5))
    rates = [0.005] * len(linear) + [0.02, 0.02, 0.01, 0.01]
    assert [line["rate"] for line in written] == rates
    assert [line["softmax"] for line in written] == [False] * len(linear) + [True] * 4
    for line in written:
        assert all(len(line[name]) == 2 for name in ("train_loss", "valid_loss", "valid_error"))
        assert all(math.isfinite(value) for value in line["valid_loss"])
    seconds = [line["seconds"] for line in written]
    assert seconds == sorted(seconds) and seconds[0] > 0
    assert len(told) == 5 * len(written)  # 60 stories in batches of 16, then validation
    assert [progress.done for progress in told[:5]] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert [bool(progress.phase) for progress in told[::5]] == [not line["softmax"] for line in written]
    assert told[-1].epoch == told[-1].epochs == len(written)
    for progress, line in zip(told[4::5], written, strict=True):
        assert bool(progress.phase) == (not line["softmax"])
        assert progress.epoch == line["epoch"]
        assert progress.measures["valid_loss"] == pytest.approx(sum(line["valid_loss"]) / 2)


def test_a_training_that_comes_to_no_number_is_stopped(tmp_path):
    """Also where the last step of all is to blame."""
    for size in (16, 60):
        with pytest.raises(UserError, match=r"the loss of epoch 1 is no number: try a lower learning_rate"):
            run(tmp_path / str(size), options_for(learning_rate=1e38, epochs=1, clip="none", batch_size=size))
        assert not (tmp_path / str(size) / "state.pt").exists()


def test_the_rate_of_a_step_counts_the_share_of_its_epoch(tmp_path):
    run(tmp_path, options_for(epochs=2, schedule="linear", learning_rate=0.08))
    assert [line["rate"] for line in lines(tmp_path)] == pytest.approx([0.08 * 5 / 8, 0.08 * 1 / 8])


class Point(nn.Module):
    """A network of one number that is drawn to what it sees; without softmax, to minus that."""

    def __init__(self, at=0.0):
        super().__init__()
        self.at = nn.Parameter(torch.tensor(at))

    def losses(self, batch, *, softmax=True):
        return (self.at - (batch if softmax else -batch)) ** 2


class Points:
    """Training data of ones, with validation losses as told."""

    kinds = 1

    def __init__(self, valid_losses, training_losses=(0.0,)):
        self.valid_losses, self.phases = list(valid_losses), []
        self.training_losses = training_losses

    def batches(self, rng, size, pool, weights, share):
        yield from torch.ones(2, size)

    def steps(self, size):
        return 2

    def validate(self, restarts, device, **phase):
        assert not restarts.training and not torch.is_grad_enabled()
        self.phases.append(phase)
        losses = self.valid_losses.pop(0) if self.valid_losses else 0.0
        return {"loss": torch.tensor(losses).expand(restarts.count).clone()}

    def training_loss(self, restarts, device):
        return torch.tensor(self.training_losses)


def one_step(at, rate, count, target=1.0):
    """Plain gradient descent on the sum of (at - target)^2, by hand."""
    return at - rate * count * 2 * (at - target)


def test_a_step_follows_the_gradient_of_the_sum_or_of_the_mean(tmp_path):
    for loss, count in (("sum", 4), ("mean", 1)):
        options = Options(epochs=1, batch_size=4, learning_rate=0.01, loss=loss)
        (tmp_path / loss).mkdir()
        trained = train([Point(3.0)], Points([]), options, tmp_path / loss)
        by_hand = one_step(one_step(3.0, 0.01, count), 0.01, count)
        assert float(trained.weights["at"]) == pytest.approx(by_hand)


def test_every_epoch_of_every_seed_draws_anew(tmp_path):
    def drawn(seed, name):
        draws, data = [], Points([])

        def batches(rng, size, pool, weights, share):
            draws.append((rng.random(), float(torch.rand(()))))
            yield torch.ones(1)

        data.batches = batches
        (tmp_path / name).mkdir()
        train([Point()], data, Options(epochs=3, batch_size=1, seed=seed), tmp_path / name)
        return draws

    first, again, other = drawn(0, "first"), drawn(0, "again"), drawn(1, "other")
    assert first == again
    for draws in zip(*(first + other)):
        assert len(set(draws)) == 6


@pytest.mark.parametrize("clip, far", [("tensor", 0.5), ("global", 0.5), ("none", 0.8)])
def test_no_step_is_longer_than_clipping_lets_it(tmp_path, clip, far):
    options = Options(epochs=1, batch_size=1, learning_rate=0.1, clip=clip, clip_norm=5.0)
    data = Points([])
    data.batches = lambda rng, size, pool, weights, share: iter(torch.ones(1, 1))
    assert float(train([Point(5.0)], data, options, tmp_path).weights["at"]) == pytest.approx(5 - far)


def test_the_linear_start_ends_when_validation_without_softmax_stops_falling(tmp_path):
    data = Points([3.0, 2.0, 2.0, 9.0, 8.0])
    options = Options(epochs=2, batch_size=4, learning_rate=0.0, linear_start_rate=0.01)
    trained = train([Point(0.0)], data, options, tmp_path)
    assert data.phases == [{"softmax": False}] * 3 + [{}] * 3  # the last to measure what was kept
    assert [line["softmax"] for line in lines(tmp_path)] == [False, False, False, True, True]
    assert float(trained.weights["at"]) < 0  # trained without softmax too: drawn to -1


def test_patience_stops_early(tmp_path):
    options = Options(epochs=50, batch_size=1, patience=2)
    train([Point()], Points([3.0, 2.0, 2.5, 1.0, 1.0, 1.5, 0.1]), options, tmp_path)
    assert len(lines(tmp_path)) == 6


def test_minutes_stop_after_the_epoch_in_which_they_pass(tmp_path, monkeypatch):
    clock = iter(range(0, 10_000, 20))  # an epoch asks twice, so it takes 20 seconds
    monkeypatch.setattr("memnn.training.loop.time.monotonic", lambda: float(next(clock)))
    train([Point()], Points([]), Options(epochs=50, batch_size=1, minutes=1.0), tmp_path)
    assert [line["seconds"] for line in lines(tmp_path)] == [20.0, 40.0, 60.0]


@pytest.mark.parametrize("keep, kept", [("best", 1), ("last", 3)])
def test_best_or_last_weights_are_kept(tmp_path, keep, kept):
    data = Points([2.0, 1.0, 3.0, 2.0])
    at = []
    options = Options(epochs=4, batch_size=1, learning_rate=0.1, keep=keep)
    point = Point(5.0)

    def validate(restarts, device, **phase):
        at.append(float(restarts.stacked[0]))
        return Points.validate(data, restarts, device, **phase)

    data.validate = validate
    trained = train([point], data, options, tmp_path)
    assert float(trained.weights["at"]) == at[kept] != at[3 - kept]
    assert at[4] == at[kept]  # what is measured at the end is what is kept


def test_the_restart_of_lowest_training_loss_is_chosen(tmp_path):
    options = Options(epochs=1, batch_size=1, learning_rate=0.0)
    data = Points([[0.0, 1.0, 2.0]] * 2, [3.0, 2.0, 1.0])  # validation would choose another
    trained = train([Point(0.0), Point(1.0), Point(2.0)], data, options, tmp_path)
    assert trained.best == 2
    assert float(trained.weights["at"]) == 2.0
    assert trained.measures == {"training_loss": [3.0, 2.0, 1.0], "loss": [0.0, 1.0, 2.0]}


def test_a_restart_that_diverged_is_not_chosen(tmp_path):
    data = Points([], [float("nan"), 5.0, float("inf")])
    trained = train([Point(), Point(), Point()], data, Options(epochs=1, batch_size=1), tmp_path)
    assert trained.best == 1


def test_restarts_learn_as_each_would_alone(tmp_path):
    options = Options(epochs=3, batch_size=2, learning_rate=0.1, clip_norm=0.5)
    at = 4.0, -1.0, 0.5
    together = []

    class Watched(Points):
        def validate(self, restarts, device, **phase):
            together.append(restarts.stacked[0].tolist())
            return super().validate(restarts, device, **phase)

    train([Point(each) for each in at], Watched([], [0.0] * 3), options, tmp_path)
    for r, each in enumerate(at):
        (tmp_path / str(r)).mkdir()
        alone = train([Point(each)], Points([]), options, tmp_path / str(r))
        assert float(alone.weights["at"]) == pytest.approx(together[-1][r])


def test_only_metrics_and_state_are_written(tmp_path):
    run(tmp_path, options_for(epochs=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metrics.jsonl", "state.pt"]


def test_one_process_can_train_in_one_precision_after_another(tmp_path):
    results = []
    for number, precision in enumerate(("no", "bf16", "no")):
        results.append(run(tmp_path / str(number), options_for(epochs=1, precision=precision)))
    assert same(results[0], results[2])
    assert not same(results[0], results[1])


def test_validation_measures_the_restarts_without_noise(tmp_path):
    """The same weights give the same numbers twice, and the numbers are the network's own."""
    trained = run(tmp_path, options_for(epochs=2))
    network = MemN2N(dim=6, hops=2, capacity=10).build(len(VOCABULARY)).eval()
    network.load_state_dict(trained.weights, strict=False)
    losses, right = zip(*(network.measure(batch) for batch in cut_batches(DATA.valid, 7)))
    assert trained.measures["loss"] == pytest.approx([torch.cat(losses).mean().item()])
    assert trained.measures["error"] == pytest.approx([100 * float((~torch.cat(right)).double().mean())])
