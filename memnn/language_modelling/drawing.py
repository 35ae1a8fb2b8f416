"""Draw the next word: by temperature, among the likeliest."""

import torch
from jaxtyping import Float
from torch import Tensor


def draw(
    probabilities: Float[Tensor, " vocab"],
    temperature: float,
    top_k: int,
    top_p: float,
    random: torch.Generator,
) -> int:
    """A word's number, as `LanguageModel.generate` says. Words of probability 0 are never drawn."""
    if temperature == 0:
        return int(probabilities.argmax())
    ordered, indices = probabilities.sort(descending=True, stable=True)
    if top_k:
        ordered, indices = ordered[:top_k], indices[:top_k]
    logits = ordered.double().log()
    logits = (logits - logits[0]) / temperature  # 0 for the likeliest: no temperature is too low
    chances = logits.softmax(-1)
    # the first word that reaches top_p is still among them
    among = chances.cumsum(-1) - chances < top_p
    among[0] = True
    chances = torch.where(among, chances, 0.0)
    return int(indices[torch.multinomial(chances, 1, generator=random)])
