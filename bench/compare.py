#!/usr/bin/env python3
"""Times G3DR.Core and its PyTorch peers in turns, in one run, and prints a Markdown table of medians, ratios and peak memory.

usage: python3 bench/compare.py [renderer|unet|networks] [--repeat N] [--modes fwd bwd] [--networks NAME[:BATCH] ...] [--g3dr PROGRAM] [--python PROGRAM] [--chunk RAYS] [--exact]

All do the same work: see bench/peers/README.md. Every measurement is a process of its own with one run that does not count, so that peak memory is
that of the work. The contestants take turns within each round, since the speed of a machine drifts. Needs only the standard library here; PyTorch must
be importable by --python.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "peers")
BUILT = os.path.join(HERE, "..", "src", "G3DR.Cli", "bin", "Release", "net10.0", "g3dr.dll")


def run(command, environment):
    """The output of a command; ends this program with its error output if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def openblas_core():
    """The processor that OpenBLAS should take this one for: left alone it may choose an old one and run at half of the speed."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as text:
            flags = next((line for line in text if line.startswith("flags")), "").split()
    except OSError:
        flags = []
    return "COOPERLAKE" if "avx512_bf16" in flags else "SKYLAKEX" if "avx512f" in flags else ""


def measure_g3dr(program, work, mode, threads, options, environment):
    """Seconds of one run and peak memory in MiB."""
    command = program + ["bench"] + work.split() + ["--mode", mode, "--repeat", "1", "--threads", str(threads), "--json"] + options
    answer = json.loads(run(command, environment))
    return answer["seconds"][0], answer["peakRssMiB"]


def measure_torch(python, script, arguments, environment):
    """Seconds of one run and peak memory in MiB. The first of two repetitions does not count."""
    output = run([python, os.path.join(PEERS, script)] + arguments, environment)
    seconds = [float(value) for value in re.findall(r"^\w+.* s ([0-9.]+)$", output, re.MULTILINE)]
    peak = re.search(r"^peak RSS MiB (\d+)$", output, re.MULTILINE)
    if len(seconds) != 2 or peak is None:
        sys.exit(f"{script} printed something unexpected:\n{output}")
    return seconds[1], int(peak.group(1))


def contestants(arguments, program, environment, network=None):
    """Name -> function of the mode that gives seconds and MiB, G3DR.Core first."""

    def own(options):
        work = f"network {network[0]} --batch {network[1]}" if network else arguments.work
        return lambda mode: measure_g3dr(program, work, mode, arguments.threads, options, environment)

    def torch(script, arguments_of_mode):
        return lambda mode: measure_torch(arguments.python, script, arguments_of_mode(mode), environment)

    if network:
        return {"G3DR.Core": own([]), "PyTorch": torch("networks.py", lambda mode: [network[0], mode, "2", network[1]])}
    if arguments.work == "unet":
        exact = {"G3DR.Core, --exact": own(["--exact"])} if arguments.exact else {}
        return {"G3DR.Core": own([])} | exact | {"PyTorch": torch("unet.py", lambda mode: ["train" if mode == "bwd" else "fwd", "2"])}
    return {
        "G3DR.Core": own([]),
        "PyTorch, at once": torch("renderer.py", lambda mode: [mode, "2", "0"]),
        f"PyTorch, chunks of {arguments.chunk}": torch("renderer.py", lambda mode: [mode, "2", str(arguments.chunk)]),
    }


def compare(mode, measures, rounds):
    """For each contestant its times and its largest peak memory."""
    seconds = {name: [] for name in measures}
    memory = {name: 0 for name in measures}
    for number in range(rounds):
        for name, measure in measures.items():
            took, peak = measure(mode)
            seconds[name].append(took)
            memory[name] = max(memory[name], peak)
            print(f"{mode} round {number + 1}/{rounds}: {name} {took:.3f} s, {peak} MiB", file=sys.stderr, flush=True)
    return seconds, memory


def networks(texts):
    """(name, batch) of each NAME or NAME:BATCH."""
    return [(name, batch or "1") for name, _, batch in (text.partition(":") for text in texts)]


def rows(mode, seconds, memory):
    """Lines of the table, G3DR.Core first; ratios are PyTorch / G3DR.Core."""
    own = next(iter(seconds))
    median = {name: statistics.median(times) for name, times in seconds.items()}
    for name, times in seconds.items():
        faster = "" if name == own else f"{median[name] / median[own]:.1f}x"
        smaller = "" if name == own else f"{memory[name] / memory[own]:.1f}x"
        yield f"| {mode} | {name} | {median[name]:.3f} | {min(times):.3f} - {max(times):.3f} | {faster} | {memory[name]} | {smaller} |"


def main():
    parser = argparse.ArgumentParser(description="Times G3DR.Core and its PyTorch peers in turns.")
    parser.add_argument("work", nargs="?", choices=("renderer", "unet", "networks"), default="renderer",
                        help="the official two-pass renderer, the official U-Net at batch 1, or networks around G3DR with frozen weights")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds (default 5)")
    parser.add_argument("--modes", nargs="+", choices=("fwd", "bwd"), default=["fwd", "bwd"], help="forward, forward and backward")
    parser.add_argument("--networks", nargs="+", default=["vgg16", "vit", "vit:8", "squeezenet"], metavar="NAME[:BATCH]", help="networks to time (default: %(default)s)")
    parser.add_argument("--g3dr", default=None, metavar="PROGRAM", help="the command g3dr (default: the Release build of this checkout)")
    parser.add_argument("--python", default=sys.executable, metavar="PROGRAM", help="a Python that has PyTorch")
    parser.add_argument("--chunk", type=int, default=1024, metavar="RAYS", help="rays per chunk of the chunked renderer (default 1024)")
    parser.add_argument("--exact", action="store_true", help="U-Net: time G3DR.Core without Winograd's algorithms too")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), metavar="N", help="threads of both (default: one per processor)")
    arguments = parser.parse_args()
    if arguments.repeat < 1 or arguments.chunk < 1 or arguments.threads < 1:
        parser.error("--repeat, --chunk and --threads must be at least 1")
    if arguments.g3dr is None and not os.path.exists(BUILT):
        sys.exit("There is no Release build: run `dotnet build src/G3DR.Cli -c Release` first, or name the command with --g3dr.")
    program = [arguments.g3dr] if arguments.g3dr else ["dotnet", BUILT]
    environment = dict(os.environ, OMP_NUM_THREADS=str(arguments.threads), OPENBLAS_NUM_THREADS=str(arguments.threads))
    if openblas_core():
        environment.setdefault("OPENBLAS_CORETYPE", openblas_core())
    works = networks(arguments.networks) if arguments.work == "networks" else [None]
    table = ["| mode | | median s | range s | times slower | peak MiB | times larger |", "|---|---|---:|---:|---:|---:|---:|"]
    for work in works:
        measures = contestants(arguments, program, environment, work)
        for mode in arguments.modes:
            label = f"{work[0]}, {work[1]}, {mode}" if work else mode
            seconds, memory = compare(mode, measures, arguments.repeat)
            table += rows(label, seconds, memory)
    print("\n".join(table))


if __name__ == "__main__":
    main()
