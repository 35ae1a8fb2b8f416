import dataclasses
import math

import pytest

from memnn.training.options import Options, options_at_work


@pytest.mark.parametrize(
    "name",
    [
        "epochs",
        "batch_size",
        "length_pool",
        "restarts",
        "threads",
        "halve_every",
        "linear_start_epochs",
        "linear_start_patience",
    ],
)
def test_counts_are_one_at_least(name):
    Options(**{name: 1})
    with pytest.raises(ValueError, match=f"^{name} must be at least 1, not 0$"):
        Options(**{name: 0})


@pytest.mark.parametrize("value", [-0.5, math.nan, math.inf])
@pytest.mark.parametrize(
    "name", ["minutes", "learning_rate", "weight_decay", "linear_start_rate", "warmup_epochs", "clip_norm"]
)
def test_numbers_are_not_negative_and_not_endless(name, value):
    Options(**{name: 0.0})
    with pytest.raises(ValueError, match=f"^{name} must not be negative or endless"):
        Options(**{name: value})


@pytest.mark.parametrize("name", ["patience", "seed"])
def test_whole_numbers_are_not_negative(name):
    Options(**{name: 0})
    with pytest.raises(ValueError, match=f"^{name} must not be negative or endless, not -1$"):
        Options(**{name: -1})


def test_a_seed_that_generators_cannot_take_is_refused():
    Options(seed=2**32 - 1)
    with pytest.raises(ValueError, match="seed must be below"):
        Options(seed=2**32)


def test_every_option_has_its_help_text():
    assert all(field.metadata["help"].strip() for field in dataclasses.fields(Options))


def test_options_at_work_are_those_with_an_effect():
    plain = options_at_work(dataclasses.asdict(Options()))
    assert plain.keys() == {
        *("epochs", "batch_size", "optimizer", "learning_rate", "loss", "schedule", "halve_every"),
        *("clip", "clip_norm", "keep", "seed", "threads"),
    }
    others = Options(
        optimizer="adamw",
        weight_decay=0.1,
        schedule="plateau",
        linear_start_rate=0.1,
        clip="none",
        minutes=5.0,
        restarts=3,
        precision="bf16",
    )
    assert options_at_work(dataclasses.asdict(others)).keys() == plain.keys() - {
        *("halve_every", "clip", "clip_norm"),
    } | {
        *("weight_decay", "plateau_factor", "minutes", "restarts", "precision"),
        *("linear_start_rate", "linear_start_patience", "linear_start_epochs"),
    }
