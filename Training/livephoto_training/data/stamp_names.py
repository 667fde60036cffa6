"""What people would call a cut-out whose caption says something else, and what sort of thing it is where its folder is wrong."""

#: Noun phrase of the caption -> everyday name.
NAMES = {
    "highlighting pen": "highlighter", "closed scissors": "scissors", "open scissors": "scissors", "small pitcher": "pitcher",
    "home compost bin": "compost bin", "mercury thermometer": "thermometer", "boom": "cloud of smoke", "floppy-eared bunny": "bunny",
    "chick inside an egg": "chick in an egg", "chocolate easter egg": "easter egg", "headstone": "gravestone", "tombstone": "gravestone",
    "grave marker": "gravestone", "cemetery marker": "gravestone", "monument stone": "gravestone", "big fireworks": "fireworks",
    "apollo lunar lander module": "lunar lander", "moon as a crescent": "crescent moon", "astronaut making a spacewalk": "astronaut",
    "voyager-2 deep-space probe": "space probe", "scream balloon": "speech bubble", "speech balloon": "speech bubble",
    "thought balloon": "thought bubble", "clock face": "clock",
    # Animals
    "singing dinosaur": "dinosaur", "emperor tamarin": "monkey", "baby of a gnu": "baby gnu", "sitting gnu": "gnu", "blue gnu": "gnu",
    "indian blackbuck": "antelope", "mountaingoat": "mountain goat", "zebu": "ox", "baby sheep": "lamb", "wapiti": "elk",
    "tamworth pig": "pig", "male black rhino": "rhino", "sleeping capybara": "capybara", "big eared rabbit": "rabbit",
    "two wild boars": "wild boar", "abalone": "shell", "freshwater mussel": "mussel", "european bear": "brown bear",
    "edward bear": "teddy bear", "adelaide rosella": "parrot", "albino peahen": "white bird", "tux and spider": "penguin", "tux": "penguin",
    "drake": "duck", "gander": "goose", "helmeted guinea fowl": "guinea fowl", "brown hen": "hen", "great blue heron": "heron",
    "little penguin": "penguin", "magellanic penguin": "penguin", "rainbow lorikeet": "parrot", "colorful rooster": "rooster",
    "silver gull": "seagull", "sumatran tiger": "tiger", "george the blue groper": "blue fish", "coral trout": "fish",
    "dolphinfish": "fish", "poisonous lionfish": "lionfish", "spiny lobster": "lobster", "moon wrasse": "fish",
    "stripey fish": "striped fish", "brown slug": "slug", "spider playing computer games": "spider", "spider playing soccer": "spider",
    "xanthia": "moth", "wings": "pair of wings",
    # Plants and food
    "adenium": "flower", "anthurium": "flower", "appooppan thaadi": "seed", "balsam": "white flower", "two flowers": "flowers",
    "purple pigface flower": "purple flower", "red plastic flower": "red flower", "red gazania": "red flower",
    "white star petunia": "white flower", "hibiscus flower": "hibiscus", "quarter of pizza": "slice of pizza", "ginger 'root'": "ginger",
    "fuji apple": "apple", "granny smith apple": "green apple", "sierra beauty apple": "apple", "avocado fruit": "avocado",
    "prune": "plum", "cherimoya fruit": "green fruit", "kiwifruit": "kiwi", "mandarin orange": "mandarin", "seville orange": "orange",
    "sliced lime": "slice of lime", "sliced orange": "slice of orange", "lemon slice": "slice of lemon", "cep": "mushroom",
    "red headed cep": "red mushroom", "eggplant with fruit": "plant", "plant of common lavender": "lavender", "bolted lettuce": "plant",
    "thyme plant": "plant", "birch at winter": "birch tree", "holm oak": "tree", "alien tree": "red tree", "pili nut tree": "tree",
    "chile pepper": "chili pepper", "sweet yellow corn": "corn", "garlic bulb": "garlic", "pattypan squash": "squash",
    "brown potato": "potato", "small pumpkin": "pumpkin",
    # Buildings and things
    "fountain of youth": "fountain", "castle in ruins": "ruined castle", "eiffel tower in paris": "eiffel tower", "uk post box": "post box",
    "magic stones": "standing stones", "inukshuk": "stone figure", "blacksmith shop": "workshop", "medieval city": "town",
    "two city houses": "houses", "house of the hunter": "hut", "fishery": "hut", "medieval tent": "tent", "pink dream house": "pink house",
    "swiss house": "house", "wooden cottage": "cottage", "fairytale castle": "castle", "modern clothespin": "clothespin",
    "old-fashioned clothespin": "clothespin", "folded shirt": "shirt", "t shirt": "t-shirt", "polo shirt": "shirt", "blue fedora": "blue hat",
    "green fedora": "green hat", "colorful bow": "bow", "crash cymbal": "cymbal", "floor tom drum": "drum",
    "electric bass guitar": "bass guitar", "grandma's old rag doll": "rag doll", "large metal mallet": "mallet",
    "large paintbrush": "paintbrush", "garden spade": "spade", "adjustable wrench": "wrench", "plumber's wrench": "wrench",
    "mercury": "planet", "venus": "planet", "mars": "red planet", "jupiter": "planet", "saturn": "ringed planet", "uranus": "planet",
    "neptune": "blue planet", "pluto": "planet",
    # Vehicles
    "f-22 raptor": "fighter jet", "vw beetle": "car", "sedan car": "car", "colorful toy cement truck": "toy truck",
    "huge dump truck": "dump truck", "colorful toy tow truck": "tow truck", "dumper": "dump truck", "eddie the helicopter": "helicopter",
    "tux airways": "airplane", "passenger carriage": "train carriage", "caboose": "train carriage", "colorful toy tugboat": "tugboat",
    "old chinese sailing ship": "sailing ship", "walnut sailboat": "sailboat", "tractor wheel": "wheel",
}

#: Everyday name -> sort of thing, where the folder of the cut-out would say something else; "" if no word fits.
KINDS = {
    "goal posts": "", "rugby goal posts": "", "tennis racket": "", "trophy cup": "", "fox": "animal", "lobster": "animal", "shrimp": "animal",
    "seed": "", "eye": "", "pinecone": "", "wheel": "", "train sign": "sign", "bluebird": "bird", "bunny": "animal", "butterfly": "insect",
    "chick": "bird", "daffodil": "flower", "bat": "animal", "black cat": "cat", "astronaut": "person", "paratrooper": "person",
    "fireman": "person", "lunar lander": "spacecraft", "space probe": "spacecraft", "moon": "moon", "full moon": "moon",
    "crescent moon": "moon", "candle": "candle", "lit candle": "candle", "pair of wings": "", "mushroom": "mushroom",
    "red mushroom": "mushroom", "snowman": "snowman", "rag doll": "doll", "spider": "spider", "slug": "animal", "shell": "shell",
    "mussel": "shell",
}
