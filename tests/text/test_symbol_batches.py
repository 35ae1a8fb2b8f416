from dataclasses import replace

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from memnn.story import Story
from memnn.text.batches import cut_batches
from memnn.text.lexicon import Lexicon
from memnn.text.story_symbols import STOP, UNTOLD
from memnn.text.symbol_batches import NONE, SymbolTensors, rows
from memnn.text.symbols import Symbols
from memnn.text.vocabulary import NIL

SYMBOLS = Symbols(
    classes=(("john", "mary"), ("kitchen", "office"), ("hungry", "tired")),
    by_name={"where will * go": (1, 2)},
    words=frozenset(["went", "to", "the", "where", "is", "will", "go", "who", "carries"]),
)
LEXICON = Lexicon(
    SYMBOLS,
    [*sorted(SYMBOLS.words), *SYMBOLS.classes[1], *SYMBOLS.classes[2]],
    ["kitchen", "office", "nobody"],
)
STORIES = [
    Story(("Mary is hungry.", "Mary went to the office."), "Where is Mary?", ("office",)),
    Story(("Mary is hungry.", "John is tired.", "Mary is hungry."), "Where will Mary go?", ("kitchen",)),
    Story((), "Who carries Greta?", ("nobody",)),
    Story(("Bob went to the office.",), "Where will Bob go?", ("office",)),
    Story(("John went to the kitchen.",), "Who carries John?", ("Mary", "John"), task="8"),
    Story(("John went to the kitchen.",), "Who carries John?", ("zebra,John",), task="8"),
]


def batch_of(*numbers, capacity=None):
    return SymbolTensors(STORIES, LEXICON, capacity).batch(np.array(numbers, dtype=np.int64))


def sentence(batch, frame, symbols):
    words = [LEXICON.words[word] for word in batch.frames[frame] if word != NIL]
    return " ".join(words), [number for number in symbols.tolist() if number != NONE]


def plain(story, texts):
    """Frames, and symbols numbered in the order met, of some sentences of a story."""
    met, read = [], []
    for text in texts:
        parsed = SYMBOLS.parse(text)
        met += [filler for filler in parsed.fillers if filler not in met]
        read.append((parsed.kind, [met.index(filler) for filler in parsed.fillers]))
    return read, met


def check(stories, batch):
    for row, story in enumerate(stories):
        read, met = plain(story, (*story.facts, story.question))
        there = batch.mask[row]
        facts = zip(batch.slots[row][there], batch.symbols[row][there])
        assert [sentence(batch, frame, symbols) for frame, symbols in facts] == read[:-1]
        assert sentence(batch, batch.question[row], batch.question_symbols[row]) == read[-1]
        assert batch.count[row] == len(met)


def test_a_batch_holds_the_stories():
    batch = batch_of(*range(6))
    check(STORIES, batch)
    assert batch.mask.sum(1).tolist() == [2, 3, 0, 1, 1, 1]
    assert batch.mask[0].tolist() == [False, True, True]  # padded in front
    assert len(batch.frames) == 5  # each distinct frame once
    assert (batch.symbols[~batch.mask] == NONE).all() and (batch.names[~batch.mask] == NIL).all()


def test_names_are_shown_in_the_kinds_of_question_that_read_them():
    batch = batch_of(*range(6))
    names = [
        [[LEXICON.words[name] for name in fact if name != NIL] for fact in facts[there]]
        for facts, there in zip(batch.names, batch.mask)
    ]
    assert names[0] == [[], []]
    assert names[1] == [["hungry"], ["tired"], ["hungry"]]
    assert names[3] == [["office"]]
    assert names[4] == [[]]
    assert batch.names[1, 0].tolist() == [NIL, LEXICON.id("hungry")]  # each at its place
    assert not batch.question_names.any()  # a person has no name to be read by


def test_names_of_the_question_are_shown_too():
    symbols = replace(SYMBOLS, by_name={"where is *": (0,)})
    batch = SymbolTensors(STORIES, Lexicon(symbols, ["mary"], [])).batch(np.array([0, 2]))
    assert batch.question_names[:, 0].tolist() == [3, NIL]
    assert batch.names[0].tolist() == [[3, NIL], [3, NIL]]


def test_a_story_beside_another_is_the_same_with_facts_of_other_symbols_before_it():
    stories = [replace(STORIES[0], supporting=(1,)), STORIES[4], STORIES[2]]
    alone = SymbolTensors(stories, LEXICON).batch(np.arange(3))
    batch = alone.beside(torch.tensor([1, 0, 0]))
    slots = alone.mask.shape[1]
    for name in ("slots", "names", "mask"):
        first, own = getattr(batch, name).split(slots, 1)
        assert torch.equal(own, getattr(alone, name))
        assert torch.equal(first, getattr(alone, name)[[1, 0, 0]])
    first, own = batch.symbols.split(slots, 1)
    assert torch.equal(own, alone.symbols)
    for row, other in enumerate([1, 0, 0]):
        shifted = [n + int(alone.count[row]) if n != NONE else NONE for n in alone.symbols[other].flatten()]
        assert first[row].flatten().tolist() == shifted
    assert batch.count.tolist() == (alone.count + alone.count[[1, 0, 0]]).tolist()
    assert alone.supporting.tolist() == [[1], [NONE], [NONE]]
    assert batch.supporting.tolist() == [[1 + slots], [NONE], [NONE]]
    for name in ("question", "question_symbols", "answer", "copied", "kind"):
        assert torch.equal(getattr(batch, name), getattr(alone, name))


def test_a_story_among_another_is_told_in_turns_that_end_where_a_story_may_begin():
    told = [f"Sam took the {thing}." if n % 3 else "Mary is hungry." for n, thing in enumerate("abcdef")]
    one = Story(tuple(told), "Where is Mary?", ("office",), supporting=(4, 0))
    other = Story(("Mary is hungry.", "Mary is hungry."), "Where is Mary?", ("office",))
    alone = SymbolTensors([one, other], LEXICON).batch(np.arange(2))
    slots = alone.mask.shape[1]
    assert alone.begins[0].tolist() == [True, False, False] * 2  # taking something begins no story
    behind = alone.beside(torch.tensor([1, 0]))
    met = set()
    for _ in range(200):
        batch = alone.beside(torch.tensor([1, 0]), among=True)
        own = batch.symbols[:, :, 0] < alone.count[:, None]  # of the story asked about
        for row, mine in enumerate(own & batch.mask):
            for whose, there in enumerate((mine, ~mine & batch.mask[row])):
                source = slice(slots, None) if whose == 0 else slice(slots)
                for name in ("slots", "symbols", "names", "begins"):
                    told = getattr(behind, name)[row, source][behind.mask[row, source]]
                    assert torch.equal(getattr(batch, name)[row][there], told)  # all of it, in its order
        turns = own[0][batch.mask[0]].tolist()
        met.add(tuple(turns))
        for fact, (now, begins) in enumerate(zip(turns, batch.begins[0][batch.mask[0]].tolist())):
            assert begins or now == turns[fact - 1]
        for was, now in zip(behind.supporting[0], batch.supporting[0]):
            assert torch.equal(batch.symbols[0, now], behind.symbols[0, was])
            assert own[0, now] and batch.slots[0, now] == behind.slots[0, was]
        assert batch.supporting[1].tolist() == [NONE, NONE]
        assert torch.equal(batch.count, behind.count)
    assert len(met) == 6  # two turns of three facts and two of one: 4 over 2


def test_a_story_that_was_cut_does_not_say_how_stories_begin():
    story = Story(("Sam took the milk.", "Mary is hungry."), "Where is Mary?", ("office",))
    batch = SymbolTensors([story, replace(story, facts=story.facts[::-1])], LEXICON, 1).batch(np.arange(2))
    assert not batch.begins.any()


def test_answers_are_said_or_copied():
    batch = batch_of(*range(6))
    said, copied = batch.answer.tolist(), batch.copied.tolist()
    kitchen, office, nobody = (LEXICON.answer_id(word) for word in ("kitchen", "office", "nobody"))
    assert (said[0], copied[0]) == ([NONE, STOP, NONE], [2, NONE, NONE])  # mary 0, hungry 1, office 2
    assert (said[1], copied[1]) == ([kitchen, STOP, NONE], [NONE] * 3)  # stands nowhere
    assert (said[2], copied[2]) == ([nobody, STOP, NONE], [NONE] * 3)
    assert (said[3], copied[3]) == ([office, STOP, NONE], [1, NONE, NONE])  # by name: both
    assert (said[4], copied[4]) == ([UNTOLD, NONE, STOP], [NONE, 0, NONE])  # a list
    odd = Story(STORIES[1].facts, STORIES[1].question, ("tired",))  # by name, but no answer of training
    batch = SymbolTensors([odd], LEXICON).batch(np.array([0]))
    assert (batch.answer.tolist(), batch.copied.tolist()) == ([[NONE, STOP]], [[3, NONE]])
    assert (said[5], copied[5]) == ([UNTOLD, NONE, STOP], [NONE, 0, NONE])


def test_capacity_keeps_the_newest_facts_and_their_symbols_alone():
    batch = batch_of(0, capacity=1)
    read, _ = plain(STORIES[0], (*STORIES[0].facts[1:], STORIES[0].question))
    assert sentence(batch, batch.slots[0, 0], batch.symbols[0, 0]) == read[0]
    assert batch.count.tolist() == [2] and batch.copied[0, 0] == 1


def test_a_batch_is_as_wide_as_its_longest_story():
    assert batch_of(2).slots.shape == (1, 0)
    assert batch_of(2).frames.shape == (1, 3)
    assert batch_of(0, 1).slots.shape == (2, 3)
    assert batch_of().count.shape == (0,)
    assert len(SymbolTensors([], LEXICON)) == 0


def test_kinds_are_tasks_or_frames_of_the_question():
    tensors = SymbolTensors(STORIES, LEXICON)
    assert tensors.kinds == ("where is *", "where will * go", "who carries *", "8")
    assert tensors.batch(np.arange(6)).kind.tolist() == [0, 1, 2, 1, 3, 3]


def test_an_epoch_has_every_story_once_or_draws_by_chances():
    stories = [Story(("Mary is hungry.",) * n, "Where is Mary?", task=str(n % 2)) for n in range(60)]
    tensors = SymbolTensors(stories, LEXICON)
    for rng in (None, np.random.default_rng(0)):
        lengths = [int(n) for batch in cut_batches(tensors, 7, rng, 2) for n in batch.mask.sum(1)]
        assert sorted(lengths) == list(range(60))
    drawn = list(cut_batches(tensors, 7, np.random.default_rng(0), chances=tensors.kind * 1.0))
    assert sum(len(batch.kind) for batch in drawn) == 60
    assert all((batch.kind == 1).all() for batch in drawn)
    mixed = torch.cat(
        [b.kind for b in cut_batches(tensors, 7, np.random.default_rng(0), chances=1 + 8 * tensors.kind)]
    )
    assert 0.75 < mixed.double().mean() < 1


def test_rows():
    assert rows([[1], [2, 3], []], None, 9).tolist() == [[1, 9], [2, 3], [9, 9]]
    assert rows([[], []], None, 9).tolist() == [[9], [9]]
    assert rows([[1]], 3, 9).tolist() == [[1, 9, 9]]
    assert rows([], None, 9).shape == (0, 1)


texts = st.sampled_from(
    ["Mary went to the office.", "Bob is hungry", "who", "", "Old Bob carries Greta", "?"]
)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.lists(texts, max_size=5), texts), min_size=1, max_size=5))
def test_any_story_reads_back(told):
    stories = [Story(tuple(facts), question) for facts, question in told]
    check(stories, SymbolTensors(stories, LEXICON).batch(np.arange(len(stories))))
