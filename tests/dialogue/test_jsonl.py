import pytest
from dialogue.worlds import bookings
from hypothesis import given
from hypothesis import strategies as st

from memnn.conversation import Dialogue, Row, Turn
from memnn.dialogue.jsonl import read_jsonl, write_jsonl
from memnn.dialogue.reading import read_dialogues
from memnn.errors import DataError, UserError

LINE = (
    '{"turns": [{"user": "hi", "bot": "hello"}, {"bot": "still there"}, {"kb": [["a", "b", "c"]]}, '
    '{"user": "x", "bot": "y"}], "task": "t", "candidates": ["y", "hello"]}\n'
)


def read(tmp_path, text):
    (tmp_path / "x.jsonl").write_text(text)
    return read_jsonl(tmp_path / "x.jsonl")


def test_turns_rows_and_silence(tmp_path):
    (dialogue,) = read(tmp_path, LINE)
    assert dialogue.events == (
        Turn("user", "hi"), Turn("bot", "hello"), Turn("user", "<SILENCE>"), Turn("bot", "still there"),
        Row("a", "b", "c"), Turn("user", "x"), Turn("bot", "y"),
    )  # fmt: skip
    assert (dialogue.task, dialogue.candidates, dialogue.id) == ("t", ("y", "hello"), "line 1")
    assert dialogue.types == {"a": "name", "c": "b"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected at least one dialogue"),
        ("\n" + LINE, ":1: "),
        (LINE + "{\n", ":2: expected a JSON object on one line"),
        ("[]\n", ":1: expected a JSON object with the fields turns, candidates, task, id"),
        ('{"task": "x"}\n', ':1: expected the field "turns"'),
        ('{"turns": []}\n', ':1: expected "turns" to be a list of at least one turn'),
        ('{"turns": "hi"}\n', ':1: expected "turns" to be a list'),
        ('{"turns": ["hi"]}\n', ":1: turn 1: expected an object with the fields user, bot, kb"),
        ('{"turns": [{"bot": "a"}, {"bot": 3}]}\n', ':1: turn 2: expected "bot" to be a string'),
        ('{"turns": [{"bot": "a"}], "tasks": 1}\n', ":1: expected only the fields turns, candidates, "),
        ('{"turns": [{"user": "hi"}]}\n', ":1: expected at least one reply"),
        ('{"turns": [{"usr": "hi"}]}\n', ':1: turn 1: expected only the fields user, bot, kb; found "usr"'),
        (
            '{"turns": [{"user": "a", "bot": "b", "user": "c"}]}\n',
            ':1: expected every key once; found "user"',
        ),
        (
            '{"task": "a", "turns": [{"bot": "b"}], "task": "a"}\n',
            'expected every key once; found "task" twice',
        ),
        ('{"turns": [{"kb": [["a", "b"]]}]}\n', ':1: turn 1: expected "kb" to be a list of rows'),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, text, message):
    with pytest.raises(DataError) as error:
        read(tmp_path, text)
    assert message in str(error.value)


SAID = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=4)
PAIRS = st.tuples(SAID, SAID).map(lambda said: [Turn("user", said[0]), Turn("bot", said[1])])
ROWS = st.lists(st.tuples(SAID, SAID, SAID).map(lambda words: Row(*words)), min_size=1, max_size=2)


@given(st.lists(st.lists(st.one_of(PAIRS, ROWS), max_size=4), min_size=1, max_size=3))
def test_reads_what_was_written(tmp_path_factory, many):
    path = tmp_path_factory.mktemp("x") / "x.jsonl"
    dialogues = [
        Dialogue(
            (Turn("user", "u"), Turn("bot", "b"), *(e for events in one for e in events)), id=str(number)
        )
        for number, one in enumerate(many)
    ]
    write_jsonl(dialogues, path)
    assert read_jsonl(path) == dialogues


def test_a_tenth_is_held_out(tmp_path):
    write_jsonl(bookings(25), tmp_path / "x.jsonl")
    train, valid = (read_dialogues(tmp_path / "x.jsonl", split) for split in ("trn", "dev"))
    assert (len(train), len(valid)) == (22, 3)
    assert not {d.id for d in train} & {d.id for d in valid}
    with pytest.raises(DataError, match=r"expected test\.jsonl in a folder"):
        read_dialogues(tmp_path / "x.jsonl", "tst")
    with pytest.raises(UserError, match="expected the split to be one of"):
        read_dialogues(tmp_path / "x.jsonl", "middle")
    with pytest.raises(DataError, match="expected a task of trn among 1; found '2'"):
        read_dialogues(tmp_path / "x.jsonl", "trn", ["2"])
    assert read_dialogues(tmp_path / "x.jsonl", "trn", ["2"], if_there=True) == train
    assert read_dialogues(tmp_path / "x.jsonl", "trn", ["1", "2"], if_there=True) == train
    with pytest.raises(DataError, match="expected a folder of dialogues"):
        read_dialogues(tmp_path / "x.txt", "trn")


def test_a_folder_of_splits(tmp_path):
    for name, count in (("train", 5), ("valid", 2), ("test", 3)):
        write_jsonl(bookings(count), tmp_path / f"{name}.jsonl")
    assert [len(read_dialogues(tmp_path, split)) for split in ("trn", "dev", "test")] == [5, 2, 3]
