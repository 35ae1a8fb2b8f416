"""How each model is trained when nothing else is said: MemN2N as published, MemNN as chosen on validation.

The files of configs/ spell the same settings out, one for each published row, with the result.
"""

import math
from collections.abc import Callable
from typing import Any

from memnn.models.symbol import SymbolMemoryNetwork
from memnn.training.recipes import ADAMW, SGD
from memnn.training.settings import Recipe

SINGLE_EPOCHS, JOINT_EPOCHS = 100, 60
PLENTY = 18_000  # questions: what a recipe is written for, those of the 20 tasks at 900 each
FEW, NOT_MANY = 3_000, 5_000  # questions, of all tasks together
DECAY = 0.01  # of weights, unless few questions are of many kinds; those of another run are worth keeping
BEGUN_EPOCHS = 100  # at most, with the weights of another run: with more it learns few questions by heart


def _linear_start(epochs: int) -> dict[str, Any]:
    return {"linear_start_rate": 0.005, "linear_start_patience": epochs, "linear_start_epochs": epochs}


# Sukhbaatar et al. 2015, sections 4.2 and 4.3: PE LS RN, three hops, best of ten restarts. From the authors'
# code the doubled PE and a linear start of fixed length, without which task 16 stays unlearnt.
_MEMN2N: dict[str, Any] = {**SGD, "restarts": 10}

# Weston et al. 2014 and 2015: AM NG NL, with matches; pair_words is in neither paper
_MEMNN_MODEL: dict[str, Any] = {
    "hops": 9,
    "ngrams": 3,
    "ngram_weight": 0.5,
    "nonlinear": True,
    "match": "features",
    "pair_words": 14,
}
_MEMNN: dict[str, Any] = {
    "batch_size": 64,
    "optimizer": "adam",
    "learning_rate": 0.005,
    "schedule": "linear",
    "clip": "none",
    "epochs": 30,
}


def symbol_epochs(questions: int) -> int:
    """30 of PLENTY questions; few are read more often, a million questions in all are enough."""
    return max(1, round(min(30 * math.sqrt(PLENTY / questions), 1_100_000 / questions, 500)))


def symbol_dropout(questions: int) -> float:
    """Of few questions more can be learnt by heart."""
    return 0.15 if questions < NOT_MANY else 0.0


def symbol_decay(questions: int) -> float:
    """Of few questions of many kinds, weights that are drawn to 0 learn what many share."""
    return 0.3 if questions < NOT_MANY else DECAY


def symbol_space(questions: int) -> int:
    """Of many questions it is learnt without a layout too, where things are."""
    return 4 if questions < NOT_MANY else 0


_SYMBOL = Recipe(
    {"dropout": symbol_dropout, "space": symbol_space},
    {**ADAMW, "warmup_epochs": 1.0, "focus": 1.0, "epochs": symbol_epochs, "weight_decay": symbol_decay},
)


def chains_curriculum(questions: int) -> float:
    """Of few questions the short ones are too few to learn from alone."""
    return 3.0 if questions >= FEW else 0.0


def chains_dropout(questions: int) -> float:
    """As it was where the rows of chains were measured: none from FEW questions on."""
    return symbol_dropout(questions) if questions < FEW else 0.0


_IN_CHAINS: dict[str, Any] = {"curriculum": chains_curriculum, "weight_decay": DECAY}

# Of questions that ask along chains (`chains.py`), unless something else is said
CHAINS = Recipe({"space": 4, "asked": 0.5, "beside": 0.5, "dropout": chains_dropout}, _IN_CHAINS)
# and where they are answered in a word that says what one thing is to another, as aunt: steps do not add up
# to it, so that what follows from what has to be found
RELATIONS: dict[str, Any] = {"pairs": 10, "space": 0, "windows": True, "kinds": 2}


def links_epochs(questions: int) -> int:
    """A third: links are soon learnt."""
    return max(1, symbol_epochs(questions) // 3)


def time_beside(questions: int) -> float:
    """Few are told by themselves, which takes half the time."""
    return 0.5 if questions >= FEW else 0.0


# Of questions whose chains end in the answer
LINKED = Recipe(
    {"links": True, "asked": 0.5, "beside": time_beside, "dropout": chains_dropout},
    {**_IN_CHAINS, "epochs": links_epochs},
)


def time_heads(name: str, many: int) -> Callable[[int], int]:
    """So many heads of a kind from FEW questions on, the usual ones before: each learns to read one fact, and
    none a mean or a sum, which changes as a story gets longer.
    """
    usual: int = getattr(SymbolMemoryNetwork, name)
    return lambda questions: many if questions >= FEW else usual


# Of questions whose chains do, some of them from two things
IN_TIME = Recipe(
    {
        "beside": time_beside,
        "dropout": chains_dropout,
        **{
            name: time_heads(name, many)
            for name, many in {"heads_latest": 4, "heads_soft": 0, "heads_sum": 0}.items()
        },
    },
    _IN_CHAINS,
)

# Of questions whose answers hang on which name it is (`told_apart.py`)
APART = Recipe({}, {"weight_decay": DECAY})  # names that are drawn to 0 are never told apart

RECIPES: dict[tuple[str, str], Recipe] = {
    ("symbol", "single"): Recipe(_SYMBOL.model, {**_SYMBOL.training, "weight_decay": DECAY}),
    ("symbol", "joint"): _SYMBOL,
    ("memn2n", "single"): Recipe(
        {"dim": 20, "sentence": "doubled"},
        {**_MEMN2N, "epochs": SINGLE_EPOCHS, "halve_every": 25, **_linear_start(20)},
    ),
    ("memn2n", "joint"): Recipe(
        {"dim": 50, "sentence": "doubled"},
        {**_MEMN2N, "epochs": JOINT_EPOCHS, "halve_every": 15, **_linear_start(30)},
    ),
    ("memnn", "single"): Recipe(_MEMNN_MODEL, _MEMNN),
    ("memnn", "joint"): Recipe({**_MEMNN_MODEL, "buckets": 4096}, _MEMNN),
}
