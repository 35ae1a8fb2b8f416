"""Debts: whom someone owes, after what is owed has changed hands.

People borrow from one another, pay back, and sell all their claims: whoever owed the seller owes the buyer
from then on. Facts of a sale do not say who the debtors are, so the question 'Whom does Ilse owe?' needs the
loan and, in the order told, every sale by the one who held the debt at that time; earlier sales by the same
people do not touch it. Nobody owes two people at once. Of the questions that need a single fact some ask how
much is owed, and some about a debt that was paid.
"""

import random

from memnn.story import Story
from memnn.worlds.knobs import Knobs
from memnn.worlds.limits import number, refuse
from memnn.worlds.telling import cast, pick

PEOPLE = (
    "Agnes", "Boris", "Carla", "Dmitri", "Elsa", "Femi", "Greta", "Hugo", "Ilse", "Jakub", "Katya", "Luis",
    "Maud", "Nils", "Olga", "Pedro", "Rosa", "Sven", "Tilda", "Viktor",
)  # fmt: skip
AMOUNTS = ("ten", "twenty", "thirty", "fifty", "ninety")
LENDING = (
    "{a} borrowed {n} crowns from {b}.",
    "{b} lent {n} crowns to {a}.",
    "{a} got {n} crowns from {b} as a loan.",
)
SELLING = (
    "{a} sold every claim to {b}.",
    "{b} took over the claims of {a}.",
    "What was owed to {a} is now owed to {b}.",
)
PAYING = ("{a} paid everything back.", "{a} settled the debt.")
ASKINGS = ("Whom does {a} owe?", "Who must be paid by {a}?")
NOBODY = "nobody"
HOPS = (1, 2, 3)
HOW_MUCH, PAID = 0.3, 0.3  # of the questions that need one fact; of the others where a debt was paid


class Ledger:
    """Who owes whom, and the facts that told it."""

    def __init__(self, rng: random.Random, people: tuple[str, ...]) -> None:
        """Nobody owes anybody."""
        self.rng, self.people = rng, people
        self.owes: dict[str, str] = {}  # the creditor of each debtor
        self.paid: dict[str, int] = {}  # those who paid and borrowed no more, with the fact that tells it
        self.facts: list[str] = []

    def lend(self, debtor: str, creditor: str) -> str:
        """Tell of a loan; its amount."""
        amount = pick(self.rng, AMOUNTS)
        self.owes[debtor] = creditor
        self.paid.pop(debtor, None)
        self.facts.append(pick(self.rng, LENDING).format(a=debtor, b=creditor, n=amount))
        return amount

    def sell(self, seller: str, buyer: str) -> None:
        """Tell that all that is owed to the seller goes to the buyer."""
        self.owes = {one: buyer if other == seller else other for one, other in self.owes.items()}
        self.facts.append(pick(self.rng, SELLING).format(a=seller, b=buyer))

    def pay(self, debtor: str) -> None:
        """Tell that a debtor owes nothing any more."""
        del self.owes[debtor]
        self.paid[debtor] = len(self.facts)
        self.facts.append(pick(self.rng, PAYING).format(a=debtor))

    def may_buy(self, buyer: str, seller: str) -> bool:
        """Whether nobody would come to owe themselves."""
        return buyer != seller and self.owes.get(buyer) != seller

    def go_on(self, debtor: str) -> None:
        """Tell anything that leaves it as it is whom the debtor owes."""
        told = len(self.facts)
        while len(self.facts) == told:
            one, other = self.rng.sample(self.people, 2)
            deed = pick(self.rng, ("lend", "sell", "pay"))
            if deed == "lend" and one != debtor and one not in self.owes:
                self.lend(one, other)
            elif deed == "sell" and one != self.owes.get(debtor) and self.may_buy(other, one):
                self.sell(one, other)
            elif deed == "pay" and one != debtor and one in self.owes:
                self.pay(one)


def debts(rng: random.Random, knobs: Knobs) -> list[Story]:
    """Claims that change hands. Knobs: facts, hops (the loan and the sales after it; 1 to 3 unless told),
    actors.

    Where the number of facts is not set, three times as many are told as the chain has.
    """
    refuse(knobs, "questions")
    hops = number("hops", knobs.hops, pick(rng, HOPS))
    count = number("facts", knobs.facts, 3 * hops, at_least=hops)
    people = cast("actors", knobs.actors, PEOPLE, hops + 2)
    story = None
    while story is None:
        story = _tell(Ledger(rng, people), hops, count)
    return [story]


def _tell(ledger: Ledger, hops: int, count: int) -> Story | None:
    """A story; None where it came to a point at which nobody was left to buy."""
    rng = ledger.rng
    debtor, creditor = rng.sample(ledger.people, 2)
    chain = sorted(rng.sample(range(count), hops))
    held = [debtor, creditor]  # all who held the debt, behind the debtor
    amount = ""
    for fact in range(count):
        if fact == chain[0]:
            amount = ledger.lend(debtor, creditor)
        elif fact in chain:
            buyers = [p for p in ledger.people if p not in held and ledger.may_buy(p, held[-1])]
            if not buyers:
                return None
            held.append(pick(rng, buyers))
            ledger.sell(*held[-2:])
        else:
            ledger.go_on(debtor)
    question, answer, support = pick(rng, ASKINGS).format(a=debtor), held[-1], tuple(chain)
    if hops == 1 and rng.random() < HOW_MUCH:
        question, answer = f"How much does {debtor} owe?", amount
    elif hops == 1 and ledger.paid and rng.random() < PAID:
        free = pick(rng, list(ledger.paid))
        question, answer, support = pick(rng, ASKINGS).format(a=free), NOBODY, (ledger.paid[free],)
    return Story(tuple(ledger.facts), question, (answer,), support)
