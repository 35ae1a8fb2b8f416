"""I for conversations: every word in its window, whole turns, and symbols where they are named."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from memnn.input_map.sentence import word_vectors
from memnn.text.vocabulary import NIL, UNKNOWN

MARKED = 2  # the id of the mark of symbols, the last of the reserved ones


def windows(words: Float[Tensor, "frames words dim"], radius: int) -> Float[Tensor, "frames words window"]:
    """Each word's vector between those of its `radius` neighbours on either side, zeros beyond the ends."""
    padded = nn.functional.pad(words, (0, 0, radius, radius))
    return torch.cat([padded[:, start : start + words.shape[1]] for start in range(2 * radius + 1)], -1)


class WindowEncoder(nn.Module):
    """What is said, from frames in which every symbol is the same mark.

        h_j = relu(W [x_{j-r} .. x_{j+r}])              a word j of a frame in its window
        t = max_j h_j                                   a frame
        turn = relu(S_speaker t + P t')                 t' being the turn before it
        mention = relu(M_speaker h_j + Q t' + c)        a symbol at word j, c being its class, if it has one

    So a symbol is known by the words around it, by who said them and to what, and by its class, never by
    its own name. While training the share `unheard` of the words is taken for unknown.
    """

    def __init__(
        self, vocab: int, classes: int, speakers: int, dim: int, radius: int, dropout: float, unheard: float
    ) -> None:
        super().__init__()
        self.dim, self.radius, self.unheard = dim, radius, unheard
        self.table = word_vectors(vocab, dim, 0.3)
        self.window = nn.Linear((2 * radius + 1) * dim, dim)
        self.turn = nn.ModuleList(nn.Linear(dim, dim) for _ in range(speakers))
        self.before_turn = nn.Linear(dim, dim, bias=False)
        self.mention = nn.ModuleList(nn.Linear(dim, dim) for _ in range(speakers))
        self.before_mention = nn.Linear(dim, dim, bias=False)
        self.classes = nn.Parameter(0.3 * torch.randn(classes, dim))
        self.drop = nn.Dropout(dropout)

    def encode_frames(
        self, words: Int[Tensor, "frames words"]
    ) -> tuple[Float[Tensor, "frames words dim"], Float[Tensor, "frames dim"]]:
        """Every word of each frame, 0 where padded, and each frame."""
        heard = words
        if self.training and self.unheard:  # as from a user who puts it otherwise
            missed = torch.rand(words.shape, device=words.device) < self.unheard
            heard = words.masked_fill(missed & (words > MARKED), UNKNOWN)
        there = (words != NIL)[..., None]  # padding is like what lies beyond the ends
        vectors = nn.functional.embedding(heard, self.table) * there
        each = self.window(windows(vectors, self.radius)).relu() * there
        return each, self.drop(each.amax(1))

    def encode_turns(
        self,
        frames: Float[Tensor, "frames dim"],
        frame: Int[Tensor, "batch turns"],
        speaker: Int[Tensor, "batch turns"],
        mask: Bool[Tensor, "batch turns"],
    ) -> Float[Tensor, "batch turns dim"]:
        """Each turn with the one before it; 0 where padded."""
        told = nn.functional.embedding(frame, frames) * mask[..., None]
        own = _by_speaker([part(frames) for part in self.turn], frame, speaker)
        before = nn.functional.pad(told, (0, 0, 1, 0))[:, : told.shape[1]]
        turns: Tensor = (own + self.before_turn(before)).relu() * mask[..., None]
        return turns

    def encode_mentions(
        self,
        each: Float[Tensor, "frames words dim"],
        before: Float[Tensor, "batch mentions dim"],
        place: Int[Tensor, "batch mentions"],
        speaker: Int[Tensor, "batch mentions"],
        kind: Int[Tensor, "batch mentions"],
        mask: Bool[Tensor, "batch mentions"],
    ) -> Float[Tensor, "batch mentions dim"]:
        """Symbols at places that count the words of all frames through; `kind` is 0 for one without class."""
        words = each.flatten(0, 1)
        own = _by_speaker([part(words) for part in self.mention], place, speaker)
        known = nn.functional.embedding(kind, self.classes) * (kind > 0)[..., None]
        mentions: Tensor = (own + self.before_mention(before) + known).relu() * mask[..., None]
        return mentions


def _by_speaker(
    parts: list[Float[Tensor, "entries dim"]],
    entry: Int[Tensor, "batch some"],
    speaker: Int[Tensor, "batch some"],
) -> Float[Tensor, "batch some dim"]:
    """For each speaker's entry the vector that this speaker's part made of it."""
    return nn.functional.embedding(speaker * len(parts[0]) + entry, torch.cat(parts))
