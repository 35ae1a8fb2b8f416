import numpy as np
import pytest
import torch
from dialogue.worlds import bookings

from memnn.models.dialogue_evidence import events_used
from memnn.models.symbol_dialogue import SymbolDialogue
from memnn.response.template_search import Guess
from memnn.text.dialogue_lexicon import DialogueLexicon


class FromTurnAndRow:
    """A network whose template rests on the last turn, and whose slot does thrice as much on that turn as on
    the row of what is copied.
    """

    def __init__(self, batch):
        self.template, self.copied = batch.answer[0], batch.copied[0]
        (self.row,) = (batch.told.row_value[0] == self.copied).nonzero()[:, 0]

    def write(self, told, spoken=None, named=None, rows=None):
        return spoken, named, rows

    def __call__(self, told, memory, slots):
        (spoken, named, rows), symbols = memory, told.symbol_mask.shape[1]
        templates = torch.zeros(len(spoken), int(self.template) + 2)
        templates[:, self.template] = spoken[:, -1] + 0 * named.sum(1)
        entries = torch.zeros(len(slots.reply), symbols + 1)
        entries[:, self.copied] = 3 * spoken[slots.reply, -1] + rows[slots.reply, self.row]
        return templates, entries


def test_what_is_copied_is_named_from_where_it_stands():
    dialogues = bookings(1, seed=5)
    lexicon = DialogueLexicon.of_dialogues(bookings(30))
    tensors = (
        SymbolDialogue(dim=8, hops=2, heads=2, width=4).build(*lexicon.sizes).tensors(dialogues, lexicon)
    )
    index = len(tensors) - 1
    batch = tensors.batch(np.array([index]))
    network, guess = FromTurnAndRow(batch), Guess(0, int(batch.answer[0]), 0.0, (int(batch.copied[0]),))
    phone = dialogues[0].events[tensors.examples[index][1]].text.removeprefix("here it is ")
    turn, row = int(batch.told.turn_event[0, -1]), int(batch.told.row_event[0, network.row])
    said, first, second = events_used(network, tensors, index, guess)
    assert (said.hop, said.position, said.weight) == (1, turn, pytest.approx(1.0))
    assert (first.hop, first.position, first.weight) == (2, row, pytest.approx(0.25))
    assert first.fact == f"{phone.removesuffix('_phone')} R_phone {phone}"
    assert (second.hop, second.position, second.weight) == (2, turn, pytest.approx(0.75))
