"""Stories of which the answers hang on what words mean, and in which no two alike show it."""

import random

from memnn.story import Story

NAMES, PLACES = (
    ("Ann", "Bob", "Cid", "Dora", "Eve", "Fred"),
    ("park", "office", "garden", "school", "station"),
)
LIKE = (("tea", "coffee"), ("milk", "juice"), ("soup", "stew"))  # what no story tells
ORDERS = tuple(sorted(word for words in LIKE for word in words))
WHO, WHAT = "who is like *", "what did * order"


def orders(count, seed):
    """What four order, two of them much the same; and where some go, so that hardly two stories are alike."""
    rng, stories = random.Random(seed), []
    for _ in range(count):
        people, (own, *others) = rng.sample(NAMES, 4), rng.sample(LIKE, 3)
        had = [*rng.sample(own, 2), *map(rng.choice, others)]
        facts = [f"{who} ordered {what}." for who, what in zip(people, had)]
        rng.shuffle(facts)
        for _ in range(rng.randint(2, 4)):
            went = f"{rng.choice(NAMES)} went to the {rng.choice(PLACES)}."
            facts.insert(rng.randrange(len(facts) + 1), went)
        like = f"Who is like {people[0]}?", people[1]
        question, answer = rng.choice([like, like, (f"What did {people[2]} order?", had[2])])
        stories.append(Story(tuple(facts), question, (answer,)))
    return stories
