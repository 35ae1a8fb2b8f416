"""Small simulated dialogues about restaurants, for tests: a few hundred teach a network in seconds."""

import random

from memnn.conversation import SILENCE, Dialogue, Row, Turn

FOODS = ["thai", "french", "indian", "greek"]
CITIES = ["rome", "paris", "oslo", "lima"]


def restaurants(food, city, rng):
    """Three restaurants with different ratings."""
    for rating in rng.sample(range(1, 9), 3):
        name = f"resto_{city}_{food}_{rating}"
        yield name, rating


def booking(number, foods=FOODS, cities=CITIES, seed=0):
    """A request, its results, an offer that may be refused, and the phone."""
    rng = random.Random(f"{seed} {number}")
    food, city = rng.choice(foods), rng.choice(cities)
    events = [Turn("user", "hi"), Turn("bot", "hello what can i do")]

    def say(user, bot):
        events.extend([Turn("user", user), Turn("bot", bot)])

    if rng.random() < 0.5:
        say(f"{food} food please", "where should it be")
        say(f"in {city}", f"api_call {food} {city}")
    else:
        say(f"{food} food in {city}", f"api_call {food} {city}")
    if rng.random() < 0.5:
        city = rng.choice([other for other in cities if other != city])
        say(f"instead in {city}", f"api_call {food} {city}")
    found = list(restaurants(food, city, rng))
    for name, rating in found:
        events += [
            Row(name, "R_phone", f"{name}_phone"),
            Row(name, "R_food", food),
            Row(name, "R_city", city),
            Row(name, "R_rating", str(rating)),
        ]
    ranked = [name for name, _ in sorted(found, key=lambda each: -each[1])]
    say(SILENCE, f"what about {ranked[0]}")
    taken = 0
    if rng.random() < 0.5:
        say("no something else", f"what about {ranked[1]}")
        taken = 1
    say("great", "i will book it")
    say("what is the phone", f"here it is {ranked[taken]}_phone")
    return Dialogue(tuple(events), task="1", id=str(number))


def bookings(count, **options):
    return [booking(number, **options) for number in range(count)]


def base(foods=FOODS, cities=CITIES):
    """A knowledge base for all of it, with three restaurants each."""
    rng = random.Random(0)
    return {
        name: {"food": food, "city": city, "rating": str(rating), "phone": f"{name}_phone"}
        for food in foods
        for city in cities
        for name, rating in restaurants(food, city, rng)
    }
