"""Writes Tests/Fixtures/plates/push_pull.json, for Tests/LPModelsTests/Plates/PlateFillTests.swift.

    PYTHONPATH=Training python Tests/Reference/plates_fixtures.py

Channels last, as in the library; see tensor_fixtures.py for the format.
"""
import json
from pathlib import Path

import torch

from livephoto_training.model.plates import push_pull

OUT = Path(__file__).resolve().parent.parent / "Fixtures" / "plates"
SEED = 20241124


def case(batch, height, width, kind):
    image = torch.rand(batch, 3, height, width)
    weight = torch.rand(batch, 1, height, width)
    if kind != "soft":
        weight = (weight > {"half": 0.5, "sparse": 0.95, "none": 2.0}[kind]).float()
    return image, weight


def main():
    torch.manual_seed(SEED)
    tensors = {}
    cases = [(2, 16, 16, "half"), (1, 11, 7, "sparse"), (1, 5, 13, "soft"), (1, 1, 9, "half"), (1, 1, 1, "soft"), (1, 6, 4, "none")]
    for batch, height, width, kind in cases:
        image, weight = case(batch, height, width, kind)
        name = f"{height}x{width}.{kind}"
        tensors[f"{name}.image"] = image.permute(0, 2, 3, 1)
        tensors[f"{name}.weight"] = weight[:, 0]
        tensors[f"{name}.filled"] = push_pull(image, weight).permute(0, 2, 3, 1)
    body = {
        "about": f"plates_fixtures.py, torch {torch.__version__}, seed {SEED}",
        "tensors": {
            key: {"shape": list(value.shape), "values": [float(f"{v:.9g}") for v in value.flatten().tolist()]}
            for key, value in tensors.items()
        },
    }
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "push_pull.json").write_text(json.dumps(body, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
