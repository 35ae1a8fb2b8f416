"""I of MemNN: sentences as bags of words and n-grams, in one dictionary for each role a word can have."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.match import word_sets
from memnn.input_map.sentence import encode_sentences, word_vectors
from memnn.input_map.unseen import neighbours, sum_rows, without_strangers
from memnn.text.batches import LARGE, Batch
from memnn.text.vocabulary import NIL, UNKNOWN

_SPREAD = 1_000_003  # a prime: n-grams of neighbouring ids fall into different buckets


def bag_features(
    words: Int[Tensor, "facts words"], vocab: int, longest: int, buckets: int
) -> Int[Tensor, "facts features"]:
    """The ids of a sentence's words and of its n-grams of 2 to `longest` words; NIL where there is none.

    A word keeps its id; an n-gram falls into one of `buckets` ids from `vocab` on, by its words alone,
    so that no list of n-grams has to be kept. An n-gram with an unknown word is none.
    """
    found, code, whole = [words], words, words > UNKNOWN
    known = whole
    for length in range(2, longest + 1):
        code = code[:, :-1] * _SPREAD + words[:, length - 1 :]
        whole = whole[:, :-1] & known[:, length - 1 :]
        found.append((vocab + (code * _SPREAD + length) % buckets).where(whole, NIL))
    return torch.cat(found, 1)


@dataclass(frozen=True)
class Layout:
    """How `BagEncoder` writes what it knows of a sentence side by side, and how to take it apart.

        fact       candidate for O | read, for O and R | read last, for O and R | word set | words
        question                     asked, for O and R                         | word set | words

    The set of words (1 for each it has) and the words in order stand there only where asked for.
    """

    dim: int  # n
    sets: int = 0  # the size of the vocabulary, strangers included, or 0: no sets
    words: int = 0  # how many words in order, the others being left out; 0: none

    @property
    def fact_width(self) -> int:
        """Features of a fact."""
        return 5 * self.dim + self.sets + self.words

    def split_fact(self, facts: Float[Tensor, "facts features"]) -> tuple[Tensor, ...]:
        """Candidate, read, read last, set, words."""
        return torch.split(facts, [self.dim, 2 * self.dim, 2 * self.dim, self.sets, self.words], 1)

    def split_question(self, questions: Float[Tensor, "batch features"]) -> tuple[Tensor, ...]:
        """Asked, set, words."""
        return torch.split(questions, [2 * self.dim, self.sets, self.words], 1)


class BagEncoder(nn.Module):
    """U Phi(x): the sum of the vectors of a sentence's words and n-grams, for O and for R.

    The same word has a vector of its own in a question, in a fact that was read, in the fact read
    last, and in a memory that is a candidate (Weston et al. 2014, section 3.1: D = 3|W|, without the
    dictionary for the fact read last, which tells the order of what was read).

    Words start at N(0, init), n-grams at zero, so that an n-gram not seen in training says nothing.
    An n-gram counts as `ngram_weight` words: the less it counts, the slower it is learnt, and the
    less is learnt by heart that single words could tell.

    With `contexts`, an unknown word is the sum of vectors of the words left and right of it, from two
    more dictionaries (section 3.5). Sets and words in order tell strangers apart where the layout has
    room for them.
    """

    def __init__(
        self,
        vocab: int,
        layout: Layout,
        *,
        ngrams: int = 1,
        ngram_weight: float = 1.0,
        buckets: int = 1024,
        contexts: bool = False,
        init: float = 0.1,
    ) -> None:
        super().__init__()
        self.vocab, self.layout = vocab, layout
        self.ngrams, self.ngram_weight, self.buckets = ngrams, ngram_weight, buckets
        self.width = layout.fact_width
        facts, questions = 5 * layout.dim, 2 * layout.dim
        self.facts, self.questions = word_vectors(vocab, facts, init), word_vectors(vocab, questions, init)
        self.fact_ngrams, self.question_ngrams = (
            nn.Parameter(torch.zeros(buckets if ngrams > 1 else 0, width)) for width in (facts, questions)
        )
        self.fact_sides, self.question_sides = (  # words to the left, then to the right
            word_vectors(2 * vocab, width, init) if contexts else None for width in (facts, questions)
        )

    def encode_facts(self, words: Int[Tensor, "facts words"]) -> Float[Tensor, "facts features"]:
        """Facts as candidates and as what they add to a query once read."""
        return self._lay_out(words, self._encode(words, self.facts, self.fact_ngrams, self.fact_sides))

    def encode_question(self, words: Int[Tensor, "batch words"]) -> Float[Tensor, "batch features"]:
        """Questions as the query of O and of R before anything is read."""
        vectors = self._encode(words, self.questions, self.question_ngrams, self.question_sides)
        return self._lay_out(words, vectors)

    def encode_batch(
        self, batch: Batch
    ) -> tuple[Float[Tensor, "facts features"], Float[Tensor, "batch question_features"]]:
        """Facts and questions as the two above encode them."""
        return self.encode_facts(batch.facts), self.encode_question(batch.question)

    def _encode(
        self,
        words: Int[Tensor, "facts words"],
        table: Float[Tensor, "vocab dims"],
        ngrams: Float[Tensor, "buckets dims"],
        sides: Float[Tensor, "sides dims"] | None,
    ) -> Float[Tensor, "facts dims"]:
        if sides is None:
            features = bag_features(words, self.vocab, self.ngrams, self.buckets)
            if self.vocab + len(ngrams) > LARGE:
                return self._sum_occurring(features, table, ngrams)
            table = torch.cat([table, self.ngram_weight * ngrams])
            return encode_sentences(features, table, "bag", self.layout.dim)
        table = torch.cat([table, self.ngram_weight * ngrams])
        words = without_strangers(words, self.vocab)
        features = bag_features(words, self.vocab, self.ngrams, self.buckets)
        left, right = neighbours(words)
        known = sum_rows(features.where(features != UNKNOWN, NIL), table)
        return known + sum_rows(left, sides[: self.vocab]) + sum_rows(right, sides[self.vocab :])

    def _sum_occurring(
        self,
        features: Int[Tensor, "facts features"],
        table: Float[Tensor, "vocab dims"],
        ngrams: Float[Tensor, "buckets dims"],
    ) -> Float[Tensor, "facts dims"]:
        """The same without a copy of all n-grams, which would cost more than the one fact that is told."""
        occurring, column = torch.unique(features, return_inverse=True)
        split = int((occurring < self.vocab).sum())
        words = nn.functional.embedding(occurring[:split], table)
        grams = self.ngram_weight * nn.functional.embedding(occurring[split:] - self.vocab, ngrams)
        there = (features != NIL).to(table.dtype)
        counts = table.new_zeros(len(features), len(occurring)).scatter_add(1, column, there)
        return counts @ torch.cat([words, grams])

    def _lay_out(
        self, words: Int[Tensor, "facts words"], vectors: Float[Tensor, "facts dims"]
    ) -> Float[Tensor, "facts features"]:
        parts = [vectors]
        if self.layout.sets:
            parts.append(word_sets(words, self.layout.sets).to(vectors.dtype))
        if self.layout.words:
            more = max(0, self.layout.words - words.shape[1])
            in_order = nn.functional.pad(words, (0, more), value=NIL)[:, : self.layout.words]
            parts.append(in_order.to(vectors.dtype))
        return torch.cat(parts, 1)


class Squash(nn.Module):
    """E(u) = tanh(W tanh(u)), the non-linearity of MemNN NL (Weston et al. 2015), or E(u) = u."""

    def __init__(self, dim: int, nonlinear: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(dim, dim) / dim**0.5) if nonlinear else None

    def forward(self, vectors: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
        """Each vector by itself."""
        return vectors if self.weight is None else (vectors.tanh() @ self.weight.T).tanh()
