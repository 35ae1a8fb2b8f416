import pytest
from hypothesis import given
from hypothesis import strategies as st

from memnn.conversation import Dialogue, Row, Turn
from memnn.dialogue.babi import find_types, read_babi, read_base, read_candidates, read_dialogues
from memnn.dialogue.reading import read_dialogues as read_split
from memnn.errors import DataError

TEXT = """\
1 hi\thello
2 <SILENCE>\tapi_call italian rome two cheap
3 roma R_cuisine italian
4 roma R_rating 8
5 <SILENCE>\twhat about roma

1 <SILENCE>\tHello , welcome
2 canapes\tapi_call canapes R_location R_price
3 api_call no result
4 bye\t you are welcome
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "dialog-babi-task5trn.txt").write_text(TEXT)
    (tmp_path / "dialog-babi-candidates.txt").write_text(
        "1 hello\n1 what about roma\n1 hello\n1  you are welcome\n"
    )
    (tmp_path / "dialog-babi-kb-all.txt").write_text("1 roma R_cuisine\titalian\n1 roma R_rating\t8\n")
    return tmp_path


def test_reads_turns_rows_and_empty_results(folder):
    first, second = read_babi(folder, "trn")
    assert first.events == (
        Turn("user", "hi"),
        Turn("bot", "hello"),
        Turn("user", "<SILENCE>"),
        Turn("bot", "api_call italian rome two cheap"),
        Row("roma", "R_cuisine", "italian"),
        Row("roma", "R_rating", "8"),
        Turn("user", "<SILENCE>"),
        Turn("bot", "what about roma"),
    )
    assert second.events[4] == Turn("kb", "api_call no result")
    assert list(second.reply_texts)[-1] == " you are welcome"
    assert (first.task, first.id, second.id) == ("5", "5-1", "5-2")
    assert first.replies == (1, 3, 7)


def test_candidates_are_kept_to_the_letter_and_once(folder):
    assert read_babi(folder, "trn")[0].candidates == ("hello", "what about roma", " you are welcome")


def test_types_are_properties_and_numbers_have_none(folder):
    assert read_babi(folder, "trn")[0].types == {"roma": "name", "italian": "R_cuisine"}


def test_task_six_has_candidates_and_base_of_its_own(folder):
    (folder / "dialog-babi-task6trn.txt").write_text("1 hi\tyes\n")
    (folder / "dialog-babi-task6-dstc2-candidates.txt").write_text("1 yes\n")
    (folder / "dialog-babi-task6-dstc2-kb.txt").write_text("1 ask R_cuisine thai\n")
    (six,) = read_babi(folder, "trn", ["6"])
    assert (six.candidates, six.types) == (("yes",), {"ask": "name", "thai": "R_cuisine"})
    assert len(read_babi(folder, "trn")) == 3


@pytest.mark.parametrize(
    ("text", "line"),
    [("1 hi\thello\nno number\tx", 2), ("1 a b", 1), ("1 a b c d", 1), ("1 a  b", 1), ("x", 1)],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, text, line):
    path = tmp_path / "x.txt"
    path.write_text(text)
    with pytest.raises(DataError, match=f"x.txt:{line}: expected"):
        read_dialogues(path)


def test_what_is_missing_is_named(folder):
    with pytest.raises(DataError, match="dialog-babi-task1dev"):
        read_babi(folder, "dev")
    with pytest.raises(DataError, match="among 5; found '1'"):
        read_babi(folder, "trn", ["1"])
    (folder / "bad.txt").write_text("hello")
    with pytest.raises(DataError, match=r"bad\.txt:1"):
        read_candidates(folder / "bad.txt")
    (folder / "bad.txt").write_text("1 a b")
    with pytest.raises(DataError, match=r"bad\.txt:1"):
        read_base(folder / "bad.txt")


WORD = st.text(st.characters(categories=["L", "P"]), min_size=1, max_size=5)
SAID = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
EVENTS = st.lists(
    st.one_of(
        st.tuples(SAID, SAID).map(lambda said: [Turn("user", said[0]), Turn("bot", said[1])]),
        st.tuples(WORD, WORD, WORD).map(lambda words: [Row(*words)]),
        st.just([Turn("kb", "api_call no result")]),
    ),
    min_size=1,
    max_size=6,
)


@given(st.lists(EVENTS, min_size=1, max_size=3))
def test_reads_what_was_written(tmp_path_factory, many):
    path = tmp_path_factory.mktemp("x") / "x.txt"
    lines = []
    for dialogue in many:
        for number, events in enumerate(dialogue, 1):
            text = f"{events[0].text}\t{events[1].text}" if len(events) == 2 else events[0].text
            lines.append(f"{number} {text}")
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")
    told = [dialogue.events for dialogue in read_dialogues(path)]
    assert told == [tuple(event for events in dialogue for event in events) for dialogue in many]


def test_the_real_files(data):
    folder = data / "dialog-babi"
    counts = {}
    for task in "123456":
        dialogues = read_babi(folder, "dev", [task])
        counts[task] = len(dialogues), sum(len(dialogue.replies) for dialogue in dialogues)
        assert all(
            text in dialogue.candidates for dialogue in dialogues[:50] for text in dialogue.reply_texts
        )
    assert counts == {
        "1": (1000, 6015), "2": (1000, 9513), "3": (1000, 9978), "4": (1000, 3529), "5": (1000, 18457),
        "6": (500, 4159),
    }  # fmt: skip
    assert len(read_babi(folder, "dev", ["1"])[0].candidates) == 4212
    assert len(read_babi(folder, "dev", ["6"])[0].candidates) == 2407  # the last line has no end


def test_types_do_not_depend_on_case():
    assert find_types([Row("Roma", "kind", "Thai")]) == {"roma": "name", "thai": "kind"}


def test_a_dialogue_without_a_bot_has_no_replies():
    assert Dialogue((Turn("user", "hi"),)).replies == ()


def test_a_split_may_have_some_of_the_tasks_alone(folder):
    (folder / "dialog-babi-task5tst-OOV.txt").write_text(TEXT)
    some = read_split(folder, "tst-OOV", ["5", "6"], if_there=True)
    assert {dialogue.task for dialogue in some} == {"5"}
    with pytest.raises(DataError, match="found '6'"):
        read_split(folder, "tst-OOV", ["5", "6"])
    with pytest.raises(DataError, match="found '6'"):
        read_split(folder, "tst-OOV", ["6"], if_there=True)
