"""Which questions ask along chains, and what is trained then."""

from dataclasses import replace

import pytest
from text.he_and_she import told, who_took_it

from memnn.question_answering.chains import answer_in_a_word, ask_along_chains, lead_to_answers
from memnn.question_answering.plan import StoryPlan, make_plan
from memnn.question_answering.recipes import DECAY
from memnn.question_answering.training import train_stories
from memnn.story import Story
from memnn.training import checkpoint
from memnn.worlds import simulate


@pytest.mark.parametrize(
    ("world", "chains"),
    [
        ("families", True),
        ("relatives", True),
        ("19", True),
        ("17", True),
        ("ages", True),
        ("parcels", False),
        ("debts", False),
        ("1", False),
    ],
)
def test_relatives_ways_and_positions_are_asked_for_along_chains(world, chains):
    assert ask_along_chains(list(simulate(world, 200, 0))) is chains


def test_all_twenty_tasks_together_are_not():
    stories = [story for task in range(1, 21) for story in simulate(str(task), 40, 0)]
    assert not ask_along_chains(stories)
    assert not lead_to_answers(stories)


def test_names_that_a_fact_joins_are_no_chain():
    direct = [
        Story((f"p{n} likes p{n + 1}.", f"p{n} likes q."), f"Is p{n} fond of p{n + 1}?", ("yes",))
        for n in range(9)
    ]
    assert not ask_along_chains(direct)


def test_a_word_in_most_questions_is_no_name():
    told = [Story((f"p{n} is here.", "The road is wet."), f"Is p{n} on the road?", ("no",)) for n in range(9)]
    assert not ask_along_chains(told)
    assert ask_along_chains(
        [Story((f"p{n} is here.", f"r{n} is wet."), f"Is p{n} on r{n}?", ("no",)) for n in range(9)]
    )


@pytest.mark.parametrize(
    ("world", "lead"),
    [
        ("parcels", True),
        ("debts", True),
        ("2", True),
        ("3", True),
        ("16", True),
        ("families", False),
        ("19", False),
        ("1", False),
        ("8", False),
    ],
)
def test_chains_lead_to_where_parcels_are_and_whom_someone_owes(world, lead):
    assert lead_to_answers(list(simulate(world, 200, 0))) is lead


def test_they_do_not_where_a_fact_tells_of_both():
    told = "p{0} is in r{0}.", "r{0} is in s{0}."
    for answer, lead in (("r{0}", False), ("s{0}", True), ("t{0}", False), ("s{0},r{0}", False)):
        stories = [
            Story(tuple(fact.format(n) for fact in told), f"Where is p{n}?", (answer.format(n),))
            for n in range(9)
        ]
        assert lead_to_answers(stories) is lead
    assert not lead_to_answers([replace(story, question="Where?") for story in stories])
    lists = [replace(story, answer=(f"s{n}", "r")) for n, story in enumerate(stories)]
    assert not lead_to_answers(lists)


def test_no_stories_and_no_facts_ask_for_nothing():
    for some in ([Story((), "Who is it?", ("me",))], []):
        assert not ask_along_chains(some)
        assert not lead_to_answers(some)


TIME = {"beside": 0.0, "dropout": 0.15}
LAYOUT = {"space": 4, "asked": 0.5, "beside": 0.5, "dropout": 0.15}
PAIRS = {**LAYOUT, "pairs": 10, "space": 0, "windows": True, "kinds": 2}
HEADS = {"heads_latest": 2, "heads_soft": 2, "heads_sum": 1}  # as of any other questions, these being few
LINKS = {**TIME, "links": True, "asked": 0.5}
CHAIN, WAYS, THINGS, PLAIN, BEFORE = (
    list(simulate(world, 30, 0)) for world in ("families", "19", "parcels", "1", "3")
)


def test_the_symbol_network_then_begins_with_short_stories():
    for stories, curriculum in (
        (CHAIN * 100, 3.0),
        (CHAIN, 0.0),
        (WAYS * 100, 3.0),
        (THINGS * 100, 3.0),
        (THINGS, 0.0),
        (BEFORE * 100, 3.0),
        (BEFORE, 0.0),
    ):  # of few none come first
        settings, options = StoryPlan().for_stories(stories).resolve(len(stories))
        assert options.curriculum == curriculum
        assert settings.beside == (0.5 if curriculum or stories is CHAIN else 0.0)
    assert StoryPlan().for_stories(PLAIN * 100).resolve(3000)[1].curriculum == 0.0


@pytest.mark.parametrize(
    ("world", "in_a_word"),
    [("families", True), ("relatives", True), ("17", False), ("ages", False), ("19", False), ("1", False)],
)
def test_lists_what_the_story_holds_and_yes_or_no_are_no_answers_in_a_word(world, in_a_word):
    assert answer_in_a_word(list(simulate(world, 200, 0))) is in_a_word


def test_where_chains_are_answered_in_a_word_it_reads_pairs_and_else_a_layout_and_links_where_they_lead():
    for stories, chosen, part in (
        (CHAIN, PAIRS, {"pairs"}),
        (WAYS, LAYOUT, {"space"}),
        (THINGS, LINKS, {"links"}),
        (PLAIN, {}, set()),
        (BEFORE, TIME | HEADS, set()),  # where it was before it was elsewhere: it leads from two things
        (THINGS + BEFORE[: len(THINGS) // 16], LINKS, {"links"}),
        (THINGS + BEFORE[: len(THINGS) // 4], TIME | HEADS, set()),
    ):
        plan = StoryPlan().for_stories(stories)
        assert plan.settings == chosen
        settings = plan.resolve()[0]
        assert {name for name in ("pairs", "space", "links") if getattr(settings, name)} == part
    epochs = StoryPlan().resolve(3000)[1].epochs
    assert StoryPlan().for_stories(THINGS * 100).resolve(3000)[1].epochs == epochs // 3
    assert StoryPlan(settings={"pairs": 0}).for_stories(CHAIN).settings == {**LAYOUT, "pairs": 0}
    assert StoryPlan(settings={"kinds": 3}).for_stories(CHAIN).settings == {**PAIRS, "kinds": 3}


def test_unless_told_otherwise_or_begun_from_another_network_or_another_model():
    said = make_plan(assignments=["pairs=0", "curriculum=1"]).for_stories(CHAIN)
    assert (said.settings["pairs"], said.options["curriculum"]) == (0, 1)
    for plan in (StoryPlan(init="pretrained"), StoryPlan("memn2n")):
        assert plan.for_stories(CHAIN) is plan


def test_a_run_records_it(tmp_path):
    train_stories(CHAIN, CHAIN, tmp_path / "run", StoryPlan(options={"epochs": 1}))
    assert checkpoint.read_config(tmp_path / "run")["settings"]["pairs"] == 10


def test_where_names_are_told_apart_they_are_moved_by_what_they_are_called():
    stories = told(who_took_it, 300)
    settings, options = StoryPlan().for_stories(stories).resolve(len(stories))
    assert settings.called and not settings.links and options.weight_decay == DECAY
    settings, _ = StoryPlan(settings={"called": False}).for_stories(stories).resolve(len(stories))
    assert settings.links and not settings.called
    assert not any(StoryPlan().for_stories(some).resolve()[0].called for some in (PLAIN, THINGS, WAYS))
