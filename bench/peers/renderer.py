"""PyTorch peer of the whole official two-pass renderer: pyramid, coarse + importance samples, decoder, merge, marching, depth kernel.

usage: python3 renderer.py [fwd|bwd|check] [repetitions] [rays per chunk, 0 = all]
128x128 rays, 32 + 32 samples, planes 3x64x128x128. bwd: gradients of planes and decoder for cotangents on rgb, depth and weight, kernel on; with chunks the gradients
accumulate chunk by chunk (the pyramid once). check: compares with ../../tests/vectors/render/renderer_depth_pdf.safetensors.
"""
import json, math, os, resource, sys, time
import torch
import torch.nn.functional as F

def pyramid(p):                                            # p: N,3,C,H,W
    n, k, c, h, w = p.shape; q = p.reshape(n, k * c, h, w)
    down = lambda s: (lambda r: r.reshape(n, k, c, *r.shape[-2:]))(F.interpolate(q, scale_factor=s, mode="bilinear", antialias=True))
    return [p, down(0.5), down(0.25)]

def decode(levels, net, x, box=2.0):                       # x: N,M,3 -> rgb, sigma
    n, m, _ = x.shape; x = x * (2 / box)
    grid = torch.stack([x[..., [0, 1]], x[..., [0, 2]], x[..., [2, 0]]], 1).reshape(n * 3, 1, m, 2)
    f = sum(F.grid_sample(l.reshape(n * 3, *l.shape[2:]), grid, mode="bilinear", padding_mode="zeros", align_corners=False) for l in levels)
    g = f.reshape(n, 3, -1, m).mean(1).transpose(1, 2); w0, b0, w2, b2 = net
    o = F.softplus(g @ (w0 / math.sqrt(w0.shape[1])).t() + b0) @ (w2 / math.sqrt(w2.shape[1])).t() + b2
    return torch.sigmoid(o[..., 1:]) * 1.002 - 0.001, o[..., :1]

class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, c, k): ctx.save_for_backward(k); return a.clone(), c.clone()
    @staticmethod
    def backward(ctx, ga, gc): k, = ctx.saved_tensors; return ga * k, gc * k, None

def march(c, s, t, target=None):
    mid = lambda v: (v[:, :, 1:] + v[:, :, :-1]) / 2
    a = 1 - torch.exp(-F.softplus(mid(s) - 1) * (t[:, :, 1:] - t[:, :, :-1])); c, tm = mid(c), mid(t)
    if target is not None: a, c = Scale.apply(a, c, (1.25 * torch.exp(-(tm - target) ** 2 / 0.03)).clamp(0.05, 1))
    w = a * torch.cumprod(torch.cat([torch.ones_like(a[:, :, :1]), 1 - a + 1e-10], 2), 2)[:, :, :-1]; total = w.sum(2)
    return (w * c).sum(2) * 2 - 1, (w * tm).sum(2) / (total + 0.001), w, total

def fine_depths(t, w, u):                                  # t: N,R,S,1; w: N,R,S-1,1; u: N*R,K
    n, r, s, _ = t.shape; z = t.reshape(-1, s); w = w.reshape(n * r, 1, -1)
    w = F.avg_pool1d(F.max_pool1d(w, 2, 1, padding=1), 2, 1)[:, 0] + 0.01
    bins, w = 0.5 * (z[:, :-1] + z[:, 1:]), w[:, 1:-1] + 1e-5
    cdf = torch.cat([torch.zeros_like(w[:, :1]), torch.cumsum(w / w.sum(-1, keepdim=True), -1)], -1)
    i = torch.searchsorted(cdf, u.contiguous(), right=True); lo, hi = (i - 1).clamp(min=0), i.clamp(max=w.shape[-1])
    c0, c1, b0, b1 = cdf.gather(1, lo), cdf.gather(1, hi), bins.gather(1, lo), bins.gather(1, hi); d = c1 - c0
    return (b0 + (u - c0) / torch.where(d < 1e-5, torch.ones_like(d), d) * (b1 - b0)).reshape(n, r, -1, 1)

def render(levels, net, ro, rd, near, far, S, noise, u, target):
    n, r, _ = ro.shape
    with torch.no_grad():
        step = (far - near) / (S - 1); t = near[..., None] + torch.arange(S, dtype=ro.dtype).view(1, 1, S, 1) * step[..., None] + noise * step[..., None]
    at = lambda d: (ro[:, :, None] + d * rd[:, :, None]).reshape(n, -1, 3)
    c, s = decode(levels, net, at(t)); c, s = c.reshape(n, r, S, 3), s.reshape(n, r, S, 1)
    with torch.no_grad(): tf = fine_depths(t, march(c, s, t)[2], u)
    cf, sf = decode(levels, net, at(tf)); K = tf.shape[2]
    t, order = torch.sort(torch.cat([t, tf], 2), 2)
    c = torch.cat([c, cf.reshape(n, r, K, 3)], 2).gather(2, order.expand(-1, -1, -1, 3)); s = torch.cat([s, sf.reshape(n, r, K, 1)], 2).gather(2, order)
    rgb, depth, _, total = march(c, s, t, target)
    return rgb, depth, total

def limits(ro, rd, box=2.0):
    a, b = (-box / 2 - ro) / rd, (box / 2 - ro) / rd; near, far = torch.minimum(a, b).amax(-1, keepdim=True), torch.maximum(a, b).amin(-1, keepdim=True)
    ok = far > near; return torch.where(ok, near, near[ok].min()), torch.where(ok, far, near[ok].max())

if __name__ == "__main__":
    mode, reps, chunk = (sys.argv[1:] + ["fwd"])[0], int((sys.argv[2:] + ["3"])[0]), int((sys.argv[3:] + ["0"])[0]); torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count()))); torch.manual_seed(0)
    here = os.path.dirname(os.path.abspath(__file__)); names = ("net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias")
    if mode == "check":
        sys.path.insert(0, here); from unet import read
        d, meta = read(os.path.join(here, "../../tests/vectors/render/renderer_depth_pdf.safetensors")); cfg = json.loads(meta["config"])
        leaves = [d["planes"].requires_grad_(True)] + [d["decoder." + k].requires_grad_(True) for k in names]; near, far = limits(d["rays_o"], d["rays_d"])
        target = d["importance_depth"].permute(0, 2, 3, 1).reshape(near.shape[0], -1, 1, 1)
        o = render(pyramid(leaves[0]), leaves[1:], d["rays_o"], d["rays_d"], near, far, cfg["S"], d["noise"], d["u"], target)
        g = torch.autograd.grad(sum((a * d["cot_" + k]).sum() for a, k in zip(o, ("rgb", "depth", "weight_total"))), leaves)
        for k, a in list(zip(("rgb", "depth", "weight_total"), o)) + [("grad_planes", g[0])] + [("grad_decoder." + k, a) for k, a in zip(names, g[1:])]:
            print(k, "max abs difference", (a - d[k]).abs().max().item(), "of", d[k].abs().max().item())
        sys.exit()
    R, S, K = 128, 32, 32; planes = torch.randn(1, 3, 64, R, R); net = [torch.randn(64, 64), torch.randn(64) * .1, torch.randn(4, 64), torch.randn(4) * .1]
    y, x = torch.meshgrid(torch.linspace(1, -1, R), torch.linspace(-1, 1, R), indexing="ij"); rd = torch.stack([torch.full_like(x, 1 / math.tan(math.radians(9))), y, x], -1).reshape(1, -1, 3)
    rd = rd / rd.norm(dim=-1, keepdim=True); ro = torch.tensor([-5., 0, 0]).expand_as(rd); near, far = limits(ro, rd); target = torch.full((1, R * R, 1, 1), 5.0)
    noise, u = torch.rand(1, R * R, S, 1), torch.rand(R * R, K); parts = [slice(i, i + (chunk or R * R)) for i in range(0, R * R, chunk or R * R)]
    run = lambda lv, nt, p: render(lv, nt, ro[:, p], rd[:, p], near[:, p], far[:, p], S, noise[:, p], u[p], target[:, p])
    for _ in range(reps):
        t0 = time.perf_counter()
        if mode == "fwd":
            with torch.no_grad(): lv = pyramid(planes); out = [run(lv, net, p) for p in parts]
        else:
            leaves = [planes.requires_grad_(True)] + [a.requires_grad_(True) for a in net]
            for a in leaves: a.grad = None
            lv = pyramid(planes); cut = [l.detach().requires_grad_(True) for l in lv]
            for p in parts: sum(o.sum() for o in run(cut, net, p)).backward()
            torch.autograd.backward(lv, [l.grad for l in cut])
        print(mode, "chunk", chunk, "s", round(time.perf_counter() - t0, 3), flush=True)
    print("peak RSS MiB", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
