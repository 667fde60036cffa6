"""Writes Tests/Fixtures/vae: what the small autoencoders must give. See unet_fixtures.py for the format.

    OMP_NUM_THREADS=1 python Tests/Reference/vae_fixtures.py
"""
import json
import pathlib

import torch
from diffusers import AutoencoderKL, AutoencoderTiny
from safetensors.torch import save_file

import network_reference as reference

OUT = pathlib.Path(__file__).resolve().parent.parent / "Fixtures" / "vae"
torch.set_grad_enabled(False)
last = lambda x: x.movedim(1, -1).contiguous()
first = lambda x: x.movedim(-1, 1)


def configuration(**changes):
    base = {"in_channels": 3, "out_channels": 3, "latent_channels": 4, "block_out_channels": [8, 8, 16],
            "layers_per_block": 2, "norm_num_groups": 4, "mid_block_add_attention": True, "use_quant_conv": True,
            "use_post_quant_conv": True, "scaling_factor": 0.18215, "kl_encoder": True, "linear_path": False}
    return {**base, **changes}


CASES = {
    "kl": dict(configuration=configuration(), frames=2, height=20, width=28),
    # Larger than a tile both ways; the last column of tiles is one cell wide.
    "kl_tiled": dict(configuration=configuration(layers_per_block=1, tile=32), frames=2, height=76, width=52),
    "kl_plain": dict(
        configuration=configuration(block_out_channels=[8, 16], layers_per_block=1, mid_block_add_attention=False,
                                    use_quant_conv=False, use_post_quant_conv=False, scaling_factor=1.0),
        frames=1, height=10, width=6),
    "kl_linear": dict(
        configuration=configuration(block_out_channels=[8, 8, 8], layers_per_block=1, use_quant_conv=False,
                                    use_post_quant_conv=False, scaling_factor=0.5, linear_path=True),
        frames=2, height=12, width=8),
    "linear_encoder": dict(
        configuration=configuration(block_out_channels=[8, 8], layers_per_block=1, latent_channels=6,
                                    use_quant_conv=False, use_post_quant_conv=False, scaling_factor=1.0,
                                    kl_encoder=False, linear_path=True),
        frames=3, height=6, width=10),
}


def model(c):
    n = len(c["block_out_channels"])
    keys = ("in_channels", "out_channels", "latent_channels", "block_out_channels", "layers_per_block",
            "norm_num_groups", "mid_block_add_attention", "use_quant_conv", "use_post_quant_conv", "scaling_factor")
    net = AutoencoderKL(down_block_types=["DownEncoderBlock2D"] * n, up_block_types=["UpDecoderBlock2D"] * n,
                        sample_size=c.get("tile", 512), **{k: c[k] for k in keys}).eval()
    if c.get("tile"):
        net.enable_tiling()
    return net


def write_case(name, case):
    c, n, h, w = case["configuration"], case["frames"], case["height"], case["width"]
    net, f = model(c), 2 ** (len(c["block_out_channels"]) - 1)
    shapes = {k: list(v.shape) for k, v in net.state_dict().items()}
    if not c["kl_encoder"]:
        shapes = {k: v for k, v in shapes.items() if not k.startswith(("encoder.", "quant_conv."))}
    plain = set(shapes)
    if c["linear_path"]:
        shapes |= {"encoder_linear.weight": [c["latent_channels"], 3, f, f], "encoder_linear.bias": [c["latent_channels"]],
                   "decoder_linear.weight": [c["latent_channels"], 3, f, f], "decoder_linear.bias": [3]}
    sd = {k: reference.seeded_weight(k, v) for k, v in shapes.items()}
    x = first(reference.seeded("input.pixels", [n, h, w, 3]))
    z = first(reference.seeded("input.latents", [n, h // f, w // f, c["latent_channels"]]) * 1.7)
    encoded, decoded = reference.vae_encode(sd, c, x), reference.vae_decode(sd, c, z)
    if c["kl_encoder"] and not c["linear_path"]:
        net.load_state_dict({k: v for k, v in sd.items() if k in plain})
        e = net.encode(x).latent_dist.mean * c["scaling_factor"]
        d = net.decode(z / c["scaling_factor"]).sample
        errors = [float((a - b).abs().max() / b.abs().max()) for a, b in ((encoded, e), (decoded, d))]
        print(name, "diffusers against the reference:", errors)
        assert max(errors) < 1e-5 or c.get("tile")  # the reference takes images whole
        encoded, decoded = e, d
    print(name, "std", float(encoded.std()), float(decoded.std()))
    save_file({"encoded": last(encoded), "decoded": last(decoded)}, str(OUT / f"{name}.safetensors"))
    inputs = {"frames": n, "height": h, "width": w}
    config = reference.model_configuration(vae=c)
    (OUT / f"{name}.json").write_text(json.dumps({"inputs": inputs, "configuration": config, "tensors": shapes}))


def write_tiny():
    """diffusers' AutoencoderTiny (TAESD), narrow."""
    width, n, h, w = 8, 2, 24, 32
    net = AutoencoderTiny(encoder_block_out_channels=(width,) * 4, decoder_block_out_channels=(width,) * 4).eval()
    shapes = {k: list(v.shape) for k, v in net.state_dict().items()}
    net.load_state_dict({k: reference.seeded_weight(k, v) for k, v in shapes.items()})
    x = first(reference.seeded("input.pixels", [n, h, w, 3]))
    z = first(reference.seeded("input.latents", [n, h // 8, w // 8, 4]) * 4)
    outputs = {"encoded": last(net.encode(x).latents), "decoded": last(net.decode(z).sample)}
    print("tiny std", *(float(v.std()) for v in outputs.values()))
    save_file(outputs, str(OUT / "tiny.safetensors"))
    description = {"inputs": {"frames": n, "height": h, "width": w}, "configuration": reference.model_configuration(),
                   "tensors": shapes}
    (OUT / "tiny.json").write_text(json.dumps(description))
    # A preview's decoder for a tiny model.
    torch.manual_seed(19)
    net = AutoencoderTiny(encoder_block_out_channels=(4,) * 4, decoder_block_out_channels=(4,) * 4)
    path = OUT.parent / "tiny-pia-model" / "taesd.safetensors"
    save_file({k: v.contiguous() for k, v in net.state_dict().items()}, str(path))
    path.chmod(0o644)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        write_case(name, case)
    write_tiny()
