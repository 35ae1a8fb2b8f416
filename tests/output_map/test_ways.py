import torch

from memnn.output_map.ways import lengths_of_ways

INF = torch.inf


def ways(facts, asked):
    return lengths_of_ways(torch.tensor(facts), torch.tensor(asked)).tolist()


def test_facts_of_a_chain_come_before_those_that_touch_it_and_those_beyond():
    chain = [[0, 1], [1, 2], [2, 3]]
    beside = [[1, 4], [4, 5], [2, -1]]
    assert ways(chain + beside, [0, 3]) == [3, 3, 3, 4, 6, 4]


def test_the_shorter_of_two_ways_counts():
    assert ways([[0, 1], [1, 3], [0, 2], [2, 4], [4, 3]], [3, 0]) == [2, 2, 3, 3, 3]


def test_a_fact_of_three_symbols_leads_from_each_to_each():
    assert ways([[0, 1, 2], [2, 3, -1]], [0, 3]) == [2, 2]


def test_any_two_of_what_is_asked_for():
    assert ways([[0, 5], [5, 1], [1, 2]], [0, 1, 2]) == [2, 2, 1]


def test_facts_that_lead_nowhere_are_infinitely_far():
    assert ways([[0, 1], [2, 3], [-1, -1]], [0, 1]) == [1, INF, INF]
    assert ways([[0, 1], [2, 3]], [0, 3]) == [INF, INF]


def test_a_question_of_one_symbol_or_none_and_a_story_of_no_facts():
    assert ways([[0, 1]], [0, 0]) == [INF]
    assert ways([[0, 1]], [-1]) == [INF]
    assert ways([[-1]], [-1]) == [INF]
    assert lengths_of_ways(torch.zeros(0, 2, dtype=torch.long), torch.tensor([0, 1])).shape == (0,)
