"""A small functional PyTorch of the video UNet, the motion head and field, and the autoencoder.

It is written from Models/FORMAT.md alone, takes a state dict, and is itself checked against diffusers by the
fixture scripts wherever diffusers has the same network. Tensors are [F, C, h, w] as in PyTorch.
"""
import math

import torch
import torch.nn.functional as nnf

MASK = (1 << 64) - 1


def seeded(name, shape):
    """Uniform numbers in [-1, 1) from the name and the index: the Swift tests make the same ones (SeededTensor)."""
    import numpy as np

    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & MASK
    count = math.prod(shape)
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    unit = (z >> np.uint64(40)).astype(np.float64) / float(1 << 23) - 1.0
    return torch.from_numpy(unit).reshape(shape).float()


def seeded_weight(name, shape):
    """A weight of the tiny networks: keeps activations near unit size. `1 +` for the gains of norms."""
    u = seeded(name, shape)
    if len(shape) == 1:
        return 1 + 0.25 * u if name.endswith("weight") else 0.25 * u
    fan_in = math.prod(shape[1:])
    return (u.double() * math.sqrt(3.0 / fan_in)).float()


def model_configuration(unet=None, vae=None):
    """A whole config.json around one section."""
    latents = (vae or {}).get("latent_channels", 4)
    unet = unet or {
        "in_channels": latents, "out_channels": latents, "block_out_channels": [8], "layers_per_block": 1,
        "down_block_types": ["DownBlockMotion"], "up_block_types": ["UpBlockMotion"], "num_attention_heads": 1,
        "cross_attention_dim": 12, "norm_num_groups": 4}
    vae = vae or {"latent_channels": 4, "block_out_channels": [8, 8], "norm_num_groups": 4}
    layouts = {4: [["noise", 4]], 6: [["noise", 6]],
               10: [["noise", 4], ["reference", 4], ["frame", 1], ["intensity", 1]]}
    return {
        "format": "livephoto", "version": 1, "name": "fixture", "license": "none",
        "frames": {"default": 4, "minimum": 2, "maximum": 48, "fps": 8},
        "working": {"area": 4096, "multiple": 2 ** (len(vae["block_out_channels"]) + 1), "minimum_side": 32,
                    "maximum_side": 256},
        "tokenizer": {"max_length": 8},
        "text_encoder": {"vocab_size": 300, "hidden_size": unet["cross_attention_dim"], "num_hidden_layers": 1,
                         "num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 8},
        "content_encoder": {"hidden_size": 6, "num_hidden_layers": 1, "num_attention_heads": 2, "mlp_ratio": 4,
                            "patch_size": 14, "image_size": 28, "resize": "stretch"},
        "vae": vae, "unet": unet,
        "scheduler": {"num_train_timesteps": 1000, "beta_schedule": "linear", "beta_start": 0.00085, "beta_end": 0.012,
                      "prediction_type": "sample" if unet.get("motion_head") else "epsilon"},
        "conditioning": {"layout": layouts[unet["in_channels"]], "latent_space": "latent"},
        "intensity": {"edges": [0.9 - 0.05 * i for i in range(9)], "default": 5},
        "composition": {"border": "reflect"}, "defaults": {"steps": 4},
    }


def norm(sd, key, x, groups, eps, scope="frame"):
    w, b = sd[key + ".weight"], sd[key + ".bias"]
    if scope == "frame":
        return nnf.group_norm(x, groups, w, b, eps)
    y = x.transpose(0, 1)[None]  # [1, C, F, h, w]
    return nnf.group_norm(y, groups, w, b, eps)[0].transpose(0, 1)


def linear(sd, key, x):
    w = sd[key + ".weight"]
    return nnf.linear(x, w.reshape(w.shape[0], w.shape[1]), sd.get(key + ".bias"))


def conv(sd, key, x, stride=1, padding=1):
    return nnf.conv2d(x, sd[key + ".weight"], sd[key + ".bias"], stride=stride, padding=padding)


def layer_norm(sd, key, x):
    return nnf.layer_norm(x, x.shape[-1:], sd[key + ".weight"], sd[key + ".bias"], 1e-5)


def attention(sd, key, x, states, heads):
    q, k, v = linear(sd, key + ".to_q", x), linear(sd, key + ".to_k", states), linear(sd, key + ".to_v", states)
    k, v = k.expand(q.shape[0], -1, -1), v.expand(q.shape[0], -1, -1)
    split = lambda t: t.reshape(t.shape[0], t.shape[1], heads, -1).transpose(1, 2)
    q, k, v = split(q), split(k), split(v)
    p = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]), dim=-1)
    y = (p @ v).transpose(1, 2).flatten(2)
    return linear(sd, key + ".to_out.0", y)


def feed_forward(sd, key, x):
    h, gate = linear(sd, key + ".net.0.proj", x).chunk(2, dim=-1)
    return linear(sd, key + ".net.2", h * nnf.gelu(gate))


def sinusoid(values, width, cos_first=True, shift=0):
    half = width // 2
    f = torch.exp(-math.log(10000.0) * torch.arange(half, dtype=torch.float64) / half)
    a = torch.as_tensor(values, dtype=torch.float64).reshape(-1, 1) * f
    return (torch.cat([a.cos(), a.sin()], 1) if cos_first else torch.cat([a.sin(), a.cos()], 1)).float()


def resnet(sd, key, x, emb, cfg, eps=None, scope=None, groups=None):
    eps = eps if eps is not None else cfg["norm_eps"]
    scope = scope or cfg.get("resnet_norm_scope", "frame")
    groups = groups or cfg["norm_num_groups"]
    h = conv(sd, key + ".conv1", nnf.silu(norm(sd, key + ".norm1", x, groups, eps, scope)))
    if emb is None:
        h = norm(sd, key + ".norm2", h, groups, eps, scope)
    else:
        e = linear(sd, key + ".time_emb_proj", nnf.silu(emb))[:, :, None, None]
        if cfg.get("resnet_time_scale_shift", "default") == "default":
            h = norm(sd, key + ".norm2", h + e, groups, eps, scope)
        else:
            scale, shift = e.chunk(2, dim=1)
            h = norm(sd, key + ".norm2", h, groups, eps, scope) * (1 + scale) + shift
    h = conv(sd, key + ".conv2", nnf.silu(h))
    if key + ".conv_shortcut.weight" in sd:
        x = conv(sd, key + ".conv_shortcut", x, padding=0)
    return x + h


def spatial_transformer(sd, key, x, text, content, cfg):
    heads, (n, c, h, w) = cfg["num_attention_heads"], x.shape
    y = norm(sd, key + ".norm", x, cfg["norm_num_groups"], 1e-6).flatten(2).transpose(1, 2)  # [F, hw, C]
    y = linear(sd, key + ".proj_in", y)
    b = key + ".transformer_blocks.0"
    z = layer_norm(sd, b + ".norm1", y)
    y = y + attention(sd, b + ".attn1", z, z, heads)
    y = y + attention(sd, b + ".attn2", layer_norm(sd, b + ".norm2", y), text, heads)
    if content is not None:
        y = y + attention(sd, b + ".attn_img", layer_norm(sd, b + ".norm_img", y), content, heads)
    y = y + feed_forward(sd, b + ".ff", layer_norm(sd, b + ".norm3", y))
    return x + linear(sd, key + ".proj_out", y).transpose(1, 2).reshape(n, c, h, w)


def motion_module(sd, key, x, cfg):
    f, c, h, w = x.shape
    if f == 1 or key + ".norm.weight" not in sd:
        return x
    step = 1.0 if cfg.get("motion_positions", "index") == "index" else (cfg["motion_frames"] - 1) / (f - 1)
    a = (torch.arange(f, dtype=torch.float64) * step)[:, None] * torch.exp(
        -math.log(10000.0) * torch.arange(0, c, 2, dtype=torch.float64) / c)
    pe = torch.stack([a.sin(), a.cos()], -1).reshape(f, c).float()
    heads = cfg["motion_num_attention_heads"]
    y = norm(sd, key + ".norm", x, cfg["norm_num_groups"], 1e-6, cfg.get("motion_norm_scope", "clip"))
    y = linear(sd, key + ".proj_in", y.permute(2, 3, 0, 1).reshape(h * w, f, c))
    b = key + ".transformer_blocks.0"
    for i in (1, 2):
        z = layer_norm(sd, f"{b}.norm{i}", y) + pe
        y = y + attention(sd, f"{b}.attn{i}", z, z, heads)
    y = y + feed_forward(sd, b + ".ff", layer_norm(sd, b + ".norm3", y))
    y = linear(sd, key + ".proj_out", y).reshape(h, w, f, c).permute(2, 3, 0, 1)
    return x + y


def embedding(sd, cfg, t, frames, level=None, bag=None):
    p = cfg["block_out_channels"][0]
    mlp = lambda key, x: linear(sd, key + ".linear_2", nnf.silu(linear(sd, key + ".linear_1", x)))
    emb = mlp("time_embedding", sinusoid([t], p)).expand(frames, -1)
    c = cfg.get("conditioning_embedding")
    if c:
        parts = []
        if c["frame"]:
            parts.append(sinusoid([1000.0 * n / max(frames - 1, 1) for n in range(frames)], p))
        if c["level"]:
            parts.append(sinusoid([100.0 * level], p).expand(frames, -1))
        if parts:
            emb = emb + mlp("conditioning_embedding", torch.cat(parts, 1))
        if c["text"]:
            emb = emb + linear(sd, "text_embedding_proj", bag)
    return emb


def unet(sd, cfg, x, t, text, content=None, level=None, bag=None):
    """-> (prediction [F, C, h, w], dense [F, 3, rh, rw] or None, affine [F, 9] or None)"""
    frames = x.shape[0]
    emb = embedding(sd, cfg, t, frames, level, bag)
    if content is not None:
        content = linear(sd, "content_proj", content)

    def layer(block, j, x):
        x = resnet(sd, f"{block}.resnets.{j}", x, emb, cfg)
        if f"{block}.attentions.{j}.norm.weight" in sd:
            x = spatial_transformer(sd, f"{block}.attentions.{j}", x, text, content, cfg)
        return motion_module(sd, f"{block}.motion_modules.{j}", x, cfg)

    x = conv(sd, "conv_in", x)
    skips = [x]
    for i in range(len(cfg["block_out_channels"])):
        b = f"down_blocks.{i}"
        for j in range(cfg["layers_per_block"]):
            x = layer(b, j, x)
            skips.append(x)
        if b + ".downsamplers.0.conv.weight" in sd:
            x = conv(sd, b + ".downsamplers.0.conv", x, stride=2)
            skips.append(x)
    x = resnet(sd, "mid_block.resnets.0", x, emb, cfg)
    x = spatial_transformer(sd, "mid_block.attentions.0", x, text, content, cfg)
    x = motion_module(sd, "mid_block.motion_modules.0", x, cfg)
    x = resnet(sd, "mid_block.resnets.1", x, emb, cfg)
    for i in range(len(cfg["block_out_channels"])):
        b = f"up_blocks.{i}"
        for j in range(cfg["layers_per_block"] + 1):
            x = layer(b, j, torch.cat([x, skips.pop()], 1))
        if b + ".upsamplers.0.conv.weight" in sd:
            x = nnf.interpolate(x, size=skips[-1].shape[2:], mode="nearest")
            x = conv(sd, b + ".upsamplers.0.conv", x)
    groups, eps = cfg["norm_num_groups"], cfg["norm_eps"]
    y = nnf.silu(norm(sd, "conv_norm_out", x, groups, eps, cfg.get("resnet_norm_scope", "frame")))
    prediction = conv(sd, "conv_out", y)
    if not cfg.get("motion_head"):
        return prediction, None, None
    m = conv(sd, "motion_head.conv_1", nnf.silu(norm(sd, "motion_head.norm", x, groups, eps)))
    m = conv(sd, "motion_head.conv_2", nnf.silu(m))
    dense = nnf.pixel_shuffle(m, cfg["motion_head"]["upscale"])
    a = nnf.silu(linear(sd, "motion_head.affine_1", nnf.silu(emb)))
    return prediction, dense, linear(sd, "motion_head.affine_2", a)


def motion_field(dense, affine, height, width, flow_scale, light_scale, anchor):
    """dense [F, 3, a, b], affine [F, 9] -> flow [F, 2, H', W'] in pixels, gain [F, 3, H', W']"""
    s = math.sqrt(height * width) / 2
    d = nnf.interpolate(dense, size=(height, width), mode="bilinear", align_corners=False)
    y, x = torch.meshgrid((torch.arange(height) + 0.5 - height / 2) / s,
                          (torch.arange(width) + 0.5 - width / 2) / s, indexing="ij")
    plane = torch.stack([x, y, torch.ones_like(x)])
    moved = torch.einsum("fij,jhw->fihw", affine[:, :6].reshape(-1, 2, 3), plane)
    flow = flow_scale * s * (d[:, :2] + moved)
    light = light_scale * (d[:, 2:3] + affine[:, 6:, None, None])
    if anchor:
        flow[0], light[0] = 0, 0
    limit = float(max(height, width))
    return flow.clamp(-limit, limit), light.clamp(-3, 3).exp()


def move(photo, flow, gain, mode, border):
    """photo [3, H', W'] in [0, 1] -> [F, 3, H', W']"""
    height, width = photo.shape[1:]
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    grid = torch.stack([(2 * (x + flow[:, 0]) + 1) / width - 1, (2 * (y + flow[:, 1]) + 1) / height - 1], -1)
    moved = nnf.grid_sample(photo[None].expand(flow.shape[0], -1, -1, -1), grid, mode=mode, align_corners=False,
                            padding_mode="reflection" if border == "reflect" else "border")
    return gain * moved


# ---------------------------------------------------------------------------------------------- autoencoder

def vae_attention(sd, key, x, groups):
    n, c, h, w = x.shape
    y = norm(sd, key + ".group_norm", x, groups, 1e-6).flatten(2).transpose(1, 2)
    y = attention(sd, key, y, y, 1)
    return x + y.transpose(1, 2).reshape(n, c, h, w)


def vae_mid(sd, key, x, cfg):
    g = cfg["norm_num_groups"]
    x = resnet(sd, key + ".resnets.0", x, None, cfg, 1e-6, "frame", g)
    if cfg["mid_block_add_attention"]:
        x = vae_attention(sd, key + ".attentions.0", x, g)
    return resnet(sd, key + ".resnets.1", x, None, cfg, 1e-6, "frame", g)


def vae_encode(sd, cfg, x):
    """pixels [F, 3, H, W] in [-1, 1] -> scaled latents"""
    g, z = cfg["norm_num_groups"], 0
    if cfg.get("kl_encoder", True):
        h = conv(sd, "encoder.conv_in", x)
        for i in range(len(cfg["block_out_channels"])):
            b = f"encoder.down_blocks.{i}"
            for j in range(cfg["layers_per_block"]):
                h = resnet(sd, f"{b}.resnets.{j}", h, None, cfg, 1e-6, "frame", g)
            if b + ".downsamplers.0.conv.weight" in sd:
                h = conv(sd, b + ".downsamplers.0.conv", nnf.pad(h, (0, 1, 0, 1)), stride=2, padding=0)
        h = vae_mid(sd, "encoder.mid_block", h, cfg)
        h = conv(sd, "encoder.conv_out", nnf.silu(norm(sd, "encoder.conv_norm_out", h, g, 1e-6)))
        if cfg["use_quant_conv"]:
            h = conv(sd, "quant_conv", h, padding=0)
        z = h.chunk(2, dim=1)[0]
    if cfg.get("linear_path"):
        f = 2 ** (len(cfg["block_out_channels"]) - 1)
        z = z + conv(sd, "encoder_linear", x, stride=f, padding=0)
    return z * cfg["scaling_factor"]


def vae_decode(sd, cfg, z):
    g = cfg["norm_num_groups"]
    z = z / cfg["scaling_factor"]
    h = conv(sd, "post_quant_conv", z, padding=0) if cfg["use_post_quant_conv"] else z
    h = vae_mid(sd, "decoder.mid_block", conv(sd, "decoder.conv_in", h), cfg)
    for i in range(len(cfg["block_out_channels"])):
        b = f"decoder.up_blocks.{i}"
        for j in range(cfg["layers_per_block"] + 1):
            h = resnet(sd, f"{b}.resnets.{j}", h, None, cfg, 1e-6, "frame", g)
        if b + ".upsamplers.0.conv.weight" in sd:
            h = conv(sd, b + ".upsamplers.0.conv", nnf.interpolate(h, scale_factor=2.0, mode="nearest"))
    h = conv(sd, "decoder.conv_out", nnf.silu(norm(sd, "decoder.conv_norm_out", h, g, 1e-6)))
    if cfg.get("linear_path"):
        f = 2 ** (len(cfg["block_out_channels"]) - 1)
        h = h + nnf.conv_transpose2d(z, sd["decoder_linear.weight"], sd["decoder_linear.bias"], stride=f)
    return h
