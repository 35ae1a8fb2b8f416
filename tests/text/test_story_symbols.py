import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from memnn.text.lexicon import Lexicon
from memnn.text.story_symbols import NAMELESS, STOP, StorySymbols
from memnn.text.symbols import Symbols

SYMBOLS = Symbols(
    classes=(("john", "mary"), ("kitchen", "office"), ("hungry", "tired")),
    by_name={"where will * go": (1, 2)},
    words=frozenset(["went", "to", "the", "where", "is", "will", "go", "and"]),
)
NAMED = ("kitchen", "office", "hungry", "tired")
LEXICON = Lexicon(SYMBOLS, NAMED, ["yes", "kitchen"], {"yes": "Yes", "kitchen": "kitchen"})
YES, KITCHEN, FIRST = 2, 3, 4  # entries of scores; from FIRST the symbols of the story


def told(*sentences):
    words = StorySymbols(LEXICON)
    for sentence in sentences:
        words.read(sentence)
    return words


STORY = ("Mary went to the Kitchen.", "GRETA went to the office.")  # 0 mary 1 kitchen 2 greta 3 office
MARY, COPIED_KITCHEN, GRETA, OFFICE = range(FIRST, FIRST + 4)


def chances(*items):
    """Scores whose softmax is these chances, by entry; the rest shared by the entries not named."""
    table = torch.zeros(len(items), FIRST + 4)
    for row, likely in zip(table, items):
        row += (1 - sum(likely.values())) / (len(row) - len(likely))
        for entry, chance in likely.items():
            row[entry] = chance
    return table.log()


def test_symbols_are_numbered_in_the_order_they_are_read():
    words = StorySymbols(LEXICON)
    parsed, numbers, names = words.read("Mary went to the kitchen.")
    assert parsed.kind == "* went to the *"
    assert numbers == [0, 1]
    assert names == [NAMELESS, LEXICON.id("kitchen")]
    assert words.read("Greta and mary went to the kitchen.")[1] == [2, 0, 1]
    assert words.ids == {"mary": 0, "kitchen": 1, "greta": 2}


def test_what_a_copy_hears_is_not_shared():
    words = told(*STORY)
    other = words.copy()
    other.read("Bob went to the gReTa.")
    assert "bob" in other.ids and "bob" not in words.ids
    assert words.say(chances({GRETA: 0.9}))[0] == "GRETA"
    assert other.say(chances({GRETA: 0.9}))[0] == "gReTa"  # no capital of a first word
    assert other.say(chances({COPIED_KITCHEN: 0.9}))[0] == "Kitchen"


def test_classes_a_question_reads_by_name():
    words = told(*STORY)
    assert words.named("Where will Greta go?") == (1, 2)
    assert words.named("Where is Greta?") == ()
    assert words.named_ids("Where will Greta go?") == {LEXICON.id(word) for word in NAMED}
    assert words.named_ids("Where is Greta?") == frozenset()


@pytest.mark.parametrize(
    ("items", "answer", "probability"),
    [
        ([{YES: 0.7}, {STOP: 0.9}], "Yes", 0.63),  # as training spells it
        ([{GRETA: 0.7}, {STOP: 0.9}], "GRETA", 0.63),  # as the story spells it
        ([{MARY: 0.8}, {GRETA: 0.5}, {STOP: 0.9}], "Mary,GRETA", 0.36),
        ([{MARY: 0.8}, {GRETA: 0.5}], "Mary,GRETA", 0.4),  # no room to stop
        ([{KITCHEN: 0.3, COPIED_KITCHEN: 0.3, YES: 0.35}, {STOP: 1.0}], "Kitchen", 0.6),  # both ways together
        ([{STOP: 0.9}, {YES: 0.9}], "unknown", 0.0),
        ([{1: 0.9}, {STOP: 0.9}], "unknown", 0.0),
        ([{MARY: 0.9}, {1: 0.9}], "unknown", 0.0),
    ],
)
def test_the_best_answer_and_its_probability(items, answer, probability):
    said, chance = told(*STORY).say(chances(*items))
    assert (said, chance) == (answer, pytest.approx(probability, rel=1e-5))


@pytest.mark.parametrize(
    ("candidates", "answer"),
    [
        (("Kitchen", "office"), "Kitchen"),
        (("office", "greta"), "office"),
        (("GRETA",), "GRETA"),
        (("yes", "no"), "Yes"),
        (("nowhere", "greta"), "GRETA"),
        (("nowhere", "never"), "unknown"),
    ],
)
def test_among_candidates_only_they_are_said(candidates, answer):
    likely = {MARY: 0.5, COPIED_KITCHEN: 0.2, OFFICE: 0.1, GRETA: 0.05, 1: 0.1}
    said, chance = told(*STORY).say(chances(likely, {STOP: 0.9}), candidates)
    assert said == answer
    assert 0.0 <= chance <= 1.0
    if len(candidates) == 1:
        assert chance == pytest.approx(1.0)


def test_scores_of_other_stories_symbols_are_left_out():
    """A batch is as wide as the story with the most symbols."""
    wide = torch.nn.functional.pad(chances({GRETA: 0.7}, {STOP: 0.9}), (0, 3), value=50.0)
    assert told(*STORY).say(wide)[0] == "GRETA"


facts = st.lists(st.text(max_size=12) | st.sampled_from([*STORY, "?", "Where will Greta go?"]), max_size=4)


@settings(max_examples=150)
@given(facts, st.lists(st.text(max_size=6) | st.sampled_from(["greta", "yes"]), max_size=3), st.data())
def test_something_is_said_of_any_story(sentences, candidates, data):
    words = told(*sentences)
    entries = len(LEXICON.answers) + len(words.ids)
    scores = st.lists(st.floats(-(2.0**99), 2.0**99, width=32), min_size=2 * entries, max_size=2 * entries)
    said, chance = words.say(torch.tensor(data.draw(scores)).view(2, entries), candidates)
    assert isinstance(said, str) and said
    assert 0.0 <= chance <= 1.0 + 1e-5
