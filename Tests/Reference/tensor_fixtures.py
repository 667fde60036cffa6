"""Writes Tests/Fixtures/tensor/*.json: what PyTorch makes of small inputs, for Tests/LPTensorTests/GoldenTests.swift.

    python Tests/Reference/tensor_fixtures.py

Each file is {"about": ..., "tensors": {name: {"shape": [...], "values": [...]}}}. Everything is channels last, as in LPTensor.
"""
import json
from pathlib import Path

import torch
import torch.nn.functional as F

OUT = Path(__file__).resolve().parent.parent / "Fixtures" / "tensor"
SEED = 20240501


def first(x):
    """Channels last to channels first."""
    return x.permute(0, 3, 1, 2).contiguous()


def last(x):
    return x.permute(0, 2, 3, 1).contiguous()


def write(name, tensors):
    OUT.mkdir(parents=True, exist_ok=True)
    body = {
        "about": f"tensor_fixtures.py, torch {torch.__version__}, seed {SEED}",
        "tensors": {
            key: {"shape": list(value.shape), "values": [float(f"{v:.9g}") for v in value.float().flatten().tolist()]}
            for key, value in tensors.items()
        },
    }
    (OUT / f"{name}.json").write_text(json.dumps(body, separators=(",", ":")) + "\n")


def sampled(image, flow, mode, border):
    n, h, w, _ = flow.shape
    ys, xs = torch.meshgrid(torch.arange(h, dtype=torch.float64), torch.arange(w, dtype=torch.float64), indexing="ij")
    x = xs + flow[..., 0].double()
    y = ys + flow[..., 1].double()
    grid = torch.stack([(2 * x + 1) / w - 1, (2 * y + 1) / h - 1], -1)
    pad = {"clamp": "border", "reflect": "reflection"}[border]
    image = first(image).double().expand(n, -1, -1, -1)
    return last(F.grid_sample(image, grid, mode=mode, padding_mode=pad, align_corners=False)).float()


def warp():
    image = torch.randn(2, 5, 7, 3)
    flow = torch.randn(2, 5, 7, 2) * 4
    flow[0, 0] *= 10
    flow[0, 1] = flow[0, 1].round()
    flow[1, 0, :, :] = 0
    result = {"image": image, "flow": flow}
    for mode in ("bilinear", "bicubic"):
        for border in ("clamp", "reflect"):
            result[f"{mode}.{border}"] = sampled(image, flow, mode, border)
            result[f"{mode}.{border}.one"] = sampled(image[:1], flow, mode, border)
    write("warp", result)


def resize():
    x = torch.randn(2, 7, 9, 2)
    result = {"x": x}
    for height, width in ((5, 4), (13, 20), (7, 9), (3, 17), (1, 1), (2, 3)):
        size = f"{height}x{width}"
        result[f"nearest.{size}"] = last(F.interpolate(first(x), (height, width), mode="nearest"))
        for mode in ("bilinear", "bicubic"):
            for antialias in (False, True):
                y = F.interpolate(first(x), (height, width), mode=mode, align_corners=False, antialias=antialias)
                result[f"{mode}.{'smooth' if antialias else 'plain'}.{size}"] = last(y)
    write("resize", result)


def shuffle():
    result = {}
    for factor in (2, 3):
        x = torch.randn(2, 3, 4, 2 * factor * factor)
        result[f"x.{factor}"] = x
        result[f"y.{factor}"] = last(F.pixel_shuffle(first(x), factor))
    write("pixel_shuffle", result)


def norm():
    n, h, w, c, groups = 3, 5, 4, 12, 4
    x = torch.randn(n, h, w, c) * 2 + 5
    gamma, beta = torch.randn(c), torch.randn(c)
    modulation = torch.randn(n, 2 * c)
    frame = last(F.group_norm(first(x), groups, gamma, beta, 1e-5))
    clip = x.permute(3, 0, 1, 2).unsqueeze(0)  # [1, C, N, H, W]
    clip = F.group_norm(clip, groups, gamma, beta, 1e-5)[0].permute(1, 2, 3, 0).contiguous()
    scale, shift = modulation[:, None, None, :c], modulation[:, None, None, c:]
    write("norm", {
        "x": x, "gamma": gamma, "beta": beta, "modulation": modulation, "frame": frame, "clip": clip,
        "frame.silu": F.silu(frame), "frame.modulated": frame * (1 + scale) + shift,
        "clip.modulated.silu": F.silu(clip * (1 + scale) + shift),
        "layer": F.layer_norm(x, (c,), gamma, beta, 1e-6),
    })


def activations():
    x = torch.cat([torch.linspace(-12, 12, 385), torch.tensor([-1e-3, 1e-3, -30.0, 30.0, -90.0, 90.0, -1e4, 1e4, 0.0])])
    exact = x.double()
    pair = torch.randn(3, 14) * 3
    a, b = pair.double().chunk(2, -1)
    write("activations", {
        "x": x, "gelu": F.gelu(exact), "quickGELU": exact * torch.sigmoid(1.702 * exact), "silu": F.silu(exact),
        "relu": F.relu(exact), "sigmoid": torch.sigmoid(exact), "pair": pair, "geglu": a * F.gelu(b),
    })


def convolution():
    result = {}
    for name, shape, kernel, stride, padding in (
        ("same", (2, 6, 5, 7), (5, 7, 3, 3), 1, (1, 1, 1, 1)),
        ("half", (2, 7, 6, 4), (3, 4, 3, 3), 2, (1, 1, 1, 1)),
        ("uneven", (1, 6, 6, 3), (2, 3, 3, 3), 2, (0, 0, 1, 1)),  # top, left, bottom, right
        ("patch", (1, 8, 12, 3), (6, 3, 4, 4), 4, (0, 0, 0, 0)),
        ("point", (2, 3, 5, 4), (6, 4, 1, 1), 1, (0, 0, 0, 0)),
        ("wide", (1, 2, 3, 2), (3, 2, 7, 5), 1, (3, 2, 3, 2)),
    ):
        x, weight, bias = torch.randn(shape), torch.randn(kernel), torch.randn(kernel[0])
        top, left, bottom, right = padding
        y = F.conv2d(F.pad(first(x).double(), (left, right, top, bottom)), weight.double(), bias.double(), stride)
        result |= {f"{name}.x": x, f"{name}.weight": weight, f"{name}.bias": bias, f"{name}.y": last(y)}
    write("convolution", result)


def attention():
    result = {}
    for name, batch, keys, queries, length, width, heads, causal in (
        ("self", 3, 3, 5, 5, 12, 3, False), ("causal", 2, 2, 17, 17, 8, 2, True), ("cross", 6, 2, 7, 11, 8, 1, False),
        ("shared", 4, 1, 3, 77, 10, 2, False), ("causal.long", 1, 1, 70, 70, 6, 2, True),
    ):
        q, k, v = torch.randn(batch, queries, width) * 2, torch.randn(keys, length, width), torch.randn(keys, length, width)
        split = lambda t: t.double().unflatten(-1, (heads, -1)).transpose(1, 2)
        spread = lambda t: t.repeat_interleave(batch // keys, 0)
        y = F.scaled_dot_product_attention(split(q), split(spread(k)), split(spread(v)), is_causal=causal)
        result |= {f"{name}.q": q, f"{name}.k": k, f"{name}.v": v, f"{name}.y": y.transpose(1, 2).flatten(2)}
    write("attention", result)


if __name__ == "__main__":
    for make in (warp, resize, shuffle, norm, activations, convolution, attention):
        torch.manual_seed(SEED)
        make()
