"""R, one word: candidates ranked by how well they go with what was read (Weston et al. 2014, section 3.1)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.bags import Squash
from memnn.input_map.sentence import word_vectors
from memnn.text.vocabulary import NIL, UNKNOWN


def ranking_losses(
    scores: Float[Tensor, "batch candidates"], right: Int[Tensor, " batch"], margin: float
) -> Float[Tensor, " batch"]:
    """sum over the wrong candidates w of max(0, margin - s_R(x, r) + s_R(x, w))."""
    violated = (margin - scores.gather(1, right[:, None]) + scores).relu()
    wrong = torch.arange(scores.shape[1], device=right.device) != right[:, None]
    return (violated * wrong).sum(-1)


class CandidateRanking(nn.Module):
    """s_R([x, m_o1, m_o2], w) = E(U Phi_x) . E(U Phi_w), for every word w of the vocabulary.

    The words have a dictionary of their own here. The nil and unknown words are never the answer.
    """

    def __init__(self, vocab: int, dim: int, *, nonlinear: bool = False, init: float = 0.1) -> None:
        super().__init__()
        self.words = word_vectors(vocab, dim, init)
        self.query, self.candidate = Squash(dim, nonlinear), Squash(dim, nonlinear)

    def forward(self, state: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch vocab"]:
        """Scores of every word."""
        scores = self.query(state) @ self.candidate(self.words).T
        reserved = torch.tensor([NIL, UNKNOWN], device=state.device)
        return scores.index_fill(1, reserved, torch.finfo(scores.dtype).min)
