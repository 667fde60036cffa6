"""Words that all families share, and the little language in which ``wordings_*.py`` write theirs.

A verb is a triple (base, third person, participle). In verbs and phrases ``~`` stands for the direction words of the family, ``{w}`` for a thing
or place of the photo, ``{j}`` for an adjective of speed. ``[...]`` marks what says the motion, ``<...>`` what is in the photo; a verb or a phrase
without marks says motion as a whole, and ``{w}`` and the subject mark themselves.
"""

from __future__ import annotations

import re

Verb = tuple[str, str, str]

_DOUBLING = re.compile(r"^[^aeiou]*[aeiou][^aeiouwxy]$")  # hop, run, stir: one short syllable


def verbs(*words: str) -> list[Verb]:
    """Triples from a regular base with an optional tail, "fall down", or from "base|third|participle tail" where one is irregular,
    or from three forms written out."""
    built = []
    for word in words:
        if "|" in word:
            base, third, participle = word.split("|")
            participle, _, tail = participle.partition(" ") if " " not in base else (participle, "", "")
        else:
            base, _, tail = word.partition(" ")
            third = base + ("es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
            if base.endswith("y") and base[-2] not in "aeiou":
                third = base[:-1] + "ies"
            if base.endswith("ie"):
                stem = base[:-2] + "y"
            elif base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
                stem = base[:-1]
            else:
                stem = base + base[-1] if _DOUBLING.match(base) else base
            participle = stem + "ing"
        built.append(tuple(f"{form} {tail}".strip() for form in (base, third, participle)))
    return built


DIRECTIONS = {
    "left": ["left", "to the left", "leftwards", "leftward", "towards the left", "to the left side", "from right to left",
             "from the right to the left", "over to the left"],
    "right": ["right", "to the right", "rightwards", "rightward", "towards the right", "to the right side", "from left to right",
              "from the left to the right", "over to the right"],
    "up": ["up", "upwards", "upward", "towards the top", "to the top", "from bottom to top", "up to the sky", "towards the sky"],
    "down": ["down", "downwards", "downward", "towards the bottom", "to the bottom", "from top to bottom", "down to the ground",
             "towards the ground"],
    "clockwise": ["clockwise", "in a clockwise direction", "to the right", "clock-wise", "in clockwise direction"],
    "counterclockwise": ["counterclockwise", "counter-clockwise", "anticlockwise", "anti-clockwise", "to the left", "counter clockwise",
                         "in a counterclockwise direction"],
}
OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up",
            "clockwise": "counterclockwise", "counterclockwise": "clockwise"}

SLOW = ["slowly", "gently", "softly", "a little", "slightly", "calmly", "a bit", "lightly", "very slowly", "subtly", "lazily", "in slow motion",
        "peacefully", "quietly", "at a slow pace", "leisurely", "ever so slightly", "carefully", "slow", "faintly"]
FAST = ["fast", "quickly", "rapidly", "wildly", "strongly", "hard", "very fast", "vigorously", "violently", "a lot", "very quickly",
        "at high speed", "furiously", "like crazy", "energetically", "intensely", "heavily", "swiftly", "fiercely", "powerfully"]
NEUTRAL = ["smoothly", "steadily", "now", "again", "at medium speed", "naturally", "continuously", "happily", "all the time", "once more",
           "realistically", "beautifully"]
SLOW_ADJECTIVES = ["slow", "gentle", "soft", "light", "slight", "calm"]
FAST_ADJECTIVES = ["fast", "strong", "heavy", "wild", "quick", "violent"]

SUBJECT_NOUNS = ["subject", "object", "thing", "main subject", "object in the middle", "subject in the center", "person", "animal", "creature",
                 "character", "toy", "man", "woman", "girl", "boy", "dog", "cat"]
SCENE_WORDS = ["a photo", "a landscape", "a picture of nature", "mountains", "a city", "a beach", "a forest", "a garden", "a portrait", "a house",
               "a street", "the sky", "a bird", "a dog", "a cat", "a woman", "a man", "a girl", "a boy", "a child", "a face", "a car", "a boat",
               "a cup of coffee", "food", "flowers", "a bridge", "a tower", "a temple", "a lake", "a river", "the sea", "a desert", "a field",
               "the night", "a rocket", "an astronaut", "a planet", "the moon", "animals", "a room", "a table", "a tree", "a castle", "a church",
               "people", "a statue", "a horse", "a butterfly", "a fish", "a waterfall", "a road", "a train", "clouds", "rocks", "a valley"]

#: Everyday things, creatures and people: a caption may name anything.
THINGS = """man woman girl boy child baby lady guy couple person people dancer chef monk pirate knight princess queen king wizard witch soldier
astronaut robot alien monster ghost zombie mermaid fairy dragon unicorn minion pikachu panda koala bear polar-bear teddy-bear rabbit bunny hare
fox wolf dog puppy corgi husky cat kitten lion tiger leopard elephant giraffe zebra monkey gorilla chimpanzee kangaroo deer moose horse pony
donkey cow bull sheep goat pig hamster mouse rat squirrel hedgehog otter beaver seal walrus whale dolphin shark octopus jellyfish turtle tortoise
frog toad lizard crocodile snake dinosaur parrot owl eagle hawk raven crow duck goose swan penguin flamingo peacock chicken rooster hummingbird
bee butterfly dragonfly spider ladybug snail crab lobster goldfish car truck bus van taxi train tram bicycle motorbike scooter boat ship
sailboat canoe yacht submarine plane helicopter drone rocket spaceship balloon kite umbrella hat scarf dress shirt shoe boot glove bag backpack
suitcase chair table sofa bed lamp candle lantern clock vase bottle cup mug glass plate bowl spoon kettle teapot book pencil guitar piano violin
drum trumpet flute ball football toy doll puppet snowman scarecrow statue sculpture fountain windmill lighthouse castle house cottage cabin church
temple tower bridge skyscraper apple pear banana orange lemon strawberry cherry grape pineapple melon tomato carrot onion pumpkin mushroom bread
cake pizza burger sandwich cookie egg cheese cactus tree palm rose tulip sunflower daisy lily flower leaf bush grass moon sun planet star cloud
mountain rock stone crystal diamond ring crown sword shield flag feather shell ninja samurai cowboy clown athlete skater surfer runner bride groom
grandmother grandfather teacher doctor nurse farmer fisherman musician singer hero villain elf dwarf goblin troll giant skeleton vampire
cupcake donut ice-cream popcorn sushi noodle avocado broccoli corn""".replace("-", " ").split()
QUALITIES = ["little", "big", "small", "young", "old", "red", "blue", "green", "yellow", "white", "black", "brown", "golden", "happy", "cute",
             "funny", "furry", "tall", "pink", "purple", "beautiful", "wooden", "sleepy", "fluffy", "striped", "grey", "giant", "tiny"]
#: Where a subject may be said to be.
WHERE = ["on the table", "in the garden", "on the grass", "at the beach", "in the street", "on the stage", "in the kitchen", "in the park",
         "in front of the house", "under the tree", "in the snow", "in the room", "by the window", "on the left", "on the right", "in the picture",
         "in the foreground", "in the background", "on the road", "in the forest", "in the water", "on the ground", "with a hat"]
#: Places and things that a camera looks at, or that something falls on.
PLACES = ["the scene", "the picture", "the landscape", "the city", "the village", "the mountains", "the house", "the castle", "the street",
          "the garden", "the forest", "the field", "the lake", "the sea", "the beach", "the river", "the road", "the bridge", "the valley",
          "the town", "the park", "the roofs", "the temple", "the church", "the desert", "the tower", "the statue", "the building", "the room",
          "the table", "the face", "the woman", "the man", "the dog", "the cat", "the car", "the flowers", "the boat", "the hills", "the harbour",
          "the cabin", "the old town", "the skyline", "the meadow", "the waterfall", "the tree", "the people", "the square", "the island"]
