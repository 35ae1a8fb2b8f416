"""MemNN: Memory Networks (Weston, Chopra, Bordes 2014, arXiv:1410.3916), trained from supporting facts.

With the adaptive memory, n-grams and non-linearity of Weston et al. 2015 (arXiv:1502.05698, section 5).
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from jaxtyping import Float
from torch import Tensor

from memnn.generalization.append import Append
from memnn.input_map.bags import BagEncoder, Layout
from memnn.input_map.match import Matching
from memnn.models.network import MemoryNetwork
from memnn.output_map.hard_chain import HardChain
from memnn.output_map.hard_read import Pairs
from memnn.response.candidate_ranking import CandidateRanking
from memnn.response.decoder import LSTMDecoder
from memnn.text.batches import Batch
from memnn.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class MemNN:
    """Settings of the model of section 3, with the options of both papers."""

    needs_supporting: ClassVar[bool] = True  # it learns from labelled facts, not from answers alone
    vocabulary: ClassVar[type] = Vocabulary

    dim: int = 50  # n
    hops: int = 2  # k: facts read, at most where adaptive
    capacity: int | None = None  # the newest facts that are kept; None: all
    adaptive: bool = True  # AM: the chain learns to stop
    time: bool = True  # section 3.4: write times, by comparing pairs
    ngrams: int = 1  # NG: the longest n-grams in the bags
    ngram_weight: float = 0.2  # how many words an n-gram counts
    buckets: int = 1024  # for n-grams to share
    nonlinear: bool = False  # NL: E(u) = tanh(W tanh(u))
    match: Matching = "none"  # section 3.6: words that query and memory share
    pair_words: int = 0  # of a sentence, whose pairs tell R where the question's words stand; 0: none
    unseen: float = 0.0  # section 3.5: the share of words that training takes for unknown
    response: Literal["word", "lstm"] = "word"  # R: one word ranked, or a sentence written
    margin: float = 0.1  # gamma
    pairs: Pairs = "asked"  # of memories: which orders are trained, see hop_losses
    init: float = 0.1  # standard deviation of the initial word vectors

    def build(self, vocab: int) -> MemoryNetwork:
        """The network for a vocabulary of that size."""
        layout = Layout(self.dim, vocab if self.match != "none" else 0, self.pair_words)
        encoder = BagEncoder(
            vocab,
            layout,
            ngrams=self.ngrams,
            ngram_weight=self.ngram_weight,
            buckets=self.buckets,
            unseen=self.unseen,
            init=self.init,
        )
        chain = HardChain(
            vocab,
            layout,
            self.hops,
            adaptive=self.adaptive,
            time=self.time,
            nonlinear=self.nonlinear,
            matching=self.match,
            pair_buckets=2 * self.buckets,
            margin=self.margin,
            pairs=self.pairs,
            init=self.init,
        )
        response = (
            LSTMDecoder(vocab, self.dim, init=self.init)
            if self.response == "lstm"
            else CandidateRanking(
                vocab, self.dim, nonlinear=self.nonlinear, margin=self.margin, init=self.init
            )
        )
        return MemoryNetwork(encoder, Append(self.capacity), chain, response, supporting_losses)


def supporting_losses(network: MemoryNetwork, batch: Batch) -> Float[Tensor, " batch"]:
    """The ranking losses of each supporting fact, given those before, and of the answer, given them all.

    A question without supporting facts teaches an adaptive chain to read nothing for it.
    """
    query = network.input_map.encode_question(batch.question)
    losses, state = network.output_map.follow(network.write(batch), query, batch.supporting)
    total: Tensor = losses + network.response.losses(state, batch.answer)
    return total
