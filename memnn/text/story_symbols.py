"""The symbols of one story: numbered as it is told, and said again as its sentences spell them."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from memnn.text.symbols import Parsed, Symbols, spellings

STOP = 0  # the answer's id that ends a list
UNTOLD = 1  # an answer that training never gave
NAMELESS = 0  # the name of a symbol that has none to be read by: the nil word


@runtime_checkable
class Lexical(Protocol):
    """What is needed of a Lexicon."""

    symbols: Symbols
    answers: tuple[str, ...]
    spelling: dict[str, str]

    def id(self, word: str) -> int: ...
    def name_id(self, symbol: str) -> int: ...
    def answer_id(self, entry: str) -> int: ...


class StorySymbols:
    """Numbers the symbols of a story in the order they are read; in another story they mean others."""

    def __init__(self, lexicon: Lexical) -> None:
        self.lexicon = lexicon
        self.ids: dict[str, int] = {}
        self._sentences: list[str] = []

    def copy(self) -> "StorySymbols":
        """The same symbols; what is heard later is not shared."""
        other = StorySymbols(self.lexicon)
        other.ids, other._sentences = self.ids.copy(), self._sentences.copy()
        return other

    def read(self, sentence: str) -> tuple[Parsed, list[int], list[int]]:
        """The sentence, its symbols' numbers, and the ids of their names, NAMELESS where there is none."""
        parsed = self.lexicon.symbols.parse(sentence)
        self._sentences.append(sentence)
        numbers = [self.ids.setdefault(filler, len(self.ids)) for filler in parsed.fillers]
        return parsed, numbers, [self.lexicon.name_id(filler) for filler in parsed.fillers]

    def named(self, question: str) -> tuple[int, ...]:
        """The classes that a question reads by name."""
        return self.lexicon.symbols.read_by_name(question)

    def named_ids(self, question: str) -> frozenset[int]:
        """The ids of the words in those classes."""
        symbols = self.lexicon.symbols
        words = (word for number in self.named(question) for word in symbols.classes[number])
        return frozenset(self.lexicon.name_id(word) for word in words)

    def say(
        self, scores: Float[Tensor, "items entries"], candidates: Sequence[str] = ()
    ) -> tuple[str, float]:
        """The best answer as people write it, and its probability; among candidates, where some are given."""
        answers, present = self.lexicon.answers, list(self.ids)
        logits = scores[:, : len(answers) + len(present)]
        if candidates:
            logits = self._only(logits, candidates)
        spelled = spellings(self.lexicon.symbols, self._sentences)
        items: list[str] = []
        probability = 1.0
        for chances in self._joined(logits.softmax(-1), present):
            chance, index = chances.max(-1)
            probability *= float(chance)
            if index == STOP:
                break
            entry = answers[index] if index < len(answers) else present[index - len(answers)]
            if index == UNTOLD:
                return "unknown", 0.0
            items.append(spelled.get(entry) or self.lexicon.spelling.get(entry, entry))
        return (",".join(items), probability) if items else ("unknown", 0.0)

    def _joined(
        self, chances: Float[Tensor, "items entries"], present: Sequence[str]
    ) -> Float[Tensor, "items entries"]:
        """The chance of a symbol that can be both said and copied added up, under what is said."""
        joined, first = chances.clone(), len(self.lexicon.answers)
        for number, symbol in enumerate(present, start=first):
            known = self.lexicon.answer_id(symbol)
            if known != UNTOLD:
                joined[:, known] += joined[:, number]
                joined[:, number] = 0.0
        return joined

    def _only(
        self, logits: Float[Tensor, "items entries"], candidates: Sequence[str]
    ) -> Float[Tensor, "one entries"]:
        """The first item's scores, all but the candidates' at the least there is."""
        allowed = torch.zeros(logits.shape[1], dtype=torch.bool)
        for entry in map(self.lexicon.symbols.entry, candidates):
            allowed[self.lexicon.answer_id(entry)] = True
            if entry in self.ids:
                allowed[len(self.lexicon.answers) + self.ids[entry]] = True
        allowed[UNTOLD] = not (allowed[:UNTOLD].any() or allowed[UNTOLD + 1 :].any())
        return logits[:1].masked_fill(~allowed, torch.finfo(logits.dtype).min)
