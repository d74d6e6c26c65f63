"""PyTorch peer of the G3DR U-Net (f_trigen): same layers, same parameter names as the official checkpoint.

usage: python3 unet.py [fwd|train|check] [repetitions]
fwd/train time the official configuration (batch 1, 128x128) on random weights; check compares with ../../tests/vectors/unet/unet_small.safetensors
(another file of that layout: check FILE).
"""
import json, math, os, resource, struct, sys, time
import numpy as np, torch
import torch.nn.functional as F
from torch import nn

class WsConv(nn.Conv2d):                      # weight-standardised convolution
    def forward(self, x):
        w = self.weight; m = w.mean((1, 2, 3), keepdim=True); v = w.var((1, 2, 3), unbiased=False, keepdim=True)
        return F.conv2d(x, (w - m) * (v + 1e-5).rsqrt(), self.bias, padding=self.padding)

class ChannelNorm(nn.Module):
    def __init__(self, c): super().__init__(); self.g = nn.Parameter(torch.ones(1, c, 1, 1))
    def forward(self, x): return (x - x.mean(1, keepdim=True)) * (x.var(1, unbiased=False, keepdim=True) + 1e-5).rsqrt() * self.g

class Block(nn.Module):
    def __init__(self, i, o, groups): super().__init__(); self.proj = WsConv(i, o, 3, padding=1); self.norm = nn.GroupNorm(groups, o)
    def forward(self, x, ss=None):
        x = self.norm(self.proj(x))
        if ss is not None: x = x * (ss[0] + 1) + ss[1]
        return F.silu(x)

class Resnet(nn.Module):
    def __init__(self, i, o, t, groups):
        super().__init__(); self.mlp = nn.Sequential(nn.SiLU(), nn.Linear(t, 2 * o)); self.block1 = Block(i, o, groups); self.block2 = Block(o, o, groups)
        self.res_conv = nn.Conv2d(i, o, 1) if i != o else nn.Identity()
    def forward(self, x, t): return self.block2(self.block1(x, self.mlp(t)[:, :, None, None].chunk(2, 1))) + self.res_conv(x)

class LinAttn(nn.Module):
    def __init__(self, c, h=4, d=32):
        super().__init__(); self.h, self.d = h, d; self.to_qkv = nn.Conv2d(c, 3 * h * d, 1, bias=False); self.to_out = nn.Sequential(nn.Conv2d(h * d, c, 1), ChannelNorm(c))
    def forward(self, x):
        b, _, H, W = x.shape; q, k, v = (t.reshape(b, self.h, self.d, H * W) for t in self.to_qkv(x).chunk(3, 1))
        q = q.softmax(-2) * self.d ** -0.5; k = k.softmax(-1); ctx = k @ (v / (H * W)).transpose(-1, -2)
        return self.to_out((ctx.transpose(-1, -2) @ q).reshape(b, -1, H, W))

class Attn(nn.Module):
    def __init__(self, c, h=4, d=32): super().__init__(); self.h, self.d = h, d; self.to_qkv = nn.Conv2d(c, 3 * h * d, 1, bias=False); self.to_out = nn.Conv2d(h * d, c, 1)
    def forward(self, x):
        b, _, H, W = x.shape; q, k, v = (t.reshape(b, self.h, self.d, H * W) for t in self.to_qkv(x).chunk(3, 1))
        a = ((q * self.d ** -0.5).transpose(-1, -2) @ k).softmax(-1)
        return self.to_out((a @ v.transpose(-1, -2)).transpose(-1, -2).reshape(b, -1, H, W))

class PreNorm(nn.Module):
    def __init__(self, c, fn): super().__init__(); self.fn = fn; self.norm = ChannelNorm(c)
    def forward(self, x): return self.fn(self.norm(x))
class Residual(nn.Module):
    def __init__(self, fn): super().__init__(); self.fn = fn
    def forward(self, x): return self.fn(x) + x
class Unshuffle(nn.Module):
    def forward(self, x):
        b, c, h, w = x.shape; return x.reshape(b, c, h // 2, 2, w // 2, 2).permute(0, 1, 3, 5, 2, 4).reshape(b, 4 * c, h // 2, w // 2)
class TimeEmb(nn.Module):
    def __init__(self, d): super().__init__(); self.d = d
    def forward(self, t):
        h = self.d // 2; e = t[:, None] * torch.exp(torch.arange(h) * -(math.log(10000) / (h - 1))).to(t)[None]; return torch.cat((e.sin(), e.cos()), -1)

class Unet(nn.Module):
    def __init__(self, dim, dim_mults, groups, channels, out_dim, image_size, pos_channels):
        super().__init__(); t = 4 * dim
        self.pos_embed = nn.Parameter(torch.ones(1, pos_channels, image_size, image_size)); self.init_conv = nn.Conv2d(channels + pos_channels, dim, 7, padding=3)
        dims = [dim] + [dim * m for m in dim_mults]; io = list(zip(dims[:-1], dims[1:])); R = lambda i, o: Resnet(i, o, t, groups)
        self.time_mlp = nn.Sequential(TimeEmb(dim), nn.Linear(dim, t), nn.GELU(), nn.Linear(t, t))
        self.downs = nn.ModuleList(nn.ModuleList([R(i, i), R(i, i), Residual(PreNorm(i, LinAttn(i))), nn.Sequential(Unshuffle(), nn.Conv2d(4 * i, o, 1)) if n < len(io) - 1 else nn.Conv2d(i, o, 3, padding=1)]) for n, (i, o) in enumerate(io))
        m = dims[-1]; self.mid_block1 = R(m, m); self.mid_attn = Residual(PreNorm(m, Attn(m))); self.mid_block2 = R(m, m)
        self.ups = nn.ModuleList(nn.ModuleList([R(o + i, o), R(o + i, o), Residual(PreNorm(o, LinAttn(o))), nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(o, i, 3, padding=1)) if n < len(io) - 1 else nn.Conv2d(o, i, 3, padding=1)]) for n, (i, o) in enumerate(reversed(io)))
        self.final_res_block = R(2 * dim, 2 * dim); self.final_conv = nn.Conv2d(2 * dim, out_dim, 1)
    def forward(self, x):
        x = self.init_conv(torch.cat([x, self.pos_embed.expand(x.shape[0], -1, -1, -1)], 1)); r = x; t = self.time_mlp(torch.ones(x.shape[0]).to(x)); hs = []
        for b1, b2, a, d in self.downs: x = b1(x, t); hs.append(x); x = a(b2(x, t)); hs.append(x); x = d(x)
        x = self.mid_block2(self.mid_attn(self.mid_block1(x, t)), t)
        for b1, b2, a, u in self.ups: x = b1(torch.cat((x, hs.pop()), 1), t); x = u(a(b2(torch.cat((x, hs.pop()), 1), t)))
        return self.final_conv(self.final_res_block(torch.cat((x, r), 1), t))

def read(path):
    b = open(path, "rb").read(); n = struct.unpack("<Q", b[:8])[0]; h = json.loads(b[8:8 + n]); meta = h.pop("__metadata__")
    return {k: torch.from_numpy(np.frombuffer(b, {"F32": "<f4", "F64": "<f8", "I64": "<i8"}[v["dtype"]], int(np.prod(v["shape"])), 8 + n + v["data_offsets"][0]).reshape(v["shape"]).copy()) for k, v in h.items()}, meta

if __name__ == "__main__":
    mode, reps = (sys.argv[1:] + ["fwd"])[0], 0 if "check" in sys.argv else int((sys.argv[2:] + ["3"])[0]); torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count()))); torch.manual_seed(0)
    if mode == "check":
        d, meta = read(sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/vectors/unet/unet_small.safetensors")); c = json.loads(meta["config"])
        net = Unet(c["dim"], c["dim_mults"], c["groups"], c["channels"], c["out_dim"], c["image_size"], c["pos_channels"])
        net.load_state_dict({k: d[k] for k in net.state_dict()}); y = net(d["input"]); print("max abs difference", (y.reshape(d["planes"].shape) - d["planes"]).abs().max().item(), "of", d["planes"].abs().max().item()); sys.exit()
    net = Unet(128, (1, 2, 4, 8), 8, 4, 192, 128, 256); print("parameters", sum(p.numel() for p in net.parameters())); x = torch.randn(1, 4, 128, 128)
    for _ in range(reps):
        t = time.perf_counter()
        if mode == "fwd":
            with torch.no_grad(): net(x)
        else: net.zero_grad(set_to_none=True); net(x).sum().backward()
        print(mode, "s", round(time.perf_counter() - t, 3), flush=True)
    print("peak RSS MiB", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
