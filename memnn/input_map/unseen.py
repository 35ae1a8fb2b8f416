"""I: words never seen in training, known by the words beside them (Weston et al. 2014, section 3.5)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from memnn.text.vocabulary import NIL, UNKNOWN


def neighbours(
    words: Int[Tensor, "facts words"],
) -> tuple[Int[Tensor, "facts words"], Int[Tensor, "facts words"]]:
    """The words to the left and to the right of each unknown word; NIL beside all others.

    Unknown words share one id, so the bags are of this occurrence, not of all places where the word
    stands. An unknown neighbour says nothing.
    """
    said = words.where(words != UNKNOWN, NIL)
    left = torch.nn.functional.pad(said, (1, 0), value=NIL)[:, :-1]
    right = torch.nn.functional.pad(said, (0, 1), value=NIL)[:, 1:]
    unknown = words == UNKNOWN
    return left.where(unknown, NIL), right.where(unknown, NIL)


def pretend_unseen(words: Int[Tensor, "facts words"], vocab: int, share: float) -> Int[Tensor, "facts words"]:
    """The sentences as if a share of the vocabulary, drawn anew, were unknown: a kind of dropout.

    A drawn word is unknown wherever it stands, as an unseen word would be.
    """
    drawn = torch.rand(vocab, device=words.device) < share
    return words.where(~drawn[words] | (words == NIL), UNKNOWN)


def sum_rows(
    features: Int[Tensor, "facts features"], table: Float[Tensor, "rows dims"]
) -> Float[Tensor, "facts dims"]:
    """The sum of the features' rows, NIL left out; the features may be drawn anew for each restart."""
    there = (features != NIL).to(table.dtype)
    return table.new_zeros(len(features), len(table)).scatter_add(1, features, there) @ table
