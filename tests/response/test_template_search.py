import itertools

import torch

from memnn.response.template_search import Guess, likeliest, merge_names
from memnn.text.dialogue_batches import Slots

LENGTHS, FIRST = [-1, 0, 2, 1], [0, 0, 0, 2]  # three templates behind the one for none
SYMBOLS, NAMES = 3, 2


def table(slots: Slots):
    """log p of symbols and names that depends on the slot and on what fills the one before it."""
    rows = []
    for reply, kind, (last, _) in zip(slots.reply.tolist(), slots.kind.tolist(), slots.before.tolist()):
        generator = torch.Generator().manual_seed(100 * reply + 10 * kind + last + 1)
        rows.append(torch.randn(SYMBOLS + NAMES, generator=generator).log_softmax(-1))
    return torch.stack(rows)


def test_with_room_it_finds_the_likeliest_of_all():
    templates = torch.randn(2, 4).log_softmax(-1)
    found = likeliest(templates, table, torch.zeros(2, SYMBOLS, dtype=torch.long), FIRST, LENGTHS, width=5)
    for reply in range(2):
        every = []
        for template in (1, 2, 3):
            for entries in itertools.product(range(SYMBOLS + NAMES), repeat=LENGTHS[template]):
                log_p, before = float(templates[reply, template]), (-1, -1)
                for number, entry in enumerate(entries):
                    slot = Slots(*map(torch.tensor, ([reply], [FIRST[template] + number], [before])))
                    log_p += float(
                        merge_names(table(slot), torch.zeros(1, SYMBOLS, dtype=torch.long))[0, entry]
                    )
                    seen = [e if e < SYMBOLS else -1 for e in entries]
                    before = (seen[number], seen[0])
                every.append((log_p, template, entries))
        log_p, template, entries = max(every)
        best = found[reply][0]
        assert (best.template, best.entries) == (template, entries)
        assert abs(best.log_p - log_p) < 1e-5


def test_the_chance_of_a_symbol_with_a_name_is_added_up():
    scores = torch.tensor([[0.1, 0.2, 0.3, 0.15, 0.25]]).log()
    merged = merge_names(scores, torch.tensor([[0, 1, 0]])).exp()
    torch.testing.assert_close(merged[0, :3], torch.tensor([0.1, 0.45, 0.3]))
    assert not merged[0, 3:].any()  # the name was added, and the first stands for none


def test_a_template_that_nothing_can_fill_is_no_reply():
    templates = torch.tensor([[-9.0, -3.0, -0.1, -2.0]])
    nothing = lambda slots: torch.full((len(slots.reply), SYMBOLS + NAMES), -1e30)  # noqa: E731
    found = likeliest(templates, nothing, torch.zeros(1, SYMBOLS, dtype=torch.long), FIRST, LENGTHS)
    assert found == [[Guess(0, 1, -3.0)]]
