"""The words of each motion family: what is said, not how it is put together (see ``grammar.py``).

Verbs are triples (base, third person, participle). A ``~`` stands for the direction words of the family, and in camera families ``^`` for the
words of the opposite direction, which is the way the picture content goes when the camera is what moves.
"""

from __future__ import annotations

Verb = tuple[str, str, str]


def verbs(*words: str) -> list[Verb]:
    """Build triples from "base|third|participle tail" or from a regular base with an optional tail: "fall down"."""
    built = []
    for word in words:
        if "|" in word:
            base, third, participle = word.split("|")
            participle, _, tail = participle.partition(" ")
            tail = " " + tail if tail and " " not in base else ""
            built.append((base + tail, third + tail, participle + tail if tail else word.split("|")[2]))
            continue
        head, _, tail = word.partition(" ")
        tail = " " + tail if tail else ""
        third = head + ("es" if head.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
        if head.endswith("y") and head[-2] not in "aeiou":
            third = head[:-1] + "ies"
        participle = (head[:-1] if head.endswith("e") and not head.endswith("ee") else head) + "ing"
        built.append((head + tail, third + tail, participle + tail))
    return built


DIRECTIONS = {
    "left": ["left", "to the left", "leftwards", "leftward", "towards the left", "to the left side", "from right to left"],
    "right": ["right", "to the right", "rightwards", "rightward", "towards the right", "to the right side", "from left to right"],
    "up": ["up", "upwards", "upward", "towards the top", "to the top"],
    "down": ["down", "downwards", "downward", "towards the bottom", "to the bottom"],
    "clockwise": ["clockwise", "in a clockwise direction", "to the right", "clock-wise"],
    "counterclockwise": ["counterclockwise", "counter-clockwise", "anticlockwise", "anti-clockwise", "to the left"],
}
OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up",
            "clockwise": "counterclockwise", "counterclockwise": "clockwise"}

CAMERA_NOUNS = ["the camera", "camera", "the camera", "a camera", "our camera", "the shot", "the viewpoint", "the cameraman"]
SCENE_NOUNS = ["the scene", "everything", "the picture", "the whole picture", "the image", "the whole scene", "the photo"]

#: family -> (camera verbs, phrases that stand alone). ``~`` is filled with the family's direction.
CAMERA = {
    "pan": (verbs("pan|pans|panning", "move", "slide", "shift", "glide", "travel", "drift", "sweep", "turn", "look", "truck", "go"),
            ["~ pan", "a pan ~", "a camera pan ~", "camera pan ~", "camera movement ~", "pan shot ~", "panning shot ~", "look ~",
             "a smooth pan ~", "tracking shot ~", "we look ~", "show what is further ~", "camera motion ~", "dolly ~", "camera ~", "the camera ~"]),
    "tilt": (verbs("pan|pans|panning", "move", "tilt", "slide", "shift", "glide", "travel", "look", "go", "crane"),
             ["tilt ~", "a tilt ~", "a camera tilt ~", "camera tilt ~", "pan ~", "look ~", "we look ~", "camera movement ~",
              "camera pan ~", "camera ~", "crane shot ~", "pedestal ~", "tilting shot ~", "show what is further ~"]),
    "zoom_in": (verbs("zoom in", "move closer", "come closer", "push in", "approach", "move in", "move forward", "dolly in", "zoom",
                      "close in", "get|gets|getting closer"),
                ["zoom in", "zoom", "zooming in", "a zoom in", "slow zoom", "close up", "a close-up", "closer", "push in", "magnify the picture",
                 "zoom into the picture", "enlarge the picture", "the view comes nearer", "go closer", "zoom on the center", "dolly in"]),
    "zoom_out": (verbs("zoom out", "move back", "pull back", "pull out", "back away", "move backward", "dolly out", "move away",
                       "retreat", "step|steps|stepping back"),
                 ["zoom out", "zooming out", "a zoom out", "wider view", "pull back", "show more of the scene", "reveal the surroundings",
                  "zoom out of the picture", "the view widens", "go farther away", "zoom away", "dolly out", "farther away"]),
    "roll": (verbs("roll", "rotate", "spin|spins|spinning", "turn", "tilt", "twist"),
             ["roll ~", "a roll ~", "camera roll ~", "a camera roll ~", "rotate the camera ~", "a rotation of the camera ~", "barrel roll ~",
              "dutch tilt ~"]),
    "shake": (verbs("shake", "tremble", "wobble", "jitter", "jiggle", "judder", "vibrate", "quake"),
              ["shaky camera", "camera shake", "a shaky camera", "earthquake", "an earthquake", "handheld camera", "handheld shot",
               "shaky footage", "shake the camera", "the ground shakes", "a shaking picture", "everything shakes", "everything trembles",
               "camera vibration", "an unsteady camera", "the earth quakes"]),
    "orbit": (verbs("orbit", "circle", "revolve", "turn around", "rotate around the scene", "move around the subject", "arc",
                    "orbit around it", "go around"),
              ["orbit ~", "an orbit ~", "camera orbit ~", "orbiting shot ~", "arc shot ~", "a parallax move ~", "turn around the scene ~",
               "circle around the subject ~", "view from the side ~"]),
}
SCENE_VERBS = {
    "pan": verbs("move", "slide", "shift", "drift", "go", "scroll"), "tilt": verbs("move", "slide", "shift", "go", "scroll"),
    "roll": verbs("rotate", "turn", "spin|spins|spinning", "roll"),
}

SUBJECT = {
    "jump": verbs("jump", "hop|hops|hopping", "leap", "bounce", "jump up and down", "bounce up and down", "hop|hops|hopping up and down",
                  "jump for joy", "spring|springs|springing up", "jump into the air", "jump high", "bounce like a ball"),
    "move": verbs("move", "slide", "go", "walk", "run|runs|running", "drive", "glide", "travel", "crawl", "rush", "fly", "swim|swims|swimming",
                  "roll", "march", "float", "step|steps|stepping"),
    "rise": verbs("rise", "fly up", "float up", "go up", "move up", "ascend", "take|takes|taking off", "lift off", "climb", "levitate",
                  "move upwards", "float upwards", "soar"),
    "fall": verbs("fall", "sink", "go down", "move down", "descend", "drop|drops|dropping", "float down", "come down", "slide down",
                  "move downwards", "fall down", "land"),
    "sway": verbs("sway", "wave", "swing", "rock", "sway from side to side", "swing back and forth", "rock back and forth", "sway left and right",
                  "wave in the wind", "lean from side to side", "swing to and fro",
                  "wave its hand", "wave goodbye", "wave hello", "wag|wags|wagging the tail", "stretch"),
    "dance": verbs("dance", "groove", "boogie", "dance to the music", "party", "dance happily", "do|does|doing a dance", "wiggle and dance", "practice tai chi", "exercise",
                   "play", "do|does|doing gymnastics", "play music", "celebrate"),
    "nod": verbs("nod|nods|nodding", "bow", "nod|nods|nodding the head", "nod|nods|nodding yes", "bob|bobs|bobbing", "look up and down", "duck", "eat",
                 "drink", "talk", "speak", "chew", "sing", "read", "eat bamboo", "peck", "sniff", "agree"),
    "wiggle": verbs("wiggle", "shake", "shiver", "wobble", "tremble", "jiggle", "shake the head", "vibrate", "quiver", "shudder"),
    "spin": verbs("spin|spins|spinning", "rotate", "turn", "twirl", "whirl", "turn around", "spin|spins|spinning around", "pirouette",
                  "spin|spins|spinning in circles", "revolve"),
    "grow": verbs("grow", "get|gets|getting bigger", "become bigger", "expand", "inflate", "swell", "get|gets|getting larger", "come closer",
                  "become larger", "enlarge", "approach"),
    "shrink": verbs("shrink", "get|gets|getting smaller", "become smaller", "deflate", "contract", "become tiny", "go away", "dwindle"),
    "breathe": verbs("breathe", "pulse", "pulsate", "breathe in and out", "throb|throbs|throbbing", "beat|beats|beating", "swell and shrink",
                     "breathe deeply", "smile", "sleep", "laugh", "sigh", "live"),
}

#: What the motion of a family with neither camera nor cut-out is about: (nouns, verbs, phrases that stand alone).
SETTING = {
    "wind": (["the trees", "the leaves", "the grass", "the flowers", "her hair", "his hair", "the hair", "the branches", "the plants", "the flag",
              "the fur", "the fields", "the palm trees", "the bushes", "the feathers", "the curtains", "a tree", "the meadow", "the forest"],
             verbs("sway", "wave", "sway in the wind", "move in the wind", "rustle", "blow in the wind", "flutter", "move in the breeze",
                   "bend in the wind", "sway in the breeze", "swing in the wind", "tremble in the wind", "fly in the wind", "stir in the breeze", "ripple in the wind"),
             ["wind", "windy", "the wind blows", "a breeze", "a light breeze", "a gust of wind", "a storm", "the wind is blowing", "wind in the trees",
              "a windy day", "the wind moves the leaves", "a breeze moves the grass", "the wind plays with her hair", "blow in the wind",
              "hair flying in the wind", "wind blows the flowers", "the wind blows the sunflowers", "wind blows the grass", "wind blows through the trees",
              "the wind shakes the leaves"]),
    "water": (["the water", "the waves", "the sea", "the ocean", "the lake", "the river", "the pond", "the surface", "the reflections",
               "the stream", "the surf", "the tide"],
              verbs("ripple", "move", "flow", "roll", "undulate", "swell", "wave", "splash", "shimmer", "surge", "heave", "slosh"),
              ["waves", "ripples", "rippling water", "moving water", "ripples on the water", "waves on the sea", "rolling waves", "flowing water",
               "gentle waves", "water ripples", "ripples spread over the lake", "wavy water", "ocean waves", "a flowing river", "pouring water into the glass",
               "water flows", "the waterfall flows", "a waterfall", "water is flowing"]),
    "clouds": (["the clouds", "clouds", "the sky", "the white clouds", "the dark clouds", "the mist", "the fog"],
               verbs("drift ~", "move ~", "float ~", "pass|passes|passing ~", "travel ~", "sail ~", "go by ~", "glide ~", "roll ~"),
               ["drifting clouds ~", "moving clouds ~", "clouds in motion ~", "clouds float by ~", "time lapse of the clouds ~",
                "the wind moves the clouds ~", "passing clouds ~"]),
    "smoke": (["the smoke", "smoke", "the steam", "steam", "the mist", "the vapor", "the fumes", "the fire", "the flames", "the fog"],
              verbs("rise", "billow", "curl upwards", "swirl", "go up", "drift up", "ascend", "swirl up", "flicker upwards", "rise from the cup",
                    "rise into the air"),
              ["rising smoke", "rising steam", "steam rising from the cup", "smoke rising from the chimney", "swirling mist", "hot steam", "boiling",
               "billowing smoke", "heat haze", "the heat shimmers", "smoke comes out",
               "the volcano emits thick smoke", "smoke from the crater", "the fire burns", "the chimney smokes", "steaming coffee"]),
    "darken": (["the scene", "the picture", "the image", "it", "the room", "everything", "the sky", "the photo", "the view", "the world"],
               verbs("get|gets|getting darker", "become dark", "darken", "turn dark", "grow dark", "become darker", "dim|dims|dimming",
                     "fade to black", "go dark", "sink into darkness"),
               ["night falls", "the light fades", "the lights go out", "darkness falls", "fade out", "dusk", "it is getting dark", "evening comes",
                "the sun goes down", "turn off the light", "the light dims", "darker", "lights out", "the sun goes behind a cloud", "nightfall"]),
    "brighten": (["the scene", "the picture", "the image", "it", "the room", "everything", "the sky", "the photo", "the view", "the world"],
                 verbs("get|gets|getting brighter", "become bright", "brighten", "light up", "become brighter", "lighten", "grow brighter",
                       "get|gets|getting lighter", "start to glow", "become light"),
                 ["the sun comes out", "the light goes on", "dawn", "morning comes", "the sun rises", "sunrise", "day breaks", "turn on the light",
                  "the lights go on", "brighter", "more light", "the light gets stronger", "the sun starts to shine", "daybreak"]),
    "warm": (["the scene", "the picture", "the light", "the sky", "everything", "the room", "the image"],
             verbs("turn orange", "become warm", "turn red", "get|gets|getting warmer", "glow orange", "turn golden", "become golden", "redden",
                   "glow in the sunset"),
             ["sunset", "a sunset", "the sun sets", "golden hour", "warm light", "evening light", "the sunset glows", "a red sunset", "warm colors",
              "golden light", "an orange glow", "sunset colors", "warm sunset light"]),
    "cool": (["the scene", "the picture", "the light", "the sky", "everything", "the room", "the image"],
             verbs("turn blue", "become cold", "become blue", "get|gets|getting colder", "turn cold", "glow blue", "get|gets|getting cooler"),
             ["cold light", "blue hour", "moonlight", "cool colors", "blue light", "a cold blue light", "the moon shines", "twilight",
              "winter light", "the colors become cold", "blue moonlight"]),
    "flicker": (["the light", "the lights", "the lamp", "the picture", "the screen", "the scene", "the bulb", "the neon light"],
                verbs("flicker", "blink", "flash", "strobe", "flicker on and off", "go on and off", "twinkle", "glimmer"),
                ["flickering light", "flickering lights", "blinking lights", "a broken lamp", "a flickering lamp", "strobe light", "disco light",
                 "an old film", "flashing lights", "twinkling lights"]),
    "lightning": (["lightning", "the lightning", "a flash", "a lightning bolt", "a thunderstorm", "thunder and lightning"],
                  verbs("strike", "flash", "light up the sky", "hit|hits|hitting", "illuminate the scene", "flash across the sky"),
                  ["lightning", "a lightning bolt", "thunder", "a thunderstorm", "lightning strikes", "flashes of lightning", "thunder and lightning",
                   "a flash of lightning", "a storm with lightning", "a bolt of lightning", "a stormy night with lightning",
                   "lightning and thunder in the night sky", "lightning in the sky"]),
    "candle": (["the candle", "the candle light", "the fire", "the flame", "the fireplace", "the torch", "the campfire", "the lantern"],
               verbs("flicker", "burn", "glow", "dance", "glimmer", "flare", "shine"),
               ["candle light", "firelight", "a burning candle", "a flickering candle", "the glow of a fire", "flickering flames",
                "candle flames", "a crackling fire", "fire flickers", "burning fire", "the candles burn", "candles burn", "the fire is burning"]),
    "shadow": (["the shadow", "the shadows", "the light", "a spotlight", "the sunlight", "the shadow of a cloud", "a beam of light",
                "the cloud shadows", "the spotlight"],
               verbs("move ~", "pass|passes|passing over the scene ~", "wander ~", "sweep over the picture ~", "move across the scene ~",
                     "glide over the land ~", "travel ~"),
               ["moving shadows ~", "shadows move ~", "passing shadows ~", "moving light ~", "light and shadow play ~", "a moving spotlight ~",
                "the light moves across the picture ~", "the sun moves ~"]),
    "snow": (["snow", "the snow", "snowflakes", "flakes", "the flakes", "soft snow", "white snow", "thick snow"],
             verbs("fall", "fall down", "come down", "drift down", "float down", "fall from the sky", "tumble down", "cover the scene", "swirl"),
             ["snow", "it snows", "it is snowing", "snowing", "falling snow", "it starts snowing", "it begins to snow", "snowfall", "let it snow",
              "a snowstorm", "winter", "snowy weather", "a blizzard", "snowy", "make it snow", "snow in the air", "a snowy day", "add snow"]),
    "rain": (["rain", "the rain", "raindrops", "drops", "heavy rain", "the drops", "a shower"],
             verbs("fall", "pour", "come down", "fall from the sky", "pour down", "pelt down", "drizzle", "lash down"),
             ["rain", "it rains", "it is raining", "raining", "falling rain", "it starts raining", "it begins to rain", "rainfall", "let it rain",
              "a rainstorm", "rainy weather", "a downpour", "rainy", "make it rain", "pouring rain", "a rainy day", "rain shower", "add rain"]),
    "leaves": (["leaves", "autumn leaves", "petals", "yellow leaves", "dry leaves", "confetti", "blossoms"],
               verbs("fall", "fall down", "float down", "drift down", "tumble down", "fall from the trees", "rain down", "whirl down"),
               ["falling leaves", "falling petals", "leaves in the air", "autumn", "leaves are blown down", "a rain of petals", "autumn leaves",
                "falling confetti", "the trees lose their leaves"]),
    "sparks": (["sparks", "embers", "glowing sparks", "fireflies", "the sparks", "glowing embers", "ashes"],
               verbs("fly", "fly up", "rise", "float up", "glow", "rise into the air", "drift up", "whirl up", "swarm"),
               ["sparks", "flying sparks", "glowing embers", "rising embers", "sparks of fire", "embers in the air", "fireflies", "flying embers",
                "a shower of sparks", "magic sparks", "fireworks", "fireworks bloom in the sky", "fireworks explode"]),
    "still": (["the picture", "the scene", "everything", "the photo", "the image", "all", "the camera", "the view"],
              verbs("stay still", "stand still", "remain still", "stay the same", "freeze", "keep still", "stay motionless", "be|is|being still",
                    "hold|holds|holding still", "stop|stops|stopping", "rest"),
              ["nothing moves", "no motion", "still", "a still picture", "no movement", "nothing changes", "static", "static camera", "static shot",
               "everything stays still", "a still photo", "freeze", "frozen in time", "do not move", "don't move", "nothing happens",
               "without motion", "motionless", "without any movement", "a frozen moment", "keep everything still", "standing still",
               "the camera does not move and nothing moves", "hold still", "fixed camera, nothing moves"]),
}

SLOW = ["slowly", "gently", "softly", "a little", "slightly", "calmly", "a bit", "lightly", "very slowly", "subtly", "lazily", "in slow motion"]
FAST = ["fast", "quickly", "rapidly", "wildly", "strongly", "hard", "very fast", "vigorously", "violently", "a lot", "very quickly", "at high speed"]
NEUTRAL = ["smoothly", "steadily", "now", "again", "at medium speed", "naturally", "continuously"]

SUBJECT_NOUNS = ["subject", "object", "thing", "main subject", "object in the middle", "subject in the center"]
SCENE_WORDS = ["a photo", "a landscape", "a picture of nature", "mountains", "a city", "a beach", "a forest", "a garden", "a portrait", "a house",
               "a street", "the sky", "a bird", "a dog", "a cat", "a woman", "a man", "a girl", "a boy", "a child", "a face", "a car", "a boat",
               "a cup of coffee", "food", "flowers", "a bridge", "a tower", "a temple", "a lake", "a river", "the sea", "a desert", "a field",
               "the night", "a rocket", "an astronaut", "a planet", "the moon", "animals", "a room", "a table", "a tree", "a castle", "a church",
               "people", "a statue", "a horse", "a butterfly", "a fish", "a waterfall", "a road", "a train", "clouds", "rocks", "a valley"]
