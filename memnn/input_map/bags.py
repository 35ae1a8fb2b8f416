"""I of MemNN: sentences as bags of words and n-grams, in one dictionary for each role a word can have."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.sentence import encode_sentences, word_vectors
from memnn.text.vocabulary import NIL, UNKNOWN

_SPREAD = 1_000_003  # a prime: n-grams of neighbouring ids fall into different buckets


def bag_features(
    words: Int[Tensor, "facts words"], vocab: int, longest: int, buckets: int
) -> Int[Tensor, "facts features"]:
    """The ids of a sentence's words and of its n-grams of 2 to `longest` words; NIL where there is none.

    A word keeps its id; an n-gram falls into one of `buckets` ids from `vocab` on, by its words alone,
    so that no list of n-grams has to be kept. An n-gram with an unknown word is none.
    """
    found, known = [words], words > UNKNOWN
    code, whole = words, known
    for length in range(2, longest + 1):
        code = code[:, :-1] * _SPREAD + words[:, length - 1 :]
        whole = whole[:, :-1] & known[:, length - 1 :]
        found.append((vocab + (code * _SPREAD + length) % buckets).where(whole, NIL))
    return torch.cat(found, 1)


def word_sets(words: Int[Tensor, "facts words"], vocab: int) -> Float[Tensor, "facts vocab"]:
    """1 where a sentence has the word, else 0; nil and unknown words are in no set."""
    sets = torch.zeros(len(words), vocab, device=words.device)
    sets = sets.scatter(1, words, 1.0)
    return sets.index_fill(1, torch.tensor([NIL, UNKNOWN], device=words.device), 0.0)


class BagEncoder(nn.Module):
    """U Phi(x): the sum of the vectors of a sentence's words, in D = 3|W| for O and 3|W| for R.

    The same word has one vector in a question, one in a supporting fact that was read and one in a
    memory that is a candidate (Weston et al. 2014, section 3.1); O and R have dictionaries of their own.
    Vectors stand side by side, with the set of words last where `sets`:

        fact       candidate for O | read by O | read by R
        question                       asked O | asked R

    Words start at N(0, init), n-grams at zero: an n-gram not seen in training says nothing.
    """

    def __init__(
        self, vocab: int, dim: int, *, ngrams: int = 1, buckets: int = 4096, sets: bool = False, init: float = 0.1
    ) -> None:
        super().__init__()
        self.vocab, self.dim, self.ngrams, self.buckets, self.sets = vocab, dim, ngrams, buckets, sets
        self.facts = _dictionary(vocab, 3 * dim, ngrams > 1, buckets, init)
        self.questions = _dictionary(vocab, 2 * dim, ngrams > 1, buckets, init)
        self.width = 3 * dim + (vocab if sets else 0)

    def encode_facts(self, words: Int[Tensor, "facts words"]) -> Float[Tensor, "facts features"]:
        """Facts as candidates and as what a read adds to the query."""
        return self._encode(words, self.facts)

    def encode_question(self, words: Int[Tensor, "batch words"]) -> Float[Tensor, "batch features"]:
        """Questions as the query of O and of R."""
        return self._encode(words, self.questions)

    def _encode(self, words: Int[Tensor, "facts words"], table: Tensor) -> Float[Tensor, "facts features"]:
        features = bag_features(words, self.vocab, self.ngrams, self.buckets)
        vectors = encode_sentences(features, table, "bag", self.dim)
        return torch.cat([vectors, word_sets(words, self.vocab)], 1) if self.sets else vectors


class Squash(nn.Module):
    """E(u) = tanh(W tanh(u)), the non-linearity of MemNN NL (Weston et al. 2015, section 5); or E(u) = u."""

    def __init__(self, dim: int, nonlinear: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(dim, dim) / dim**0.5) if nonlinear else None

    def forward(self, vectors: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch dim"]:
        """Each vector by itself."""
        return vectors if self.weight is None else (vectors.tanh() @ self.weight.T).tanh()


def _dictionary(vocab: int, width: int, with_ngrams: bool, buckets: int, init: float) -> nn.Parameter:
    words = word_vectors(vocab, width, init).data
    return nn.Parameter(torch.cat([words, torch.zeros(buckets, width)]) if with_ngrams else words)
