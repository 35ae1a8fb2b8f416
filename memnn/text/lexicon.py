"""What a model with symbols knows of words: those of frames, those of answers, and which are symbols."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from typing import Any

from memnn.story import Story
from memnn.text.find_symbols import find_symbols
from memnn.text.story_symbols import NAMELESS, UNTOLD, StorySymbols
from memnn.text.symbols import MARK, UNHEARD, Symbols
from memnn.text.tokenizer import tokenize
from memnn.text.vocabulary import UNKNOWN

_WORDS = ("<nil>", UNHEARD, MARK)
_ANSWERS = ("<stop>", UNHEARD)


class Lexicon:
    """The words of frames and names of symbols, with ids; the answers that are not copied; the symbols."""

    def __init__(
        self,
        symbols: Symbols,
        words: Iterable[str],
        answers: Iterable[str],
        spelling: Mapping[str, str] | None = None,
    ) -> None:
        """Keep words and answers in the order given, without repeats, after the reserved ones."""
        self.symbols = symbols
        self.words = tuple(dict.fromkeys([*_WORDS, *words]))
        self.answers = tuple(dict.fromkeys([*_ANSWERS, *answers]))
        self.spelling = dict(spelling or {})
        self._ids = {word: index for index, word in enumerate(self.words)}
        self._wordings = {_wording(kind.split()) for kind in symbols.kinds}
        self._answer_ids = {answer: index for index, answer in enumerate(self.answers)}

    @classmethod
    def of_stories(
        cls, stories: Sequence[Story], given: Sequence[Sequence[str]] = (), *, always_by_name: bool = False
    ) -> "Lexicon":
        """The lexicon of training stories; `given` classes of symbols are taken beside those found.

        With `always_by_name` no words trade places: every symbol of training is read by its name.
        """
        return cls.of_symbols(replace(find_symbols(stories, given), always_by_name=always_by_name), stories)

    @classmethod
    def of_symbols(cls, symbols: Symbols, stories: Sequence[Story]) -> "Lexicon":
        """The lexicon of training stories whose symbols are known."""
        words: dict[str, None] = {}
        answers: dict[str, None] = {}
        spelling: dict[str, str] = {}
        sentences: dict[str, None] = {}
        empty = cls(symbols, (), ())
        for story in stories:
            sentences.update(dict.fromkeys([*story.facts, story.question]))
            told = StorySymbols(empty)
            for sentence in (*story.facts, story.question):
                told.read(sentence)
            by_name = told.named(story.question)
            for item in ",".join(story.answer).split(","):
                entry = symbols.entry(item)
                if entry not in told.ids or symbols.class_of(entry) in by_name:
                    answers[entry] = None
                    spelling.setdefault(entry, item.strip())
        frames = [symbols.parse(sentence).frame for sentence in sentences]
        for frame in frames:
            words.update(dict.fromkeys(frame))
        symbols = replace(symbols, kinds=frozenset(" ".join(frame) for frame in frames))
        named = {number for numbers in symbols.by_name.values() for number in numbers}
        if symbols.always_by_name:
            named = set(range(len(symbols.classes)))
        words.update(dict.fromkeys(word for number in sorted(named) for word in symbols.classes[number]))
        return cls(symbols, words, answers, spelling)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "Lexicon":
        """What `to_json` wrote. Raises LookupError, TypeError or ValueError when it is something else."""
        said = dict(content["symbols"])
        symbols = Symbols(
            classes=tuple(tuple(words) for words in said["classes"]),
            forms=dict(said["forms"]),
            inflected=frozenset((kind, int(place)) for kind, place in said["inflected"]),
            by_name={kind: tuple(numbers) for kind, numbers in said["by_name"].items()},
            always_by_name=bool(said.get("always_by_name", False)),
            words=frozenset(said["words"]),
            capital=bool(said.get("capital", False)),
            kinds=frozenset(said.get("kinds", ())),
            reasons=dict(said["reasons"]),
            told_apart=bool(said.get("told_apart", False)),
        )
        return cls(symbols, content["words"], content["answers"], content["spelling"])

    def to_json(self) -> dict[str, Any]:
        """All of it, readable."""
        symbols = {name: value for name, value in asdict(self.symbols).items() if not name.startswith("_")}
        symbols |= {name: sorted(symbols[name]) for name in ("inflected", "words", "kinds")}
        return {
            "symbols": symbols,
            "words": self.words,
            "answers": self.answers,
            "spelling": self.spelling,
        }

    def describe(self) -> list[str]:
        """What it holds, in lines for people: the symbols, and what was decided about words and why."""
        symbols = self.symbols
        lines = [f"vocabulary  {len(self)} words, {len(self.answers) - len(_ANSWERS)} answers not copied"]
        lines.append("symbols     " + ("words that may trade places:" if symbols.classes else "none"))
        lines += ["    " + ", ".join(words) for words in symbols.classes]
        if symbols.forms:
            lines.append(
                "    forms: " + ", ".join(f"{form} of {base}" for form, base in symbols.forms.items())
            )
        return lines + [f"    {words}: {why}" for words, why in symbols.reasons.items()]

    def reading(self, symbols: Symbols) -> "Lexicon":
        """The same words and answers, other symbols read by name."""
        return Lexicon(symbols, self.words, self.answers, self.spelling)

    @property
    def sizes(self) -> tuple[int, int]:
        """How many words, and how many answers that are not copied: what a model is built for."""
        return len(self.words), len(self.answers)

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and (self.symbols.was_heard(word) or word in self._answer_ids)

    def id(self, word: str) -> int:
        """The word's id, or UNKNOWN."""
        return self._ids.get(word, UNKNOWN)

    def name_id(self, symbol: str) -> int:
        """The id of a symbol's own name, or NIL where it has none to be read by."""
        return self._ids.get(symbol, NAMELESS)

    def answer_id(self, entry: str) -> int:
        """The answer's id; UNTOLD when training never gave it."""
        return self._answer_ids.get(entry, UNTOLD)

    def untold(self, question: str, facts: Sequence[str]) -> tuple[str, ...]:
        """The symbols of the question that no fact tells of, but for those that are read by their name.

        A fact tells of a symbol that it holds, and of a name of several words where it holds all of them.
        """
        symbols = self.symbols
        kept = symbols.read_by_name(question)
        missing = dict.fromkeys(
            name for name in symbols.parse(question).fillers if symbols.class_of(name) not in kept
        )
        for fact in facts:
            if not missing:
                break
            told = {*symbols.parse(fact).fillers, *tokenize(fact)}
            missing = {name: None for name in missing if not (name in told or told.issuperset(name.split()))}
        return tuple(missing)

    def unasked(self, question: str) -> bool:
        """Whether no sentence of training was worded like the question, whatever names stood in it."""
        return bool(self._wordings) and _wording(self.symbols.parse(question).frame) not in self._wordings

    def can_answer(self, story: Story) -> bool:
        """Whether every item of the story's answer is one of training or can be copied."""
        told = StorySymbols(self)
        for sentence in (*story.facts, story.question):
            told.read(sentence)
        items = [self.symbols.entry(item) for item in ",".join(story.answer).split(",")]
        return all(item in told.ids or item in self._answer_ids for item in items)


def _wording(frame: Sequence[str]) -> tuple[str, ...]:
    """A frame with one mark for symbols in a row, as people's names may be of several words."""
    return tuple(word for word, _ in groupby(frame))
