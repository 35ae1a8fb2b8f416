import json
import os
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memnn.errors import DataError, UserError
from memnn.files import read_lines
from memnn.question_answering.jsonl import read_facts, read_jsonl, write_jsonl
from memnn.story import Story

GOOD = {"facts": ["Mary went home.", "Mary has milk."], "question": "Where is the milk?", "answer": "home"}


def written(folder, *lines, end="\n"):
    """A file of lines: bytes as they are, anything else as JSON."""
    path = folder / "own.jsonl"
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"".join(line + end.encode() for line in raw))
    return path


def message(call, *arguments, **options):
    with pytest.raises(UserError) as caught:
        call(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_field(tmp_path):
    line = GOOD | {
        "supporting": [1, 0, 0],
        "candidates": ["home", "the shop"],
        "task": "milk",
        "id": "m",
    }
    assert read_jsonl(written(tmp_path, line)) == [
        Story(
            ("Mary went home.", "Mary has milk."),
            "Where is the milk?",
            ("home",),
            (1, 0, 0),
            ("home", "the shop"),
            "milk",
            "m",
        )
    ]


def test_answers_of_several_words_and_lists(tmp_path):
    lines = [GOOD | {"answer": answer} for answer in ("the big, red shop", ["milk", "an apple"], ["milk"])]
    answers = [story.answer for story in read_jsonl(written(tmp_path, *lines))]
    assert answers == [("the big, red shop",), ("milk", "an apple"), ("milk",)]


def ids(folder, *lines):
    asked = [{"question": "?", "answer": "a"} | line for line in lines]
    return [story.id for story in read_jsonl(written(folder, *asked))]


def test_lines_that_extend_the_line_before_are_one_story(tmp_path):
    told = [["a"], ["a", "b"], ["a", "b"], ["a"], ["b", "a"], [], [], ["a"]]
    names = ids(tmp_path, *({"facts": facts} for facts in told))
    assert names == ["line 1", "line 1", "line 1", "line 4", "line 5", "line 6", "line 7", "line 8"]


def test_lines_that_share_an_id_are_one_story_wherever_they_stand(tmp_path):
    lines = [
        {"facts": ["a"], "id": "s"},
        {"facts": ["b"], "id": "t"},
        {"facts": ["a", "c"], "id": "s"},
        {"facts": ["a", "c", "d"]},
        {"facts": ["a", "c", "d"], "id": "other"},
        {"facts": ["z"], "id": ""},
    ]
    assert ids(tmp_path, *lines) == ["s", "t", "s", "s", "s", "line 6"]


def test_a_made_id_is_never_one_that_was_given(tmp_path):
    assert ids(tmp_path, {"facts": ["a"]}, {"facts": ["b"], "id": "line 1"}) == ["line 1'", "line 1"]


def test_sentences_are_kept_once(tmp_path):
    fact = "Mary went home " + "again and " * 20
    first, second = read_jsonl(written(tmp_path, GOOD | {"facts": [fact]}, GOOD | {"facts": ["x", fact]}))
    assert first.facts[0] is second.facts[1]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_ends_of_lines_and_of_the_file(tmp_path, end):
    path = written(tmp_path, GOOD, end=end)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_jsonl(path)) == 1
    path.write_bytes(path.read_bytes().rstrip())
    assert len(read_jsonl(path)) == 1


def test_windows_line_ends_between_lines(tmp_path):
    assert len(read_jsonl(written(tmp_path, GOOD, GOOD, end="\r\n"))) == 2


def test_lines_end_at_line_feeds_alone(tmp_path):
    path = tmp_path / "text"
    path.write_bytes("one\u2028two\r\n\nthree\x0bfour\n \n\n".encode())
    assert read_lines(path) == ["one\u2028two", "", "three\x0bfour"]


def test_a_line_of_a_megabyte(tmp_path):
    facts = [f"Fact {number} was told." for number in range(50_000)]
    assert read_jsonl(written(tmp_path, GOOD | {"facts": facts}))[0].facts == tuple(facts)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"", "expected a JSON object, found a blank line"),
        (b"  ", "expected a JSON object, found a blank line"),
        (b"{", "expected a JSON object on one line: "),
        (b"Mary went home.", "expected a JSON object on one line: "),
        (b'{"facts": []} {}', "expected a JSON object on one line: "),
        (b"[" * 5000, "expected a JSON object"),
        (b'["a"]', "expected a JSON object with the fields facts, question"),
        (b'{"facts": ["caf\xe9"]}', "expected text in UTF-8"),
        (b'{"facts": ["\\ud800"], "question": "q", "answer": "a"}', "expected a JSON object on one line: "),
        ({"question": "q", "answer": "a"}, 'expected the field "facts"'),
        ({"facts": [], "answer": "a"}, 'expected the field "question"'),
        ({"facts": [], "question": "q"}, 'expected the field "answer"'),
        (GOOD | {"facts": "Mary went home."}, '"facts" to be a list of strings'),
        (GOOD | {"facts": ["a", 1]}, '"facts" to be a list of strings'),
        (GOOD | {"facts": ["a", " "]}, "none of them blank"),
        (GOOD | {"question": ["q"]}, '"question" to be a string'),
        (GOOD | {"question": ""}, '"question" to be a string that is not blank'),
        (GOOD | {"answer": None}, '"answer" to be a string'),
        (GOOD | {"answer": 3}, '"answer" to be a string'),
        (GOOD | {"answer": []}, '"answer" to be a string'),
        (GOOD | {"answer": ["a", ""]}, '"answer" to be a string'),
        (GOOD | {"supporting": [2]}, "supporting fact 2 of a story with 2 facts"),
        (GOOD | {"supporting": [-1]}, "supporting fact -1"),
        (GOOD | {"supporting": [True]}, '"supporting" to be a list of whole numbers'),
        (GOOD | {"supporting": ["1"]}, '"supporting" to be a list of whole numbers'),
        (GOOD | {"supporting": [1.5]}, '"supporting" to be a list of whole numbers'),
        (GOOD | {"candidates": "home"}, '"candidates" to be a list of strings'),
        (GOOD | {"task": 1}, '"task" to be a string'),
        (GOOD | {"id": 1}, '"id" to be a string'),
        ({"fact": [], "question": "q", "answer": "a"}, 'candidates, task, id; found "fact"'),
        (GOOD | {"line\nbreak" * 99: 1}, 'found "line\\nbreak'),
        (b'{"facts": ["a"], "question": "q", "answer": "a", "facts": []}', 'key once; found "facts" twice'),
    ],
)
def test_a_malformed_line_is_named(tmp_path, line, expected):
    path = written(tmp_path, GOOD, line, GOOD)
    said = message(read_jsonl, path)
    assert said.startswith(f"{path}:2: ")
    assert expected in said


def test_files_that_hold_nothing(tmp_path):
    assert "empty file" in message(read_jsonl, written(tmp_path))
    assert "empty file" in message(read_jsonl, written(tmp_path, b"", b" "))
    assert "No such file" in message(read_jsonl, tmp_path / "nowhere.jsonl")
    assert "Is a directory" in message(read_jsonl, tmp_path)


def test_for_asking_neither_question_nor_answer_is_needed(tmp_path):
    path = written(tmp_path, {"facts": ["a"]})
    assert read_jsonl(path, need_answer=False) == [Story(("a",), "", id="line 1")]
    assert 'the field "question"' in message(read_jsonl, path)


@given(st.binary(max_size=40), st.booleans())
def test_no_file_makes_a_traceback(tmp_path_factory, raw, inside):
    path = tmp_path_factory.mktemp("own") / "own.jsonl"
    path.write_bytes(b'{"facts": ["' + raw + b'"]}' if inside else raw)
    for read in (read_jsonl, read_facts):
        try:
            read(path)
        except DataError as error:
            assert "\n" not in str(error)


_texts = st.text(st.characters(blacklist_categories=["Cs"])).map("a{}".format)
_many = st.lists(_texts, max_size=4).map(tuple)


@st.composite
def _fields(draw):
    """Of a story, in order."""
    facts = draw(_many)
    question, task, name = draw(_texts), draw(st.just("") | _texts), draw(_texts)
    answer = tuple(draw(st.lists(_texts, min_size=1, max_size=3)))
    supporting = draw(st.lists(st.sampled_from(range(len(facts))), max_size=3)) if facts else []
    return facts, question, answer, tuple(supporting), draw(_many), task, name


@given(st.lists(_fields(), min_size=1, max_size=5))
def test_what_is_written_is_read(tmp_path_factory, rows):
    stories = [Story(*row) for row in rows]
    path = tmp_path_factory.mktemp("own") / "own.jsonl"
    write_jsonl(stories, path)
    again = read_jsonl(path)
    assert [replace(story, id="") for story in again] == [replace(story, id="") for story in stories]
    for (before, story), name in zip(pairwise(again), [story.id for story in stories[1:]]):
        extends = before.facts and story.facts[: len(before.facts)] == before.facts
        assert story.id == (before.id if extends else name)


def test_a_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "own.jsonl"
    story = Story(("a",), "q", ("b",), id="1")
    write_jsonl([story], path)
    assert json.loads(path.read_text()) == {"id": "1", "facts": ["a"], "question": "q", "answer": "b"}
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert message(write_jsonl, [story, story], path) == f"{path}: cannot be written: No space left on device"
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["own.jsonl"]


def test_what_cannot_be_written(tmp_path):
    story = Story(("a",), "q", ("b",))
    assert "No such file" in message(write_jsonl, [story], tmp_path / "nowhere" / "own.jsonl")
    (tmp_path / "file").write_text("")
    assert "Not a directory" in message(write_jsonl, [story], tmp_path / "file" / "own.jsonl")
    assert "at least one story" in message(write_jsonl, [], tmp_path / "own.jsonl")
    assert "UTF-8" in message(write_jsonl, [Story(("\ud800",), "q", ("b",))], tmp_path / "own.jsonl")
    assert os.listdir(tmp_path) == ["file"]


def facts_in(folder, text, name="story.txt"):
    (folder / name).write_bytes(text.encode())
    return read_facts(folder / name)


def test_facts_from_plain_text(tmp_path):
    assert facts_in(tmp_path, "\ufeffMary went home.\r\n\r\n 3 apples are red. \n") == (
        "Mary went home.",
        "3 apples are red.",
    )
    assert facts_in(tmp_path, "3 apples are red.\n4 pears are green.") == (
        "3 apples are red.",
        "4 pears are green.",
    )
    assert facts_in(tmp_path, "1 apple is red.\n1 pear is green.\nMary ate both.") == (
        "1 apple is red.",
        "1 pear is green.",
        "Mary ate both.",
    )
    assert facts_in(tmp_path, "") == ()


def test_facts_from_numbered_lines_are_those_of_the_last_story(tmp_path):
    assert facts_in(tmp_path, "1 Mary went home. \n2 Where is Mary?\thome\t1\n3 Mary left.\n") == (
        "Mary went home.",
        "Mary left.",
    )
    assert facts_in(tmp_path, "1 a\n2 b\n1 c\n3 d\n") == ("c", "d")


def test_facts_from_the_last_line_of_a_jsonl_file(tmp_path):
    assert read_facts(written(tmp_path, GOOD, {"facts": ["b", "c"]})) == ("b", "c")
    assert facts_in(tmp_path, '{"facts": ["d"]}', name="STORY.JSONL") == ("d",)


def test_facts_that_cannot_be_read(tmp_path):
    assert "No such file" in message(read_facts, tmp_path / "nowhere.txt")
    (tmp_path / "story.txt").write_bytes(b"Mary went home.\nShe is at the caf\xe9.\n")
    assert message(read_facts, tmp_path / "story.txt").endswith("story.txt:2: expected text in UTF-8")
    (tmp_path / "story.txt").write_text("Mary went home.\n\nWhere is Mary?  \n")
    asked = message(read_facts, tmp_path / "story.txt")
    assert asked.endswith("story.txt:3: expected facts, found a question: a sentence that ends in '?'")
