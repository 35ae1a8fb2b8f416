import dataclasses

import numpy as np
import pytest
import torch
from dialogue.worlds import bookings

from memnn.conversation import Dialogue, Row, Turn
from memnn.dialogue.unseen import rename_unseen
from memnn.models.symbol_dialogue import SymbolDialogue
from memnn.text.dialogue_batches import DialogueTensors
from memnn.text.dialogue_lexicon import UNTOLD, DialogueLexicon

LEXICON = DialogueLexicon.of_dialogues(bookings(30))
SMALL = SymbolDialogue(dim=8, hops=2, heads=2, width=4, dropout=0.0)


def network(settings=SMALL):
    return settings.build(*LEXICON.sizes).eval()


def test_no_reply_depends_on_what_things_are_called():
    """With other names of no known class there is the same reply with other names, exactly."""
    net, names = network(), {"thai": "nonesuch", "rome": "whatever"}

    def rename(text):
        return " ".join("_".join(names.get(part, part) for part in word.split("_")) for word in text.split())

    plain = bookings(8)
    renamed = [
        dataclasses.replace(
            dialogue,
            events=tuple(
                Row(rename(e.subject), e.relation, rename(e.value))
                if isinstance(e, Row)
                else Turn(e.speaker, rename(e.text))
                for e in dialogue.events
            ),
        )
        for dialogue in plain
    ]
    classless = DialogueLexicon.from_json(LEXICON.to_json())
    classless.class_id = lambda symbol: 0  # those of training are known by class, which strangers lack
    said = []
    for dialogues in (plain, renamed):
        tensors = net.tensors(dialogues, classless)
        said.append(net.reply(tensors, np.arange(len(tensors))))
    for one, other in zip(*said):
        assert rename(one.text).split() == other.text.split()
        assert one.probability == pytest.approx(other.probability, rel=1e-4)


def test_a_batch_changes_nothing():
    net = network()
    tensors = net.tensors(bookings(4), LEXICON)
    together = net.reply(tensors, np.arange(len(tensors)))
    alone = [net.reply(tensors, np.array([index]))[0] for index in range(len(tensors))]
    assert [reply.text for reply in together] == [reply.text for reply in alone]
    for one, other in zip(together, alone):
        assert one.probability == pytest.approx(other.probability, rel=1e-4)


def test_losses_are_of_the_template_and_its_slots():
    net = network()
    tensors = net.tensors(bookings(3), LEXICON)
    batch = tensors.batch(np.arange(len(tensors)))
    losses, _ = net.measure(batch)
    templates, slots = net(batch.told, net.write(batch.told), batch.slots)
    for reply in range(len(tensors)):
        expected = -templates[reply, batch.answer[reply]]
        for slot in (batch.slots.reply == reply).nonzero().flatten():
            expected = expected - slots[slot, batch.copied[slot]]
        torch.testing.assert_close(losses[reply], expected)


def test_what_is_told_last_goes_first_and_nothing_is_no_nan():
    net = network()
    opening = Dialogue((Turn("bot", "hello what can i do"),))
    tensors = net.tensors([opening], LEXICON)
    reply = net.reply(tensors, np.array([0]), evidence=True)[0]
    assert reply.text and 0 < reply.probability <= 1 and reply.evidence == ()
    net.train()
    losses, _ = net.measure(tensors.batch(np.array([0])))
    losses.sum().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in net.parameters())


def test_a_slot_takes_what_is_of_a_property_that_training_put_there():
    """Also where the network, which has learnt nothing here, would have it otherwise."""
    net, dialogues = network(), bookings(8)
    tensors = net.tensors(dialogues, LEXICON)
    replies = net.reply(tensors, np.arange(len(tensors)))
    filled = 0
    for (dialogue, place), reply in zip(tensors.examples, replies):
        rows = [event for event in dialogue.events[:place] if isinstance(event, Row)]
        said = LEXICON.take_apart(reply.text)
        first = LEXICON.first_slot[LEXICON.template_id(said.template)]
        for fills, filler in zip(LEXICON.fills[first:], said.fillers):
            told = {row.relation for row in rows if row.value == filler}
            told |= {"name" for row in rows if row.subject == filler}
            assert set(fills) & (told or {UNTOLD})
            filled += 1
    assert filled > 5


def test_a_reply_of_a_kind():
    net = network()
    tensors = net.tensors(bookings(2), LEXICON)
    last = np.array([len(tensors) - 1])
    for kind in ("here it is *", "what about *", "i will book it"):
        assert LEXICON.reply_kind(net.reply(tensors, last, kind=kind)[0].text) == kind
    (nothing,) = net.reply(tensors, np.array([0]), kind="here it is *")  # there are no rows yet
    assert (nothing.text, nothing.probability) == ("", 0.0)


def test_evidence_names_the_row_copied_from(bot):
    dialogue = bookings(1, seed=5)[0]
    reply = bot.next_reply(dialogue)
    copied = [used for used in reply.evidence if used.hop == 2]
    phone = reply.text.removeprefix("here it is ")
    assert copied[0].fact == f"{phone.removesuffix('_phone')} R_phone {phone}"
    assert dialogue.events[copied[0].position].text == copied[0].fact
    assert sum(used.weight for used in copied[1:]) <= 1 + 1e-5


def test_candidates_are_chosen_among(bot):
    dialogue = bookings(1, seed=5)[0]
    other = dataclasses.replace(dialogue, candidates=("i will book it", "where should it be"))
    reply = bot.next_reply(other)
    assert reply.text in other.candidates and reply.generated.startswith("here it is")


def test_unseen_values_take_the_place_of_seen_ones():
    base = [Row(f"r_{city}", "city", city) for city in ("rome", "oslo", "seoul", "lima", "quito")]
    seen = Dialogue((Turn("user", "rome or oslo"), Row("r_rome", "city", "rome"), Turn("bot", "r_rome")))
    (other,) = rename_unseen([seen], [seen], base)
    words = other.events[0].text.split()
    assert {words[0], words[2]} <= {"seoul", "lima", "quito"} and words[0] != words[2]
    assert (
        other.events[1] == Row(f"r_{words[0]}", "city", words[0]) and other.events[2].text == f"r_{words[0]}"
    )


@pytest.mark.parametrize("wrong", [{"dim": 0}, {"capacity": 0}, {"dropout": 1.0}, {"heads": 0}])
def test_settings_that_cannot_be(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SymbolDialogue(**wrong)


def test_tensors_keep_the_capacity():
    assert isinstance(network().tensors(bookings(1), LEXICON), DialogueTensors)
