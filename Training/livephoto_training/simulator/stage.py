"""The still of a clip and what stands where in it: a crop of a photograph, perhaps with cut-outs, and its masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .banks import PhotoBank, StampBank
from .mist import misty_hills, with_mist
from .painted import with_cup, with_flag
from .plan import Stamp
from .render import Pixels, paste, resized, stamp_image

#: Kinds of labelled regions that each family can move, or come from.
FAMILY_KINDS = {
    "wind": ("foliage", "grass", "flowers", "hair", "cloth"), "water": ("water", "sea"), "waves": ("sea", "water"),
    "clouds_left": ("sky", "clouds"), "clouds_right": ("sky", "clouds"), "drift_up": ("smoke",), "fire": ("fire", "lights", "object", "grass"),
    "smoke": ("object", "fire"), "drip": ("foliage", "flowers", "object"), "pour": ("object", "water"), "stars": ("sky", "clouds"),
    "fireworks": ("sky", "clouds"), "lightning": ("sky", "clouds"),
}
#: Of these families, cut-outs of such a kind can be what moves.
STAMP_KINDS = {"wind": ("flower", "tree", "plant"), "fire": None, "smoke": None, "drip": ("plant", "tree", "flower", "fruit"), "pour": None}
#: Wind ruffles the coats of these, by the last word of their names.
FURRED = frozenset("alpaca badger bear beaver bison boar buffalo bulldog bunny camel capybara caribou cat chimpanzee chipmunk cow deer dog donkey elk ferret "
                   "fox goat gorilla hamster horse kangaroo kitten koala lamb leopard lion llama marmot monkey moose orangutan otter ox panda poodle puppy "
                   "rabbit raccoon ram sheep skunk sloth spaniel squirrel tiger unicorn wolf wombat yak zebra".split())
FUR_SHARE = 0.5  # of the cut-outs that the wind moves
#: Of the coats, this share is seen from near, as on a portrait of a cat: all that is in the picture is fur and a face.
NEAR_SHARE = 0.5
#: Of these families, this share of the places is painted over a picture of anything.
PAINTED_SHARE = {"drift_up": 0.6, "wind": 0.15, "water": 0.25}
PAINTERS = {"drift_up": with_mist, "wind": with_flag, "water": with_cup}
HILLS_SHARE = 0.15  # of the painted mist
#: Of the subjects, this share stands before some other thing of the photo, and this share is drawn in colours like those behind it.
BUSY_SHARE, ALIKE_SHARE = 0.35, 0.25
#: Of the cut-outs that move by themselves, this share is as near as a face on a portrait.
CLOSE_SHARE = 0.15

#: Crops go nearer to what covers less than this of its photograph: hair is small on a whole man.
SMALL = 0.01


@dataclass
class Stage:
    """photo and background [3, H, W] in [0, 1]; object_mask, region_mask [H, W]; depth [H, W]: 0 far to 1 near; nouns of what the masks show."""

    photo: Tensor
    background: Tensor | None  # known only where the object is a cut-out
    object_mask: Tensor
    region_mask: Tensor
    depth: Tensor
    noun: str | None = None
    place: str | None = None
    others: tuple[str, ...] = ()


def bare_noun(name: str) -> str:
    """Without its article: the grammar gives it one."""
    return name.removeprefix("the ").removeprefix("a ").removeprefix("an ")


class StageSetter:
    """Draws stages; deterministic by the generator it is given."""

    def __init__(self, photos: PhotoBank, stamps: StampBank, regions=None):
        self.photos, self.stamps = photos, stamps
        self.regions = [regions.regions(i) for i in range(len(photos))] if regions is not None else [[] for _ in range(len(photos))]
        self.by_kind: dict[str, list[tuple[int, int]]] = {}
        for photo, found in enumerate(self.regions):
            for index, region in enumerate(found):
                self.by_kind.setdefault(region.kind, []).append((photo, index))
                if region.movable:
                    self.by_kind.setdefault("movable", []).append((photo, index))
        self.of_kind: dict[str, list[int]] = {}
        for index, kind in enumerate(stamps.kinds):
            self.of_kind.setdefault(kind, []).append(index)
        furred = [index for index, noun in enumerate(stamps.nouns) if noun.split()[-1] in FURRED and noun not in ("hot dog", "corn dog")]
        self.coats = [(index, "fur") for index in furred] + [(index, "feathers") for index in self.of_kind.get("bird", ())]

    # Pieces

    def crop(self, rng: np.random.Generator, height: int, width: int, wanted: tuple[int, int] | None = None, whole: bool = False):
        """A part of a photo, [3, H, W], the masks of its regions [n, H, W] and the regions; ``wanted`` must be in it, mostly whole if asked."""
        for attempt in range(12):
            index = wanted[0] if wanted else int(rng.integers(len(self.photos)))
            if wanted is None and rng.random() < self.photos.procedural_share:
                photo, found = self.photos.draw_procedural(rng)
            else:
                photo, found = self.photos.photos[index], self.regions[index]
            nearest = 0.5 if wanted is None or found[wanted[1]].mask[::4, ::4].mean() > SMALL else 0.25
            zoom = min(photo.shape[1] / width, photo.shape[0] / height) * rng.uniform(0.8 if whole and attempt > 5 else nearest, 1.0)
            w, h = max(8, int(width * zoom)), max(8, int(height * zoom))
            left, top = int(rng.integers(photo.shape[1] - w + 1)), int(rng.integers(photo.shape[0] - h + 1))
            part = photo[top:top + h, left:left + w]
            if wanted is not None:
                mask = found[wanted[1]].mask
                inside, total = float((mask[top:top + h:4, left:left + w:4]).sum()), float(mask[::4, ::4].sum())
                share = inside * 16 / (h * w)
                if attempt < 10 and not (0.02 < share < 0.85 and inside > (0.8 if whole else 0.2) * total):
                    continue
            elif attempt < 3 and part[::8, ::8].std() < 14:
                continue
            break
        picture = resized(part, height, width).float() / 255
        masks = [resized(region.mask[top:top + h, left:left + w, None] * np.uint8(255), height, width).float()[0] / 255 for region in found]
        if rng.random() < 0.5:
            picture, masks = picture.flip(-1), [mask.flip(-1) for mask in masks]
        return self.colours(rng, picture), masks, found

    @staticmethod
    def colours(rng: np.random.Generator, picture: Tensor) -> Tensor:
        """Photographs are few: other exposure, saturation and now and then other colours."""
        if rng.random() < 0.06:
            picture = picture[torch.from_numpy(rng.permutation(3))]
        grey = picture.mean(0, keepdim=True)
        picture = ((grey + (picture - grey) * float(rng.uniform(0.5, 1.25)) - 0.5) * float(rng.uniform(0.75, 1.2)) + 0.5 + float(rng.uniform(-0.08, 0.08)))
        return picture.clamp(0, 1)

    def stamp(self, rng: np.random.Generator, grid: Pixels, low: float, high: float, index: int | None = None, away: Tensor | None = None,
              near: bool = False):
        """A cut-out placed in the picture: its layer [4, H, W] and its number; ``away``: a mask [H, W] it should not cover; ``near``: sizes are
        times the one that covers the picture."""
        aspect = grid.width / grid.height
        layer = torch.zeros(4, grid.height, grid.width)
        if index is None:
            index = int(rng.integers(len(self.stamps)))
        pixels = self.stamps.stamps[index]
        shape = pixels.shape[1] / pixels.shape[0]
        for _ in range(6):
            half_width, half_height = max(aspect, 1) / 2, max(1 / aspect, 1) / 2
            size = rng.uniform(low, high)
            if near:
                size *= 2 * max(half_height, half_width / shape)
                reach_x, reach_y = abs(half_width - size * shape / 2), abs(half_height - size / 2)
            else:
                size = min(size, 0.75 * max(aspect, 1) / shape)
                reach_x, reach_y = max(half_width - size * shape / 2, 0), max(half_height - size / 2, 0)
            centre = (rng.uniform(-1, 1) * reach_x * 0.95, reach_y * float(np.clip(rng.normal(0.3, 0.5), -0.95, 0.95)))
            gains = tuple(rng.uniform(0.5, 1.1) * rng.uniform(0.9, 1.1, 3))
            softness = rng.uniform(0.35, 0.9) if rng.random() < 0.35 else 1.0
            stamp = Stamp(index, centre, size, bool(rng.random() < 0.5), gains, softness)
            layer.zero_()
            paste(layer, stamp_image(stamp, pixels, grid.unit), stamp, grid)
            if away is None or float((layer[3] * away).sum()) < 0.12 * float(away.sum()):
                break
        if rng.random() < 0.1:  # cut-outs are few: a blue fox is a fox
            layer = torch.cat([layer[torch.from_numpy(rng.permutation(3))], layer[3:]])
        return layer, index

    @staticmethod
    def alike(rng: np.random.Generator, layer: Tensor, picture: Tensor) -> Tensor:
        """A cut-out [4, H, W], its mean colour moved towards that of what it covers: its outline must be told by more than colour."""
        alpha = layer[3:]
        area = alpha.sum().clamp(min=1)
        shift = ((picture * alpha).sum((1, 2)) - layer[:3].sum((1, 2))) / area * float(rng.uniform(0.4, 1.0))
        return torch.cat([(layer[:3] + shift[:, None, None] * alpha).clamp(min=0).minimum(alpha), alpha])

    @staticmethod
    def over(picture: Tensor, layer: Tensor) -> Tensor:
        return picture * (1 - layer[3:]) + layer[:3]

    def noun(self, rng: np.random.Generator, index: int) -> str:
        kind = self.stamps.kinds[index]
        return kind if kind and rng.random() < 0.25 else self.stamps.nouns[index]

    def coated(self, rng: np.random.Generator) -> tuple[int, str] | None:
        """The number of a cut-out with fur or feathers, and what those are called."""
        if not self.coats:
            return None
        index, coat = self.coats[int(rng.integers(len(self.coats)))]
        return index, str(rng.choice([f"the {coat}", f"its {coat}", f"her {coat}", f"the {self.noun(rng, index)}'s {coat}", f"the {self.noun(rng, index)}'s {coat}"]))

    # Stages

    def subject(self, rng: np.random.Generator, height: int, width: int) -> Stage:
        """Something that can move by itself: a cut-out, often beside another, or a labelled part of a photo."""
        movable = self.by_kind.get("movable")
        if movable and rng.random() < 0.3:
            wanted = movable[int(rng.integers(len(movable)))]
            picture, masks, found = self.crop(rng, height, width, wanted, whole=True)
            mask, region = masks[wanted[1]], found[wanted[1]]
            stage = self.bare(picture, masks, found)
            stage.object_mask, stage.noun = mask, bare_noun(str(rng.choice(region.names)))
            stage.depth = stage.depth * (1 - mask) + self.standing(mask) * mask
            return self.with_extra(rng, stage) if rng.random() < 0.3 else stage
        before = movable[int(rng.integers(len(movable)))] if movable and rng.random() < BUSY_SHARE else None
        picture, masks, found = self.crop(rng, height, width, before)
        grid = Pixels(height, width, torch.device("cpu"))
        stage = self.bare(picture, masks, found)
        near = rng.random() < CLOSE_SHARE
        layer, index = self.stamp(rng, grid, *((0.7, 1.2) if near else (0.25, 0.75)), near=near)
        if rng.random() < ALIKE_SHARE:
            layer = self.alike(rng, layer, picture)
        stage.noun = self.noun(rng, index)
        extra = rng.random() < (0.3 if near else 0.7)
        if extra and rng.random() < 0.5:  # the other one stands behind
            stage = self.with_extra(rng, stage, away=layer[3])
            extra = False
        stage.background, stage.photo, stage.object_mask = stage.photo, self.over(stage.photo, layer), layer[3]
        stage.depth = stage.depth * (1 - layer[3]) + self.standing(layer[3]) * layer[3]
        return self.with_extra(rng, stage) if extra else stage

    def with_extra(self, rng: np.random.Generator, stage: Stage, away: Tensor | None = None) -> Stage:
        """Another cut-out that only stands there."""
        if not len(self.stamps):
            return stage
        height, width = stage.photo.shape[-2:]
        grid = Pixels(height, width, torch.device("cpu"))
        away = stage.object_mask if away is None else away
        layer, index = self.stamp(rng, grid, 0.2, 0.6, away=away)
        if stage.noun is not None and self.stamps.nouns[index] == stage.noun:
            return stage
        stage.photo = self.over(stage.photo, layer)
        if stage.background is not None:
            stage.background = self.over(stage.background, layer)
        stage.object_mask, stage.region_mask = stage.object_mask * (1 - layer[3]), stage.region_mask * (1 - layer[3])
        stage.depth = stage.depth * (1 - layer[3]) + self.standing(layer[3]) * layer[3]
        stage.others = (*stage.others, self.stamps.nouns[index])
        return stage

    def place(self, rng: np.random.Generator, family: str, height: int, width: int) -> Stage | None:
        """Where a kind of nature or content belongs; None where nothing of the sort is known."""
        if rng.random() < PAINTED_SHARE.get(family, 0):
            return self.painted(rng, family, height, width)
        kinds = STAMP_KINDS.get(family, ())
        if kinds != () and rng.random() < 0.5:
            numbers = list(range(len(self.stamps))) if kinds is None else [i for kind in kinds for i in self.of_kind.get(kind, ())]
            coat = self.coated(rng) if family == "wind" and rng.random() < FUR_SHARE else None
            if numbers or coat:
                picture, masks, found = self.crop(rng, height, width)
                grid = Pixels(height, width, torch.device("cpu"))
                near = coat is not None and rng.random() < NEAR_SHARE
                low, high = (0.7, 1.5) if near else (0.3, 1.2) if coat else (0.2, 0.8)
                layer, index = self.stamp(rng, grid, low, high, coat[0] if coat else int(rng.choice(numbers)), near=near)
                stage = self.bare(self.over(picture, layer), masks, found)
                stage.region_mask, stage.place = layer[3], coat[1] if coat else self.noun(rng, index)
                stage.depth = stage.depth * (1 - layer[3]) + self.standing(layer[3]) * layer[3]
                return self.with_extra(rng, stage, away=layer[3]) if rng.random() < 0.4 else stage
        places = [place for kind in FAMILY_KINDS.get(family, ()) for place in self.by_kind.get(kind, ())]
        if not places:
            return None
        wanted = places[int(rng.integers(len(places)))]
        picture, masks, found = self.crop(rng, height, width, wanted)
        stage, region = self.bare(picture, masks, found), found[wanted[1]]
        # All of its kind: "the trees sway" is not about the one tree that was drawn, unless it is a thing.
        same = [mask for mask, other in zip(masks, found) if other.kind == region.kind and region.kind != "object"] or [masks[wanted[1]]]
        stage.region_mask, stage.place = torch.stack(same).amax(0), str(rng.choice(region.names))
        return self.with_extra(rng, stage, away=stage.region_mask) if rng.random() < 0.3 else stage

    def painted(self, rng: np.random.Generator, family: str, height: int, width: int) -> Stage:
        """Mist, a flag or a cup over a picture; things of the photo may stand before it."""
        if family == "drift_up" and rng.random() < HILLS_SHARE:
            picture, mask, name = misty_hills(rng, height, width)
            stage = self.bare(picture, [], [])
        else:
            picture, masks, found = self.crop(rng, height, width)
            stage = self.bare(picture, masks, found)
            if rng.random() < 0.3:
                stage = self.with_extra(rng, stage)
            painted, mask, name = PAINTERS[family](rng, stage.photo)
            things = [own for own, region in zip(masks, found) if region.kind == "object"]
            if things and rng.random() < 0.5:
                free = 1 - torch.stack(things).amax(0)
                if float((mask * free).sum()) > 0.4 * float(mask.sum()):
                    painted, mask = stage.photo + (painted - stage.photo) * free, mask * free
            stage.photo = painted
        stage.region_mask, stage.place = mask, name
        return self.with_extra(rng, stage, away=mask) if rng.random() < 0.3 else stage

    def anything(self, rng: np.random.Generator, height: int, width: int) -> Stage:
        """A photo of anything, now and then with a cut-out in it."""
        picture, masks, found = self.crop(rng, height, width)
        stage = self.bare(picture, masks, found)
        return self.with_extra(rng, stage) if rng.random() < 0.3 else stage

    def bare(self, picture: Tensor, masks: list[Tensor], found: list) -> Stage:
        height, width = picture.shape[-2:]
        down = torch.linspace(0, 1, height)[:, None].expand(height, width)
        depth = 0.15 + 0.7 * down
        for mask, region in zip(masks, found):
            if region.kind in ("sky", "clouds"):
                depth = depth * (1 - mask)
            elif region.movable:
                depth = depth * (1 - mask) + self.standing(mask) * mask
        empty = torch.zeros(height, width)
        return Stage(picture, None, empty, empty.clone(), depth)

    @staticmethod
    def standing(mask: Tensor) -> float:
        """Depth of a thing that stands on the ground: that of its foot."""
        rows = (mask.amax(1) > 0.5).nonzero()
        return 0.15 + 0.7 * float(rows.max()) / mask.shape[0] if len(rows) else 0.5
