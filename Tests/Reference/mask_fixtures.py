"""Writes Tests/Fixtures/masks: what the content encoder sees, and the masks that come of it, with the weights of tiny-layered-model.

    OMP_NUM_THREADS=1 PYTHONPATH=Training python Tests/Reference/mask_fixtures.py

The reference is Training/livephoto_training. Pictures and maps are stored channels last. Made with torch 2.13.
"""

import pathlib
import sys

import torch
from safetensors.torch import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Training"))

from livephoto_training.model.livephoto import LivePhotoModel  # noqa: E402

OUT = ROOT / "Tests" / "Fixtures" / "masks"
#: Sides of photos: halved evenly, unevenly, and not at all.
PHOTOS = ((64, 32), (33, 47), (50, 71), (1, 5))
#: Working sizes, of which some are no whole 1/32.
WORKING = ((48, 48), (32, 80))
FRAMES, TOKENS, CONTENT = 3, 7, 5


def last(x: torch.Tensor) -> torch.Tensor:
    return x.permute(0, 2, 3, 1).contiguous().clone()


@torch.no_grad()
def main() -> None:
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    model = LivePhotoModel.load(ROOT / "Tests" / "Fixtures" / "tiny-layered-model").eval()
    generator = torch.Generator().manual_seed(20231207)
    cases: dict[str, torch.Tensor] = {}
    for height, width in PHOTOS:
        photo = torch.rand(1, 3, height, width, generator=generator)
        tokens, pyramid = model.look(photo)
        name = f"{height}x{width}"
        cases |= {f"photo.{name}": last(photo), f"tokens.{name}": tokens.clone()}
        cases |= {f"pyramid.{name}.{index}": last(x) for index, x in enumerate(pyramid)}
    save_file(cases, OUT / "efficientnet.safetensors")

    cases = {}
    head, settings = model.unet.motion_head.photo, model.config.unet
    text_width = model.config.text_encoder.hidden_size
    for height, width in WORKING:
        photo = torch.rand(1, 3, height, width, generator=generator)
        pyramid = model.look(photo)[1]
        trunk = torch.randn(1, settings.block_out_channels[0], height // 8, width // 8, generator=generator)
        bag = torch.randn(FRAMES, text_width, generator=generator)
        text = torch.randn(FRAMES, TOKENS, text_width, generator=generator)
        content = torch.randn(1, CONTENT, text_width, generator=generator)
        states = text.mean(0, keepdim=True)
        logits = head(pyramid, trunk, bag.mean(0, keepdim=True), states, content)
        alike = head.alike(pyramid[-1], head.query(states))
        name = f"{height}x{width}"
        cases |= {f"photo.{name}": last(photo), f"trunk.{name}": last(trunk), f"bag.{name}": bag, f"text.{name}": text,
                  f"content.{name}": content, f"alike.{name}": last(alike), f"logits.{name}": last(logits)}
    save_file(cases, OUT / "mask_unet.safetensors")
    for path in OUT.iterdir():
        path.chmod(0o644)
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
