"""Contact sheet of simulated clips: ``python -m livephoto_training.simulator.preview --family jump -o sheet.png``."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from ..evaluation.sheet import contact_sheet
from .banks import PhotoBank, StampBank
from .clips import ClipSimulator
from .families import FAMILIES
from .region_bank import RegionBank


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", action="append", choices=sorted(FAMILIES), help="family to show; may be given more than once (default: any)")
    parser.add_argument("--data", type=Path, default=Path("checkpoints/data"), help="folder with photos.npz and stamps.npz")
    parser.add_argument("--clips", type=int, default=6, help="clips per family")
    parser.add_argument("--strength", type=float, help="0 barely moving ... 1 wild (default: random)")
    parser.add_argument("--size", type=int, nargs=2, default=(128, 128), metavar=("H", "W"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, default=Path("sheet.png"))
    arguments = parser.parse_args()
    regions = arguments.data / "regions.npz"
    sim = ClipSimulator(PhotoBank.load(arguments.data / "photos.npz"), StampBank.load(arguments.data / "stamps.npz"), seed=arguments.seed,
                        regions=RegionBank.load(regions) if regions.exists() else None)
    rows, labels = [], []
    for family in arguments.family or [None]:
        batch = sim.sample(arguments.clips, 16, *arguments.size, family=family, strength=arguments.strength)
        for i, caption in enumerate(batch["caption"]):
            rows.append(to_pixels(batch["frames"][i]))
            labels.append(f"{batch['family'][i]}: {caption}   level {batch['level'][i]:.1f}  ssim {batch['ssim'][i]:.3f}")
            rows.append(to_pixels(batch["masks"][i][:, None].expand(-1, 3, -1, -1)))
            labels.append("object, region, depth")
    Image.fromarray(contact_sheet(rows, labels)).save(arguments.output)


def to_pixels(frames) -> np.ndarray:
    """[F, 3, H, W] in [0, 1] to uint8 [F, H, W, 3]."""
    return (frames.permute(0, 2, 3, 1).cpu().numpy() * 255 + 0.5).astype(np.uint8)


if __name__ == "__main__":
    main()
