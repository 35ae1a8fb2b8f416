"""I: a sentence as the weighted sum of its word vectors, in several embedding tables at once."""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.text.vocabulary import NIL, UNKNOWN

Weighting = Literal["bag", "position"]
LARGE = 1024  # words: a smaller vocabulary is multiplied whole


def encode_sentences(
    words: Int[Tensor, "facts words"],
    table: Float[Tensor, "*restarts vocab dim"],
    weighting: Weighting,
    period: int,
) -> Float[Tensor, "*restarts facts dim"]:
    """m = sum_j l_j * A x_j, each product taken coordinate by coordinate; padding counts nothing.

        bag         l_kj = 1
        position    l_kj = (1 - j/J) - (k/d) (1 - 2j/J)     word j of J, coordinate k of d, from 1

    (Sukhbaatar et al. 2015, section 4.1). `period` is d: a table of several tables side by side
    counts k anew in each. l is a constant less a multiple of k/d, so m is the product of two
    matrices side by side, how much of which word a sentence has, with the table and k/d times it.
    """
    filled = (words != NIL).to(table.dtype)
    column, vectors = words, table
    if table.shape[-2] > LARGE:  # only the words that occur
        occurring, column = torch.unique(words, return_inverse=True)
        vectors = table.index_select(-2, occurring)
    vocab = vectors.shape[-2]
    if weighting == "bag":
        return table.new_zeros(len(words), vocab).scatter_add(1, column, filled) @ vectors
    place = filled.cumsum(1) / filled.sum(1, keepdim=True).clamp(min=1)  # j/J
    weights = torch.cat([1 - place, 2 * place - 1], 1) * filled.repeat(1, 2)
    columns = torch.cat([column, column + vocab], 1)
    counts = table.new_zeros(len(words), 2 * vocab).scatter_add(1, columns, weights)
    coordinate = (torch.arange(table.shape[-1], device=words.device) % period + 1) / period  # k/d
    return counts @ torch.cat([vectors, coordinate * vectors], -2)


class SentenceEncoder(nn.Module):
    """I of MemN2N: A, B and C of all hops as tables held side by side.

    A fact is encoded by every table in `facts`, a question by the table `question`, so that a
    table named twice is a tied weight. Weights are drawn from N(0, init); the nil word is zero.
    """

    def __init__(
        self,
        vocab: int,
        dim: int,
        *,
        facts: Sequence[int] = (0, 1),
        question: int = 0,
        weighting: Weighting = "position",
        init: float = 0.1,
    ) -> None:
        super().__init__()
        self.dim, self.facts, self.question = dim, tuple(facts), question
        self.width = len(self.facts) * dim
        self.weighting: Weighting = weighting
        self.tables = nn.ParameterList(
            word_vectors(vocab, dim, init) for _ in range(1 + max(*facts, question))
        )

    def encode_facts(self, words: Int[Tensor, "facts words"]) -> Float[Tensor, "*restarts facts dim"]:
        """The fact in each table of `facts`, joined along dim: width len(facts) * dim."""
        joined = torch.cat([self.tables[i] for i in self.facts], -1)
        return encode_sentences(words, joined, self.weighting, self.dim)

    def encode_question(self, words: Int[Tensor, "batch words"]) -> Float[Tensor, "*restarts batch dim"]:
        """u = sum_j l_j * B q_j."""
        return encode_sentences(words, self.tables[self.question], self.weighting, self.dim)


def word_vectors(vocab: int, dim: int, init: float = 0.1) -> nn.Parameter:
    """A table drawn from N(0, init); the rows of the nil word and of unknown words are zero."""
    table = init * torch.randn(vocab, dim)
    table[[NIL, UNKNOWN]] = 0.0
    return nn.Parameter(table)
