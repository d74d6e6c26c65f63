#!/usr/bin/env python3
"""Times the renderer of G3DR.Core and its PyTorch peer in turns, in one run, and prints a Markdown table of medians, ratios and peak memory.

usage: python3 bench/compare.py [--repeat N] [--modes fwd bwd] [--g3dr PROGRAM] [--python PROGRAM] [--chunk RAYS]

Both do the same work: see bench/peers/README.md. Every measurement is a process of its own with one run that does not count, so that peak memory is
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
PEER = os.path.join(HERE, "peers", "renderer.py")
BUILT = os.path.join(HERE, "..", "src", "G3DR.Cli", "bin", "Release", "net10.0", "g3dr.dll")


def run(command, environment):
    """The output of a command; ends this program with its error output if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def measure_g3dr(program, mode, threads, environment):
    """Seconds of one run and peak memory in MiB."""
    command = program + ["bench", "renderer", "--mode", mode, "--repeat", "1", "--threads", str(threads), "--json"]
    answer = json.loads(run(command, environment))
    return answer["seconds"][0], answer["peakRssMiB"]


def measure_torch(python, mode, chunk, environment):
    """Seconds of one run and peak memory in MiB. The first of two repetitions does not count."""
    output = run([python, PEER, mode, "2", str(chunk)], environment)
    seconds = [float(value) for value in re.findall(r"^\w+ chunk \d+ s ([0-9.]+)$", output, re.MULTILINE)]
    peak = re.search(r"^peak RSS MiB (\d+)$", output, re.MULTILINE)
    if len(seconds) != 2 or peak is None:
        sys.exit(f"{PEER} printed something unexpected:\n{output}")
    return seconds[1], int(peak.group(1))


def compare(mode, contestants, rounds):
    """For each contestant its times and its largest peak memory."""
    seconds = {name: [] for name in contestants}
    memory = {name: 0 for name in contestants}
    for number in range(rounds):
        for name, measure in contestants.items():
            took, peak = measure(mode)
            seconds[name].append(took)
            memory[name] = max(memory[name], peak)
            print(f"{mode} round {number + 1}/{rounds}: {name} {took:.3f} s, {peak} MiB", file=sys.stderr, flush=True)
    return seconds, memory


def rows(mode, seconds, memory):
    """Lines of the table, G3DR.Core first; ratios are PyTorch / G3DR.Core."""
    own = next(iter(seconds))
    median = {name: statistics.median(times) for name, times in seconds.items()}
    for name, times in seconds.items():
        faster = "" if name == own else f"{median[name] / median[own]:.1f}x"
        smaller = "" if name == own else f"{memory[name] / memory[own]:.1f}x"
        yield f"| {mode} | {name} | {median[name]:.3f} | {min(times):.3f} - {max(times):.3f} | {faster} | {memory[name]} | {smaller} |"


def main():
    parser = argparse.ArgumentParser(description="Times G3DR.Core's renderer and its PyTorch peer in turns.")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds (default 5)")
    parser.add_argument("--modes", nargs="+", choices=("fwd", "bwd"), default=["fwd", "bwd"], help="forward, forward and backward")
    parser.add_argument("--g3dr", default=None, metavar="PROGRAM", help="the command g3dr (default: the Release build of this checkout)")
    parser.add_argument("--python", default=sys.executable, metavar="PROGRAM", help="a Python that has PyTorch")
    parser.add_argument("--chunk", type=int, default=1024, metavar="RAYS", help="rays per chunk of the chunked peer (default 1024)")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), metavar="N", help="threads of both (default: one per processor)")
    arguments = parser.parse_args()
    if arguments.repeat < 1 or arguments.chunk < 1 or arguments.threads < 1:
        parser.error("--repeat, --chunk and --threads must be at least 1")
    if arguments.g3dr is None and not os.path.exists(BUILT):
        sys.exit("There is no Release build: run `dotnet build src/G3DR.Cli -c Release` first, or name the command with --g3dr.")
    program = [arguments.g3dr] if arguments.g3dr else ["dotnet", BUILT]
    environment = dict(os.environ, OMP_NUM_THREADS=str(arguments.threads), OPENBLAS_NUM_THREADS=str(arguments.threads))
    contestants = {
        "G3DR.Core": lambda mode: measure_g3dr(program, mode, arguments.threads, environment),
        "PyTorch, at once": lambda mode: measure_torch(arguments.python, mode, 0, environment),
        f"PyTorch, chunks of {arguments.chunk}": lambda mode: measure_torch(arguments.python, mode, arguments.chunk, environment),
    }
    table = ["| mode | | median s | range s | times slower | peak MiB | times larger |", "|---|---|---:|---:|---:|---:|---:|"]
    for mode in arguments.modes:
        table += rows(mode, *compare(mode, contestants, arguments.repeat))
    print("\n".join(table))


if __name__ == "__main__":
    main()
