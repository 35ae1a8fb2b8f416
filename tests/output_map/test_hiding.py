import pytest
import torch

from memnn.output_map.hiding import weigh_by_hiding

FACTS, HOPS = 4, 3


def log_odds_of(*needs):
    """An answer that loses so much whenever a need, (hop, fact, loss), is hidden."""
    asked = []

    def log_odds(variants):
        asked.append(len(variants))
        lost = [sum(loss for hop, fact, loss in needs if row[hop, fact]) for row in variants]
        return 5.0 - torch.tensor(lost, dtype=torch.float32)

    log_odds.asked = asked
    return log_odds


def weigh(*needs, candidates=range(FACTS)):
    return weigh_by_hiding(log_odds_of(*needs), FACTS, HOPS, torch.tensor(list(candidates), dtype=torch.long))


def test_each_fact_counts_by_what_is_lost_in_the_hop_where_it_is_lost():
    weights = weigh((0, 1, 3.0), (2, 2, 1.0))
    expected = torch.zeros(HOPS, FACTS)
    expected[0, 1], expected[2, 2] = 0.75, 0.25
    torch.testing.assert_close(weights, expected, atol=1e-5, rtol=0)


def test_a_fact_that_several_hops_use_is_shared_among_them():
    weights = weigh((0, 3, 1.0), (1, 3, 3.0))
    torch.testing.assert_close(weights[:, 3], torch.tensor([0.25, 0.75, 0.0]), atol=1e-5, rtol=0)


def test_what_speaks_against_the_answer_is_no_evidence():
    weights = weigh((0, 0, -2.0), (1, 1, 1.0))
    assert weights[:, 0].sum() == 0 and weights[1, 1] == pytest.approx(1, abs=1e-5)


def test_a_fact_that_no_single_hop_misses_counts_for_the_last():
    def either(variants):  # read in the first hop or in the second
        return 5.0 - 4.0 * variants[:, :2, 2].all(1)

    weights = weigh_by_hiding(either, FACTS, HOPS, torch.arange(FACTS))
    assert weights[-1, 2] == pytest.approx(1) and weights.sum() == pytest.approx(1)


def test_only_candidates_are_hidden_and_nothing_lost_is_nothing_named():
    assert not weigh((0, 1, 3.0), candidates=[0, 2]).any()
    assert not weigh((0, 1, 3.0), candidates=[]).any()
    assert not weigh().any()


def test_few_variants_are_asked_for():
    log_odds = log_odds_of((0, 1, 3.0), (2, 2, 1.0), (1, 0, 0.01))  # the third is too little to be named
    weigh_by_hiding(log_odds, FACTS, HOPS, torch.arange(FACTS))
    assert log_odds.asked == [1 + FACTS, 2 * HOPS]
