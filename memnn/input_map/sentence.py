"""I: a sentence as the weighted sum of its word vectors, in several embedding tables at once."""

from collections.abc import Sequence
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.text.batches import LARGE, Batch, WordCounts, count_words
from memnn.text.vocabulary import NIL, UNKNOWN

Weighting = Literal["bag", "position", "doubled"]


def encode_sentences(
    words: Int[Tensor, "facts words"],
    table: Float[Tensor, "*restarts vocab dim"],
    weighting: Weighting,
    period: int,
) -> Float[Tensor, "*restarts facts dim"]:
    """m = sum_j l_j * A x_j, each product taken coordinate by coordinate; padding counts nothing.

        bag         l_kj = 1
        position    l_kj = (1 - j/J) - (k/d) (1 - 2j/J)     word j of J, coordinate k of d, from 1
        doubled     l_kj = twice that

    (Sukhbaatar et al. 2015, section 4.1; their code has the doubled weights, but for terms of 1/J and
    1/d, and with the papers' rates it takes them to leave the plateau of task 16). `period` is d: a
    table of several tables side by side counts k anew in each.
    """
    if weighting != "bag":
        coordinate = coordinates(table.shape[-1], period).to(table)
        return encode_counts(count_words(words, table.shape[-2]), table, weighting, coordinate)
    column, vectors = words, table
    if table.shape[-2] > LARGE:
        occurring, column = torch.unique(words, return_inverse=True)
        vectors = table.index_select(-2, occurring)
    filled = (words != NIL).to(table.dtype)
    return table.new_zeros(len(words), vectors.shape[-2]).scatter_add(1, column, filled) @ vectors


def encode_counts(
    counts: WordCounts,
    table: Float[Tensor, "*restarts vocab dim"],
    weighting: Weighting,
    coordinate: Float[Tensor, " dim"],
) -> Float[Tensor, "*restarts facts dim"]:
    """The same of sentences whose words are counted.

    l is a constant less a multiple of k/d (`coordinate`), so m is the product of two matrices side
    by side, how much of which word a sentence has, with the table and k/d times it.
    """
    vectors = table if counts.spoken is None else table.index_select(-2, counts.spoken)
    amounts = counts.amounts.to(table.dtype)
    if weighting == "bag":
        first, second = amounts.chunk(2, 1)  # 1 = 2 (1 - j/J) + (2j/J - 1)
        return (2 * first + second) @ vectors
    if weighting == "doubled":
        amounts = 2 * amounts
    return amounts @ torch.cat([vectors, coordinate.to(table.dtype) * vectors], -2)


def coordinates(width: int, period: int) -> Float[Tensor, " dim"]:
    """k/d of each column of tables side by side."""
    return (torch.arange(width, dtype=torch.double) % period + 1) / period


class SentenceEncoder(nn.Module):
    """I of MemN2N: A, B and C of all hops as tables held side by side.

    A fact is encoded by every table in `facts`, a question by the table `question`, so that a
    table named twice is a tied weight. Weights are drawn from N(0, init); the nil word is zero.
    """

    coordinate: Tensor

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
        self.register_buffer("coordinate", coordinates(self.width, dim), persistent=False)
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

    def encode_batch(
        self, batch: Batch
    ) -> tuple[Float[Tensor, "*restarts facts width"], Float[Tensor, "*restarts batch dim"]]:
        """Facts and questions as the two above encode them, from what the batch has counted already."""
        facts, question = torch.cat([self.tables[i] for i in self.facts], -1), self.tables[self.question]
        return (
            encode_counts(batch.fact_counts, facts, self.weighting, self.coordinate),
            encode_counts(batch.question_counts, question, self.weighting, self.coordinate[: self.dim]),
        )


def word_vectors(vocab: int, dim: int, init: float = 0.1) -> nn.Parameter:
    """A table drawn from N(0, init); the rows of the nil word and of unknown words are zero."""
    table = init * torch.randn(vocab, dim)
    table[[NIL, UNKNOWN]] = 0.0
    return nn.Parameter(table)
