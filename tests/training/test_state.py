import dataclasses

import pytest
import torch
from torch import nn

from memnn.errors import UserError
from memnn.training.options import Options
from memnn.training.restarts import Restarts
from memnn.training.state import RunState, load_state, save_state


class Point(nn.Module):
    def __init__(self, at):
        super().__init__()
        self.at = nn.Parameter(torch.tensor(at))


def restarts(*at):
    return Restarts([Point(each) for each in at])


def closed(run, losses, options, of=None, seconds=1.0):
    """The run after an epoch with these validation losses."""
    measures = {"train_loss": torch.zeros(len(losses)), "valid_loss": torch.tensor(losses)}
    run.close_epoch(of or restarts(*losses), measures, seconds, options)
    return run


def test_epochs_are_counted_after_the_linear_start():
    options = Options(epochs=3)
    run = RunState(epoch=7, linear_epochs=5)
    assert not run.finished(options)
    assert dataclasses.replace(run, epoch=8).finished(options)
    assert not dataclasses.replace(run, epoch=8, linear=True).finished(options)


def test_minutes_and_patience_end_a_run():
    assert RunState(seconds=60.0).finished(Options(minutes=1.0))
    assert not RunState(seconds=59.9).finished(Options(minutes=1.0))
    assert not RunState(seconds=1e9).finished(Options(minutes=0.0))
    assert RunState(stale=2).finished(Options(patience=2))
    assert not RunState(stale=1).finished(Options(patience=2))
    assert not RunState(stale=1000).finished(Options(patience=0))


def test_plateaus_are_epochs_after_the_linear_start_that_did_not_help():
    options, run = Options(linear_start_patience=5), RunState(linear=True)
    closed(run, [2.0], options), closed(run, [3.0], options)
    run.linear = False
    told = [closed(run, [loss], options).plateaus for loss in (1.0, 1.5, 0.9, 0.9, 0.8)]
    assert told == [0, 1, 1, 2, 2]


def test_the_linear_start_goes_on_while_the_mean_loss_falls():
    options, run = Options(linear_start_epochs=20), RunState(linear=True)
    for losses in ([3.0, 1.0], [2.0, 1.5], [1.0, 2.4]):  # means 2, 1.75, 1.7
        assert closed(run, losses, options).linear
    closed(run, [1.0, 2.4], options)  # no lower
    assert (run.linear, run.linear_epochs, run.epoch) == (False, 4, 4)


def test_the_linear_start_waits_as_many_epochs_as_told():
    options, run = Options(linear_start_patience=2), RunState(linear=True)
    for loss in (3.0, 3.1, 2.9, 3.0):
        assert closed(run, [loss], options).linear
    assert not closed(run, [3.0], options).linear


def test_the_linear_start_ends_at_the_latest_where_told():
    options, run = Options(linear_start_epochs=2), RunState(linear=True)
    assert closed(run, [2.0], options).linear
    assert not closed(run, [1.0], options).linear


def test_losses_with_softmax_are_not_held_against_those_without():
    run = closed(RunState(linear=True), [0.1], Options(linear_start_epochs=1))
    assert (run.lowest, run.stale) == (float("inf"), 0)
    assert closed(run, [5.0], Options()).stale == 0
    assert closed(run, [5.0], Options()).stale == 1
    assert closed(run, [4.9], Options()).stale == 0


def test_without_validation_the_training_loss_counts():
    run = RunState()
    run.close_epoch(restarts(0.0), {"train_loss": torch.tensor([2.5])}, 1.0, Options())
    assert run.lowest == 2.5


def test_the_best_weights_of_each_restart_are_kept_apart():
    options, run, of = Options(keep="best"), RunState(), restarts(0.0, 0.0)
    for value, losses in ((1.0, [3.0, 1.0]), (2.0, [2.0, 4.0]), (3.0, [5.0, 5.0])):
        with torch.no_grad():
            of.stacked[0].fill_(value)
        closed(run, losses, options, of)
    assert run.best_losses == [2.0, 1.0]
    assert run.best_weights[0].tolist() == [2.0, 1.0]


def test_nothing_of_the_linear_start_counts_as_best():
    run = closed(RunState(linear=True), [0.1], Options(keep="best", linear_start_epochs=1))
    assert run.best_weights == []


def test_a_loss_that_is_not_a_number_is_never_the_best():
    options, run, of = Options(keep="best"), RunState(), restarts(0.0)
    for value, loss in ((1.0, float("nan")), (2.0, 3.0), (3.0, float("nan"))):
        with torch.no_grad():
            of.stacked[0].fill_(value)
        closed(run, [loss], options, of)
    assert run.best_weights[0].tolist() == [2.0]


def moved(of):
    """An Adam optimizer that has taken a step."""
    optimizer = torch.optim.Adam(of.parameters(), lr=0.5)
    of.stacked[0].pow(2).sum().backward()
    optimizer.step()
    return optimizer


def test_a_saved_state_is_read_again(tmp_path):
    of, run = restarts(1.0, 2.0), RunState(linear_epochs=2)
    optimizer = moved(of)
    closed(run, [3.0, 4.0], Options(keep="best"), of)
    save_state(tmp_path, run, of, optimizer)
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]
    other = restarts(0.0, 0.0)
    again = torch.optim.Adam(other.parameters())
    read = load_state(tmp_path, other, again, linear=True)
    assert torch.equal(read.best_weights[0], of.stacked[0])
    assert dataclasses.replace(read, best_weights=[]) == dataclasses.replace(run, best_weights=[])
    assert torch.equal(other.stacked[0], of.stacked[0])
    assert torch.equal(again.state[other.stacked[0]]["exp_avg"], optimizer.state[of.stacked[0]]["exp_avg"])


def test_without_a_saved_state_a_run_begins(tmp_path):
    of = restarts(1.0)
    for linear in (True, False):
        assert load_state(tmp_path, of, moved(of), linear) == RunState(linear=linear)


@pytest.mark.parametrize("damage", [b"", b"not a state", "cut", "other weights", "no run"])
def test_a_damaged_state_is_named(tmp_path, damage):
    of, path = restarts(1.0), tmp_path / "state.pt"
    optimizer = moved(of)
    save_state(tmp_path, RunState(), of, optimizer)
    if isinstance(damage, bytes):
        path.write_bytes(damage)
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "no run":
        torch.save({"weights": [torch.zeros(1)], "optimizer": optimizer.state_dict()}, path)
    else:
        of = restarts(1.0, 2.0, 3.0)
        optimizer = torch.optim.Adam(of.parameters())
        torch.save({**torch.load(path), "weights": [torch.zeros(4, 4)]}, path)
    with pytest.raises(UserError, match=r"state\.pt: damaged") as caught:
        load_state(tmp_path, of, optimizer, linear=False)
    assert "\n" not in str(caught.value)
