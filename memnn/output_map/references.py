"""O: whom a sentence speaks of without naming them, by what was said before it and after.

'Ann was late. Her son Bob waited.' The second sentence names Bob alone, and 'her' is Ann. In 'Ann waited for
her son. Bob was late.' it is the first that speaks of Bob.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from memnn.output_map.recency import NEVER, nearest_weights

BEFORE, AFTER = 2, 1  # heads that look back, and ahead
WIDTH = 16
OFFSET = -2.0  # of scores at first: few sentences speak of somebody else


class References(nn.Module):
    """Every head of a sentence takes up a symbol that another sentence names: of all mentions before it, or
    of all after it, the nearest that fits. For the mention in place p of sentence j, whose name says n_jp,

        z_ijp = q(y_i) . k_p(y_j) / sqrt(16) + g(y_i) . n_jp + d
        w_ijp = s(z_ijp) prod (1 - s(z_ij'p'))        over the mentions between
        R_is = sum_jp w_ijp P_jps

    s being the logistic function. R has its share of a symbol as P has the whole of it. Only what sentence i
    says is then told of the symbol (`pair_rounds.py`), and of i and j one must name fewer than two: facts
    that join two each could else be joined to one another here, and chains no longer than those of training
    would be learnt in place of what follows from what.
    """

    heads = BEFORE + AFTER

    def __init__(self, dim: int, places: int, kinds: int) -> None:
        super().__init__()
        self.places, self.kinds = places, kinds
        self.ask = nn.Linear(dim, self.heads * (WIDTH + kinds))  # q, g
        self.offer = nn.Linear(dim, self.heads * places * WIDTH)  # k
        self.offset = nn.Parameter(torch.full((self.heads, 1, 1), OFFSET))  # d

    def forward(
        self,
        y: Float[Tensor, "batch facts dim"],
        fillers: Float[Tensor, "batch facts places symbols"],
        says: Float[Tensor, "batch facts places kinds"],
    ) -> Float[Tensor, "batch facts heads symbols"]:
        """R, from y, P and n of the places that are filled."""
        scores, (facts, places) = self._scores(y, says), fillers.shape[1:3]
        sentence = torch.arange(facts, device=y.device)
        other = sentence.repeat_interleave(places)
        alone = fillers.amax(2).sum(-1) < 2  # names fewer than two
        free = (alone[:, :, None] | alone[:, None]).repeat_interleave(places, 2)
        named = (free & fillers.any(-1).flatten(1)[:, None])[:, None]
        before = named & (other < sentence[:, None])
        after = named & (other > sentence[:, None])
        back, ahead = torch.split(scores, [BEFORE, AFTER], 1)
        weights = (_nearest(back.flip(-1), before.flip(-1)).flip(-1), _nearest(ahead, after))
        return (torch.cat(weights, 1) @ fillers.flatten(1, 2)[:, None]).transpose(1, 2)

    def _scores(
        self, y: Float[Tensor, "batch facts dim"], says: Float[Tensor, "batch facts places kinds"]
    ) -> Float[Tensor, "batch heads facts mentions"]:
        (batch, facts), places = y.shape[:2], says.shape[2]
        ask = self.ask(y).view(batch, facts, self.heads, WIDTH + self.kinds).transpose(1, 2)
        q, g = torch.split(ask, [WIDTH, self.kinds], -1)
        offer = self.offer(y).view(batch, facts, self.heads, self.places, WIDTH)[:, :, :, :places]
        k = offer.permute(0, 2, 1, 3, 4).flatten(2, 3)
        scores: Tensor = q @ k.mT / WIDTH**0.5 + g @ says.flatten(1, 2).mT[:, None] + self.offset
        return scores


def _nearest(
    scores: Float[Tensor, "batch heads facts mentions"], allowed: Bool[Tensor, "batch one facts mentions"]
) -> Float[Tensor, "batch heads facts mentions"]:
    return nearest_weights(scores.masked_fill(~allowed, NEVER))
