"""R of MemNN, one word: ranks what could be the answer (Weston, Chopra, Bordes 2014, section 3.1)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.bags import Squash
from memnn.input_map.sentence import word_vectors
from memnn.text.vocabulary import NIL, UNKNOWN


def ranking_losses(
    scores: Float[Tensor, "batch candidates"], right: Int[Tensor, " batch"], margin: float
) -> Float[Tensor, " batch"]:
    """sum_w max(0, margin - s_R(x, r) + s_R(x, w)) over all candidates w but the right one, r."""
    losses = (margin - scores.gather(1, right[:, None]) + scores).relu()
    wrong = torch.arange(scores.shape[1], device=right.device) != right[:, None]
    return (losses * wrong).sum(-1)


class CandidateRanking(nn.Module):
    """r = argmax_w s_R([x, m_o1, m_o2], w) over every entry w of the vocabulary, with s_R = E(x) . E(w).

    Entries have a dictionary of their own here. Ranking gives no probabilities; the softmax of the
    scores, divided by the margin, stands in for them: it orders answers, and is not calibrated.
    """

    def __init__(
        self, vocab: int, dim: int, *, nonlinear: bool = False, margin: float = 0.1, init: float = 0.1
    ) -> None:
        super().__init__()
        self.margin = margin
        self.words = word_vectors(vocab, dim, init)
        self.asked, self.candidate = Squash(dim, nonlinear), Squash(dim, nonlinear)

    def forward(self, state: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch vocab"]:
        """Scores of every entry in margins; never the nil or the unknown word."""
        scores: Tensor = self.asked(state) @ self.candidate(self.words).T / self.margin
        reserved = torch.tensor([NIL, UNKNOWN], device=state.device)
        return scores.index_fill(1, reserved, torch.finfo(scores.dtype).min)

    def losses(
        self, state: Float[Tensor, "batch dim"], answer: Int[Tensor, " batch"]
    ) -> Float[Tensor, " batch"]:
        """The ranking losses; 0 where the answer was never seen in training."""
        seen = answer > UNKNOWN
        any_entry = len(self.words) - 1  # stands in where there is no score to rank
        return self.margin * ranking_losses(self(state), answer.where(seen, any_entry), 1.0) * seen
