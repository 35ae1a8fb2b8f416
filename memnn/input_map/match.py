"""I: exact matches, which a bag of few dimensions cannot see (Weston et al. 2014, section 3.6)."""

from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.unseen import neighbours, without_strangers
from memnn.text.vocabulary import NIL, UNKNOWN

_SPREAD = 1_000_003  # a prime: pairs of neighbouring ids fall into different buckets

Matching = Literal["none", "score", "features"]


def word_sets(words: Int[Tensor, "facts words"], vocab: int) -> Float[Tensor, "facts vocab"]:
    """1 where a sentence has the word, else 0; nil and unknown words are in no set."""
    sets = torch.zeros(len(words), vocab, device=words.device).scatter(1, words, 1.0)
    return sets.index_fill(1, torch.tensor([NIL, UNKNOWN], device=words.device), 0.0)


class Match(nn.Module):
    """What the words that a query x and a memory y share add to their score.

        score       lambda |x and y|               one lambda for all words
        features    E(x) . sum_w u_w               a feature for each word w in both, with a vector u_w

    Features start at zero, so that words weigh nothing until training says so. The words behind the
    vocabulary are `strangers`, of which any may be anyone: u_w of a stranger is a vector that all have
    in common and, for each place where it stands in y, one for the word left and one for the word right
    of it ("unseen words can be modeled similarly by using matching features on their context words").
    """

    def __init__(self, vocab: int, dim: int, matching: Matching, strangers: int = 0) -> None:
        super().__init__()
        self.vocab, self.strangers = vocab, strangers
        features = matching == "features"
        self.weight = nn.Parameter(
            torch.zeros(vocab + min(1, strangers), dim) if features else torch.zeros(1)
        )
        self.sides = nn.Parameter(torch.zeros(2 * vocab, dim)) if features and strangers else None

    def forward(
        self,
        vector: Float[Tensor, "batch dim"],
        query: Float[Tensor, "batch entries"],
        memories: Float[Tensor, "facts entries"],
        words: Int[Tensor, "facts words"],
    ) -> Float[Tensor, "batch facts"]:
        """The addition to every pair's score; `vector` is E(x), then sets of words, and y's in order."""
        by_word = self.weight if self.weight.dim() == 1 else vector @ self.weight.T
        if self.sides is None:
            return (by_word * query) @ memories.T
        by_word = torch.cat([by_word, by_word[:, -1:].expand(-1, self.strangers - 1)], 1)
        by_side = vector @ self.sides.T
        return (by_word * query) @ memories.T + shared_strangers(by_side, query, words)


def shared_strangers(
    by_side: Float[Tensor, "batch sides"],
    query: Float[Tensor, "batch entries"],
    words: Int[Tensor, "facts words"],
) -> Float[Tensor, "batch facts"]:
    """What the words beside strangers add, for each place in a fact where one stands that the query has.

    `by_side` scores every word as left neighbour, then every word as right one.
    """
    vocab = by_side.shape[1] // 2
    left, right = neighbours(without_strangers(words, vocab))  # NIL beside all other words
    by_side = by_side.index_fill(1, torch.tensor([NIL, NIL + vocab], device=words.device), 0.0)
    rows = torch.stack([left, right + vocab]).flatten()
    beside = nn.functional.embedding(rows, by_side.T.contiguous()).view(2, words.numel(), len(by_side)).sum(0)
    asked = nn.functional.embedding(words.flatten(), query.T.contiguous())
    return (beside * asked).view(*words.shape, len(query)).sum(1).T


def marked_pairs(
    question: Int[Tensor, "batch asked"], fact: Int[Tensor, "batch words"], vocab: int, buckets: int
) -> Int[Tensor, "batch pairs"]:
    """Ids below `buckets` of the pairs of words in a fact, in their order, of which one was asked for.

    A word of the fact that stands in the question gives way to its place there: "the kitchen is north
    of the hall", of a question whose sixth word is "kitchen", has the pairs (6th, north), (6th, hall),
    ... So what is learnt about a word asked for holds for all words. A stranger that was not asked for
    is UNKNOWN in its pairs. Pairs of words of which none stands in the question, and pairs with padding,
    are `buckets`.
    """
    same = fact[:, :, None] == question[:, None, :]
    asked = same.any(-1)
    place = same.to(torch.uint8).argmax(-1)  # the first
    token = torch.where(asked, vocab + place, fact.where(fact < vocab, UNKNOWN))
    first, second = torch.triu_indices(fact.shape[1], fact.shape[1], 1, device=fact.device)
    found = (asked[:, first] | asked[:, second]) & (fact[:, first] > UNKNOWN) & (fact[:, second] > UNKNOWN)
    return ((token[:, first] * _SPREAD + token[:, second]) % buckets).where(found, buckets)


class MarkedPairs(nn.Module):
    """A vector for each of a fact's pairs of words that the question asks for, added up; zero at first."""

    def __init__(self, vocab: int, dim: int, buckets: int) -> None:
        super().__init__()
        self.vocab, self.buckets = vocab, buckets
        self.vectors = nn.Parameter(torch.zeros(buckets, dim))

    def forward(
        self, question: Int[Tensor, "batch asked"], fact: Int[Tensor, "batch words"]
    ) -> Float[Tensor, "batch dim"]:
        """What the facts, one a question, say with the words of the question marked."""
        pairs = marked_pairs(question, fact, self.vocab, self.buckets)
        ones = torch.ones_like(pairs, dtype=self.vectors.dtype)
        counts = self.vectors.new_zeros(len(pairs), self.buckets + 1).scatter_add(1, pairs, ones)
        return counts[:, :-1] @ self.vectors
