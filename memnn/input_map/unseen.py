"""I: words never seen in training, known by the words beside them (Weston et al. 2014, section 3.5).

A story's strangers come as ids from the vocabulary's size on, each stranger its own wherever it stands in
the story. Those of which there are too many come as UNKNOWN, all alike.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from memnn.text.vocabulary import NIL, UNKNOWN


def neighbours(
    words: Int[Tensor, "facts words"],
) -> tuple[Int[Tensor, "facts words"], Int[Tensor, "facts words"]]:
    """The words to the left and to the right of each unknown word; NIL beside all others.

    These are of one occurrence: a fact is written once, and what the story tells later of its words
    does not change it. An unknown neighbour says nothing.
    """
    said = words.where(words != UNKNOWN, NIL)
    left = torch.nn.functional.pad(said, (1, 0), value=NIL)[:, :-1]
    right = torch.nn.functional.pad(said, (0, 1), value=NIL)[:, 1:]
    unknown = words == UNKNOWN
    return left.where(unknown, NIL), right.where(unknown, NIL)


def without_strangers(words: Int[Tensor, "facts words"], vocab: int) -> Int[Tensor, "facts words"]:
    """The sentences with UNKNOWN for every stranger."""
    return words.where(words < vocab, UNKNOWN)


def draw_unseen(vocab: int, share: float, device: torch.device) -> Bool[Tensor, " vocab"]:
    """Which words to take for unseen: a share of the vocabulary, drawn anew, as a kind of dropout."""
    drawn = torch.rand(vocab, device=device) < share
    return drawn.index_fill(0, torch.tensor([NIL, UNKNOWN], device=device), False)


def estrange(words: Int[Tensor, "facts words"], drawn: Bool[Tensor, " vocab"]) -> Int[Tensor, "facts words"]:
    """The sentences with the drawn words as strangers: each its own, and the same wherever it stands.

    Word w becomes the stranger vocab + w. Strangers that are there already become UNKNOWN, as these ids
    are no longer theirs; the stories that a vocabulary was made of have none.
    """
    known = without_strangers(words, len(drawn))
    return torch.where(drawn[known], known + len(drawn), known)


def sum_rows(
    features: Int[Tensor, "facts features"], table: Float[Tensor, "rows dims"]
) -> Float[Tensor, "facts dims"]:
    """The sum of the features' rows, NIL left out; the features may be drawn anew for each restart."""
    there = (features != NIL).to(table.dtype)
    return table.new_zeros(len(features), len(table)).scatter_add(1, features, there) @ table
