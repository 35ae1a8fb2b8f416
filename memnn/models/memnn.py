"""MemNN: Memory Networks (Weston, Chopra, Bordes 2014, arXiv:1410.3916), trained from supporting facts.

With the adaptive memory, n-grams and non-linearity of Weston et al. 2015 (arXiv:1502.05698, section 5).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from memnn.generalization.append import Append
from memnn.input_map.bags import BagEncoder, Layout
from memnn.input_map.match import Matching
from memnn.input_map.unseen import draw_unseen, estrange
from memnn.memory import SharedMemory, Trace
from memnn.models.network import MemoryNetwork
from memnn.output_map.hard_chain import HardChain
from memnn.output_map.hard_read import Pairs
from memnn.output_map.hashed_slots import Hashing, hash_by_clusters
from memnn.output_map.hashing import ClusterHash, WordHash
from memnn.response.candidate_ranking import CandidateRanking
from memnn.response.decoder import LSTMDecoder
from memnn.response.story_ranking import Heard, StoryRanking
from memnn.text.batches import Batch
from memnn.text.vocabulary import UNKNOWN, Vocabulary

LEAST_STRANGERS = 100  # of a story, that a network tells apart which takes words for unseen
FIRST_WORDS = 16  # of a sentence, among which strangers are told apart and which are hashed


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
    unseen: float = 0.0  # section 3.5: the share of words that training takes for unseen; 0: knows none
    response: Literal["word", "lstm"] = "word"  # R: one entry ranked, or the words of a sentence written
    margin: float = 0.1  # gamma
    hashing: Hashing = "none"  # section 3.3: which facts a trained network looks at
    look_at: int = 100  # of these, the most that are scored, about
    clusters: int = 100  # of words, where they are hashed by these
    pairs: Pairs = "asked"  # of memories: which orders are trained, see hop_losses
    init: float = 0.1  # standard deviation of the initial word vectors

    def __post_init__(self) -> None:
        """Raises ValueError for a number out of its range."""
        for name in ("dim", "hops", "ngrams", "buckets", "capacity", "look_at", "clusters"):
            if (number := getattr(self, name)) is not None and number < 1:
                raise ValueError(f"{name} must be at least 1, not {number}")
        for name in ("ngram_weight", "pair_words", "margin", "init"):
            if not 0 <= (number := getattr(self, name)) < math.inf:
                raise ValueError(f"{name} must be a number from 0 on, not {number}")
        if not 0 <= self.unseen <= 1:
            raise ValueError(f"unseen is a share from 0 to 1, not {self.unseen}")

    def build(self, vocab: int) -> MemoryNetwork:
        """The network for a vocabulary of that size."""
        strangers = max(vocab, LEAST_STRANGERS) if self.unseen else 0  # any word may be taken for one
        layout = Layout(
            self.dim,
            vocab + strangers if self.match != "none" or strangers else 0,
            max(self.pair_words, FIRST_WORDS if strangers or self.hashing != "none" else 0),
        )
        encoder = BagEncoder(
            vocab,
            layout,
            ngrams=self.ngrams,
            ngram_weight=self.ngram_weight,
            buckets=self.buckets,
            contexts=strangers > 0,
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
            pair_words=self.pair_words,
            pair_buckets=2 * self.buckets,
            margin=self.margin,
            pairs=self.pairs,
            new_hash={
                "none": None,
                "words": lambda: WordHash,
                "clusters": partial(hash_words_of, encoder, strangers, self.clusters),
            }[self.hashing],
            look_at=self.look_at,
            init=self.init,
        )
        append, learn = Append(self.capacity), partial(supporting_losses, unseen=self.unseen)
        if self.response == "lstm":
            writer = LSTMDecoder(vocab, self.dim)
            return MemoryNetwork(encoder, append, chain, writer, learn, strangers=strangers, writes=True)
        ranking = CandidateRanking(
            vocab, self.dim, nonlinear=self.nonlinear, margin=self.margin, init=self.init
        )
        if not strangers:
            return MemoryNetwork(encoder, append, chain, ranking, learn)
        either = StoryRanking(vocab, strangers, ranking, self.init)
        return MemoryNetwork(encoder, append, chain, either, learn, rank_words_of_story, strangers)


def hash_words_of(encoder: BagEncoder, strangers: int, clusters: int) -> Callable[[], ClusterHash]:
    """Makes hashes by clusters of the words' vectors in facts that are candidates for O."""
    return hash_by_clusters(encoder.facts.detach()[:, : encoder.layout.dim], strangers, clusters)


def supporting_losses(
    network: MemoryNetwork, batch: Batch, *, unseen: float = 0.0
) -> Float[Tensor, " batch"]:
    """The ranking losses of each supporting fact, given those before, and of the answer, given them all.

    A question without supporting facts teaches an adaptive chain to read nothing for it. While
    training, the share `unseen` of the words is taken for strangers.
    """
    drawn = None
    if unseen and network.training:
        vocab = network.input_map.vocab
        drawn = draw_unseen(vocab, unseen, batch.answer.device)
        batch = replace(
            batch,
            facts=estrange(batch.facts, drawn),
            question=estrange(batch.question, drawn),
            answer=batch.answer.where(batch.answer < vocab, UNKNOWN),
        )
    memory, query = network.write(batch), network.input_map.encode_question(batch.question)
    losses, state = network.output_map.follow(memory, query, batch.supporting)
    if isinstance(network.response, StoryRanking):
        read = batch.supporting[:, : network.output_map.hops]
        read = read.where((read >= 0).cumprod(1).bool(), -1)  # where one is forgotten the chain has stopped
        heard = Heard.of(network.input_map.layout, memory, query, read)
        answered = network.response.losses(state, heard, batch.answer, drawn)
    elif network.writes:
        answered = network.response.sentence_losses(state, batch.said)
    else:
        answered = network.response.losses(state, batch.answer)
    total: Tensor = losses + answered
    return total


def rank_words_of_story(
    network: MemoryNetwork, memory: SharedMemory, query: Tensor, state: Tensor, trace: Trace
) -> Float[Tensor, "batch entries"]:
    """R of the vocabulary and of the story's strangers, after the facts that the chain has read."""
    weights = torch.stack([nn.functional.pad(reading.weights, (0, 1)) for reading in trace], 1)
    read = weights.argmax(-1).where(weights.any(-1), -1)
    scores: Tensor = network.response(state, Heard.of(network.input_map.layout, memory, query, read))
    return scores
