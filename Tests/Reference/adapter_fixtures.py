"""Writes Tests/Fixtures/files/trained_adapter.safetensors and Tests/Fixtures/pipeline/trained_adapter.safetensors.

    OMP_NUM_THREADS=1 python Tests/Reference/adapter_fixtures.py

A LivePhoto adapter that `livephoto_training.train.adapter` has trained for a few steps over the tiny base of file_fixtures.py, just as the
training exports it, and a run of the trained model by the reference pipeline, which the engine must repeat from base and adapter.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from PIL import Image
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "Fixtures"
sys.path.insert(0, str(ROOT / "Training"))

from livephoto_training.export.tiny import configuration  # noqa: E402
from livephoto_training.pipeline.animate import Animator, Request  # noqa: E402
from livephoto_training.train.adapter import main as train  # noqa: E402
from pipeline_fixtures import picture  # noqa: E402

CONTENT = FIXTURES / "tiny-latent-model" / "content_encoder.safetensors"
KEPT = ("photo", "reference", "start", "u", "frames")


def settings() -> dict:
    """Of the base in Tests/Fixtures/files, with what the adapter adds."""
    values = configuration(latent=True).as_dict()
    values["frames"]["maximum"] = 32
    values["working"] = {"area": 32 * 32, "multiple": 2, "minimum_side": 16, "maximum_side": 256}
    values["text_encoder"] |= {"hidden_size": 8, "num_attention_heads": 1, "intermediate_size": 32}
    values["text_reweighting"] |= {"num_attention_heads": 1, "frames": 16}
    values["vae"] |= {"block_out_channels": [8, 8], "norm_num_groups": 8}
    values["unet"] |= {
        "block_out_channels": [8, 8], "down_block_types": ["CrossAttnDownBlockMotion", "DownBlockMotion"],
        "up_block_types": ["UpBlockMotion", "CrossAttnUpBlockMotion"], "num_attention_heads": 8, "cross_attention_dim": 8,
        "norm_num_groups": 8, "motion_num_attention_heads": 8, "motion_frames": 32}
    values["scheduler"]["set_alpha_to_one"] = True
    values["composition"]["residual_threshold"] = 0.0
    return values


def prepare(place: Path) -> None:
    """The base as the training reads it (in one piece), a configuration, and clips that move at their own speeds."""
    base = place / "base"
    shutil.copytree(FIXTURES / "files" / "base", base)
    shutil.rmtree(base / "unet")
    (base / "unet").mkdir()
    unet = UNet2DConditionModel.from_pretrained(FIXTURES / "files" / "base" / "unet")
    save_file({k: v.contiguous() for k, v in unet.state_dict().items()}, base / "unet" / "diffusion_pytorch_model.safetensors")
    (place / "config.json").write_text(json.dumps(settings()))
    (place / "clips").mkdir()
    wide = np.random.default_rng(0).integers(0, 255, (12, 40, 3), dtype=np.uint8)
    for number in range(4):
        frames = [Image.fromarray(np.roll(wide, n * (number + 1), 1)).resize((80, 32), Image.BILINEAR) for n in range(24)]
        frames[0].save(place / "clips" / f"{number}.png", save_all=True, append_images=frames[1:], duration=40)
        (place / "clips" / f"{number}.txt").write_text(f"the camera pans {'left' if number % 2 else 'right'}\n")


def main() -> None:
    torch.set_num_threads(1)
    place = Path(tempfile.mkdtemp())
    try:
        prepare(place)
        run = train(["--config", str(place / "config.json"), "--base", str(place / "base"), "--content", str(CONTENT),
                     "--data", str(place / "clips"), "-o", str(place / "run"), "--gaps", "1", "2", "--level-samples", "10", "--steps", "4",
                     "--warmup", "1", "--rate", "0.03", "--samples", "0"])
        shutil.copy(place / "run" / "adapter.safetensors", FIXTURES / "files" / "trained_adapter.safetensors")
    finally:
        shutil.rmtree(place)
    with torch.no_grad():  # as the adapter has them
        for value in run.parameters.values():
            value.copy_(value.half())
    tensors = {}

    def trace(key: str, value: object) -> None:
        if key in KEPT:
            tensors[key] = (torch.from_numpy(value) if isinstance(value, np.ndarray) else value).detach().contiguous().clone()

    photo = picture(32, 40)
    trace("photo", photo)
    request = Request("the camera pans right", "", level=6, frames=5, steps=3, guidance=2.0, seed=7)
    Animator(run.model.float(), run.tokenizer, trace).animate(photo, request)
    path = FIXTURES / "pipeline" / "trained_adapter.safetensors"
    save_file(tensors, path, {"model": "files/trained_adapter.safetensors", "request": json.dumps(vars(request))})
    for file in (path, FIXTURES / "files" / "trained_adapter.safetensors"):
        file.chmod(0o644)
        print(file.name, file.stat().st_size)


if __name__ == "__main__":
    main()
