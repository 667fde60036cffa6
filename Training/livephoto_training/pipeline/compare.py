"""The Swift engine against the reference pipeline: same model, photo, sentence and seed; frames and seconds.

    python -m livephoto_training.pipeline.compare --cli ../build/bin/livephoto ../Models/livephoto-mini ../Examples/photos/cat.jpg "the camera pans left"

Both run in turn, several times; the fastest run of each counts, and their ratio is what to quote. Loading is left out on both sides.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ..model.livephoto import LivePhotoModel
from ..model.tokenizer import Tokenizer
from .animate import Animator, Request


def engine(arguments: argparse.Namespace, photo: Path, folder: str) -> tuple[np.ndarray, float]:
    """Frames uint8 [F, H, W, 3] of the command line, and the seconds of its encode, denoise and decode stages."""
    command = [arguments.cli, "animate", str(photo), arguments.prompt, "--model", str(arguments.model), "--seed", str(arguments.seed),
               "--threads", str(arguments.threads), "--json", "-o", folder + "/"]
    for name in ("level", "frames", "steps", "guidance"):
        value = getattr(arguments, name)
        if value is not None:
            command += ["--intensity" if name == "level" else f"--{name}", str(value)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    stages = json.loads(lines[-1])["stages"]
    frames = np.stack([np.asarray(Image.open(path).convert("RGB")) for path in sorted(Path(folder).glob("*.png"))])
    return frames, stages["encode"] + stages["denoise"] + stages["decode"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("photo", type=Path)
    parser.add_argument("prompt")
    parser.add_argument("--cli", default="livephoto", help="the command line program")
    parser.add_argument("--size", type=int, default=256, help="the photo is cut to this square")
    parser.add_argument("--level", type=float)
    parser.add_argument("--frames", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    picture = Image.open(arguments.photo).convert("RGB")
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    picture = picture.crop((left, top, left + side, top + side)).resize((arguments.size, arguments.size), Image.LANCZOS)
    model = LivePhotoModel.load(arguments.model)
    if model.config.unet.motion_head and model.config.unet.motion_head.layers:
        parser.error("models with a layered motion head are finished by the engine alone: `swift test --filter PipelineParity` compares the rest")
    animator = Animator(model, Tokenizer.load(arguments.model, model.config.tokenizer.max_length))
    request = Request(arguments.prompt, None, arguments.level, arguments.frames, arguments.steps, arguments.guidance, None, arguments.seed)

    swift, pytorch, largest = [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.png"
        picture.save(photo)
        for run in range(arguments.runs):
            ours, seconds = engine(arguments, photo, os.path.join(folder, f"run{run}"))
            swift.append(seconds)
            start = time.perf_counter()
            theirs = animator.animate(np.asarray(picture), request)
            pytorch.append(time.perf_counter() - start)
            largest = max(largest, int(np.abs(ours.astype(int) - theirs.astype(int)).max()))
    print(f"frames {ours.shape}: largest difference {largest}/255")
    print(f"seconds, fastest of {arguments.runs}, {arguments.threads} threads: livephoto {min(swift):.2f}, PyTorch {min(pytorch):.2f}, "
          f"ratio {min(swift) / min(pytorch):.2f}")
    sys.exit(largest > 2)


if __name__ == "__main__":
    main()
