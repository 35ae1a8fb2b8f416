"""Running text cut into windows, each word with the one that comes next."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor


@dataclass
class Carry:
    """What a network has in mind at the end of a window, on its way to the next window of the text."""

    state: Any = None  # None at the beginning


@dataclass(frozen=True)
class Window:
    """Stretches of text side by side; each row goes on in the next window that has the same `carry`."""

    words: Int[Tensor, "batch length"]
    following: Int[Tensor, "batch length"]  # the word behind each: what is to be predicted
    carry: Carry

    @property
    def answer(self) -> Int[Tensor, " predictions"]:
        """The words to be predicted, row by row."""
        return self.following.flatten()

    def to(self, device: torch.device) -> "Window":
        """The window on a device, and with it the words before it that it brings along."""
        if isinstance(self.carry.state, Tensor):  # any other is a network's own, and is where it is
            self.carry.state = self.carry.state.to(device)
        return replace(self, words=self.words.to(device), following=self.following.to(device))

    def share(self, process: int, processes: int) -> "Window":
        """The rows of one of several processes, the same rows in every window."""
        mine = slice(process, None, processes)
        state = self.carry.state
        carry = Carry(state[mine]) if isinstance(state, Tensor) else self.carry
        return replace(self, words=self.words[mine], following=self.following[mine], carry=carry)


def windows_in_order(
    ids: Int[np.ndarray, " text"], rows: int, length: int, first: int | None = None
) -> Iterator[Window]:
    """The text as `rows` long stretches read side by side, each window going on where the last one ended.

    The first window has `first` words, of `length` unless told, so that the text may be cut at other places.
    What does not fill the rows is left out: at most rows - 1 words at the end. Every word is predicted from
    those before it in its row.
    """
    steps = (len(ids) - 1) // rows
    words = torch.from_numpy(ids[: rows * steps].reshape(rows, steps).astype(np.int64))
    following = torch.from_numpy(ids[1 : rows * steps + 1].reshape(rows, steps).astype(np.int64))
    carry = Carry()
    for begin in range((first or length) - length, steps, length):
        cut = slice(max(begin, 0), begin + length)
        yield Window(words[:, cut], following[:, cut], carry)


def windows_shuffled(
    ids: Int[np.ndarray, " text"], rows: int, length: int, context: int, rng: np.random.Generator
) -> Iterator[Window]:
    """Windows from anywhere in the text, `rows` at a time; each brings the `context` words before it along.

    Words before the text's beginning are -1. Together the windows hold every word once, but for the
    words at both ends that fill no window.
    """
    padded = np.concatenate([np.full(context, -1), ids])
    starts = np.arange(rng.integers(length) if len(ids) > 2 * length else 0, len(ids) - length, length)
    starts = rng.permutation(starts)
    reach = np.arange(context + length + 1)
    for begin in range(0, len(starts), rows):
        cut = torch.from_numpy(padded[starts[begin : begin + rows, None] + reach].astype(np.int64))
        before, words, following = cut[:, :context], cut[:, context:-1], cut[:, context + 1 :]
        yield Window(words, following, Carry(before))


def steps_in_order(words: int, rows: int, length: int) -> int:
    """How many windows `windows_in_order` makes of a text, or one more."""
    return 1 + -(-((words - 1) // rows - 1) // length)


def steps_shuffled(words: int, rows: int, length: int) -> int:
    """How many windows `windows_shuffled` makes of a text, or one more."""
    return max(1, -(-len(range(0, words - length, length)) // rows))
