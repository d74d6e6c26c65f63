"""PyTorch peer of the pretrained networks: torchvision's own, on random weights, which are frozen.

usage: python3 networks.py NETWORK [fwd|bwd] [repetitions] [batch]
NETWORK: vgg16, alexnet, squeezenet (SqueezeNet 1.1) or vit (ViT-B/16). Pictures have 224 x 224 pixels.
fwd: without recording. bwd: a recorded forward pass and the gradient of the pictures for the sum of the output.
"""
import os, resource, sys, time
import torch, torchvision.models as models

MAKE = {"vgg16": models.vgg16, "alexnet": models.alexnet, "squeezenet": models.squeezenet1_1, "vit": models.vit_b_16}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in MAKE:
        sys.exit(__doc__)
    kind, mode = sys.argv[1], (sys.argv[2:] + ["fwd"])[0]
    repetitions, batch = int((sys.argv[3:] + ["3"])[0]), int((sys.argv[4:] + ["1"])[0])
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count()))); torch.manual_seed(0)
    net = MAKE[kind]().eval().requires_grad_(False)
    x = torch.randn(batch, 3, 224, 224)
    for _ in range(repetitions):
        t = time.perf_counter()
        if mode == "fwd":
            with torch.no_grad(): net(x)
        else:
            picture = x.clone().requires_grad_(); net(picture).sum().backward()
        print(mode, "s", round(time.perf_counter() - t, 4), flush=True)
    print("peak RSS MiB", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
