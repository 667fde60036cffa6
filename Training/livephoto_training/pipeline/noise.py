"""Noise from Philox4x32-10: a pure function of seed, step, frame and place (Models/FORMAT.md, "Noise")."""

from __future__ import annotations

import numpy as np

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
WORD = np.uint64(0xFFFFFFFF)


def philox(counter: np.ndarray, seed: int) -> np.ndarray:
    """Ten rounds over counters uint32 [N, 4]; words uint32 [N, 4]."""
    x = [counter[:, i].astype(np.uint64) for i in range(4)]
    key = [seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF]
    for _ in range(10):
        first, second = x[0] * np.uint64(MULTIPLIERS[0]), x[2] * np.uint64(MULTIPLIERS[1])
        x = [(second >> np.uint64(32)) ^ x[1] ^ np.uint64(key[0]), second & WORD, (first >> np.uint64(32)) ^ x[3] ^ np.uint64(key[1]), first & WORD]
        key = [(k + w) & 0xFFFFFFFF for k, w in zip(key, WEYL)]
    return np.stack(x, axis=1).astype(np.uint32)


def frame_noise(seed: int, frame: int, shape: tuple[int, int, int], stream: int = 0, step: int = 0) -> np.ndarray:
    """Unit normals float32 [h, w, C] of one frame."""
    count = int(np.prod(shape))
    blocks = (count + 3) // 4
    counter = np.zeros((blocks, 4), np.uint32)
    counter[:, 0], counter[:, 1], counter[:, 2], counter[:, 3] = np.arange(blocks), frame, stream, step
    words = philox(counter, seed).astype(np.float64)
    radius = np.sqrt(-2 * np.log((words[:, 0::2] + 1) * 2.0 ** -32))
    angle = 2 * np.pi * (words[:, 1::2] * 2.0 ** -32)
    normals = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)  # [blocks, 2, 2]
    return normals.reshape(-1)[:count].astype(np.float32).reshape(shape)


def clip_noise(
    seed: int, frames: int, height: int, width: int, channels: int, zero_mean: bool = False, stream: int = 0, step: int = 0,
) -> np.ndarray:
    """Float32 [F, C, h, w]; numbered with the channels last. Stream 0 is the start, stream 1 what a step adds.

    ``zero_mean``: every frame and channel has mean 0. The mean of a frame's noise is a hint of brightness that outlives almost any
    noise level, and a model that listens to it lets chance decide which frames are bright.
    """
    noise = np.stack([frame_noise(seed, n, (height, width, channels), stream, step) for n in range(frames)])
    if zero_mean:
        noise = noise - noise.mean((1, 2), keepdims=True, dtype=np.float64).astype(np.float32)
    return noise.transpose(0, 3, 1, 2).copy()
