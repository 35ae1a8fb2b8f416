"""I of the Symbol Memory Network: a sentence as its frame, and the symbols that fill it as themselves."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.sentence import encode_sentences, word_vectors
from memnn.input_map.windows import MARKED, windows
from memnn.text.vocabulary import NIL, UNKNOWN

RADIUS = 2  # words on either side that a layer sees


class FrameEncoder(nn.Module):
    """x = MLP(sum_j l_j A w_j, sum_j A w_j / 2) of the words of a frame, MARK among them; and names.

    The first sum is position-encoded (Sukhbaatar et al. 2015, section 4.1), so that frames of the same
    words in another order differ. Symbols that a question reads by name add sum_k N_k n_k, a matrix N_k for
    each place k, n_k being what the name says; all others add nothing, so that no two of them can be told
    apart by I. What a name says is its word's vector, A w_k, or, where names are of so many `kinds`, no more
    than tanh(K A w_k) of that width, with noise inside in training: a man or a woman, but not who.
    """

    def __init__(
        self, vocab: int, dim: int, places: int, kinds: int | None = None, init: float = 0.3
    ) -> None:
        super().__init__()
        self.dim, self.places = dim, places
        self.table = word_vectors(vocab, dim, init)
        self.mix = nn.Sequential(nn.Linear(2 * dim, dim), nn.ReLU(), nn.Linear(dim, dim))
        self.kinds = None if kinds is None else nn.Linear(dim, kinds, bias=False)  # K
        said = kinds or dim
        self.names = nn.Parameter(torch.randn(places, said, dim) / said**0.5)  # N_k

    def encode_frames(self, words: Int[Tensor, "frames words"]) -> Float[Tensor, "frames dim"]:
        """Each frame by itself."""
        placed = encode_sentences(words, self.table, "position", self.dim)
        bag = encode_sentences(words, self.table, "bag", self.dim)
        mixed: Tensor = self.mix(torch.cat([placed, bag / 2], 1))
        return mixed

    def name_vectors(self, names: Int[Tensor, "*shape places"]) -> Float[Tensor, "*shape some said"]:
        """What symbols read by name say, n; zero for those that are not."""
        names = names[..., : self.places]
        vectors = nn.functional.embedding(names, self.table)
        if self.kinds is not None:
            vectors = self.kinds(vectors)
            vectors = (vectors + torch.randn_like(vectors) if self.training else vectors).tanh()
        return vectors * (names != NIL)[..., None]

    def encode_names(self, said: Float[Tensor, "*shape places said"]) -> Float[Tensor, "*shape dim"]:
        """What they add to a frame, from what they say."""
        return torch.einsum("...kd,kde->...e", said, self.names[: said.shape[-2]])


class WindowFrameEncoder(FrameEncoder):
    """x = MLP(max_j h_j, h of the first MARK, of the second ..): words in their windows, so that what stands
    around a symbol counts wherever in a sentence it is.

        g_j = relu(W [A w_{j-2} .. A w_{j+2}])        h_j = relu(V [g_{j-2} .. g_{j+2}])

    A word never heard is a gap, and in training so is the share `unheard` of all words, marks not counted.
    For text in which hardly a sentence comes twice, as people write.
    """

    def __init__(
        self, vocab: int, dim: int, places: int, kinds: int | None = None, unheard: float = 0.0
    ) -> None:
        super().__init__(vocab, dim, places, kinds)
        self.unheard = unheard
        window = (2 * RADIUS + 1) * dim
        self.near, self.far = nn.Linear(window, dim), nn.Linear(window, dim)  # W, V
        self.mix = nn.Sequential(nn.Linear((places + 1) * dim, 2 * dim), nn.ReLU(), nn.Linear(2 * dim, dim))

    def encode_frames(self, words: Int[Tensor, "frames words"]) -> Float[Tensor, "frames dim"]:
        """Each frame by itself."""
        there = (words != NIL)[..., None]  # padding is like what lies beyond the ends
        heard = words != UNKNOWN
        if self.training and self.unheard:
            heard = heard & (
                (torch.rand(words.shape, device=words.device) >= self.unheard) | (words == MARKED)
            )
        each = nn.functional.embedding(words, self.table) * (there & heard[..., None])
        for layer in (self.near, self.far):
            each = layer(windows(each, RADIUS)).relu() * there
        marked = words == MARKED
        order = marked.cumsum(1) * marked
        places = torch.arange(1, self.places + 1, device=words.device)
        at = (order[:, None] == places[:, None]).to(each) @ each
        joined: Tensor = self.mix(torch.cat([each.amax(1), at.flatten(1)], 1))
        return joined
