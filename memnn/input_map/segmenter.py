"""I for words that come without full stops: a learnt segmenter (Weston et al. 2014, section 3.2)."""

from collections.abc import Iterable, Sequence
from itertools import chain, groupby

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.sentence import word_vectors
from memnn.text.batches import pad
from memnn.text.vocabulary import NIL

Segment = tuple[int, ...]


class Segmenter(nn.Module):
    """Says of the words heard since the last segment whether they are one.

        seg(c) = W_seg^T U_S Φ(c)

    Φ is a bag of words, and the last word once more in a dictionary of its own. (The paper has the bag
    alone. There seg adds up over words, so that 'where is Joe' could never be a segment while
    'where is' and 'Joe', with which other segments begin, are none.)

    Where seg(c) > 0 the words are a segment, which is written to memory, and the next begins. Training
    puts segments at γ and other words at -γ, so that 0 is halfway. (The paper asks for
    seg(c) > γ, where its own loss leaves the segments on the edge.)
    """

    def __init__(self, vocab: int, dim: int = 20, margin: float = 0.1, init: float = 0.1) -> None:
        super().__init__()
        self.margin = margin  # γ
        self.words = word_vectors(vocab, dim, init)  # U_S, a row a word
        self.last = word_vectors(vocab, dim, init)  # U_S, a row a last word
        self.weight = nn.Parameter(init * torch.randn(dim))  # W_seg

    def forward(self, words: Int[Tensor, "segments words"]) -> Float[Tensor, " segments"]:
        """seg(c) of each row of words, padded behind with the nil word; 0 for no words."""
        filled = words != NIL
        last = words.gather(1, filled.sum(1, keepdim=True).sub(1).clamp(min=0))
        each, at_the_end = self.words @ self.weight, self.last @ self.weight
        scores: Tensor = (each[words] * filled).sum(-1) + (at_the_end[last] * (last != NIL)).sum(-1)
        return scores

    def loss(
        self, segments: Int[Tensor, "segments words"], others: Int[Tensor, "others any"], weak: float = 0.2
    ) -> Float[Tensor, ""]:
        """Both margin losses of the paper's appendix, as means; `weak` weighs the second.

        mean max(0, γ - seg(f))  over known segments  +  mean max(0, γ + seg(f'))  over others
        """
        wrong, other = self.margin - self(segments), self.margin + self(others)
        missed: Tensor = wrong.relu().sum() / max(1, len(wrong))
        false: Tensor = other.relu().sum() / max(1, len(other))
        return missed + weak * false

    def segment(self, stream: Sequence[int]) -> list[list[int]]:
        """The segments of a stream, in order. Words after the last of them are one not yet ended."""
        each, at_the_end = ((table @ self.weight).tolist() for table in (self.words, self.last))
        segments: list[list[int]] = []
        heard: list[int] = []
        score = 0.0
        for word in stream:
            if word == NIL:
                continue
            heard.append(word)
            score += each[word]
            if score + at_the_end[word] > 0:
                segments.append(heard)
                heard, score = [], 0.0
        return segments


def examples(
    streams: Iterable[tuple[Sequence[Sequence[int]], Sequence[bool]]],
) -> tuple[list[Segment], list[Segment]]:
    """What streams teach: distinct segments, and distinct runs of words that are none.

    A stream comes as its segments and which of them are labelled (supporting facts, questions). Of
    these each beginning is no segment. Of the words between them nothing is told, not even where
    one segment ends and the next begins; yet where they are no more than the longest that is
    labelled, they are taken as one, or facts of a kind that no question rests on would never be
    learnt. Their beginnings are weaker examples of none, as some may be segments.
    """
    labelled: dict[Segment, None] = {}
    between: dict[Segment, None] = {}
    for heard, known in streams:
        for is_known, run in groupby(zip(heard, known), key=lambda pair: pair[1]):
            texts = [tuple(words) for words, _ in run]
            (labelled if is_known else between).update(
                dict.fromkeys(texts if is_known else [tuple(chain.from_iterable(texts))])
            )
    longest = max(map(len, labelled), default=0)
    segments = labelled | {words: None for words in between if len(words) <= longest}
    beginnings = dict.fromkeys(
        words[:end] for words in labelled | between for end in range(1, min(len(words), longest + 1))
    )
    return list(segments), [words for words in beginnings if words not in segments]


def fit(
    segmenter: Segmenter,
    segments: Sequence[Segment],
    others: Sequence[Segment],
    *,
    weak: float = 0.2,
    steps: int = 300,
    rate: float = 0.02,
) -> float:
    """Train on all examples at once (they are few: distinct sentences); the last loss."""
    optimizer = torch.optim.Adam(segmenter.parameters(), lr=rate)
    known, none = (torch.from_numpy(pad(rows)) for rows in (segments, others))
    for _ in range(steps):
        loss = segmenter.loss(known, none, weak)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    return float(loss.detach())
