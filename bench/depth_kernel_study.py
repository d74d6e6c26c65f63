#!/usr/bin/env python3
"""What the depth kernel does when a scene is fitted to one picture: runs g3dr fit with several kernels and prints Markdown tables.

usage: depth_kernel_study.py search|compare|full --g3dr PATH --pairs FOLDER [--out FOLDER] [--jobs N]

search   up to 12 kernel settings at 64x64 on six pairs (photos NAME.jpg with NAME_depth.png, found below --pairs, sorted by path, every third)
compare  chosen settings at 64x64 on the other pairs and on the built-in scenes with known geometry, with a flat card as the floor
full     with and without the kernel at 128x128, defaults, on all pairs; one fit at a time, so that times mean something
Needs Python 3 only. Results are kept in --out and not computed again.
"""
import argparse
import concurrent.futures
import json
import pathlib
import statistics
import subprocess

SETTINGS = {
    "none": ["--no-depth-kernel"],
    "paper rule": ["--kernel", "paper"],
    "authors": ["--kernel", "official"],
    "narrow": ["--kernel-s2", "0.01"],
    "wide": ["--kernel-s2", "0.2"],
    "very wide": ["--kernel-s2", "1"],
    "floor 0.01": ["--kernel-min", "0.01"],
    "floor 0.2": ["--kernel-min", "0.2"],
    "floor 0.5": ["--kernel", "single-picture"],
    "s1 1": ["--kernel-s1", "1"],
    "cap 4": ["--kernel-s1", "4", "--kernel-max", "4"],
    "narrow, floor 0.2": ["--kernel-s2", "0.01", "--kernel-min", "0.2"],
}
SMALL = ["--size", "64", "--planes", "64", "--rays", "2048", "--steps", "200"]
SCENES = ["vase", "rabbit", "toys"]
COLUMNS = [("psnr", "PSNR dB", 2), ("depthError", "depth error", 4), ("nonFlatness", "NFS", 1), ("raySpread", "ray spread", 4), ("novelDepthError", "novel depth error", 4)]


def call(arguments):
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr}")
    return json.loads(done.stdout)


def fit(options, photo, depth, name, extra, threads):
    folder = options.out / name.replace(" ", "-").replace(",", "")
    report = folder / "report.json"
    if not report.exists():
        call([options.g3dr, "fit", str(photo), "--depth", str(depth), "--out", str(folder), "--json", "--no-pictures", "--threads", str(threads), *extra])
    result = json.loads(report.read_text())
    return {**result["result"], "seconds": result["seconds"], "mib": result["peakProcessBytes"] / 2**20, "folder": str(folder)}


def run_all(options, jobs):
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        return list(pool.map(lambda job: fit(options, *job, threads=0 if options.jobs == 1 else 1), jobs))


def row(label, results, columns):
    cells = [f"{statistics.mean(r[key] for r in results):.{digits}f}" for key, _, digits in columns]
    return f"| {label} | {' | '.join(cells)} |"


def table(title, columns):
    print(f"\n{title}\n\n| kernel | {' | '.join(text for _, text, _ in columns)} |\n|---|{'---|' * len(columns)}", flush=True)


def compare_truth(options, results, scene):
    for result in results:
        measured = call([options.g3dr, "eval", "scene", result["folder"] + "/scene.safetensors", "--truth", scene, "--size", "64", "--json"])
        result.update(truePsnr=measured["novelPsnr"], trueDepth=measured["novelDepthError"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["search", "compare", "full"])
    parser.add_argument("--g3dr", default="g3dr")
    parser.add_argument("--pairs", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("out/depth-kernel"))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--settings", default="", help="comma-separated names; all by default")
    options = parser.parse_args()
    photos = sorted(options.pairs.rglob("*.jpg"))
    pairs = [(p, p.with_name(p.stem + "_depth.png")) for p in photos]
    searched, others = pairs[::3], [pair for i, pair in enumerate(pairs) if i % 3]
    names = [name for name in SETTINGS if not options.settings or name in options.settings.split("+")]
    if options.mode == "search":
        table(f"64x64, {len(searched)} pairs, mean", COLUMNS)
        for name in names:
            print(row(name, run_all(options, [(p, d, f"search-{name}-{p.stem}", SMALL + SETTINGS[name]) for p, d in searched]), COLUMNS), flush=True)
    elif options.mode == "compare":
        table(f"64x64, the other {len(others)} pairs, mean", COLUMNS)
        for name in names:
            print(row(name, run_all(options, [(p, d, f"compare-{name}-{p.stem}", SMALL + SETTINGS[name]) for p, d in others]), COLUMNS), flush=True)
        truth = COLUMNS[:2] + COLUMNS[3:4] + [("truePsnr", "novel PSNR dB (true)", 2), ("trueDepth", "novel depth error (true)", 4)]
        call_folder = options.out / "scenes"
        subprocess.run([options.g3dr, "dataset", "scenes", "--out", str(call_folder), "--size", "256"], check=True, capture_output=True)
        table("64x64, three scenes with known geometry, mean", truth)
        for name in names:
            results = run_all(options, [(call_folder / f"{s}.png", call_folder / f"{s}-depth.png", f"compare-{name}-{s}", SMALL + SETTINGS[name]) for s in SCENES])
            for scene, result in zip(SCENES, results):
                compare_truth(options, [result], scene)
            print(row(name, results, truth), flush=True)
        cards = [call([options.g3dr, "eval", "card", str(call_folder / f"{s}.png"), "--depth", str(call_folder / f"{s}-depth.png"), "--truth", s, "--size", "64", "--json"]) for s in SCENES]
        print(f"| flat card | | | | {statistics.mean(c['novelPsnr'] for c in cards):.2f} | {statistics.mean(c['novelDepthError'] for c in cards):.4f} |")
    else:
        columns = COLUMNS + [("seconds", "seconds", 1), ("mib", "peak MiB", 0)]
        table(f"128x128, defaults, {len(pairs)} pairs, mean", columns)
        for name in names if options.settings else ["paper rule", "none"]:
            results = run_all(options, [(p, d, f"full-{name}-{p.stem}", SETTINGS[name]) for p, d in pairs])
            print(row(name, results, columns), flush=True)
            print(f"|  slowest {max(r['seconds'] for r in results):.1f} s, lowest PSNR {min(r['psnr'] for r in results):.2f} dB, largest memory {max(r['mib'] for r in results):.0f} MiB |")


if __name__ == "__main__":
    main()
