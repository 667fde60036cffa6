"""The rows of the table that take no clips: decoder, seconds, word weights."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

from ..model.autoencoder import Autoencoder
from ..model.configuration import Configuration
from .generators import ROOT, Package
from .groups import SUBJECT
from .pictures import Cutout, Photo
from .prompts import Prompts, split_words
from .table import Row, mean

PREVIEW = """
import sys
sys.path.insert(0, sys.argv[1])
import livephoto
pipeline = livephoto.Pipeline(livephoto.Model(sys.argv[2]) if sys.argv[2] else None)
for step in pipeline.steps(sys.argv[3], "the camera zooms in", seed=1):
    if step.phase == "denoise":
        step.preview().image()
        break
"""


def decoder_row(model: Path, photos: list[Photo], side: int = 256) -> Row:
    """PSNR of photographs coded and decoded at ``side`` x ``side``, mean over the photographs."""
    row = Row("decoder", f"decoder on held-out photos at {side}x{side}", float("nan"), 28, "dB", count=len(photos))
    try:
        network = Autoencoder(Configuration.load(model).vae)
        network.load_state_dict({key: value.float() for key, value in load_file(model / "vae.safetensors").items()})
    except (OSError, RuntimeError, AttributeError, TypeError) as error:
        row.why = f"no autoencoder: {str(error).splitlines()[0][:80]}"
        return row
    values = []
    for photo in photos:
        image = Image.fromarray(photo.pixels)
        short = min(image.size)
        left, top = (image.width - short) // 2, (image.height - short) // 2
        square = np.asarray(image.crop((left, top, left + short, top + short)).resize((side, side), Image.LANCZOS), np.float32) / 255
        pixels = torch.from_numpy(square).permute(2, 0, 1)[None]
        with torch.no_grad():
            decoded = (network.eval().decode(network.encode(pixels * 2 - 1)) + 1) / 2
        values.append(float(-10 * torch.log10(((decoded.clamp(0, 1) - pixels) ** 2).mean())))
    row.value = mean(values)
    return row


def seconds_rows(program: Path, model: Path | None, photo: Photo, runs: int = 3) -> list[Row]:
    """Fastest of ``runs``: from the start of the process to the file, and to the first preview (Python's own start included)."""
    clip = Row("seconds", "seconds for 16 frames at 512x512, from process start to file", float("nan"), 10, "s", True, runs)
    preview = Row("preview", "seconds to the first preview", float("nan"), 1, "s", True, runs)
    if not program.exists():
        clip.why = preview.why = f"no {program}"
        return [clip, preview]
    with tempfile.TemporaryDirectory() as scratch:
        still = Path(scratch) / "photo.png"
        Image.fromarray(photo.pixels).resize((512, 512), Image.LANCZOS).save(still)
        command = [program, "animate", still, "the camera zooms in", "--frames", "16", "-o", Path(scratch) / "clip.mp4", *(["--model", model] if model else [])]
        look = [sys.executable, "-c", PREVIEW, ROOT / "Bindings" / "Python", model or "", still]
        for row, arguments in ((clip, command), (preview, look)):
            times = []
            for _ in range(runs):
                start = time.perf_counter()
                done = subprocess.run([str(argument) for argument in arguments], capture_output=True, text=True)
                times.append(time.perf_counter() - start)
                if done.returncode:
                    row.why = (done.stderr.strip().splitlines() or ["failed"])[-1][:100]
                    break
            else:
                row.value = min(times)
    return [clip, preview]


def words_row(model: Path, prompts: Prompts, cutouts: list[Cutout], count: int = 60) -> Row:
    """Share of prompts in which the motion words have a higher mean weight than the words that name the thing."""
    row = Row("words", "word weights: motion words above content words", float("nan"), 0.9)
    try:
        package = Package(model)
    except Exception as error:  # noqa: BLE001  no library, no model: the other rows are still of use
        row.why = str(error).splitlines()[0][:100]
        return row
    nouns = [cutout.noun for cutout in cutouts] or ["cat", "red ball", "woman", "old car"]
    right = []
    for index in range(count):
        prompt = prompts.draw(SUBJECT[index % len(SUBJECT)], index // len(SUBJECT), nouns[index % len(nouns)])
        if prompt.noun is None:
            continue
        words = package.words(prompt.text)
        moving, naming = split_words([word for word, _ in words], prompt.noun)
        weights = [weight for _, weight in words]
        if moving and naming and all(np.isfinite(weights)):
            right.append(np.mean([weights[n] for n in moving]) > np.mean([weights[n] for n in naming]))
    row.value, row.count = mean(right), len(right)
    row.why = "" if right else "the model does not weigh words"
    return row
