from collections import Counter

import pytest

from memnn.errors import UserError
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.metrics import Evaluation, evaluate, is_right
from memnn.question_answering.reader import Answer, Evidence, Reader
from memnn.story import Story
from memnn.text.vocabulary import Vocabulary
from memnn.training.checkpoint import Config


class Said(Reader):
    """A reader that answers as told."""

    def answer(self, stories):
        return list(self.network[: len(stories)])


def said(*answers, words=("yes", "no", "milk", "milk,apple", "red square")):
    return Said(Config("question_answering", "memn2n", {}, {}, {}), Vocabulary(words), answers)


def joint(*answers):
    return QuestionAnswerer({"": said(*answers)})


def asked(answer, task="1", supporting=(), facts=("a", "b", "c", "d")):
    answer = (answer,) if isinstance(answer, str) else answer
    return Story(facts, "q?", answer, supporting, task=task)


def evidence(*positions_by_hop):
    """Evidence of each hop, weightiest first."""
    return tuple(
        Evidence(hop, position, "abcd"[position], 0.9 - 0.1 * place)
        for hop, positions in enumerate(positions_by_hop, 1)
        for place, position in enumerate(positions)
    )


def test_errors_are_counted_by_task():
    stories = [asked("yes", task) for task in ("10", "2", "2", "2", "kinship", "2")]
    net = joint(*(Answer(text, 0.5) for text in ("no", "yes", "no", "yes", "yes", "yes")))
    result = evaluate(net, stories)
    assert list(result.tasks.items()) == [("2", 25.0), ("10", 100.0), ("kinship", 0.0)]
    assert result.questions == {"2": 4, "10": 1, "kinship": 1}
    assert result.mean_error == pytest.approx(125 / 3)  # of the tasks, whatever their size
    assert result.failed == 2


def test_a_task_fails_above_five_percent():
    def of(*errors):
        return Evaluation(dict(zip("abc", errors)), {}, None, Counter()).failed

    assert of(5.0, 5.01, 0.0) == 1


@pytest.mark.parametrize(
    "text, answer, right",
    [
        ("milk,apple", ("milk", "apple"), True),
        ("Milk, APPLE", ("milk", "apple"), True),
        ("milk", ("milk", "apple"), False),
        ("apple,milk", ("milk", "apple"), False),
        ("milk,apple", ("milk",), False),
        ("red  Square", ("Red square.",), True),
        ("unknown", ("milk",), False),
        ("", ("milk",), False),
    ],
)
def test_a_list_is_right_only_when_whole_and_case_does_not_matter(text, answer, right):
    assert is_right(Answer(text, 1.0), asked(answer)) is right


def test_answers_never_seen_in_training_are_counted_and_named():
    stories = [
        asked(a) for a in ("yes", "Purple", "Purple", ("milk", "tea"), ("milk", "apple"), "RED Square")
    ]
    result = evaluate(joint(*[Answer("yes", 1.0)] * 6), stories)
    assert result.unseen == {"Purple": 2, "milk,tea": 1}
    assert result.tasks == {"1": pytest.approx(100 * 5 / 6)}


def test_an_answer_never_seen_may_be_right():
    result = evaluate(joint(Answer("Purple", 1.0), Answer("yes", 1.0)), [asked("purple"), asked("Purple")])
    assert result.unseen == {"Purple": 1}
    assert result.mean_error == 50


def test_each_single_network_has_a_vocabulary_of_its_own():
    wrong = Answer("maybe", 1.0)
    net = QuestionAnswerer({"1": said(wrong, words=("yes",)), "2": said(wrong, words=("no",))})
    assert evaluate(net, [asked("yes", "1"), asked("yes", "2")]).unseen == {"yes": 1}


def test_the_hit_rate_is_the_share_of_supporting_facts_among_as_many_that_weigh_most():
    cases = [
        (evidence([1, 0], [3]), (1, 3), 1.0),  # in any order, by any hop
        (evidence([3, 1]), (1, 3), 1.0),  # by the same
        (evidence([1], [1]), (1, 3), 0.5),
        (evidence([0, 1, 3], [0, 3, 1]), (1, 3), 0.5),  # 1 and 3 weigh as much, 0 more
        (evidence([0, 1, 3], [2, 3, 1]), (1, 3), 0.0),
        (evidence([1, 3], [3, 0, 1]), (1, 3), 1.0),  # by the hop that weighs it most
        (evidence([0, 1], [2, 1]), (1,), 0.0),  # not added up
        (evidence([0, 1, 3], [1]), (1,), 0.0),
        (evidence([], [3]), (1, 3), 0.5),
        ((), (2,), 0.0),
        (evidence([2], [2], [2]), (2, 2), 1.0),  # a fact labelled twice counts once
    ]
    net = joint(*(Answer("yes", 1.0, found) for found, _, _ in cases), Answer("yes", 1.0, evidence([0])))
    stories = [asked("yes", supporting=wanted) for _, wanted, _ in cases] + [asked("yes")]
    result = evaluate(net, stories)
    assert result.evidence == pytest.approx(100 * sum(rate for _, _, rate in cases) / len(cases))
    for found, wanted, rate in cases:
        one = evaluate(joint(Answer("no", 1.0, found)), [asked("yes", supporting=wanted)])
        assert one.evidence == pytest.approx(100 * rate)


def test_without_labels_there_is_no_hit_rate():
    assert evaluate(joint(Answer("yes", 1.0, evidence([0]))), [asked("yes")]).evidence is None


def test_what_json_holds():
    net = joint(Answer("yes", 1.0, evidence([2])), Answer("no", 1.0))
    result = evaluate(net, [asked("yes", supporting=(2,)), asked("tea", "2")]).as_json()
    assert result == {
        "mean_error": 50.0,
        "failed": 1,
        "tasks": {"1": 0.0, "2": 100.0},
        "evidence": 100.0,
        "questions": {"1": 1, "2": 1},
        "unseen_answers": {"tea": 1},
    }


def test_nothing_to_evaluate_on_is_said():
    with pytest.raises(UserError, match="no stories to evaluate on"):
        evaluate(joint(), [])
