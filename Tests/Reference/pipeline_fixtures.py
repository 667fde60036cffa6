"""Writes Tests/Fixtures/pipeline: whole runs of the reference pipeline on the tiny models.

    OMP_NUM_THREADS=1 PYTHONPATH=Training python Tests/Reference/pipeline_fixtures.py

One .safetensors file per case. Tensors keep PyTorch's order (frames, channels, rows, columns), the frames theirs of pixels
(frames, rows, columns, RGB). The request stands in the file's metadata ("request", JSON). Made with torch 2.13.
"""

import json
import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Training"))

from livephoto_training.model.livephoto import LivePhotoModel  # noqa: E402
from livephoto_training.model.tokenizer import Tokenizer  # noqa: E402
from livephoto_training.pipeline.animate import Animator, Request  # noqa: E402

OUT = ROOT / "Tests" / "Fixtures" / "pipeline"

CASES = {
    "tiny_ddim": ("tiny-model", (52, 44), Request("The camera pans to the left!", level=6.5, frames=5, steps=4, guidance=1.0, seed=42)),
    "tiny_guided_dpm": ("tiny-model", (40, 56), Request("snow is falling", "nothing", 3, 4, 3, 1.5, "dpm++2m", 2 ** 40 + 7)),
    "tiny_two_frames": ("tiny-model", (48, 48), Request("a dog is jumping", level=9, frames=2, steps=2, guidance=1.0, sampler="euler", seed=1)),
    "layered_ddim": ("tiny-layered-model", (52, 44), Request("a dog is jumping", level=6.5, frames=5, steps=3, guidance=1.0, seed=42)),
    "layered_guided": ("tiny-layered-model", (40, 56), Request("rain and wind", "nothing", 8, 4, 2, 1.5, "euler", 9)),
    "latent_ddim": ("tiny-latent-model", (48, 40), Request("the fire is burning fast", level=5, frames=6, steps=4, guidance=7.5, seed=42)),
    "latent_euler": ("tiny-latent-model", (36, 60), Request("rain and wind", "still", 2, 3, 3, 2.0, "euler", 3)),
    "latent_long_loop": ("tiny-latent-model", (40, 40), Request(
        "snow is falling", level=7, frames=19, steps=2, guidance=2.0, sampler="unipc", seed=5, loop=True)),
    "pia_ddim": ("tiny-pia-model", (48, 40), Request("the fire is burning fast", level=6.5, frames=6, steps=4, guidance=7.5, seed=42)),
    "pia_euler_rescaled": ("tiny-pia-model", (40, 52), Request(
        "a dog is jumping", "", 9.25, 4, 4, 5.0, "euler", 8, guidance_rescale=0.7)),
    "pia_long_lcm": ("tiny-pia-model", (36, 44), Request("rain and wind", level=3, frames=13, steps=3, guidance=1.5, sampler="lcm", seed=9)),
    "pia_loop": ("tiny-pia-model", (40, 40), Request("snow is falling", level=8, frames=7, steps=3, guidance=2.0, sampler="dpm++2m-karras",
                                                     seed=2, loop=True)),
    "reference_unipc": ("tiny-reference-model", (40, 44), Request("snow is falling", "rain", 7.5, 5, 3, 2.5, "unipc", 4)),
    "animatediff_ancestral": ("tiny-animatediff-model", (40, 48), Request(
        "the light gets darker", level=8.5, frames=5, steps=5, guidance=3.0, sampler="euler-a", seed=11)),
    "animatediff_long": ("tiny-animatediff-model", (32, 48), Request(
        "the camera zooms in", "rain", 2, 11, 4, 2.5, "dpm++2m", 12)),
    "animatediff_one": ("tiny-animatediff-model", (40, 40), Request("the panda is dancing", level=5, frames=1, steps=4, guidance=1.0, seed=3)),
}
#: What the short cases keep: what shows where a difference begins.
#: Kept of the last frame only, as ``*_last``.
LARGE = ("first_moved", "added", "flow")
SMALL = ("photo", "ids", "word_weights", "reference", "start", "first_e", "u", "frames")


def picture(height: int, width: int) -> np.ndarray:
    """A photo with smooth and sharp parts, uint8 [H, W, 3]; no random numbers, so that it is the same everywhere."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    red = 127 + 100 * np.sin(x / 5) * np.cos(y / 7)
    green = 255 * x / (width - 1)
    blue = np.where((x // 8 + y // 8) % 2 == 0, 220, 40)
    return np.clip(np.stack([red, green, blue], -1), 0, 255).round().astype(np.uint8)


def main() -> None:
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    for name, (folder, (height, width), request) in CASES.items():
        model = LivePhotoModel.load(ROOT / "Tests" / "Fixtures" / folder)
        tokenizer = Tokenizer.load(ROOT / "Tests" / "Fixtures" / folder, model.config.tokenizer.max_length)
        tensors: dict[str, torch.Tensor] = {}

        def trace(key: str, value: object) -> None:
            tensor = torch.from_numpy(value) if isinstance(value, np.ndarray) else value
            tensors[key] = (tensor.to(torch.int32) if tensor.dtype == torch.int64 else tensor).detach().contiguous().clone()

        photo = picture(height, width)
        trace("photo", photo)
        Animator(model, tokenizer, trace).animate(photo, request)
        if name not in ("tiny_ddim", "layered_ddim", "latent_ddim"):
            tensors = {key: value for key, value in tensors.items() if key in SMALL}
        tensors = {f"{k}_last" if k in LARGE else k: (v[-1] if k in LARGE else v).contiguous().clone() for k, v in tensors.items()}
        path = OUT / f"{name}.safetensors"
        save_file(tensors, path, {"model": folder, "request": json.dumps(vars(request))})
        path.chmod(0o644)
        print(f"{path.name}: {path.stat().st_size} bytes, {', '.join(f'{k} {list(v.shape)}' for k, v in tensors.items())}")


if __name__ == "__main__":
    main()
