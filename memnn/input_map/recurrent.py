"""I, recurrent: each word as the state of an LSTM that has read the text up to it (Merity et al. 2018)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

LstmState = tuple[tuple[Tensor, Tensor], ...]  # of each layer h and c, 1 x batch x its width


class RecurrentEncoder(nn.Module):
    """LSTM layers over word vectors, the last one as wide as these, so that R can share them.

        e_t = E x_t                h_t = LSTM_L(... LSTM_1(e_1 .. e_t))

    Regularised as in AWD-LSTM (arXiv:1708.02182, section 4): whole words are dropped from E
    (`drop_words`), inputs and outputs of layers lose the same units at every time of a window
    (`drop_input`, `drop_between`, `drop_output`), and the recurrent weights lose some of theirs
    (`drop_weights`, DropConnect).
    """

    def __init__(
        self,
        vocab: int,
        dim: int,
        hidden: int,
        layers: int,
        *,
        drop_words: float = 0.0,
        drop_input: float = 0.0,
        drop_between: float = 0.0,
        drop_output: float = 0.0,
        drop_weights: float = 0.0,
    ) -> None:
        super().__init__()
        self.vectors = nn.Parameter(torch.empty(vocab, dim).uniform_(-0.1, 0.1))
        sizes = [dim, *[hidden] * (layers - 1), dim]
        self.into = nn.ParameterList(_gates(sizes[i + 1], sizes[i]) for i in range(layers))
        self.across = nn.ParameterList(_gates(sizes[i + 1], sizes[i + 1]) for i in range(layers))
        self.bias = nn.ParameterList(_forgetting_little(sizes[i + 1]) for i in range(layers))
        self.drop_words, self.drop_weights = drop_words, drop_weights
        self.drop_before = (drop_input, *[drop_between] * (layers - 1))
        self.drop_output = drop_output

    def begin(self, batch: int) -> LstmState:
        """The state before any word."""
        widths = [weight.shape[-1] for weight in self.across]
        return tuple(
            (self.bias[0].new_zeros(1, batch, w), self.bias[0].new_zeros(1, batch, w)) for w in widths
        )

    def forward(
        self, words: Int[Tensor, "batch length"], state: LstmState
    ) -> tuple[Float[Tensor, "batch length dim"], LstmState]:
        """The state after each word, and what the next window goes on from."""
        words = words.mT  # time first, as torch.lstm wants it
        states = nn.functional.embedding(words, self.vectors)
        if self.training and self.drop_words:
            kept = torch.rand(len(self.vectors), 1, device=states.device) >= self.drop_words
            states = states * (kept / (1 - self.drop_words))[words]
        after = []
        for layer, before in enumerate(state):
            states = drop_units(states, self.drop_before[layer], self.training)
            across = nn.functional.dropout(self.across[layer], self.drop_weights, self.training)
            bias = self.bias[layer]
            weights = [self.into[layer], across, bias, torch.zeros_like(bias)]
            # torch.nn.LSTM keeps its own list of weights, which dropped ones would not get into
            states, hidden, cell = torch.lstm(
                states, before, weights, True, 1, 0.0, self.training, False, False
            )
            after.append((hidden, cell))
        return drop_units(states, self.drop_output, self.training).transpose(0, 1), tuple(after)


def drop_units(
    states: Float[Tensor, "length batch dim"], share: float, training: bool
) -> Float[Tensor, "length batch dim"]:
    """Variational dropout: each row loses the same units at all times (Gal and Ghahramani 2016)."""
    if not (training and share):
        return states
    mask = torch.empty_like(states[:1]).bernoulli_(1 - share) / (1 - share)
    return states * mask


def _gates(width: int, inputs: int) -> nn.Parameter:
    return nn.Parameter(torch.empty(4 * width, inputs).uniform_(-(width**-0.5), width**-0.5))


def _forgetting_little(width: int) -> nn.Parameter:
    """Zero, but one for the forget gates, so that at first the cells keep what they hold."""
    bias = torch.zeros(4, width)
    bias[1] = 1.0
    return nn.Parameter(bias.flatten())
