"""Who took the ring, where he or she took it, is learnt from answers alone."""

from text.he_and_she import told, who_took_it

from memnn.models.symbol import SymbolMemoryNetwork
from memnn.question_answering.fit import fit
from memnn.question_answering.metrics import evaluate


def test_it_learns_who_is_he_and_who_is_she():
    net = fit(
        SymbolMemoryNetwork(called=True, hops=4, dropout=0.1),
        told(who_took_it, 1500, others=1),
        optimizer="adamw",
        learning_rate=0.003,
        weight_decay=0.01,
        loss="mean",
        schedule="linear",
        clip="global",
        clip_norm=1.0,
        length_pool=10,
        epochs=20,
    )
    assert evaluate(net, told(who_took_it, 200, seed=1, others=1)).mean_error <= 2
