import dataclasses
import json
import math
import time
from dataclasses import replace

import pytest
import torch

import memnn
from memnn.errors import UserError
from memnn.memory import Reading
from memnn.models.memn2n import MemN2N
from memnn.question_answering.answering import QuestionAnswerer
from memnn.question_answering.reader import Evidence, Reader, gather_evidence
from memnn.question_answering.telling import find_openings
from memnn.story import Story
from memnn.text.strangers import StoryWords
from memnn.text.tokenizer import tokenize
from memnn.text.vocabulary import Vocabulary
from memnn.training import checkpoint
from memnn.worlds import simulate

STORIES = list(simulate("1", 60, 0))
WHERE = "Where is Mary?"


def reader(stories=STORIES, task="1", seed=0, **settings):
    """A network that was never trained; its large weights make it sure of what it says."""
    torch.manual_seed(seed)
    model = MemN2N(**{"dim": 8, "hops": 2, "capacity": 10, "init": 0.7, **settings})
    data = {"tasks": [task], "questions": len(stories), "valid": 0, "holdout_seed": 0}
    vocabulary = Vocabulary.of_stories(stories)
    config = checkpoint.Config("question_answering", "memn2n", dataclasses.asdict(model), {}, data)
    return Reader(config, vocabulary, model.build(len(vocabulary)).eval())


@pytest.fixture
def net():
    return QuestionAnswerer({"": reader()})


def told(net, *facts):
    story = net.story()
    story.tell(*facts)
    return story


def as_tensor(net, sentence):
    return torch.tensor([net.readers[""].vocabulary.ids(tokenize(sentence))])


def assert_same(one, other):
    assert one.text == other.text
    assert one.probability == pytest.approx(other.probability, rel=1e-4)
    assert rows(one.evidence) == rows(other.evidence)
    assert [e.weight for e in one.evidence] == pytest.approx([e.weight for e in other.evidence], rel=1e-4)


def rows(evidence):
    return [(e.hop, e.position, e.fact) for e in evidence]


def test_told_and_asked_is_answered_as_in_a_batch(net):
    """Some of these stories are longer than the memory."""
    assert max(len(story.facts) for story in STORIES) == 10
    net = QuestionAnswerer({"": reader(capacity=6)})
    answers = net.answer(STORIES)
    assert len({answer.text for answer in answers}) > 2
    for story, answer in zip(STORIES, answers):
        assert_same(told(net, *story.facts).ask(story.question), answer)


def test_an_answer_does_not_depend_on_the_rest_of_the_batch(net):
    for story, answer in zip(STORIES[:20], net.answer(STORIES)):
        assert_same(net.answer([story])[0], answer)


def test_answers_come_in_the_order_of_the_stories_in_any_number(net, monkeypatch):
    together = net.answer(STORIES)
    monkeypatch.setattr("memnn.question_answering.reader.BATCH", 7)
    for one, other in zip(net.answer(STORIES), together, strict=True):
        assert_same(one, other)
    for one, other in zip(net.answer(reversed(STORIES)), reversed(together), strict=True):
        assert_same(one, other)
    assert net.answer([]) == []


def test_a_fact_is_encoded_once_when_it_is_told(net, monkeypatch):
    encoder, calls = net.readers[""].network.input_map, []
    encode = encoder.encode_facts
    monkeypatch.setattr(encoder, "encode_facts", lambda words: (calls.append(words), encode(words))[1])
    story = net.story()
    for number, fact in enumerate(STORIES[4].facts, 1):
        story.tell(fact)
        assert len(calls) == number
        assert len(calls[-1]) == 1
    story.ask(WHERE)
    story.ask("Where is John?")
    assert len(calls) == len(STORIES[4].facts)


def test_telling_writes_no_memory_before_it_is_asked(net, monkeypatch):
    write, calls = net.readers[""].network.generalization, []
    write_all = write.write_all
    monkeypatch.setattr(write, "write_all", lambda *told: (calls.append(told), write_all(*told))[1])
    story = told(net, *[fact for one in STORIES for fact in one.facts])
    assert calls == []
    story.ask(WHERE)
    assert len(calls) == 1


def test_many_facts_told_at_once_are_those_told_one_by_one(net):
    facts = [fact for story in STORIES for fact in (*story.facts, "")][:77]
    one_by_one, at_once = net.story(), told(net, *facts)
    for fact in facts:
        one_by_one.tell(fact)
    assert at_once.facts == one_by_one.facts == tuple(facts)
    for one, other in zip(vars(at_once.memory()).values(), vars(one_by_one.memory()).values()):
        torch.testing.assert_close(one, other)


def test_a_memory_of_a_story_is_that_of_its_facts_one_by_one(net):
    network, story = net.readers[""].network, net.story()
    memory = network.begin()
    for fact in STORIES[4].facts:
        story.tell(fact)
        memory = network.tell(memory, as_tensor(net, fact))
        for one, other in zip(vars(story.memory().dense()).values(), vars(memory.dense()).values()):
            torch.testing.assert_close(one, other)


def test_what_is_told_later_changes_no_earlier_answer(net):
    facts = STORIES[4].facts
    story, kept = net.story(), []
    for fact in facts:
        story.tell(fact)
        kept.append((story.ask(WHERE), story.facts))
    for number, (answer, known) in enumerate(kept, 1):
        assert known == facts[:number]
        assert_same(answer, told(net, *facts[:number]).ask(WHERE))
        assert all(evidence.position < number for evidence in answer.evidence)


def test_an_old_memory_is_read_as_it_was(net):
    network = net.readers[""].network
    story = told(net, "Mary went to the park.")
    memory, words = story.memory(), as_tensor(net, WHERE)
    before = network.ask(memory, words).scores
    story.tell("Mary went to the kitchen.")
    assert torch.equal(network.ask(memory, words).scores, before)


WORDS = [f"w{number}" for number in range(60)]
SURE = 4.0  # u . m of a fact whose word is asked for; 0 of any other


@pytest.fixture
def looking():
    """One hop that looks for the fact whose word stands in the question, among 50 facts at most."""
    stories = [Story((word,), f"{word}?", ("yes",)) for word in WORDS]
    one = reader(
        stories, dim=64, hops=1, capacity=50, sentence="bag", empty_slots="masked", init=0.0, noise=0.0
    )
    table = one.network.input_map.tables[0]
    with torch.no_grad():
        for number, word in enumerate(WORDS):
            table[one.vocabulary.id(word), number] = math.sqrt(SURE)
    return QuestionAnswerer({"": one})


def weight(others):
    """The attention to the fact asked for, beside so many others."""
    return math.exp(SURE) / (math.exp(SURE) + others)


def assert_is(evidence, hop, position, fact, weight):
    assert evidence == Evidence(hop, position, fact, evidence.weight)
    assert evidence.weight == pytest.approx(weight, rel=1e-5)


def test_evidence_names_position_fact_and_weight(looking):
    (first, *rest) = told(looking, "w4", "w7", "w1").ask("w7?").evidence
    assert_is(first, 1, 1, "w7", weight(2))
    older, newer = sorted(rest, key=lambda e: e.position)
    assert_is(older, 1, 0, "w4", (1 - weight(2)) / 2)
    assert_is(newer, 1, 2, "w1", (1 - weight(2)) / 2)


def test_evidence_counts_positions_in_the_story_beyond_capacity(looking):
    """Of 60 facts the memory holds the 50 newest, 10 to 59."""
    facts = tuple(WORDS)
    for found in (10, 37, 59):
        question = f"w{found}?"
        for answer in (told(looking, *facts).ask(question), looking.answer([Story(facts, question)])[0]):
            assert_is(answer.evidence[0], 1, found, f"w{found}", weight(49))
            assert all(evidence.fact == facts[evidence.position] for evidence in answer.evidence)
    forgotten = told(looking, *facts).ask("w9?").evidence
    assert len(forgotten) == 5
    assert all(e.position >= 10 and e.weight == pytest.approx(1 / 50) for e in forgotten)


def test_evidence_in_a_batch_is_each_storys_own(looking):
    stories = [Story(("w1", "w2", "w3"), "w3?"), Story(("w4",), "w4?"), Story((), "w5?")]
    longest, shorter, empty = (answer.evidence for answer in looking.answer(stories))
    assert_is(longest[0], 1, 2, "w3", weight(2))
    assert len(shorter) == 1
    assert_is(shorter[0], 1, 0, "w4", 1.0)
    assert empty == ()


def test_evidence_is_by_hop_weightiest_first_without_the_negligible():
    hops = [[0.02, 0.005, 0.9, 0.075], [0.0, 1.0, 0.0, 0.0]]
    trace = tuple(Reading(torch.zeros(1, 2), torch.tensor([hop])) for hop in hops)
    found = gather_evidence(["a", "b", "c", "d"], trace, 0)
    assert rows(found) == [(1, 2, "c"), (1, 3, "d"), (1, 0, "a"), (2, 1, "b")]


def test_a_slot_that_holds_no_fact_is_no_evidence():
    trace = (Reading(torch.zeros(1, 2), torch.tensor([[0.6, 0.4]])),)
    assert rows(gather_evidence(["a"], trace, 0)) == [(1, 0, "a")]


def test_an_empty_story_is_answered_without_evidence(net):
    answer = net.story().ask(WHERE)
    assert answer.evidence == ()
    assert 0 < answer.probability <= 1
    assert_same(answer, net.answer([Story((), WHERE)])[0])


@pytest.mark.parametrize("question", ["Qux blah?", "?", "", "   "])
def test_a_question_of_unknown_words_is_unknown(net, question):
    answer = told(net, "Mary went to the park.").ask(question)
    assert (answer.text, answer.probability, answer.evidence) == ("unknown", 0.0, ())
    assert answer.unknown == tuple(tokenize(question))
    assert net.answer([Story(("Mary went to the park.",), question)]) == [answer]


def test_words_never_seen_are_named(net):
    assert told(net, "Mary went to the park.").ask("Where is Qux?").unknown == ("qux",)
    assert told(net, "Mary went to the park.").ask("Where is Mary?").unknown == ()


def test_unseen_words_and_blank_facts_are_told_without_harm(net):
    story = told(net, "Zaphod teleported to Betelgeuse.", "", "...", "Mary went to the park.")
    assert story.ask("Where is Zaphod?").text != ""
    assert len(story.facts) == 4


def test_candidates_restrict_the_answer(net):
    story = told(net, *STORIES[0].facts)
    free = story.ask(WHERE)
    places = ["garden", "office", "kitchen", "hallway", "bedroom", "bathroom"]
    for place in places:
        assert story.ask(WHERE, [place]) == replace(free, text=place, probability=1.0, evidence=free.evidence)
    among = [story.ask(WHERE, pair) for pair in (places[:2], places[2:])]
    assert among[0].text in places[:2] and among[1].text in places[2:]
    assert all(0 < answer.probability <= 1 for answer in among)
    assert_same(net.answer([Story(STORIES[0].facts, WHERE, candidates=tuple(places[:2]))])[0], among[0])


def test_probability_is_that_of_the_softmax_and_of_candidates_among_themselves():
    words = StoryWords(Vocabulary(["hall", "park", "shop"]))
    total = 2 + math.e + math.e**2
    free = words.say(torch.tensor([-99.0, 0.0, 1.0, 0.0, 2.0]))
    assert free == ("shop", pytest.approx(math.e**2 / total))
    scores = torch.tensor([9.0, 9.0, 1.0, 0.0, 2.0])
    assert words.say(scores, ["hall", "park"]) == ("hall", pytest.approx(math.e / (math.e + 1)))
    assert words.say(scores, ["park", "zoo"]) == ("park", 1.0)


def test_candidates_never_seen_in_training_are_unknown(net):
    answer = told(net, "Mary went to the park.").ask(WHERE, ["Betelgeuse"])
    assert (answer.text, answer.probability) == ("unknown", 0.0)


def test_case_and_punctuation_do_not_matter(net):
    plain = told(net, "Mary went to the garden.").ask(WHERE)
    loud = told(net, "MARY  went to the GARDEN").ask("where is MARY")
    assert (loud.text, loud.probability) == (plain.text, plain.probability)
    candidate = told(net, "Mary went to the garden.").ask(WHERE, ["GARDEN"])
    assert candidate.text == "garden"


def test_a_question_is_known_by_how_only_questions_began(net):
    stories = [
        Story(("Mary slept.", "Is it late."), "Where is Mary?", ("home",)),
        Story((), "mary is where?", ("home",)),
        Story((), "Is Mary home?", ("yes",)),
        Story((), "Why?", ("late",)),
        Story((), "Why did she?", ("late",)),
    ]
    assert find_openings(stories) == ["why", "where"]
    assert find_openings([Story(("...",), "?")]) == []
    config = net.readers[""].config
    net.readers[""] = replace(
        net.readers[""], config=replace(config, data=config.data | {"openings": ["why"]})
    )
    told_so = [net.story().sounds_like_a_question(line) for line in ("WHY me", "who, why", "...", "")]
    assert told_so == [True, False, False, False]


def test_a_run_from_before_openings_were_kept_knows_no_question(net):
    assert not net.story().sounds_like_a_question("Where is Mary")


def test_forgetting_is_as_if_never_told(net):
    facts = STORIES[4].facts
    story = told(net, *facts)
    assert story.forget(1) == facts[1]
    left = facts[:1] + facts[2:]
    assert story.facts == left
    assert_same(story.ask(WHERE), told(net, *left).ask(WHERE))
    for position in (-1, len(left)):
        with pytest.raises(UserError, match=f"there is no fact {position + 1}: the story has {len(left)}"):
            story.forget(position)
    assert story.facts == left
    story.reset()
    assert story.facts == ()
    assert_same(story.ask(WHERE), net.story().ask(WHERE))


def test_a_story_far_longer_than_any_in_training():
    net = QuestionAnswerer({"": reader(capacity=50, dim=4, hops=1)})
    facts = [fact for story in STORIES for fact in story.facts]
    long = (facts * (5000 // len(facts) + 1))[:5000]
    started = time.monotonic()
    story = told(net, *long)
    answer = story.ask(WHERE)
    assert time.monotonic() - started < 30
    assert len(story.facts) == 5000
    assert all(4950 <= evidence.position < 5000 for evidence in answer.evidence)
    assert_same(answer, net.answer([Story(tuple(long), WHERE)])[0])


def test_forgotten_facts_take_no_room():
    net = QuestionAnswerer({"": reader(capacity=3)})
    story = told(net, *STORIES[4].facts, *STORIES[5].facts)
    assert len(story.memory().keys) == len(story._heard) == 3


def test_a_fact_of_a_megabyte(net):
    fact = "Mary went to the park and " * 40_000
    answer = told(net, fact, "John went to the office.").ask(WHERE)
    assert math.isfinite(answer.probability)
    assert len(fact) > 1_000_000


def two_tasks():
    of = {"2": list(simulate("2", 10, 0)), "1": STORIES}
    return QuestionAnswerer({task: reader(stories, task) for task, stories in of.items()}), of


def test_a_run_of_single_tasks_needs_the_task():
    net, of = two_tasks()
    assert net.tasks == ("2", "1")
    with pytest.raises(UserError, match="no network for a question without a task: one was trained for each"):
        net.story()
    with pytest.raises(UserError, match="no network for task '3'"):
        net.story("3")
    with pytest.raises(UserError, match="no network for task '3'"):
        net.answer([replace(STORIES[0], task="3")])
    mixed = [story for pair in zip(of["1"], of["2"]) for story in pair]
    for story, answer in zip(mixed, net.answer(mixed), strict=True):
        alone = net.story(story.task)
        alone.tell(*story.facts)
        assert_same(alone.ask(story.question), answer)


def test_a_run_of_one_single_task_needs_no_name():
    one = QuestionAnswerer({"1": reader()})
    assert told(one, "Mary went to the park.").ask(WHERE).text
    with pytest.raises(UserError, match="no network for task '2'"):
        one.story("2")


def test_a_joint_run_answers_any_task(net):
    assert_same(net.answer([replace(STORIES[0], task="nine")])[0], net.answer([STORIES[0]])[0])
    assert net.tasks == ("1",)
    assert net.holdout_seed == 0


def test_saved_and_loaded_a_joint_run_answers_alike(net, tmp_path):
    net.save_pretrained(tmp_path / "joint")
    again = memnn.load(tmp_path / "joint")
    assert again.answer(STORIES) == net.answer(STORIES)
    assert again.readers[""].config == net.readers[""].config
    assert [path.name for path in tmp_path.iterdir()] == ["joint"]
    with pytest.raises(UserError, match="is there already"):
        again.save_pretrained(tmp_path / "joint")
    QuestionAnswerer({"": reader(seed=1)}).save_pretrained(tmp_path / "joint", overwrite=True)
    assert memnn.load(tmp_path / "joint").answer(STORIES) != net.answer(STORIES)


def test_saved_and_loaded_a_run_of_single_tasks_answers_alike(tmp_path):
    net, of = two_tasks()
    net.save_pretrained(tmp_path / "single")
    again = memnn.load(tmp_path / "single")
    assert again.tasks == ("2", "1")
    mixed = [*of["1"], *of["2"]]
    assert again.answer(mixed) == net.answer(mixed)
    assert [path.name for path in tmp_path.iterdir()] == ["single"]
    assert sorted(path.name for path in (tmp_path / "single").iterdir()) == [
        "config.json",
        "task-1",
        "task-2",
    ]


def test_from_the_hub(net, tmp_path, monkeypatch):
    net.save_pretrained(tmp_path / "snapshot")
    monkeypatch.setattr(
        checkpoint.huggingface_hub, "snapshot_download", lambda name: str(tmp_path / "snapshot")
    )
    assert memnn.load("someone/model").answer(STORIES) == net.answer(STORIES)


def test_a_checkpoint_of_another_application_answers_no_questions(net, tmp_path):
    net.save_pretrained(tmp_path / "run")
    config = tmp_path / "run" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"application": "music"}))
    with pytest.raises(UserError, match="which this memnn does not know"):
        memnn.load(tmp_path / "run")


@pytest.mark.parametrize("single", [["1"], "1", 3, {"1": 5}])
def test_a_damaged_list_of_tasks_is_named(tmp_path, single):
    (tmp_path / "config.json").write_text(json.dumps({"format": 1, "single": single}))
    with pytest.raises(UserError, match=r"config\.json: expected a folder for each task"):
        memnn.load(tmp_path)


def test_a_missing_part_is_named(tmp_path):
    two_tasks()[0].save_pretrained(tmp_path / "run")
    (tmp_path / "run" / "task-2" / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"task-2/model\.safetensors: damaged or missing"):
        memnn.load(tmp_path / "run")
