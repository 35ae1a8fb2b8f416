"""The Symbol Memory Network for dialogue: remembers turns and rows, and replies by templates and copying.

I reads words in their windows; G writes what was said and told of a symbol to that symbol; O points heads
at symbols and turns, the newest that fits; R chooses a template and copies symbols into its slots. No weight
belongs to a restaurant or a city, so those never seen in training cost nothing. It learns from dialogues.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from memnn.conversation import Dialogue, Reply
from memnn.generalization.conversation import SymbolTable, ever, gather_by_symbol
from memnn.input_map.windows import WindowEncoder
from memnn.memory import ConversationMemory
from memnn.models.dialogue_evidence import events_used
from memnn.output_map.newest_read import NewestRead
from memnn.response.slots import SlotFilling, find_fitting, keep_fitting
from memnn.response.template_search import likeliest
from memnn.text.dialogue_batches import Conversation, DialogueBatch, DialogueTensors, Slots
from memnn.text.dialogue_lexicon import DialogueLexicon, Said
from memnn.text.dialogue_symbols import SPEAKERS
from memnn.text.symbols import MARK


@dataclass(frozen=True)
class SymbolDialogue:
    """Settings of the model."""

    needs_supporting: ClassVar[bool] = False
    vocabulary: ClassVar[type] = DialogueLexicon

    dim: int = 64  # of words, turns, mentions and the state
    radius: int = 3  # words on either side of a window
    recent: int = 4  # the newest turns, which are read each by itself
    hops: int = 2
    heads: int = 6  # a hop's heads on mentions, and as many on turns
    width: int = 16  # of what a head reads
    capacity: int | None = 4000  # the newest turns, mentions and rows that are kept; None: all
    dropout: float = 0.1
    unheard: float = 0.05  # share of training words that are taken for unknown
    classless: float = 0.3  # share of training replies in which a class of symbols is not told

    def __post_init__(self) -> None:
        """Raises ValueError for a size below 1 or a share outside 0 to 1."""
        for name in ("dim", "radius", "recent", "hops", "heads", "width"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.capacity is not None and self.capacity < 1:
            raise ValueError(f"capacity must be at least 1, not {self.capacity}")
        for name in ("dropout", "unheard", "classless"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is a share from 0 to below 1, not {getattr(self, name)}")

    def build(
        self, words: int, classes: int, relations: int, templates: int, slots: int, names: int
    ) -> "DialogueNetwork":
        """The network for a lexicon of these sizes."""
        return DialogueNetwork(words, classes, relations, templates, slots, names, self)


class DialogueNetwork(nn.Module):
    """I, G, O and R joined. The state of a reply begins with the newest turns t and with all there ever was,

        u = relu(sum_i A_i t_{-i} + B ever(turns) + C ever(mentions) + D max_s x_s)

    and each hop adds relu of a layer of u and of what its heads read.
    """

    def __init__(
        self,
        words: int,
        classes: int,
        relations: int,
        templates: int,
        slots: int,
        names: int,
        settings: SymbolDialogue,
    ) -> None:
        super().__init__()
        dim, heads, width = settings.dim, settings.heads, settings.width
        self.recent, self.capacity, self.classless = settings.recent, settings.capacity, settings.classless
        self.input_map = WindowEncoder(
            words, classes, len(SPEAKERS), dim, settings.radius, settings.dropout, settings.unheard
        )
        self.generalization = SymbolTable(relations, classes, dim)
        features = self.generalization.width
        self.begin = nn.Linear((settings.recent + 2) * dim + features, dim)  # A, B, C, D
        self.on_mentions = nn.ModuleList(NewestRead(dim, dim, heads, width) for _ in range(settings.hops))
        self.on_turns = nn.ModuleList(NewestRead(dim, dim, heads, width) for _ in range(settings.hops))
        self.move = nn.ModuleList(nn.Linear(dim + 2 * heads * (width + 1), dim) for _ in range(settings.hops))
        self.drop = nn.Dropout(settings.dropout)
        self.templates = nn.Linear(dim, templates)
        self.response = SlotFilling(
            dim, features, slots, names, relations, settings.hops * heads, dim, settings.dropout
        )

    def tensors(self, dialogues: Sequence[Dialogue], lexicon: DialogueLexicon) -> DialogueTensors:
        """The dialogues as the batches that `forward`, `losses` and `measure` take."""
        return DialogueTensors(dialogues, lexicon, self.capacity)

    def write(
        self,
        told: Conversation,
        spoken: Float[Tensor, "batch turns"] | None = None,
        named: Float[Tensor, "batch mentions"] | None = None,
        rows: Float[Tensor, "batch rows"] | None = None,
    ) -> ConversationMemory:
        """The memory of what was told; turns, mentions and rows may count less than 1."""
        each, frames = self.input_map.encode_frames(told.frames)
        turns = self.input_map.encode_turns(frames, told.turn_frame, told.turn_speaker, told.turn_mask)
        kind = self._kinds(told)
        width = each.shape[1]
        mentions = self.input_map.encode_mentions(
            each,
            self._before(frames, told),
            told.mention_frame * width + told.mention_place,
            told.mention_speaker,
            kind.gather(1, told.mention_symbol),
            told.mention_mask,
        )
        if spoken is not None:
            turns = turns * spoken[..., None]
        if named is not None:
            mentions = mentions * named[..., None]
        there = told.row_mask.to(turns.dtype)
        rows = there if rows is None else there * rows
        table = self.generalization(
            mentions,
            told.mention_symbol,
            told.row_subject,
            told.row_relation,
            told.row_value,
            told.row_number,
            told.row_newest,
            rows,
            kind,
        )
        return ConversationMemory(
            turns,
            mentions,
            told.mention_symbol,
            told.row_subject,
            told.row_value,
            told.row_relation,
            rows,
            table,
            told.symbol_mask,
        )

    def read(
        self, told: Conversation, memory: ConversationMemory
    ) -> tuple[Float[Tensor, "batch dim"], Float[Tensor, "batch heads symbols"]]:
        """The state that R is asked with, and the symbols that heads point at."""
        recent = nn.functional.pad(memory.turns, (0, 0, self.recent, 0))[:, -self.recent :]
        there = memory.symbols * memory.mask[..., None]
        ever_said = [ever(memory.turns.sum(1)), ever(memory.mentions.sum(1))]
        state = self.begin(torch.cat([recent.flatten(1), *ever_said, there.amax(1)], 1)).relu()
        symbols, pointers = memory.mask.shape[1], []
        for on_mentions, on_turns, move in zip(self.on_mentions, self.on_turns, self.move):
            asked = self.drop(state)
            named, weights = on_mentions(asked, memory.mentions, told.mention_mask)
            said, _ = on_turns(asked, memory.turns, told.turn_mask)
            pointers.append(gather_by_symbol(weights.mT, memory.named, symbols).mT)
            state = state + move(torch.cat([asked, named, said], 1)).relu()
        return self.drop(state), torch.cat(pointers, 1)

    def forward(
        self, told: Conversation, memory: ConversationMemory, slots: Slots
    ) -> tuple[Float[Tensor, "batch templates"], Float[Tensor, "slots entries"]]:
        """log p of every template, and of every symbol and name in the slots."""
        state, pointers = self.read(told, memory)
        return self.score_templates(state), self.response(state, memory, pointers, slots)

    def score_templates(self, state: Float[Tensor, "batch dim"]) -> Float[Tensor, "batch templates"]:
        """log p of every template; the first stands for those that training never had."""
        scores: Tensor = self.templates(state)
        none = torch.zeros(1, dtype=torch.long, device=state.device)
        return scores.index_fill(1, none, torch.finfo(scores.dtype).min / 4).log_softmax(-1)

    @torch.no_grad()
    def reply(
        self, tensors: DialogueTensors, indices: np.ndarray, evidence: bool = False, kind: str | None = None
    ) -> list[Reply]:
        """What the bot says at each of these places: among the dialogue's candidates, where it has some.

        A slot takes symbols of the properties that training's had in it. With `kind` a reply of that kind
        (`DialogueLexicon.reply_kind`) is chosen. Nothing, of probability 0, where no reply can be made.
        """
        told, lexicon = tensors.batch(indices).told, tensors.lexicon
        memory, symbols = self.write(told), told.symbol_mask.shape[1]
        state, pointers = self.read(told, memory)
        templates = self.score_templates(state)
        if kind is not None:
            others = torch.tensor([MARK.join(template) != kind for template in lexicon.templates])
            lowest = torch.finfo(templates.dtype).min / 4
            templates = templates.masked_fill(others, lowest).log_softmax(-1).masked_fill(others, lowest)
        found = likeliest(
            templates,
            lambda slots: keep_fitting(
                self.response(state, memory, pointers, slots), find_fitting(memory, slots, tensors.admits)
            ),
            tensors.name_ids(indices),
            lexicon.first_slot,
            [len(template) - 1 for template in lexicon.templates],
        )
        replies = []
        for index, guesses in zip(indices.tolist(), found):
            if not guesses:
                replies.append(Reply("", 0.0))
                continue
            said = [
                Said(lexicon.templates[guess.template], tensors.said(index, guess.entries, symbols))
                for guess in guesses
            ]
            candidates = tensors.candidates(index)
            chosen = next((i for i, each in enumerate(said) if each in candidates), 0)
            generated = lexicon.put_together(said[0].template, said[0].fillers)
            text = candidates.get(said[chosen], generated)
            used = events_used(self, tensors, index, guesses[chosen]) if evidence else ()
            replies.append(Reply(text, float(np.exp(guesses[chosen].log_p)), used, generated))
        return replies

    def losses(self, batch: DialogueBatch, **phase: bool) -> Float[Tensor, " batch"]:
        """-log p of each reply: of its template, and of each slot's symbol, copied or named."""
        return self.measure(batch)[0]

    def measure(
        self, batch: DialogueBatch, **phase: bool
    ) -> tuple[Float[Tensor, " batch"], Bool[Tensor, " batch"]]:
        """The losses, and which replies have the likeliest template and the likeliest symbols in it."""
        templates, slots = self(batch.told, self.write(batch.told), batch.slots)
        known = batch.answer > 0
        losses = -templates.gather(1, batch.answer[:, None])[:, 0] * known
        right = (templates.argmax(-1) == batch.answer) & known
        symbols = batch.told.symbol_mask.shape[1]
        lowest = torch.finfo(slots.dtype).min / 4
        copied = slots.gather(1, batch.copied.clamp(min=0)[:, None])[:, 0].masked_fill(
            batch.copied < 0, lowest
        )
        named = slots.gather(1, symbols + batch.named[:, None])[:, 0].masked_fill(batch.named < 1, lowest)
        sayable = (batch.copied >= 0) | (batch.named > 0)
        filled = -torch.logaddexp(copied, named) * sayable
        best = slots.argmax(-1)
        wrong = ~((best == batch.copied) | ((best == symbols + batch.named) & (batch.named > 0)))
        losses = losses.index_add(0, batch.slots.reply, filled)
        missed = torch.zeros_like(losses).index_add(0, batch.slots.reply, wrong.to(losses.dtype))
        return losses, right & (missed == 0)

    def _kinds(self, told: Conversation) -> Tensor:
        """The classes of the symbols; in training some classes are kept back, as if never seen."""
        if not self.training or not self.classless:
            return told.symbol_class
        kinds = told.symbol_class
        hidden = torch.rand(len(kinds), self.generalization.classes, device=kinds.device) < self.classless
        return kinds.masked_fill(hidden.gather(1, kinds), 0)

    def _before(self, frames: Float[Tensor, "frames dim"], told: Conversation) -> Tensor:
        """For each mention the turn before the turn that it is in; zeros before the first."""
        shown = nn.functional.embedding(told.turn_frame, frames) * told.turn_mask[..., None]
        turn = (told.turn_event[:, None] == told.mention_event[..., None]) & told.turn_mask[:, None]
        which = nn.functional.pad(turn, (1, 0)).to(torch.uint8).argmax(-1)  # from 1; 0 for a turn not kept
        behind = nn.functional.pad(shown, (0, 0, 2, 0))
        return behind.gather(1, which[..., None].expand(-1, -1, frames.shape[1]))
