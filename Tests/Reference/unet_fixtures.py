"""Writes Tests/Fixtures/unet: what the tiny video UNets, motion heads and motion fields must give.

    OMP_NUM_THREADS=1 python Tests/Reference/unet_fixtures.py

Weights and inputs are not stored: both sides make them from names (network_reference.seeded, SeededTensor in the
Swift tests). Each case has a .safetensors file with the expected outputs, channels last, and a .json file with a whole
config.json and the names and shapes of the weights. Made with torch 2.13, diffusers 0.42.1.
"""
import json
import pathlib

import torch
from diffusers import UNet2DConditionModel, UNetMotionModel
from safetensors.torch import save_file

import network_reference as reference

OUT = pathlib.Path(__file__).resolve().parent.parent / "Fixtures" / "unet"
torch.set_grad_enabled(False)
last = lambda x: x.movedim(1, -1).contiguous()
first = lambda x: x.movedim(-1, 1)


def configuration(**changes):
    base = {
        "in_channels": 10, "out_channels": 4, "block_out_channels": [8, 16], "layers_per_block": 1,
        "down_block_types": ["DownBlockMotion", "CrossAttnDownBlockMotion"],
        "up_block_types": ["CrossAttnUpBlockMotion", "UpBlockMotion"],
        "num_attention_heads": 2, "cross_attention_dim": 12, "norm_num_groups": 4, "norm_eps": 1e-5,
        "use_linear_projection": False,
        "resnet_time_scale_shift": "default", "resnet_norm_scope": "frame",
        "use_motion_modules": True, "use_motion_mid_block": True, "motion_num_attention_heads": 2,
        "motion_norm_scope": "clip", "motion_positions": "index", "motion_frames": 4,
        "image_cross_attention": False, "image_embedding_dim": 6,
    }
    return {**base, **changes}


CASES = {
    "motion_small": dict(configuration=configuration(), frames=3, height=5, width=7),
    "motion_deep": dict(
        configuration=configuration(
            block_out_channels=[8, 8, 16], layers_per_block=2, use_motion_mid_block=False, use_linear_projection=True,
            down_block_types=["CrossAttnDownBlockMotion", "CrossAttnDownBlockMotion", "DownBlockMotion"],
            up_block_types=["UpBlockMotion", "CrossAttnUpBlockMotion", "CrossAttnUpBlockMotion"]),
        frames=4, height=9, width=6),
    # Enough cells that the motion modules and feed-forwards work tile by tile.
    "motion_large": dict(
        configuration=configuration(
            down_block_types=["CrossAttnDownBlockMotion", "DownBlockMotion"],
            up_block_types=["UpBlockMotion", "CrossAttnUpBlockMotion"]),
        frames=5, height=27, width=31),
    "image_model": dict(
        configuration=configuration(
            in_channels=4, layers_per_block=2, use_motion_modules=False, use_motion_mid_block=False,
            down_block_types=["CrossAttnDownBlockMotion", "DownBlockMotion"],
            up_block_types=["UpBlockMotion", "CrossAttnUpBlockMotion"]),
        frames=2, height=6, width=8),
    "live_latent": dict(
        configuration=configuration(resnet_norm_scope="clip", motion_norm_scope="frame", image_cross_attention=True),
        frames=3, height=6, width=4, shared_text=True),
    "live_mini": dict(
        configuration=configuration(
            resnet_time_scale_shift="scale_shift", motion_norm_scope="frame", motion_positions="clip",
            motion_frames=16, image_cross_attention=True,
            conditioning_embedding={"frame": True, "level": True, "text": True},
            motion_head={"hidden_channels": 8, "upscale": 2, "flow_scale": 0.1, "light_scale": 0.5}),
        frames=5, height=4, width=6),
}


def model(c):
    shared = {k: c[k] for k in (
        "in_channels", "out_channels", "block_out_channels", "layers_per_block", "down_block_types", "up_block_types",
        "cross_attention_dim", "norm_num_groups", "norm_eps", "use_linear_projection")}
    if not c["use_motion_modules"]:
        for k in ("down_block_types", "up_block_types"):
            shared[k] = [name.replace("Motion", "2D") for name in shared[k]]
        return UNet2DConditionModel(attention_head_dim=c["num_attention_heads"], **shared)
    return UNetMotionModel(
        num_attention_heads=c["num_attention_heads"], motion_num_attention_heads=c["motion_num_attention_heads"],
        use_motion_mid_block=c["use_motion_mid_block"], motion_max_seq_length=32, **shared)


def with_image_attention(shapes, c):
    """Adds the attention to the photo's content tokens to diffusers' names and shapes."""
    shapes, d = dict(shapes), c["cross_attention_dim"]
    for k in [k for k in shapes if k.endswith("attn2.to_k.weight") and ".attentions." in k]:
        block = k[: -len("attn2.to_k.weight")]
        n = shapes[k][0]
        shapes |= {block + "norm_img.weight": [n], block + "norm_img.bias": [n],
                   block + "attn_img.to_q.weight": [n, n], block + "attn_img.to_k.weight": [n, d],
                   block + "attn_img.to_v.weight": [n, d], block + "attn_img.to_out.0.weight": [n, n],
                   block + "attn_img.to_out.0.bias": [n]}
    return shapes | {"content_proj.weight": [d, c["image_embedding_dim"]], "content_proj.bias": [d]}


def weight_shapes(c):
    """diffusers' names and shapes plus our additions."""
    shapes = {k: list(v.shape) for k, v in model(c).state_dict().items() if "pos_embed" not in k}
    e, d, b0 = 4 * c["block_out_channels"][0], c["cross_attention_dim"], c["block_out_channels"][0]
    if c["resnet_time_scale_shift"] == "scale_shift":
        for k in shapes:
            if "time_emb_proj" in k:
                shapes[k][0] *= 2
    if c["image_cross_attention"]:
        shapes = with_image_attention(shapes, c)
    ce, head = c.get("conditioning_embedding"), c.get("motion_head")

    def dense(key, n, k):
        shapes.update({key + ".weight": [n, k], key + ".bias": [n]})

    if ce:
        dense("conditioning_embedding.linear_1", e, b0 * (ce["frame"] + ce["level"]))
        dense("conditioning_embedding.linear_2", e, e)
        dense("text_embedding_proj", e, d)
    if head:
        m, r = head["hidden_channels"], head["upscale"]
        shapes |= {"motion_head.norm.weight": [b0], "motion_head.norm.bias": [b0],
                   "motion_head.conv_1.weight": [m, b0, 3, 3], "motion_head.conv_1.bias": [m],
                   "motion_head.conv_2.weight": [3 * r * r, m, 3, 3], "motion_head.conv_2.bias": [3 * r * r]}
        dense("motion_head.affine_1", m, e)
        dense("motion_head.affine_2", 9, m)
    return shapes


def write_case(name, case):
    c, f, h, w = case["configuration"], case["frames"], case["height"], case["width"]
    shapes = weight_shapes(c)
    sd = {k: reference.seeded_weight(k, v) for k, v in shapes.items()}
    x = first(reference.seeded("input.sample", [f, h, w, c["in_channels"]]) * 1.7)
    text = reference.seeded("input.text", [1 if case.get("shared_text") else f, 5, c["cross_attention_dim"]]) * 1.7
    content = reference.seeded("input.content", [1, 7, c["image_embedding_dim"]]) * 1.7
    bag = reference.seeded("input.bag", [f, c["cross_attention_dim"]]) * 1.7
    t, level = 381.0, 7.25
    y, dense, affine = reference.unet(sd, c, x, t, text, content if c["image_cross_attention"] else None, level, bag)
    outputs = {"prediction": last(y)}
    if dense is not None:
        outputs |= {"dense": last(dense), "affine": affine}
    one = reference.unet(sd, c, x[:1], t, text[:1], content if c["image_cross_attention"] else None, level, bag[:1])
    outputs["prediction_of_one"] = last(one[0])
    if not c["image_cross_attention"]:
        net = model(c).eval()
        net.load_state_dict(sd, strict=False)
        if c["use_motion_modules"]:
            z = net(x.transpose(0, 1)[None], t, text).sample[0].transpose(0, 1)
        else:
            z = net(x, t, text).sample
        error = (z - y).abs().max() / z.abs().max()
        print(name, "diffusers against the reference:", float(error), "std", float(y.std()))
        assert error < 1e-5
        outputs["prediction"] = last(z)
    else:
        print(name, "std", float(y.std()))
    save_file(outputs, str(OUT / f"{name}.safetensors"))
    inputs = {"frames": f, "height": h, "width": w, "text_rows": text.shape[0], "timestep": t, "level": level}
    config = reference.model_configuration(unet=c)
    (OUT / f"{name}.json").write_text(json.dumps({"inputs": inputs, "configuration": config, "tensors": shapes}))
    if name == "motion_small":  # the same image model without its motion modules
        image = reference.model_configuration(unet={**c, "use_motion_modules": False})
        shapes = {k: v for k, v in shapes.items() if "motion_modules" not in k}
        description = {"inputs": inputs, "configuration": image, "tensors": shapes}
        (OUT / f"{name}_image.json").write_text(json.dumps(description))
        save_file({"prediction_of_one": outputs["prediction_of_one"]}, str(OUT / f"{name}_image.safetensors"))


def write_field():
    """Motion fields at a small, an odd and a tall size, and the pictures they move."""
    f, outputs = 3, {}
    dense = first(reference.seeded("field.dense", [f, 6, 8, 3]) * 1.5)
    affine = reference.seeded("field.affine", [f, 9]) * 1.5
    for height, width, anchor in ((12, 16, True), (17, 11, False), (5, 33, False)):
        flow, gain = reference.motion_field(dense, affine, height, width, 0.3, 0.5, anchor)
        photo = first((reference.seeded(f"field.photo{height}", [1, height, width, 3]) + 1) / 2)[0]
        key = f"{height}x{width}"
        outputs[key + ".flow"], outputs[key + ".gain"] = last(flow), last(gain)
        for mode, border in (("bilinear", "reflect"), ("bicubic", "reflect"), ("bicubic", "clamp")):
            outputs[f"{key}.{mode}.{border}"] = last(reference.move(photo, flow, gain, mode, border))
    save_file(outputs, str(OUT / "motion_field.safetensors"))


def write_full_size():
    """Stable Diffusion 1.5's sizes: shapes only, for counting parameters."""
    c = configuration(
        block_out_channels=[320, 640, 1280, 1280], layers_per_block=2, cross_attention_dim=768, norm_num_groups=32,
        down_block_types=["CrossAttnDownBlockMotion"] * 3 + ["DownBlockMotion"],
        up_block_types=["UpBlockMotion"] + ["CrossAttnUpBlockMotion"] * 3, num_attention_heads=8,
        motion_num_attention_heads=8)
    vae = {"latent_channels": 4, "block_out_channels": [128, 256, 512, 512], "layers_per_block": 2,
           "norm_num_groups": 32}
    description = {"inputs": {}, "configuration": reference.model_configuration(c, vae), "tensors": {}}
    (OUT / "full_size.json").write_text(json.dumps(description))
    save_file({"nothing": torch.zeros(1)}, str(OUT / "full_size.safetensors"))


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        write_case(name, case)
    write_field()
    write_full_size()
