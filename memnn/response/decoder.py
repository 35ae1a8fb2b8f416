"""R, a sentence: an LSTM writes the answer word by word (Weston, Chopra, Bordes 2014, section 3.1)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from memnn.input_map.sentence import word_vectors
from memnn.text.vocabulary import NIL, UNKNOWN

END = NIL  # ends a sentence; the nil word is never said


class LSTMDecoder(nn.Module):
    """Reads [x, m_o1, m_o2] as one vector, then each word it has said; says END when done.

        i, f, o = sigmoid(...)    g = tanh(...)      of W [input, h] + b
        c = f c + i g             h = o tanh(c)      next word: softmax(V h)

    From smaller weights than N(0, 0.3) it starts too slowly to keep what only the last word says.
    Written out because `torch.nn.LSTM` cannot be trained with restarts side by side.
    """

    def __init__(self, vocab: int, dim: int, *, hidden: int = 50, init: float = 0.3) -> None:
        super().__init__()
        self.hidden = hidden
        self.words = word_vectors(vocab, dim, init)
        self.gates = nn.Parameter(init * torch.randn(4 * hidden, dim + hidden))
        self.bias = nn.Parameter(
            torch.cat([torch.zeros(hidden), torch.ones(hidden), torch.zeros(2 * hidden)])
        )
        self.say = nn.Parameter(init * torch.randn(vocab, hidden))

    def forward(self, state: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch vocab"]:
        """Log probabilities of the first word."""
        said = self._say(self._step(state, *self._silence(state))[0])
        reserved = torch.tensor([NIL, UNKNOWN], device=state.device)
        return said.index_fill(1, reserved, torch.finfo(said.dtype).min)

    def sentence_losses(
        self, state: Float[Tensor, "batch dim"], sentence: Int[Tensor, "batch words"]
    ) -> Float[Tensor, " batch"]:
        """- sum_t log p(w_t | state, w_1 .. w_{t-1}), the END behind the last word included.

        Sentences are padded behind; each word is said given the right words before it. 0 where a word
        was never seen in training.
        """
        targets = nn.functional.pad(sentence, (0, 1), value=END)
        losses, said = state.new_zeros(len(state)), torch.ones_like(targets[:, 0], dtype=torch.bool)
        heard, memory = state, self._silence(state)
        for target in targets.unbind(1):
            memory = self._step(heard, *memory)
            right = self._say(memory[0]).gather(1, target[:, None]).squeeze(1)
            losses = losses - right * said
            said = said & (target != END)
            heard = nn.functional.embedding(target, self.words)
        return losses * (sentence != UNKNOWN).all(1)

    def generate(self, state: Float[Tensor, "batch dim"], longest: int = 20) -> Int[Tensor, "batch words"]:
        """The sentences that take the likeliest word each time, at most `longest` words, then padding."""
        heard, memory, sentence = state, self._silence(state), []
        unknown = torch.tensor([UNKNOWN], device=state.device)
        going = torch.ones(len(state), dtype=torch.bool, device=state.device)
        for _ in range(longest):
            memory = self._step(heard, *memory)
            said = self._say(memory[0]).index_fill(1, unknown, float("-inf"))
            word = said.argmax(-1).where(going, END)
            going = going & (word != END)
            sentence.append(word)
            heard = nn.functional.embedding(word, self.words)
        return torch.stack(sentence, 1)

    def _silence(self, state: Tensor) -> tuple[Tensor, Tensor]:
        nothing = state.new_zeros(len(state), self.hidden)
        return nothing, nothing

    def _step(self, heard: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        i, f, o, g = (torch.cat([heard, h], 1) @ self.gates.T + self.bias).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def _say(self, h: Tensor) -> Tensor:
        return (h @ self.say.T).log_softmax(-1)
