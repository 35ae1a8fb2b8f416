"""What a model with symbols knows of dialogues: entities, words, properties, and replies as templates.

A reply is a template and the symbols that fill its slots: 'here it is ' and (resto_rome_8stars_phone).
Entities are found in the training dialogues: what rows say of things, and what queries ask for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from memnn.conversation import API_CALL, Dialogue, Row, heard
from memnn.text.entities import NAME, find_entities, find_relations, number_of, spaced
from memnn.text.symbols import MARK, Parsed, Symbols
from memnn.text.tokenizer import fold, spell, tokenize

UNTOLD = "<untold>"  # stands for a property where no row tells of a symbol: it was only said
_WORDS = ("<nil>", "<unknown>", MARK)
_UNKNOWN = 0  # a template, a property, a class or a name that training never had


@dataclass(frozen=True)
class Said:
    """A reply taken apart."""

    template: tuple[str, ...]  # what stands before, between and behind the slots, to the letter
    fillers: tuple[str, ...]  # the symbols in the slots, in base form


class DialogueLexicon:
    """Entities with their classes, words, properties, templates, and names that replies say unheard."""

    def __init__(
        self,
        symbols: Symbols,
        classes: Sequence[str],
        words: Iterable[str],
        relations: Mapping[str, tuple[float, float] | None],
        templates: Iterable[tuple[str, ...]],
        names: Iterable[str],
        spelling: Mapping[str, str],
        arguments: Sequence[str],
        fills: Sequence[Iterable[str]] | None = None,
    ) -> None:
        """`classes` names the classes of `symbols`; `relations` gives the mean and spread of the numbers of
        each, if any; `arguments` are the properties that a query's words are values of, in their order;
        `fills` says of each slot of the templates which properties training's rows gave what stood in it,
        UNTOLD where no row told of it. None: any.
        """
        self.symbols, self.classes = symbols, tuple(classes)
        self.words = tuple(dict.fromkeys([*_WORDS, *words]))
        self.relations = dict(relations)
        self.templates = tuple(dict.fromkeys([(), *templates]))
        self.names = tuple(dict.fromkeys(["", *names]))
        self.spelling, self.arguments = dict(spelling), tuple(arguments)
        self._words = {word: number for number, word in enumerate(self.words)}
        self._relations = {name: number for number, name in enumerate(self.relations, 1)}
        self._templates = {template: number for number, template in enumerate(self.templates)}
        self._names = {name: number for number, name in enumerate(self.names)}
        self.slots, self.first_slot = 0, []
        for template in self.templates:
            self.first_slot.append(self.slots)
            self.slots += max(0, len(template) - 1)
        self.fills = None if fills is None else tuple(tuple(sorted(kinds)) for kinds in fills)

    @classmethod
    def of_dialogues(cls, dialogues: Sequence[Dialogue]) -> "DialogueLexicon":
        """The lexicon of training dialogues."""
        symbols, classes, arguments = find_entities(dialogues)
        found = cls(symbols, classes, (), find_relations(dialogues), (), (), {}, arguments)
        words: dict[str, None] = {}
        templates: dict[tuple[str, ...], None] = {}
        names: dict[str, None] = {}
        spelled: dict[str, Counter[str]] = defaultdict(Counter)
        fills: dict[tuple[tuple[str, ...], int], set[str]] = defaultdict(set)
        for dialogue in dialogues:
            told: set[str] = set()
            properties: dict[str, set[str]] = defaultdict(set)
            for event in dialogue.events:
                if isinstance(event, Row):
                    subject, value = found.entry(event.subject), found.entry(event.value)
                    told |= {subject, value}
                    properties[subject].add(NAME)
                    properties[value].add(event.relation)
                    continue
                parsed = found.parse(event.text)
                words.update(dict.fromkeys(parsed.frame))
                if event.speaker == "bot":
                    said = found.take_apart(event.text)
                    templates[said.template] = None
                    names.update({filler: None for filler in said.fillers if filler not in told})
                    for slot, (filler, text) in enumerate(zip(said.fillers, found.spelled(event.text))):
                        spelled[filler][text] += 1
                        fills[said.template, slot] |= properties.get(filler, {UNTOLD})
                told.update(parsed.fillers)
        most = {filler: counts.most_common(1)[0][0] for filler, counts in spelled.items()}
        spelling = {filler: text for filler, text in most.items() if text != filler}
        slots = [fills[template, slot] for template in templates for slot in range(len(template) - 1)]
        return cls(symbols, classes, words, found.relations, templates, names, spelling, arguments, slots)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "DialogueLexicon":
        """What `to_json` wrote. Raises LookupError, TypeError or ValueError when it is something else."""
        entities = {name: tuple(words) for name, words in content["entities"].items()}
        symbols = Symbols(tuple(entities.values()), dict(content["forms"]), words=frozenset(content["known"]))
        return cls(
            symbols,
            list(entities),
            content["words"],
            {
                name: scale and (float(scale[0]), float(scale[1]))
                for name, scale in content["relations"].items()
            },
            [tuple(template) for template in content["templates"]],
            content["names"],
            content["spelling"],
            content["arguments"],
            content.get("fills"),  # runs of before there were any admit all
        )

    def to_json(self) -> dict[str, Any]:
        """All of it, readable."""
        return {
            "entities": dict(zip(self.classes, self.symbols.classes)),
            "forms": self.symbols.forms,
            "known": sorted(self.symbols.words),
            "words": self.words,
            "relations": self.relations,
            "templates": self.templates,
            "names": self.names,
            "spelling": self.spelling,
            "arguments": self.arguments,
            "fills": self.fills,
        }

    @property
    def sizes(self) -> tuple[int, int, int, int, int, int]:
        """What a model is built for: words, classes, relations, templates, slots of all templates, names."""
        return (
            len(self.words),
            len(self.classes) + 1,
            len(self.relations) + 1,
            len(self.templates),
            self.slots,
            len(self.names),
        )

    def describe(self) -> list[str]:
        """What it holds, in lines for people."""
        counts = (f"{name} {len(words)}" for name, words in zip(self.classes, self.symbols.classes))
        return [
            f"vocabulary  {len(self.words)} words, {len(self.templates) - 1} templates of replies",
            f"entities    {', '.join(counts) or 'none'}",
            f"queries     {API_CALL} {' '.join(self.arguments)}" if self.arguments else "queries     none",
        ]

    def with_entities(self, rows: Iterable[Row]) -> "DialogueLexicon":
        """The same lexicon, which also knows the entities of a knowledge base that training did not have.

        A name of several words is then one symbol however it is spelled. Weights are for words, templates
        and properties, and these stay.
        """
        known = {word for words in self.symbols.classes for word in words}
        more: dict[str, dict[str, None]] = {name: {} for name in (*self.classes, NAME)}
        spelling = dict(self.spelling)
        for row in rows:
            for text, kind in ((row.subject, NAME), (row.value, row.relation)):
                entry = fold(text)
                if entry and entry not in known and number_of(text) is None:
                    more.setdefault(kind, {})[entry] = None
                    spelling[entry] = text
        classes = dict(zip(self.classes, self.symbols.classes))
        classes |= {kind: (*classes.get(kind, ()), *words) for kind, words in more.items()}
        forms = {**self.symbols.forms, **spaced(word for words in more.values() for word in words)}
        other = copy(self)
        other.symbols = Symbols(tuple(classes.values()), forms, words=self.symbols.words)
        other.spelling = spelling
        return other

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties that training's rows have."""
        return tuple(self.relations)

    def is_entity(self, unit: str) -> bool:
        """Whether a word, or a group that stands for one, is a known thing or value."""
        return bool(self.symbols.parse(unit).fillers) and self.symbols.is_known(unit)

    def reply_kind(self, reply: str) -> str:
        """The reply with a mark for every symbol."""
        return MARK.join(self.take_apart(reply).template)

    def id(self, word: str) -> int:
        """The word's id, or that of unknown words."""
        return self._words.get(word, 1)

    def relation(self, name: str) -> int:
        """The id of a property, 0 for one that training never had."""
        return self._relations.get(name, _UNKNOWN)

    def number(self, row: Row) -> float | None:
        """The number that a row tells, in spreads from the mean of its property; None for a symbol.

        A property is of numbers when training's rows have some: elsewhere, as of phones, digits are a name.
        """
        scale = self.relations.get(row.relation, (0.0, 1.0))
        number = number_of(row.value)
        return None if scale is None or number is None else (number - scale[0]) / scale[1]

    def class_id(self, symbol: str) -> int:
        """The class of a symbol, 0 for one that training never had."""
        number = self.symbols.class_of(symbol)
        return number + 1 if number is not None and number < len(self.classes) else _UNKNOWN

    def template_id(self, template: tuple[str, ...]) -> int:
        """The template's id, 0 for one that training never had."""
        return self._templates.get(template, _UNKNOWN)

    def name_id(self, symbol: str) -> int:
        """The id of a symbol that replies may name without having heard of it, 0 for any other."""
        return self._names.get(symbol, _UNKNOWN)

    def entry(self, text: str) -> str:
        """A value of the knowledge base as a symbol."""
        return self.symbols.entry(text)

    def units(self, words: Sequence[str]) -> list[str]:
        """The words, groups that stand for one joined; of a query, words never seen stay apart."""
        units = self.symbols.units(words)
        if not words or words[0] != API_CALL:
            return units
        return [word for unit in units for word in ([unit] if self.symbols.is_known(unit) else unit.split())]

    def parse(self, text: str) -> Parsed:
        """The frame and the symbols of something said."""
        text = heard(text)
        words = tokenize(text)
        if words[:1] != (API_CALL,):
            return self.symbols.parse(text)
        parts = [self.symbols.parse(unit) for unit in self.units(words)]
        return Parsed(
            tuple(word for part in parts for word in part.frame),
            tuple(filler for part in parts for filler in part.fillers),
        )

    def take_apart(self, reply: str) -> Said:
        """The template and the symbols of a reply."""
        pieces, fillers, _ = self._parts(reply)
        return Said(tuple(pieces), tuple(fillers))

    def spelled(self, reply: str) -> list[str]:
        """How the reply spells its symbols."""
        return self._parts(reply)[2]

    def put_together(self, template: Sequence[str], fillers: Sequence[str]) -> str:
        """The reply again, its symbols spelled as training's replies most often spell them."""
        words = [self.spelling.get(filler, filler) for filler in fillers]
        return template[0] + "".join(word + piece for word, piece in zip(words, template[1:]))

    def _parts(self, reply: str) -> tuple[list[str], list[str], list[str]]:
        raw = _cut(reply)
        pieces, fillers, spelled, start, first = [], [], [], 0, 1
        for unit in self.units([fold(word) for word in raw[1::2]]):
            behind = first + 2 * len(unit.split())
            base = self.symbols.parse(unit)
            if base.frame == (MARK,):
                pieces.append("".join(raw[start:first]))
                fillers.append(base.fillers[0])
                spelled.append("".join(raw[first : behind - 1]))
                start = behind - 1
            first = behind
        pieces.append("".join(raw[start:]))
        return pieces, fillers, spelled


def _cut(text: str) -> list[str]:
    """Words at odd places; before, between and behind them what else there is, to the letter."""
    cut, start = [], 0
    for word in spell(text):
        first = text.index(word, start)
        cut += [text[start:first], word]
        start = first + len(word)
    return [*cut, text[start:]]
