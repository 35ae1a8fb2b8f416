"""A trained language model that reads, predicts, and says what it remembers."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from memnn.errors import UserError
from memnn.language_modelling.counting import load_counts, save_counts
from memnn.language_modelling.drawing import draw
from memnn.language_modelling.perplexity import LENGTH, reads_cache
from memnn.memory import WordMemory
from memnn.text.word_list import UNKNOWN, WordList
from memnn.training import checkpoint

CACHE = 2000  # words that are remembered unless told
EVIDENCE = 5  # positions named with a word


@dataclass(frozen=True)
class Remembered:
    """A word read earlier that a prediction rests on."""

    position: int  # among all words read, from 0
    word: str
    weight: float  # share of the predicted word's probability (a cache), or of a hop's attention
    hop: int = 1


@dataclass(frozen=True)
class Counted:
    """What a prediction owes to the counts of the training text."""

    after: tuple[str, ...]  # the longest end of what was read that the word followed there; () if none
    times: int  # how often it did
    of: int  # how often these words stood there
    weight: float  # share of the predicted word's probability


@dataclass(frozen=True)
class NextWord:
    """A word that may come next."""

    word: str
    probability: float
    evidence: tuple[Remembered, ...]  # the weightiest, of all hops; none where nothing was remembered
    counted: Counted | None = None  # where the model has counts


@dataclass(frozen=True)
class _Mind:
    """What reading a text has led to."""

    carried: Any
    state: Float[Tensor, "one dim"]  # after the last word
    weights: tuple[Float[Tensor, "one slots"], ...] = ()  # where each hop looked last, oldest slot first
    memory: WordMemory = field(default_factory=WordMemory)


@dataclass(frozen=True)
class _Mixed:
    """The probability of each word to come next, and what it owes to the memories."""

    probabilities: Float[Tensor, " vocab"]
    cached: Float[Tensor, " slots"] | None  # what each slot of the cache adds to its word
    counted: Float[Tensor, " vocab"] | None  # what the counts add


class LanguageModel:
    """A trained run, and the text that it has read so far.

    >>> lm = memnn.load("runs/lm")
    >>> lm.read("The cat sat on the")
    >>> [(word.word, word.probability, word.evidence) for word in lm.next_words()]
    """

    def __init__(
        self,
        config: checkpoint.Config,
        words: WordList,
        network: Any,
        cache: int = CACHE,
        without_counts: Mapping[str, Tensor] = MappingProxyType({}),
    ) -> None:
        """Remembers the `cache` newest words where the model has a cache; 0: none of them.

        `without_counts` are the weights that are others where the network's counts are left out.
        """
        self.config, self.words, self.network = config, words, network.eval()
        self._without_counts = without_counts
        self.cache = cache if reads_cache(network) else 0
        self.reset()

    @classmethod
    def from_pretrained(cls, name: Path | str, cache: int = CACHE, counts: bool = True) -> "LanguageModel":
        """Load a checkpoint folder, or a repository of the Hugging Face Hub; without `counts` those of its
        training text are left out. Raises UserError.
        """
        folder = checkpoint.find(name)
        checkpoint.expect(folder, "language_modelling")
        config, words, network = checkpoint.load(folder)
        output_map: Any = network.output_map
        alone = {name: w.detach().clone() for name, w in output_map.named_parameters(prefix="output_map")}
        if counts:
            load_counts(network, folder)
        return cls(config, words, network, cache, alone if network.counts is not None else {})

    def save_pretrained(self, folder: Path | str, overwrite: bool = False) -> None:
        """Write what `from_pretrained` reads: config, vocabulary and weights, and the training text where its
        counts are read. Raises UserError.
        """
        weights = {**dict(self.network.named_parameters()), **self._without_counts}
        beside = functools.partial(save_counts, self.network)
        checkpoint.write(Path(folder), self.config, self.words, weights, overwrite, beside)

    def use_threads(self) -> None:
        """Compute with as many CPU threads as in training, in this whole process."""
        checkpoint.use_threads(self.config)

    @torch.no_grad()
    def reset(self) -> None:
        """Forget what was read: a text begins, as after the end of a line."""
        heard = self.network.read(torch.tensor([[self.words.end]]), self.network.begin(1))
        self._mind = _Mind(heard.carried, heard.states[0], tuple(hop.weights for hop in heard.trace))
        self._read: list[int] = []

    @property
    def text(self) -> tuple[str, ...]:
        """The words read so far; `Remembered.position` counts them."""
        return tuple(self.words.words[index] for index in self._read)

    def read(self, text: str) -> list[str]:
        """Read on. Returns the words that the model does not know, which it reads as `<unk>`."""
        lines = [self.words.split(line) for line in text.split("\n")]
        ids = [i for line in lines[:-1] for i in (*self.words.ids(line), self.words.end)]
        self.read_ids([*ids, *self.words.ids(lines[-1])])
        return list(dict.fromkeys(word for line in lines for word in line if word not in self.words))

    @torch.no_grad()
    def read_ids(self, ids: Sequence[int]) -> None:
        """Read words given as numbers."""
        for begin in range(0, len(ids), LENGTH):
            mind, words = self._mind, torch.tensor(ids[begin : begin + LENGTH])
            heard = self.network.read(words[None], mind.carried)
            before = torch.cat([mind.state, heard.states[0, :-1]])
            memory = mind.memory
            if self.cache:
                memory = self.network.generalization.write(memory, before, words, self.cache)
            looked = tuple(hop.weights[-1:] for hop in heard.trace)
            self._mind = _Mind(heard.carried, heard.states[0, -1:], looked, memory)
            self._read += words.tolist()

    @torch.no_grad()
    def probabilities(self) -> Float[Tensor, " vocab"]:
        """The probability of every word to come next, by its number."""
        return self._mixed().probabilities

    def next_words(self, count: int = 10) -> list[NextWord]:
        """The likeliest next words, the likeliest first; never `<unk>`, which is no word to offer.

        Its probability is not shared out among the others. Raises UserError for fewer than one.
        """
        if count < 1:
            raise UserError(f"{count} next words: expected 1 or more")
        mixed = self._mixed()
        offered = mixed.probabilities.clone()
        offered[self.words.unknown] = -1.0
        best = offered.topk(min(count, len(offered) - 1)).indices.tolist()
        return self._explain(best, mixed)

    def generate(
        self,
        words: int,
        *,
        stop: str | None = None,
        temperature: float = 1.0,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int = 0,
    ) -> Iterator[NextWord]:
        """Go on with the text, a word at a time, drawn from the model and read by it; never `<unk>`.

        Probabilities are taken to the power 1 / temperature (0: always the likeliest word), of the `top_k`
        likeliest words (0: all), and of these the likeliest whose sum reaches `top_p`. Ends before `stop`.
        Raises UserError for a number out of its range, a `stop` that is never written, and where
        probabilities are no numbers.
        """
        if not 0 <= temperature < float("inf"):
            raise UserError(f"temperature {temperature}: expected a number from 0 on")
        if top_k < 0 or not 0 <= top_p <= 1:
            raise UserError(f"top_k {top_k}, top_p {top_p}: expected a number from 0 on, and one of 0 to 1")
        if stop is not None and (stop not in self.words or stop == UNKNOWN):
            raise UserError(f"stop {stop!r}: no word that this model writes")
        random = torch.Generator().manual_seed(seed)
        for _ in range(words):
            mixed = self._mixed()
            allowed = mixed.probabilities.clone()
            if not bool(allowed.isfinite().all()):
                raise UserError("the probabilities of this model are no numbers: its weights are damaged")
            allowed[self.words.unknown] = 0.0
            index = draw(allowed, temperature, top_k, top_p, random)
            if self.words.words[index] == stop:
                return
            (said,) = self._explain([index], mixed)
            self.read_ids([index])
            yield said

    @torch.no_grad()
    def _mixed(self) -> _Mixed:
        mind = self._mind
        response = self.network.response(mind.state).float().softmax(-1)[0]
        counted = None
        if (read := self.network.counts) is not None:
            counted = torch.from_numpy(read.ngrams.distribution(self._before)).float()
            response, counted = read.mix(response, counted), counted * read.share
        written = torch.tensor([len(mind.memory)])
        if not len(mind.memory):
            return _Mixed(response, None, counted)
        cache = self.network.output_map
        weights = cache(mind.state, mind.memory, written, self.cache)[0]
        said = torch.zeros_like(response).index_add_(0, mind.memory.words, weights)
        if counted is not None:
            counted = counted * (1 - cache.mixing)
        return _Mixed(cache.mix(response, said, torch.ones(())), weights * cache.mixing, counted)

    @property
    def _before(self) -> tuple[int, ...]:
        """The last words read that counts know of, or all, behind the end of a line."""
        last = tuple(self._read[-self.network.order :])
        return last if len(last) == self.network.order else (self.words.end, *last)

    def _explain(self, indices: Sequence[int], mixed: _Mixed) -> list[NextWord]:
        """The words of these numbers, with what they rest on."""
        whole = {index: max(float(mixed.probabilities[index]), 1e-30) for index in indices}
        hops: list[Remembered] = []
        for hop, looked in enumerate(self._mind.weights, 1):
            # the last of its slots is the newest word; the first word of all, an end of line, is not counted
            hops += self._remembered(looked[0], len(self._read) - looked.shape[1], hop)
        counted: list[Counted | None] = [None] * len(indices)
        if mixed.counted is not None:
            before, met = self._before, self.network.counts.ngrams.met(self._before, indices)
            counted = [
                Counted(
                    tuple(self.words.words[i] for i in before[len(before) - found.context :]),
                    found.times,
                    found.of,
                    float(mixed.counted[index]) / whole[index],
                )
                for index, found in zip(indices, met)
            ]
        return [
            NextWord(
                self.words.words[index],
                float(mixed.probabilities[index]),
                (*self._cached(index, mixed.cached, whole[index]), *hops),
                owed,
            )
            for index, owed in zip(indices, counted)
        ]

    def _cached(self, index: int, cached: Float[Tensor, " slots"] | None, whole: float) -> list[Remembered]:
        """The slots of the cache that hold the word, whose probability is `whole`."""
        if cached is None:
            return []
        memory = self._mind.memory
        return self._remembered(cached * (memory.words == index) / whole, memory.forgotten, hop=1)

    def _remembered(self, weights: Float[Tensor, " slots"], first: int, hop: int) -> list[Remembered]:
        """The weightiest slots; `first` is the position of the first."""
        best = weights.topk(min(EVIDENCE, len(weights)))
        return [
            Remembered(first + slot, self.words.words[self._read[first + slot]], weight, hop)
            for weight, slot in zip(best.values.tolist(), best.indices.tolist())
            if weight > 0 and first + slot >= 0
        ]
