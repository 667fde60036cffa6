"""Animate a photo with the reference pipeline.

    python -m livephoto_training.pipeline Models/livephoto-mini photo.jpg "the camera pans left" -o frames/
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import Tokenizer
from .animate import Animator, Request
from .samplers import SAMPLERS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("photo", type=Path)
    parser.add_argument("prompt")
    parser.add_argument("--negative")
    parser.add_argument("--level", type=float)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--sampler", choices=sorted(SAMPLERS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--side", type=int, help="reduce the photo's longest side to this first")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of PNG files, or an .npz file")
    arguments = parser.parse_args()
    model = LivePhotoModel.load(arguments.model)
    tokenizer = Tokenizer.load(arguments.model, model.config.tokenizer.max_length)
    photo = Image.open(arguments.photo).convert("RGB")
    if arguments.side:
        photo.thumbnail((arguments.side, arguments.side), Image.LANCZOS)
    request = Request(arguments.prompt, arguments.negative, arguments.level, arguments.frames, arguments.steps, arguments.guidance,
                      arguments.sampler, arguments.seed)
    frames = Animator(model, tokenizer).animate(np.asarray(photo), request)
    if arguments.output.suffix == ".npz":
        np.savez_compressed(arguments.output, frames=frames)
    else:
        arguments.output.mkdir(parents=True, exist_ok=True)
        for number, frame in enumerate(frames):
            Image.fromarray(frame).save(arguments.output / f"frame-{number:03d}.png")


if __name__ == "__main__":
    main()
