"""Answers written word by word, from a file of one's own to an answer: MemNN with response="lstm"."""

import random

import pytest
import torch

import memnn
from memnn.cli import main
from memnn.models.network import same_sentences
from memnn.question_answering.jsonl import write_jsonl
from memnn.question_answering.metrics import evaluate, is_right
from memnn.question_answering.plan import make_plan
from memnn.question_answering.reading import read_stories
from memnn.question_answering.training import train_stories
from memnn.story import Story
from memnn.text.tokenizer import tokenize
from memnn.worlds.adventure import adventure

SET = ["response=lstm", "dim=20", "hops=2", "ngrams=1", "pair_words=0", "match=none", "nonlinear=false"]
FACTS = ("Bill went to the kitchen.", "Joe moved to the office.")
LISTED = Story(FACTS, "Where are Bill and Joe?", ("kitchen", "office"), (0, 1))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run trained on a file of one's own, and the file."""
    folder = tmp_path_factory.mktemp("sentences")
    stories = adventure(random.Random(0), 900, 3, ("actor", "object"), sentence_answers=True)
    write_jsonl([*stories, *[LISTED] * 9], folder / "own.jsonl")
    plan = make_plan(None, "memnn", True, SET, {"epochs": 12, "learning_rate": 0.01, "batch_size": 32})
    train, valid = (read_stories(folder / "own.jsonl", split) for split in ("train", "valid"))
    trained = train_stories(train, valid, folder / "run", plan)
    assert trained[""].measures["error"][0] < 10
    return folder / "run"


@pytest.fixture(scope="module")
def net(run):
    return memnn.load(run)


def told(net, *facts):
    story = net.story()
    story.tell(*facts)
    return story


def test_whole_sentences_are_written_and_counted(run, net):
    stories = read_stories(run.parent / "own.jsonl", "valid")
    answers = net.answer(stories)
    right = [is_right(answer, story) for answer, story in zip(answers, stories)]
    assert sum(right) / len(right) > 0.9
    assert {len(tokenize(answer.text)) for answer in answers} >= {5, 6}
    assert evaluate(net, stories).mean_error == pytest.approx(100 * (1 - sum(right) / len(right)))


def test_told_and_asked_is_answered_as_in_a_batch(run, net):
    stories = read_stories(run.parent / "own.jsonl", "valid")[:40]
    for story, whole in zip(stories, net.answer(stories)):
        alone = told(net, *story.facts).ask(story.question)
        assert (alone.text, alone.evidence) == (whole.text, whole.evidence)
        assert alone.probability == pytest.approx(whole.probability, rel=1e-3)


def test_a_sentence_comes_as_it_was_spelled_with_its_probability(net):
    answer = told(net, *FACTS).ask("where is bill?")
    assert answer.text == "Bill is in the kitchen"
    assert 0.5 < answer.probability <= 1
    assert answer.evidence[0].position == 0


def test_a_list_is_still_one_entry(net):
    assert told(net, *FACTS).ask(LISTED.question).text == "kitchen,office"


def test_candidates_are_sentences_too(net):
    story = told(net, *FACTS)
    two = ("Bill is in the office", "Bill is in the kitchen")
    assert story.ask("Where is Bill?", two).text == two[1]
    among = [story.ask("Where is Bill?", [sentence]) for sentence in two]
    assert [(answer.text, answer.probability) for answer in among] == [(text, 1.0) for text in two]
    assert story.ask("Where is Bill?", ["Bill sleeps"]).text == "unknown"
    assert story.ask("Where is Bill?", ["Bill sleeps", two[0]]).text == two[0]


def test_ask_and_evaluate_say_the_sentence(run, monkeypatch, capsys):
    story = run.parent / "story.txt"
    story.write_text("\n".join(FACTS))
    words = ["memnn", "ask", run, "--story", story, "--question", "Where is Joe?"]
    monkeypatch.setattr("sys.argv", list(map(str, words)))
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    assert capsys.readouterr().out.startswith("Joe is in the office  (")


def test_odd_stories_are_answered(net):
    assert told(net).ask("Where is Bill?").text
    assert told(net, "", "Zoë slept.").ask("Where is Zoë?").text
    assert net.answer([Story((), "Qux?")])[0].text == "unknown"


def test_sentences_are_alike_whatever_their_padding():
    one = torch.tensor([[2, 3, 0], [2, 3, 4], [2, 0, 0], [1, 0, 0], [0, 0, 0]])
    other = torch.tensor([[2, 3], [2, 3], [2, 3], [1, 0], [0, 0]])
    assert same_sentences(one, other).tolist() == [True, False, False, False, True]
    assert torch.equal(same_sentences(one, other), same_sentences(other, one))
