"""Flags and filled cups painted over any picture: no photograph whose regions are known has one."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from .mist import smoothstep
from .procedural import blend, spectral_noise

FLAGS = ("the flag", "the flag", "the flag", "the banner", "the pennant", "the flag on the pole", "the cloth", "the curtain")
#: What is in a cup: colour, and what people call it.
DRINKS = (
    ((0.35, 0.2, 0.1), ("the coffee", "the coffee in the cup", "the cocoa", "the coffee's surface")),
    ((0.72, 0.47, 0.2), ("the espresso", "the coffee", "the crema", "the coffee in the cup", "the latte")),
    ((0.14, 0.08, 0.05), ("the coffee", "the black coffee", "the drink", "the cola")),
    ((0.65, 0.3, 0.08), ("the tea", "the tea in the cup", "the drink", "the surface of the tea")),
    ((0.93, 0.9, 0.84), ("the milk", "the drink", "the milk in the bowl")),
    ((0.8, 0.4, 0.12), ("the soup", "the soup in the bowl", "the broth", "the sauce")),
    ((0.55, 0.68, 0.72), ("the water", "the water in the bowl", "the water in the cup", "the surface of the water", "the liquid")),
)

Painting = tuple[Tensor, Tensor, str]  # picture [3, H, W] in [0, 1], mask [H, W] in [0, 1], name with article


def grid(picture: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """y, x [H, W] in short sides from the middle."""
    height, width = picture.shape[-2:]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    return (y - (height - 1) / 2) / min(height, width), (x - (width - 1) / 2) / min(height, width)


def painting(picture: Tensor, layers: list[tuple[np.ndarray, np.ndarray]], mask: np.ndarray, name: str) -> Painting:
    """Layers (cover [H, W], colour [3] or [H, W, 3]) one over the other."""
    image = picture.permute(1, 2, 0).numpy()
    for cover, colour in layers:
        image = blend(cover, colour, image)
    return torch.from_numpy(np.clip(image, 0, 1)).permute(2, 0, 1).float().contiguous(), torch.from_numpy(mask).float(), name


def pattern(rng: np.random.Generator, along: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Colours [H, W, 3] of a flag over its length and width, 0 to 1 each."""
    colours = np.clip(np.array([[0.75, 0.1, 0.12], [0.92, 0.92, 0.9], [0.1, 0.15, 0.45], [0.95, 0.8, 0.1], [0.05, 0.45, 0.2], [0.06, 0.06, 0.06],
                                [0.95, 0.5, 0.1], [0.35, 0.65, 0.9]])[rng.permutation(8)] * rng.uniform(0.85, 1.1), 0, 1)
    across = down if rng.random() < 0.7 else along
    count = int(rng.choice([1, 2, 3, 3, 5, 9, 13]))
    kinds = min(count, int(rng.choice([2, 3])))
    flag = colours[np.clip((across * count).astype(int), 0, count - 1) % kinds]
    sort = rng.random()
    if sort < 0.35:  # a corner with stars
        corner = (along < rng.uniform(0.3, 0.5)) & (down < 0.54)
        stars = (np.mod(along * 16 + 0.5 * (np.floor(down * 14) % 2), 1) - 0.5) ** 2 + (np.mod(down * 14, 1) - 0.5) ** 2 < 0.1
        flag = blend(corner.astype(np.float32), blend(stars.astype(np.float32), colours[1], colours[3]), flag)
    elif sort < 0.55:
        disc = smoothstep(0.2, 0.19, np.hypot((along - 0.5) * 1.6, down - 0.5))
        flag = blend(disc, colours[4], flag)
    elif sort < 0.7:
        cross = (np.abs(along - 0.4) < 0.07) | (np.abs(down - 0.5) < 0.1)
        flag = blend(cross.astype(np.float32), colours[4], flag)
    return flag


def with_flag(rng: np.random.Generator, picture: Tensor) -> Painting:
    """A flag that hangs or flies from a pole, in folds."""
    y, x = grid(picture)
    half_y, half_x = float(-y[0, 0]), float(-x[0, 0])
    for _ in range(8):
        top, side = rng.uniform(-0.95, 0.2) * half_y, rng.uniform(-0.9, 0.9) * half_x
        turn = rng.uniform(0.85, 1.5) if rng.random() < 0.5 else rng.uniform(-0.3, 0.5)  # hangs, or flies
        length, hoist = rng.uniform(0.35, 1.0), rng.uniform(0.3, 0.7)
        hoist *= length
        sign = 1.0 if rng.random() < 0.5 else -1.0
        u, v = sign * (x - side), y - top
        along, down = (np.cos(turn) * u + np.sin(turn) * v) / length, np.cos(turn) * v - np.sin(turn) * u
        folds, phase = rng.uniform(0.8, 2.5), rng.uniform(0, 6.28)
        depth = rng.uniform(0.03, 0.12) * hoist
        wave = 6.28 * folds * along * (1 + rng.uniform(-0.2, 0.2) * down / hoist) + phase
        down = (down - depth * np.sin(wave) * np.clip(along * 3, 0, 1)) / (hoist * (1 - rng.uniform(0, 0.3) * along)) + rng.uniform(0, 0.2)
        pixel = 1 / min(picture.shape[-2:])
        cover = np.clip(along * length / pixel, 0, 1) * np.clip((1 - along) * length / pixel, 0, 1)
        cover *= np.clip(down * hoist / pixel, 0, 1) * np.clip((1 - down) * hoist / pixel, 0, 1)
        if 0.02 < cover.mean() < 0.4:
            break
    light = float(np.clip(float(picture.mean()) * rng.uniform(1.2, 2.0), 0.3, 1.05))
    shade = 1 + rng.uniform(0.15, 0.4) * np.cos(wave + 0.6) + 0.05 * spectral_noise(rng, *y.shape, 0.2, 2.2)
    colour = pattern(rng, along, down) * (light * shade)[..., None]
    pole = np.clip(1 - (np.abs(u) - 0.008) / pixel, 0, 1) * (v > -0.03) * (v < rng.uniform(0.5, 2)) * float(rng.random() < 0.6)
    return painting(picture, [(pole, np.full(3, rng.uniform(0.2, 0.8)) * light), (cover, colour)], cover, str(rng.choice(FLAGS)))


def with_cup(rng: np.random.Generator, picture: Tensor) -> Painting:
    """A cup or bowl seen from above its rim, with something to drink in it."""
    y, x = grid(picture)
    half_y, half_x = float(-y[0, 0]), float(-x[0, 0])
    size = rng.uniform(0.12, 0.42)
    flat = rng.uniform(0.3, 0.95)  # of the rim: how steeply one looks down
    middle_x, middle_y = rng.uniform(-0.8, 0.8) * max(half_x - size, 0), rng.uniform(-0.7, 0.7) * max(half_y - size * flat, 0)
    u, v = (x - middle_x) / size, (y - middle_y) / (size * flat)
    pixel = 1 / min(picture.shape[-2:]) / size

    def disc(radius: float, lower: float = 0.0) -> np.ndarray:
        return np.clip((radius - np.hypot(u, v - lower)) / pixel / 1.5 + 0.5, 0, 1)

    light = float(np.clip(float(picture.mean()) * rng.uniform(1.1, 1.9), 0.35, 1.05))
    ware = np.clip(rng.choice([[0.95, 0.94, 0.9], [0.8, 0.15, 0.1], [0.2, 0.35, 0.6], [0.85, 0.75, 0.6], [0.2, 0.2, 0.22], [0.5, 0.65, 0.4]])
                   * rng.uniform(0.8, 1.1, 3), 0, 1) * light
    sheen = 1 + 0.25 * np.tanh(u * rng.choice([-1, 1]) * 1.5)
    layers = []
    if rng.random() < 0.5:  # a saucer, and the shadow on it
        plate = ware * rng.uniform(0.7, 1.1)
        layers += [(disc(rng.uniform(1.5, 1.9), 0.8 * (1 - flat)), plate * sheen[..., None]), (0.4 * disc(1.1, 0.4 + 0.8 * (1 - flat)), np.zeros(3))]
    depth, foot = rng.uniform(0.5, 1.3) * (1 - flat), rng.uniform(0.55, 0.9)
    for step in np.linspace(1, 0, 8):  # the outside, from its foot up
        layers.append((disc(1 - (1 - foot) * step, 2 * depth * step), ware * (0.75 * sheen)[..., None]))
    if rng.random() < 0.6:  # a handle
        way = rng.choice([-1.0, 1.0])
        ring = np.abs(np.hypot(u - way * 1.15, v - 0.7 * depth) - 0.32)
        layers.insert(0, (np.clip((0.09 - ring) / pixel + 0.5, 0, 1), ware * 0.8))
    rim, level = rng.uniform(0.04, 0.14), rng.uniform(0.02, 0.3)
    inside = disc(1 - rim)
    layers += [(disc(1.0), ware * 1.05), (inside, ware * (0.72 + 0.2 * np.tanh(-2 * v))[..., None])]
    colour, names = DRINKS[rng.integers(len(DRINKS))]
    surface = inside * disc((1 - rim) * (1 - 0.5 * level), level)
    drink = np.clip(np.array(colour) * rng.uniform(0.75, 1.2) * light, 0, 1) * (1 + 0.06 * spectral_noise(rng, *y.shape, 0.15, 2.0))[..., None]
    ring = smoothstep(0.78, 0.95, np.hypot(u, v - level) / (1 - rim)) * rng.uniform(0, 0.5)  # foam or shade along the wall
    drink = blend(ring, np.clip(drink * rng.choice([0.6, 1.4]), 0, 1), drink)
    if rng.random() < 0.6:  # a window on the surface
        spot = smoothstep(0.35, 0.1, np.hypot((u - rng.uniform(-0.4, 0.4)) * rng.uniform(0.8, 2), v - level - rng.uniform(-0.3, 0.3))) * rng.uniform(0.1, 0.5)
        drink = blend(spot, np.ones(3) * light, drink)
    layers.append((surface, drink))
    return painting(picture, layers, surface, str(rng.choice(names)))
