import numpy as np
import torch
from dialogue.worlds import bookings

from memnn.conversation import Dialogue, Row, Turn
from memnn.text.batches import cut_batches
from memnn.text.dialogue_batches import DialogueTensors
from memnn.text.dialogue_lexicon import DialogueLexicon
from memnn.text.dialogue_symbols import NONE

ONE = Dialogue(
    (
        Turn("user", "thai in rome"),
        Turn("bot", "api_call thai rome"),
        Row("siam", "R_food", "thai"),
        Row("siam", "R_rating", "8"),
        Turn("kb", "two rows"),
        Row("wok", "R_food", "thai"),
        Turn("user", "and"),
        Turn("bot", "what about wok"),
    )
)
TWO = Dialogue((Turn("user", "wok"), Turn("bot", "hello")))
LEXICON = DialogueLexicon.of_dialogues([ONE, TWO] * 2)


def test_what_came_before_each_reply():
    tensors = DialogueTensors([ONE, TWO], LEXICON)
    told = tensors.batch(np.arange(3)).told
    assert tensors.counts.tolist() == [[1, 2, 0, 2], [4, 4, 3, 4], [1, 1, 0, 1]]
    assert told.turn_event.tolist()[1] == [0, 1, 4, 6]
    assert told.turn_mask.tolist()[0] == [False, False, False, True]
    assert told.mention_symbol.tolist()[1] == [0, 1, 0, 1]  # thai and rome, twice
    assert told.row_subject.tolist()[1] == [2, 2, 3] and told.row_value.tolist()[1] == [0, NONE, 0]
    assert told.row_newest.tolist()[1] == [False, False, True]
    assert told.row_number[1, 0] == 0 and told.row_number[1, 1] == LEXICON.number(ONE.events[3])
    assert told.symbol_mask.sum(1).tolist() == [2, 4, 1]
    assert not told.row_mask[0].any() and not told.row_newest[0].any()


def test_replies_and_their_slots():
    batch = DialogueTensors([ONE, TWO], LEXICON).batch(np.arange(3))
    assert LEXICON.templates[batch.answer[0]] == ("api_call ", " ", "")
    assert batch.slots.reply.tolist() == [0, 0, 1]
    assert batch.copied.tolist() == [0, 1, 3] and batch.named.tolist() == [0, 0, 0]
    assert batch.slots.before.tolist() == [[NONE, NONE], [0, 0], [NONE, NONE]]
    strange = Dialogue((Turn("user", "hi"), Turn("bot", "quite another thing")))
    assert DialogueTensors([strange], LEXICON).batch(np.arange(1)).answer.tolist() == [0]


def test_only_the_newest_within_the_capacity():
    told = DialogueTensors([ONE], LEXICON, capacity=2).batch(np.array([1])).told
    assert told.turn_event.tolist() == [[4, 6]] and told.row_event.tolist() == [[3, 5]]
    assert told.symbol_mask.sum() == 4


def test_shares_are_the_whole():
    tensors = DialogueTensors(bookings(5), DialogueLexicon.of_dialogues(bookings(5)))
    batch = tensors.batch(np.arange(len(tensors)))
    shares = [batch.share(number, 2) for number in range(2)]
    assert sum(len(share.answer) for share in shares) == len(tensors)
    assert torch.equal(shares[1].answer, batch.answer[1::2])
    for number, share in enumerate(shares):
        own = batch.slots.reply % 2 == number
        assert torch.equal(share.copied, batch.copied[own])
        assert torch.equal(share.slots.reply * 2 + number, batch.slots.reply[own])


def test_batches_hold_every_reply_once():
    tensors = DialogueTensors(bookings(6), DialogueLexicon.of_dialogues(bookings(6)))
    answers = [batch.answer for batch in cut_batches(tensors, 4, np.random.default_rng(0), pool=2)]
    whole = tensors.batch(np.arange(len(tensors))).answer
    assert torch.cat(answers).sort().values.tolist() == whole.sort().values.tolist()
    assert tensors.batch(np.arange(2)).to(torch.device("cpu")).answer.tolist() == whole[:2].tolist()


def test_names_of_symbols_and_fillers_by_number():
    events = (Turn("user", "hi"), Turn("bot", "try rome"), Turn("user", "rome"), Turn("bot", "api_call rome"))
    lexicon = DialogueLexicon.of_dialogues([Dialogue(events)] * 2)
    tensors = DialogueTensors([Dialogue(events)], lexicon)
    assert tensors.name_ids(np.arange(2)).tolist() == [[0], [1]]
    assert tensors.said(1, [0, 2], symbols=1) == ("rome", "rome")
