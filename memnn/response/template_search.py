"""R for conversations: the likeliest replies, template by template and slot by slot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from memnn.text.dialogue_batches import Slots
from memnn.text.dialogue_symbols import NONE

IMPOSSIBLE = -1e6  # what is masked scores far less, and nothing else so little

Fill = Callable[[Slots], Float[Tensor, "slots entries"]]  # log p of every symbol, then of every name


@dataclass(frozen=True)
class Guess:
    """A reply in the making."""

    reply: int  # which of the batch
    template: int
    log_p: float
    entries: tuple[int, ...] = ()  # what fills the slots: symbols, then names behind them


def merge_names(
    scores: Float[Tensor, "slots entries"], name_of: Int[Tensor, "slots symbols"]
) -> Float[Tensor, "slots entries"]:
    """The chance of a symbol that can be both copied and named added up, as copied; a name of 0 is none."""
    symbols = name_of.shape[1]
    copied, named = scores[:, :symbols], scores[:, symbols:]
    both = torch.logaddexp(copied, named.gather(1, name_of))
    copied = torch.where(name_of > 0, both, copied)
    taken = torch.zeros_like(named).scatter(1, name_of, 1.0) > 0
    return torch.cat([copied, named.masked_fill(taken, torch.finfo(scores.dtype).min / 4)], 1)


def likeliest(
    templates: Float[Tensor, "batch templates"],
    fill: Fill,
    name_of: Int[Tensor, "batch symbols"],
    first_slot: Sequence[int],
    lengths: Sequence[int],
    width: int = 5,
) -> list[list[Guess]]:
    """The likeliest replies of each conversation, the best first.

    Of every conversation `width` templates are tried, and of every template so many fillings are kept while
    its slots are filled one after another. `lengths` says how many slots each template has.
    """
    best = templates.topk(min(width, templates.shape[1]), -1)
    guesses = [
        Guess(row, template, log_p)
        for row, (some, chances) in enumerate(zip(best.indices.tolist(), best.values.tolist()))
        for template, log_p in zip(some, chances)
        if template and log_p > IMPOSSIBLE
    ]
    for number in range(max([0, *(lengths[guess.template] for guess in guesses)])):
        open_ = [guess for guess in guesses if lengths[guess.template] > number]
        if not open_:
            break  # nothing can fill a slot that comes before
        slots = Slots(
            torch.tensor([guess.reply for guess in open_]),
            torch.tensor([first_slot[guess.template] + number for guess in open_]),
            torch.tensor([_before(guess.entries, name_of.shape[1]) for guess in open_]),
        )
        scores = merge_names(fill(slots), name_of[slots.reply])
        top = scores.topk(min(width, scores.shape[1]), -1)
        grown: dict[tuple[int, int], list[Guess]] = {}
        for guess, some, chances in zip(open_, top.indices.tolist(), top.values.tolist()):
            for entry, log_p in zip(some, chances):
                if log_p < IMPOSSIBLE:
                    continue
                more = replace(guess, log_p=guess.log_p + log_p, entries=(*guess.entries, entry))
                grown.setdefault((guess.reply, guess.template), []).append(more)
        guesses = [guess for guess in guesses if lengths[guess.template] <= number]
        for some_guesses in grown.values():
            guesses += sorted(some_guesses, key=lambda guess: -guess.log_p)[:width]
    found: list[list[Guess]] = [[] for _ in range(len(templates))]
    for guess in sorted(guesses, key=lambda guess: -guess.log_p):
        found[guess.reply].append(guess)
    return found


def _before(entries: tuple[int, ...], symbols: int) -> tuple[int, int]:
    """The symbols in the slot before and in the first slot, as training has them; NONE for a name."""
    if not entries:
        return NONE, NONE
    last, first = (entry if entry < symbols else NONE for entry in (entries[-1], entries[0]))
    return last, first
