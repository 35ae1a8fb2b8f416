import json
from dataclasses import asdict

import pytest

import memnn as library
from memnn.cli import ask as command
from memnn.question_answering.reader import Answer, Evidence

FACTS = ("Mary went to the park.", "John moved to the office.")
QUESTION = "Where is Mary?"


@pytest.fixture
def story(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text("\n".join(FACTS))
    return path


def answered(run, *facts, question=QUESTION, task=""):
    told = library.load(run).story(task)
    told.tell(*facts)
    return told.ask(question)


def test_one_question_as_json(memnn, runs, story):
    said = memnn("ask", runs / "joint", "--story", story, "--question", QUESTION, "--json")
    assert (said.status, said.err) == (0, "")
    assert said.json() == [json.loads(json.dumps(asdict(answered(runs / "joint", *FACTS))))]
    fields = {"text", "probability", "evidence", "unknown", "untold", "reason", "unasked", "forgotten"}
    assert said.json()[0].keys() == fields


def test_one_question_for_people(memnn, runs, story):
    said = memnn("ask", runs / "joint", "--story", story, "--question", QUESTION)
    answer = answered(runs / "joint", *FACTS)
    first, doubt, *hops = said.out.splitlines()
    assert doubt == "  never seen in training: park"
    assert first.startswith(f"{answer.text}  ({100 * answer.probability:.0f} %)   because  ")
    assert len(hops) == len(answer.evidence)
    assert hops[0].split()[:2] == ["hop", "1"] and hops[0].endswith(answer.evidence[0].fact)


def test_facts_of_a_jsonl_file(memnn, runs, tmp_path):
    path = tmp_path / "story.jsonl"
    path.write_text(json.dumps({"facts": ["Ann slept."]}) + "\n" + json.dumps({"facts": FACTS}) + "\n")
    said = memnn("ask", runs / "joint", "--story", path, "--question", QUESTION, "--json")
    assert said.json()[0]["text"] == answered(runs / "joint", *FACTS).text


def test_a_conversation_with_every_command(memnn, runs):
    lines = [
        ":memory",
        ":why",
        "",
        FACTS[0],
        QUESTION,
        f"  {FACTS[1]}  ",
        ":memory",
        ":why",
        ":forget 1",
        ":memory",
        ":forget 5",
        ":forget",
        ":forget first",
        QUESTION,
        ":reset",
        ":memory",
        ":colour",
        ":help",
        ":quit",
        "never read?",
    ]
    said = memnn("ask", runs / "joint", stdin="\n".join(lines))
    assert (said.status, said.err) == (0, "")
    first, second = answered(runs / "joint", FACTS[0]), answered(runs / "joint", FACTS[1])
    assert said.out == "\n".join(
        [
            "nothing was told yet",
            "nothing was asked of the story as it is now",
            command.summary(first),
            f"   1  {FACTS[0]}",
            f"   2  {FACTS[1]}",
            *command.why(first),
            f"forgot: {FACTS[0]}",
            f"   1  {FACTS[1]}",
            "there is no fact 5: the story has 1",
            "say which fact: :forget N, with N as :memory numbers them",
            "say which fact: :forget N, with N as :memory numbers them",
            command.summary(second),
            "a new story",
            "nothing was told yet",
            "no command :colour",
            command.HELP,
            command.HELP,
            "",
        ]
    )


def test_a_line_of_several_sentences_tells_and_asks(memnn, runs):
    said = memnn("ask", runs / "joint", stdin=f"{' '.join(FACTS)} {QUESTION}\n:memory\n")
    told = [f"   {number}  {fact}" for number, fact in enumerate(FACTS, 1)]
    assert said.out == "\n".join([command.summary(answered(runs / "joint", *FACTS)), *told, ""])


@pytest.mark.parametrize("end", [":forget 1", ":reset"])
def test_why_tells_nothing_of_a_story_that_is_another_now(memnn, runs, end):
    said = memnn("ask", runs / "joint", stdin=f"{FACTS[0]}\n{QUESTION}\n:forget 5\n:why\n{end}\n:why\n")
    *_, before, _, after = said.out.splitlines()
    assert before.endswith(FACTS[0])  # nothing was forgotten
    assert after == "nothing was asked of the story as it is now"


@pytest.mark.parametrize("end", [":quit", ":exit", ":q", ""])
def test_a_conversation_ends_when_told_or_at_the_end_of_input(memnn, runs, end):
    said = memnn("ask", runs / "joint", "--json", stdin=f"{FACTS[0]}\n{QUESTION}\n{end}\n")
    assert said.status == 0
    assert len(said.json()) == 1


def test_a_fact_that_sounds_like_a_question_is_told_with_a_hint(memnn, runs):
    said = memnn("ask", runs / "joint", stdin="where is john\nJohn moved to the park\n:memory\n")
    assert said.err == "told as a fact; end it in '?' to ask\n"
    assert said.out == "   1  where is john\n   2  John moved to the park\n"
    assert memnn("ask", runs / "joint", stdin="Where is John?\n").err == ""


def test_a_story_that_was_begun_is_gone_on_with(memnn, runs, story):
    said = memnn("ask", runs / "joint", "--story", story, stdin=":memory\n")
    assert said.out == f"   1  {FACTS[0]}\n   2  {FACTS[1]}\n"


def test_nothing_known_and_nothing_told(memnn, runs):
    (said,) = memnn("ask", runs / "joint", "--question", "Qux?", "--json").json()
    nothing = {"text": "unknown", "probability": 0.0, "evidence": [], "unknown": ["qux"], "untold": []}
    assert said == nothing | {"reason": "no fact was told", "unasked": False, "forgotten": 0}
    doubt = "unknown  (0 %)   no fact was told\n  never seen in training: qux\n"
    assert memnn("ask", runs / "joint", "--question", "Qux?").out == doubt
    assert memnn("ask", runs / "joint", stdin=f"{FACTS[1]}\nQux?\n").out == doubt.replace(
        "no fact was told", "no word of the question is known"
    )
    assert memnn("ask", runs / "joint", "--question", QUESTION).out == "unknown  (0 %)   no fact was told\n"


def test_broken_characters_are_unknown_words(memnn, runs):
    said = memnn("ask", runs / "joint", "--json", stdin=b"Mary went to the \xff\xfe.\nWhere is Mary?\n")
    assert said.status == 0
    assert len(said.json()) == 1


def test_a_mark_of_byte_order_is_no_part_of_the_first_word(memnn, runs):
    said = memnn("ask", runs / "joint", stdin=f"\ufeff{FACTS[0]}\n:memory\n")
    assert said.out == f"   1  {FACTS[0]}\n"


def test_what_people_see_of_an_answer():
    evidence = (Evidence(1, 2, "c", 0.754), Evidence(1, 0, "a", 0.2), Evidence(2, 0, "a", 1.0))
    answer = Answer("park", 0.876, evidence)
    assert command.summary(answer) == "park  (88 %)   because  3 c  |  1 a"
    even = (Evidence(1, 2, "c", 0.5), Evidence(1, 1, "b", 0.3), Evidence(1, 0, "a", 0.2))  # b nearly as much
    assert command.summary(Answer("park", 0.876, even)) == "park  (88 %)   because  3 c  |  2 b"
    assert command.why(answer) == [
        "  hop 1   75 %  ########      3  c",
        "  hop 1   20 %  ##            1  a",
        "  hop 2  100 %  ##########    1  a",
    ]


def test_a_single_run_is_asked_with_a_task(memnn, refused, runs, story):
    said = memnn("ask", runs / "single", "--story", story, "--question", QUESTION, "--task", "1", "--json")
    assert said.json()[0]["text"] == answered(runs / "single", *FACTS, task="1").text
    for asked in (["--question", QUESTION], []):
        line = refused("ask", runs / "single", *asked)
        assert line.endswith("has a network for each of 1, 6: say which with --task")
    assert "--task 7: " in refused("ask", runs / "joint", "--question", QUESTION, "--task", "7")
    assert "no network for task '7'" in refused("ask", runs / "single", "--question", QUESTION, "--task", "7")


def test_what_is_not_there_is_one_line(refused, runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refused("ask", tmp_path / "none") == f"{tmp_path / 'none'} is not there"
    assert "is not a checkpoint" in refused("ask", ".")
    assert "an empty name is not a checkpoint" in refused("ask", "")
    assert "is not a checkpoint" in refused("ask", runs)
    assert "none.txt: expected a file that can be read" in refused(
        "ask", runs / "joint", "--story", "none.txt", "--question", QUESTION
    )
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    assert "bad.txt:1: expected text in UTF-8" in refused("ask", runs / "joint", "--story", "bad.txt")
    (tmp_path / "bad.jsonl").write_text("{}\n")
    assert "bad.jsonl:1: expected the field" in refused("ask", runs / "joint", "--story", "bad.jsonl")


def test_what_should_raise_doubt_is_named_in_short():
    answer = Answer("park", 0.5, (), tuple("abcdefghij"), ("moon",), unasked=True, forgotten=1234)
    assert command.summary(answer).splitlines()[1:] == [
        "  no fact tells of: moon",
        "  never seen in training: a, b, c, d, e, f, g, h and 2 more",
        "  no question of training was asked like this",
        "  no longer in memory: the oldest 1,234 of the facts told",
    ]


def test_a_fact_that_is_not_read_to_its_end_is_named(memnn, runs, tmp_path):
    (tmp_path / "story.txt").write_text(FACTS[0] + "\n" + "on and " * 600)
    said = memnn("ask", runs / "joint", "--story", tmp_path / "story.txt", stdin="on " * 1001 + "\n")
    assert said.err.splitlines() == [
        f"fact {number}: only its first 1,000 words are read" for number in (2, 3)
    ]


def test_a_question_among_the_facts_of_a_file_is_refused(refused, runs, tmp_path):
    for line in (QUESTION, f"{QUESTION} {FACTS[1]}"):
        (tmp_path / "story.txt").write_text(f"{FACTS[0]}\n{line}\n")
        said = refused("ask", runs / "joint", "--story", tmp_path / "story.txt", "--question", QUESTION)
        assert said.endswith("story.txt:2: expected facts, found a question: a sentence that ends in '?'")


def test_long_lines_are_told_and_printed_short():
    told = Evidence(1, 0, "x " * 1000, 1.0)
    said = command.summary(Answer("y" * 1000, 0.5, (told,)))
    assert len(said) < 700 and "yyy...  (50 %)" in said
    assert all(len(line) < 400 and line.endswith("...") for line in command.why(Answer("y", 0.5, (told,))))
