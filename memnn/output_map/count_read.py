"""O, a memory of the training text: its counts have a share in the next word's probability."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from memnn.output_map.kneser_ney import KneserNey


@dataclass(frozen=True)
class CountRead:
    """R's probability and that of counts as one, before a cache is mixed in.

        p(w) = (1 - kappa) p_R(w) + kappa p_N(w | last words)

    What the network has not seen often enough to learn, the counts still know. kappa (`share`) is set on
    validation text after training.
    """

    ngrams: KneserNey
    share: float

    def mix(
        self, response: Float[Tensor, "*shape"], counted: Float[Tensor, "*shape"]
    ) -> Float[Tensor, "*shape"]:
        """Both probabilities as one."""
        return (1 - self.share) * response + self.share * counted
