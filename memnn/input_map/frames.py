"""I of the Symbol Memory Network: a sentence as its frame, and the symbols that fill it as themselves."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.sentence import encode_sentences, word_vectors
from memnn.text.vocabulary import NIL


class FrameEncoder(nn.Module):
    """x = MLP(sum_j l_j A w_j, sum_j A w_j / 2) of the words of a frame, MARK among them; and names.

    The first sum is position-encoded (Sukhbaatar et al. 2015, section 4.1), so that frames of the same
    words in another order differ. Symbols that a question reads by name add sum_k N_k A w_k, a
    matrix N_k for each place k; all others add nothing, so that no two of them can be told apart by I.
    """

    def __init__(self, vocab: int, dim: int, places: int, init: float = 0.3) -> None:
        super().__init__()
        self.dim, self.places = dim, places
        self.table = word_vectors(vocab, dim, init)
        self.mix = nn.Sequential(nn.Linear(2 * dim, dim), nn.ReLU(), nn.Linear(dim, dim))
        self.names = nn.Parameter(torch.randn(places, dim, dim) / dim**0.5)  # N_k

    def encode_frames(self, words: Int[Tensor, "frames words"]) -> Float[Tensor, "frames dim"]:
        """Each frame by itself."""
        placed = encode_sentences(words, self.table, "position", self.dim)
        bag = encode_sentences(words, self.table, "bag", self.dim)
        mixed: Tensor = self.mix(torch.cat([placed, bag / 2], 1))
        return mixed

    def encode_names(self, names: Int[Tensor, "*shape places"]) -> Float[Tensor, "*shape dim"]:
        """What symbols read by name add; zero for those that are not."""
        names = names[..., : self.places]
        vectors = nn.functional.embedding(names, self.table) * (names != NIL)[..., None]
        return torch.einsum("...kd,kde->...e", vectors, self.names[: names.shape[-1]])
