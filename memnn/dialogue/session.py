"""A live conversation: the bot's queries are executed, their rows enter memory, and the talk goes on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from memnn.conversation import SILENCE, Dialogue, Reply, Row, Turn
from memnn.dialogue.babi import NO_RESULT
from memnn.dialogue.bot import Bot
from memnn.dialogue.habits import expected_kind, stand_for_values, units_of
from memnn.dialogue.knowledge import MOST_THINGS, KnowledgeBase, column_key, is_query
from memnn.dialogue.transcript import Transcript
from memnn.errors import UserError
from memnn.text.tokenizer import fold, tokenize
from memnn.training import checkpoint

FORMAT = 1
MOST_REPLIES = 8  # in a row


@dataclass(frozen=True)
class Stock:
    """Replies that are not the model's, to what its training dialogues do not contain.

    A user's turn is off the domain when it names nothing of the knowledge base, and two of its words or
    more, and at least the share `unknown`, were said by no user in training, unless all these stand where
    users name things ('in X'); when it has no word at all; or when no reply has the probability `doubt`.
    `no_more` is said in place of an offer that was made before.
    """

    no_result: str = "I found nothing that fits. Would you like to change something?"
    off_domain: str = "I am afraid I cannot help with that."
    no_more: str = "I have nothing else. Would you like to change something?"
    unknown: float = 0.25
    doubt: float = 0.2


@dataclass(frozen=True)
class Said:
    """What the bot says to a turn of the user: several replies where it speaks on, queries among them."""

    replies: tuple[Reply, ...]

    @property
    def text(self) -> str:
        """All of it but the queries, a reply a line."""
        return "\n".join(reply.text for reply in self.replies if not is_query(reply.text))

    @property
    def last(self) -> Reply:
        """The last reply, whose evidence people ask for."""
        return self.replies[-1]


@dataclass
class Session:
    """A conversation with a bot, with its own transcript; nothing is shared with another session.

    >>> session = Session(memnn.load("runs/d"), read_knowledge("restaurants.csv"))
    >>> said = session.say("may i have a table in paris")
    >>> said.text, said.last.probability, said.last.evidence
    """

    bot: Bot
    base: KnowledgeBase | None = None
    arguments: Sequence[str] = ()  # properties that the words of a query are about; learned unless given
    stock: Stock = field(default_factory=Stock)
    transcript: Transcript = field(default_factory=Transcript)

    def __post_init__(self) -> None:
        """Raises UserError where the knowledge base lacks a property that queries ask for."""
        self._bot = self.bot
        self._columns: list[str] = []
        self._relations = {column_key(name): name for name in self.bot.vocabulary.properties}
        if self.base is None:
            return
        flow = self.bot.config.data
        arguments = list(self.arguments) or list(flow["arguments"])
        if not arguments:
            raise UserError(
                "no queries in its training dialogues: expected --api with what they would ask for"
            )
        asked = len(flow["arguments"])
        if asked and len(arguments) != asked:
            raise UserError(
                f"--api: expected {asked} properties, as queries of its training dialogues have so many "
                f"arguments; found {len(arguments)}: {', '.join(arguments)}"
            )
        self._columns = self.base.columns(arguments)
        rows = [self._renamed(row) for row in self.base.rows()]
        self._bot = replace(self.bot, vocabulary=self.bot.vocabulary.with_entities(rows))

    def say(self, text: str) -> Said:
        """What the bot says to this. Raises UserError, and forgets nothing, where nothing was said."""
        text = " ".join(text.split())
        if not text:
            raise UserError("nothing was said")
        before = self.transcript
        try:
            return self._answer(text)
        except BaseException:  # as if it had not been said
            self.transcript = before
            raise

    def reset(self) -> None:
        """Begin a new conversation."""
        self.transcript = Transcript()

    def undo(self) -> bool:
        """Take back what the user said last, and all that came of it; False where nothing was said."""
        before, self.transcript = self.transcript, self.transcript.before_last_turn()
        return before != self.transcript

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON; `resume` goes on with the same replies."""
        return {"format": FORMAT, "model": self.bot.fingerprint, **self.transcript.to_json()}

    def resume(self, content: Any, where: str = "session") -> None:
        """Go on with what `to_json` gave. Raises UserError, and forgets nothing, for anything else."""
        if not isinstance(content, Mapping) or content.get("format") != FORMAT:
            raise UserError(f"{where}: not a session of this memnn")
        if content.get("model") != self.bot.fingerprint:
            raise UserError(f"{where}: a session of another model: its replies would not be the same")
        try:
            self.transcript = Transcript.from_json(content)
        except (LookupError, TypeError, ValueError):
            raise UserError(f"{where}: damaged: expected events of two or three texts") from None

    def save(self, path: Path | str) -> None:
        """Write `to_json` to a file, whole or not at all. Raises UserError."""
        checkpoint.write_json(Path(path), self.to_json())

    def load(self, path: Path | str) -> None:
        """Go on with a file that `save` wrote. Raises UserError, and forgets nothing."""
        self.resume(checkpoint.read_json(Path(path)), str(path))

    def tell(self, rows: Iterable[Row]) -> Said:
        """Tell what a query found, where there is no knowledge base to execute it; what the bot says then."""
        self.transcript = self.transcript.add(*map(self._renamed, rows), Turn("user", SILENCE))
        return Said(tuple(self._go_on()))

    def _answer(self, text: str) -> Said:
        asked, before, replies = Turn("user", text), self.transcript, []
        if any(map(str.isalnum, text)):
            if not before.events and self.bot.config.data["begins"]:
                self.transcript = before.add(Turn("user", SILENCE))
                self._reply()
            self.transcript = self.transcript.add(asked)
            replies = self._go_on()
        if not replies or self._is_off_domain(text, replies[0]):
            self.transcript = before.add(asked, Turn("bot", self.stock.off_domain), aside=True)
            replies = [Reply(self.stock.off_domain, 0.0)]
        return Said(tuple(replies))

    def _go_on(self) -> list[Reply]:
        """Reply until the user is to speak; empty where the bot asks what cannot be asked."""
        replies: list[Reply] = []
        while len(replies) < MOST_REPLIES:
            reply = self._reply()
            if self._offers_again(reply):
                self.transcript = self.transcript.replace_last(Turn("bot", self.stock.no_more))
                return [*replies, Reply(self.stock.no_more, reply.probability)]
            replies.append(reply)
            if is_query(reply.text):
                if self.base is None:
                    break
                try:
                    rows = self._execute(self.base, reply.text)
                except UserError:
                    return []
                if rows:
                    self.transcript = self.transcript.add(*rows)
                elif self.bot.config.data["no_result"]:
                    self.transcript = self.transcript.add(Turn("kb", NO_RESULT))
                else:
                    self.transcript = self.transcript.add(Turn("bot", self.stock.no_result), aside=True)
                    return [*replies, Reply(self.stock.no_result, 0.0)]
            elif self.bot.vocabulary.reply_kind(reply.text) not in self.bot.config.data["talks_on"]:
                break
            self.transcript = self.transcript.add(Turn("user", SILENCE))
        return replies

    def _reply(self) -> Reply:
        """The model's next reply, which becomes part of the transcript.

        Where training's dialogues have results once at most, one who changes a request that was answered
        is heard as one who changes it before: the results and all that was said of them are set aside.
        """
        places, reply = self._seen(), None
        answered, expected = self._outdated(places), self._expected(places)
        if answered and (expected is None or expected in self.bot.config.data["asks"]):
            kept = [place for place in places if place not in answered]
            other = self._next(kept, expected)
            if self._asks(other):
                reply = self._next(places)
                if expected or other.probability > reply.probability or self._asks(reply):
                    reply = other
                    self.transcript = self.transcript.set_aside(answered)
        reply = reply or self._next(places, expected)
        self.transcript = self.transcript.add(Turn("bot", reply.text))
        return reply

    def _next(self, places: Sequence[int], kind: str | None = None) -> Reply:
        """The model's reply to these events, of the kind if it can, its evidence placed in the transcript."""
        events = [self.transcript.events[place] for place in places]
        dialogue = Dialogue((*events, Turn("bot", "")))
        reply = self._bot.next_reply(dialogue, kind)
        if kind and not reply.text:
            reply = self._bot.next_reply(dialogue)
        used = tuple(replace(each, position=places[each.position]) for each in reply.evidence)
        return replace(reply, evidence=used)

    def _expected(self, places: Sequence[int]) -> str | None:
        """The kind of reply that the words of the user's turn speak for, if they do."""
        *before, last = [self.transcript.events[place] for place in places] or [Turn("user", SILENCE)]
        if "plain" not in self.bot.config.data or last.text == SILENCE:  # runs of before tell no habits
            return None
        said = [event.text for event in before if isinstance(event, Turn) and event.speaker == "bot"]
        kind = self._bot.vocabulary.reply_kind(said[-1]) if said else ""
        return expected_kind(self.bot.config.data, kind, last.text, self._bot.vocabulary)

    def _asks(self, reply: Reply) -> bool:
        """Whether training has such a reply only before rows."""
        return self.bot.vocabulary.reply_kind(reply.text) in self.bot.config.data["asks"]

    def _outdated(self, places: Sequence[int]) -> frozenset[int]:
        """The newest results and what was said since, up to what the user says now; empty without any."""
        events = self.transcript.events
        rows = [place for place in places if isinstance(events[place], Row)]
        if not rows or self.bot.config.data["result_sets"] > 1 or events[-1] == Turn("user", SILENCE):
            return frozenset()
        return frozenset(place for place in places if rows[0] <= place < len(events) - 1)

    def _seen(self) -> list[int]:
        """The events that the model sees: of several results only the newest, if training had no more."""
        events = self.transcript.events
        places = [place for place in range(len(events)) if place not in self.transcript.aside]
        if self.bot.config.data["result_sets"] > 1:
            return places
        rows = [place for place in places if isinstance(events[place], Row)]
        first = rows[-1] if rows else 0
        while first - 1 in rows:
            first -= 1
        return [place for place in places if place >= first or not isinstance(events[place], Row)]

    def _offers_again(self, reply: Reply) -> bool:
        """Whether the reply names a thing that was found last, and was said before of those found."""
        events = self.transcript.events[:-1]
        rows = [place for place, event in enumerate(events) if isinstance(event, Row)]
        if not rows or Turn("bot", reply.text) not in events[rows[-1] :]:
            return False
        named = set(self._bot.vocabulary.units(tokenize(reply.text)))
        return any(fold(event.subject) in named for event in events if isinstance(event, Row))

    def _execute(self, base: KnowledgeBase, call: str) -> list[Row]:
        """What a query finds. Raises UserError for one with more or fewer arguments than there are."""
        found = base.find(self._columns, base.parse(call, len(self._columns)))[:MOST_THINGS]
        return [self._renamed(row) for row in base.rows(found)]

    def _renamed(self, row: Row) -> Row:
        """The row with its property called as in training."""
        return replace(row, relation=self._relations.get(column_key(row.relation), row.relation))

    def _is_off_domain(self, text: str, reply: Reply) -> bool:
        data, vocabulary = self.bot.config.data, self._bot.vocabulary
        known, units = set(data["user_words"]), units_of(text, vocabulary)
        unknown = [unit for unit in units if unit not in known and not vocabulary.is_entity(unit)]
        if unknown and "plain" in data and stand_for_values(data, units, unknown):
            return False  # a request, if for something that there is not
        strange = len(unknown) > 1 and len(unknown) >= self.stock.unknown * len(units)
        strange = strange and not any(vocabulary.is_entity(unit) for unit in units)
        return strange or reply.probability < self.stock.doubt
