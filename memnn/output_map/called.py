"""O: which of the symbols at hand is moved, by what they are called.

Of two who met, "He took the ring" tells of the man, and nothing but a name says who that is.
"""

from jaxtyping import Float
from torch import Tensor, nn

NUMBERS = 8  # of what a symbol is called
SHARP = 4.0  # so that names make a difference from the start: else it takes several times as many epochs


class Called(nn.Module):
    """What is added to the scores t_ra of moving what is at hand, a, into scratch register r (`SymbolHops`):

        t_ra <- t_ra + 4 C_r y . N n_a        n_a = sum_s m_as n_s

    y being the state of the node that moves, m_as the share of symbol s in a, and n_s what the name of s
    says, the mean over its mentions: 0 unless it is read by name, so that all other symbols are moved as they
    are without. What two names have in common is soon learnt here, as it is compared at once with what the
    node makes of it, where states would have to carry both.
    """

    def __init__(self, dim: int, said: int, scratch: int) -> None:
        """`said`: the width of what a name says."""
        super().__init__()
        self.scratch = scratch
        self.call = nn.Linear(said, NUMBERS, bias=False)  # N
        self.want = nn.Linear(dim, scratch * NUMBERS)  # C

    def of_symbols(
        self,
        fillers: Float[Tensor, "batch nodes places symbols"],
        says: Float[Tensor, "batch nodes filled said"],
    ) -> Float[Tensor, "batch symbols called"]:
        """N n of every symbol of a story; places in which no name is read may be left out of `says`."""
        mentions = fillers[:, :, : says.shape[2]].flatten(1, 2).mT
        said = mentions @ says.flatten(1, 2) / mentions.sum(2, keepdim=True).clamp(min=1)
        called: Tensor = self.call(said)
        return called

    def forward(
        self,
        y: Float[Tensor, "batch nodes dim"],
        called: Float[Tensor, "batch symbols called"],
        shared: Float[Tensor, "batch nodes shared symbols"],
        scratch: Float[Tensor, "batch nodes scratch symbols"],
    ) -> tuple[Float[Tensor, "batch nodes scratch shared"], Float[Tensor, "batch nodes scratch one"]]:
        """What is added for what may go into any register, and for what each has."""
        want = SHARP * self.want(y).unflatten(-1, (self.scratch, NUMBERS))
        others = want @ (shared @ called[:, None]).mT
        return others, (want * (scratch @ called[:, None])).sum(-1, keepdim=True)
