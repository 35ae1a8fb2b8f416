"""Symbols: words that stand for themselves alone, so that a story is as true with others in their place.

'Mary went to the kitchen' becomes a frame, '* went to the *', and what fills it, (mary, kitchen). A word
never seen in training is a symbol too. Which words of training are symbols is given, or found by
`memnn.text.find_symbols`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from memnn.text.tokenizer import POSSESSIVE, spell, tokenize

MARK = "*"  # the place of a symbol in a frame
UNHEARD = "<unknown>"  # the place of a word that is no symbol and was never seen
_PLURALS = (("ves", "f"), ("ies", "y"), ("ses", "s"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", ""))
MOST_KEPT = 100_000  # sentences taken apart that are remembered


@dataclass(frozen=True)
class Parsed:
    """A sentence taken apart."""

    frame: tuple[str, ...]  # its words, MARK for every symbol
    fillers: tuple[str, ...]  # the symbols in their order, in base form

    @property
    def kind(self) -> str:
        """The frame as text, which is the kind of a question."""
        return " ".join(self.frame)


@dataclass(frozen=True)
class Symbols:
    """What is known of symbols; all words case folded, groups of words joined by spaces."""

    classes: tuple[tuple[str, ...], ...] = ()  # words that may trade places, in base form
    forms: Mapping[str, str] = field(default_factory=dict)  # other forms of them: 'mice' of 'mouse'
    inflected: frozenset[tuple[str, int]] = frozenset()  # (frame, place) where those other forms stand
    by_name: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # kind of question: classes whose
    # words keep their own meaning there, because the answer depends on which of them it is
    always_by_name: bool = False  # every class in every question: nothing trades places
    words: frozenset[str] = frozenset()  # the other words of training; any word else is a symbol, but 's
    capital: bool = False  # symbols are written with a capital letter: a word without one is none
    kinds: frozenset[str] = frozenset()  # the frames of training as text
    reasons: Mapping[str, str] = field(default_factory=dict)  # why classes were dropped or kept by name
    told_apart: bool = False  # some answers that are copied hang on which word of a class it is

    def __post_init__(self) -> None:
        """Index the words."""
        members = {word: number for number, words in enumerate(self.classes) for word in words}
        base = {**{word: word for word in members}, **self.forms}
        object.__setattr__(self, "_class_of", members)
        object.__setattr__(self, "_base", base)
        object.__setattr__(self, "_parts", {part for word in base for part in word.split()})
        object.__setattr__(self, "_phrases", {tuple(word.split()): word for word in base if " " in word})
        object.__setattr__(self, "_longest", max([1, *(len(key) for key in self._phrases)]))
        object.__setattr__(self, "_cache", {})
        object.__setattr__(self, "_spelled", {})

    _class_of: Mapping[str, int] = field(init=False, repr=False, compare=False)
    _base: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _parts: set[str] = field(init=False, repr=False, compare=False)
    _phrases: Mapping[tuple[str, ...], str] = field(init=False, repr=False, compare=False)
    _longest: int = field(init=False, repr=False, compare=False)
    _cache: dict[str, Parsed] = field(init=False, repr=False, compare=False)
    _spelled: dict[str, tuple[tuple[str, str], ...]] = field(init=False, repr=False, compare=False)

    def read_by_name(self, question: str) -> tuple[int, ...]:
        """The classes whose words keep their own meaning for this question."""
        if self.always_by_name:
            return tuple(range(len(self.classes)))
        return self.by_name.get(self.parse(question).kind, ())

    def naming(self, reasons: Mapping[tuple[int, str], str]) -> "Symbols":
        """The same with more classes read by name: (class, kind of question) to the reason why."""
        by_name = {kind: set(numbers) for kind, numbers in self.by_name.items()}
        for number, kind in reasons:
            by_name.setdefault(kind, set()).add(number)
        said = {
            f"{', '.join(self.classes[n])} in '{kind}'": f"by name: {why}"
            for (n, kind), why in reasons.items()
        }
        return replace(
            self,
            by_name={kind: tuple(sorted(numbers)) for kind, numbers in by_name.items()},
            reasons={**self.reasons, **said},
        )

    def class_of(self, symbol: str) -> int | None:
        """The number of the symbol's class; None for a word never seen."""
        return self._class_of.get(symbol)

    def units(self, words: Sequence[str], unheard: Collection[str] = ()) -> list[str]:
        """The words with groups that stand for one joined; `unheard` are no symbols.

        Words never seen in a row are one name too, but where training told of such a sentence with a
        name for each of them and of none with one name.
        """
        joined = self._units(words, unheard, join_unseen=True)
        if self.kinds and len(joined) < len(apart := self._units(words, unheard, join_unseen=False)):
            one, each = (" ".join(self._frame(units, unheard)) in self.kinds for units in (joined, apart))
            if each and not one:
                return apart
        return joined

    def unheard(self, sentence: str) -> frozenset[str]:
        """Its words that were never seen and are no symbols, as they are written without a capital letter;
        none where training told of such a sentence with a symbol for each.
        """
        if not self.capital:
            return frozenset()
        words, written = tokenize(sentence), dict[str, bool]()
        for word, spelled in zip(words, spell(sentence)):
            if not self.is_known(word):
                written[word] = written.get(word, False) or spelled[0].isupper()
        unheard = frozenset(word for word, capital in written.items() if not capital)
        return unheard if " ".join(self._frame(self.units(words), ())) not in self.kinds else frozenset()

    def _frame(self, units: Iterable[str], unheard: Collection[str]) -> tuple[str, ...]:
        return tuple(
            UNHEARD if unit in unheard else unit if self.is_known(unit) and unit not in self._base else MARK
            for unit in units
        )

    def _units(self, words: Sequence[str], unheard: Collection[str], join_unseen: bool) -> list[str]:
        joined: list[str] = []
        place, after_unseen = 0, False
        while place < len(words):
            for length in range(min(self._longest, len(words) - place), 1, -1):
                group = self._phrases.get(tuple(words[place : place + length]))
                if group:
                    joined.append(group)
                    place += length
                    after_unseen = False
                    break
            else:
                word = words[place]
                unseen = not (self.is_known(word) or word in unheard)
                if unseen and after_unseen and join_unseen:
                    joined[-1] += " " + word
                else:
                    joined.append(word)
                place += 1
                after_unseen = unseen
        return joined

    def is_known(self, word: str) -> bool:
        """Whether training told of the word, as a symbol or not."""
        return word in self._base or word in self.words or word == POSSESSIVE

    def was_heard(self, word: str) -> bool:
        """Whether the word is known, by itself or in a group of words."""
        return self.is_known(word) or word in self._parts

    def parse(self, sentence: str) -> Parsed:
        """The frame and the symbols of a sentence."""
        if sentence not in self._cache:
            if len(self._cache) > MOST_KEPT:
                self._cache.clear()
            self._cache[sentence] = self._parse(sentence)
        return self._cache[sentence]

    def spelled(self, sentence: str) -> tuple[tuple[str, str], ...]:
        """The units of a sentence, and how it spells each."""
        if sentence not in self._spelled:
            if len(self._spelled) > MOST_KEPT:
                self._spelled.clear()
            words, place, found = spell(sentence), 0, []
            for unit in self.units(tokenize(sentence), self.unheard(sentence)):
                length = len(unit.split())
                found.append((unit, " ".join(words[place : place + length])))
                place += length
            self._spelled[sentence] = tuple(found)
        return self._spelled[sentence]

    def _parse(self, sentence: str) -> Parsed:
        unheard = self.unheard(sentence)
        units = self.units(tokenize(sentence), unheard)
        frame = self._frame(units, unheard)
        kind = " ".join(frame)
        fillers: list[str] = []
        for unit, mark in zip(units, frame):
            if mark is MARK:
                expects_form = (kind, len(fillers)) in self.inflected
                base = self._base.get(unit)
                fillers.append(base or (singular(unit) if expects_form else unit))
        return Parsed(frame, tuple(fillers))

    def entry(self, text: str) -> str:
        """An item of an answer as a symbol or a word: its units joined by spaces, in base form, as in
        `answer_entry`.
        """
        words = tokenize(text)
        units = self.units(words[:-1] if words[1:] and words[-1] == POSSESSIVE else words)
        return self._base.get(units[0], units[0]) if len(units) == 1 else " ".join(units)


def singular(word: str) -> str:
    """The word without the ending of an English plural: the form that unseen words are answered in."""
    for ending, instead in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + instead
    return word


def are_capital(symbols: Symbols, sentences: Iterable[str]) -> bool:
    """Whether the sentences write symbols of classes with a capital letter, but for 1 % at most. The first
    word of a sentence does not count.
    """
    counts: Counter[bool] = Counter()
    for sentence in sentences:
        spelled, place = spell(sentence), 0
        for unit in symbols.units(tokenize(sentence)):
            if place and symbols.class_of(unit) is not None:
                counts[spelled[place][0].isupper()] += 1
            place += len(unit.split())
    return counts[True] > 99 * counts[False]


def spellings(symbols: Symbols, sentences: Iterable[str]) -> dict[str, str]:
    """How the sentences spell each symbol, the first spelling of its base form kept.

    The first word of a sentence may owe its capital to its place: other places go before.
    """
    found: dict[str, tuple[bool, str]] = {}
    for sentence in sentences:
        for place, (unit, spelled) in enumerate(symbols.spelled(sentence)):
            first = place == 0
            if unit not in found or first < found[unit][0]:
                found[unit] = first, spelled
    return {unit: spelled for unit, (_, spelled) in found.items()}
