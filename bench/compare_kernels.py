#!/usr/bin/env python3
"""Times matrix products and convolutions of G3DR.Core and of PyTorch in turns, in one run, and prints a Markdown table.

usage: python3 bench/compare_kernels.py [--repeat N] [--only TEXT] [--g3dr PROGRAM] [--python PROGRAM] [--threads N]

GFLOP/s count the operations of the definition, also where Winograd's algorithms need fewer. Ratios are speeds, G3DR.Core / the faster of PyTorch's
layouts. Needs only the standard library here; PyTorch must be importable by --python.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SERVER = os.path.join(HERE, "peers", "server.py")
BUILT = os.path.join(HERE, "..", "src", "G3DR.Cli", "bin", "Release", "net10.0", "g3dr.dll")

PRODUCTS = [(1024, 1024, 1024), (16384, 384, 128), (4096, 256, 2304), (256, 1024, 4608)]
CONVOLUTIONS = [(128, 128, 128), (256, 256, 128), (256, 256, 64), (256, 256, 32), (512, 512, 16)]


class Server:
    """The peer as a process that answers one job a line with its seconds."""

    def __init__(self, python, environment):
        self.process = subprocess.Popen([python, SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def seconds(self, job):
        self.process.stdin.write(job + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer or float(answer.split()[0]) < 0:
            sys.exit(f"the peer failed at '{job}': {answer}")
        return float(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def own_seconds(program, arguments, threads):
    command = program + ["bench"] + arguments + ["--repeat", "9", "--threads", str(threads), "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return min(json.loads(done.stdout)["seconds"])


def works():
    """Name, operations, arguments of g3dr bench for each way, jobs of the peer."""
    for m, n, k in PRODUCTS:
        yield f"product {m} x {n} x {k}", 2.0 * m * n * k, {"packed": ["gemm", str(m), str(n), str(k)]}, [f"gemm {m} {n} {k}"]
    for inputs, outputs, side in CONVOLUTIONS:
        flops = 2.0 * 9 * inputs * outputs * side * side
        size = [str(inputs), str(outputs), str(side)]
        jobs = [f"conv {inputs} {outputs} {side}", f"conv {inputs} {outputs} {side} cl"]
        ways = {way: ["conv"] + size + ["--algorithm", way] for way in ("direct", "winograd2", "winograd4")}
        yield f"convolution 3x3 {inputs} -> {outputs} at {side} x {side}", flops, ways, jobs
        jobs = [f"wgrad {inputs} {outputs} {side}", f"wgrad {inputs} {outputs} {side} cl"]
        ways = {way: arguments + ["--pass", "weights"] for way, arguments in ways.items()}
        yield f"weight gradient 3x3 {inputs} -> {outputs} at {side} x {side}", flops, ways, jobs


def main():
    parser = argparse.ArgumentParser(description="Times kernels of G3DR.Core and of PyTorch in turns.")
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds (default 5)")
    parser.add_argument("--only", default="", metavar="TEXT", help="only works whose name contains this")
    parser.add_argument("--g3dr", default=None, metavar="PROGRAM", help="the command g3dr (default: the Release build of this checkout)")
    parser.add_argument("--python", default=sys.executable, metavar="PROGRAM", help="a Python that has PyTorch")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), metavar="N", help="threads of both (default: one per processor)")
    arguments = parser.parse_args()
    if arguments.repeat < 1 or arguments.threads < 1:
        parser.error("--repeat and --threads must be at least 1")
    if arguments.g3dr is None and not os.path.exists(BUILT):
        sys.exit("There is no Release build: run `dotnet build src/G3DR.Cli -c Release` first, or name the command with --g3dr.")
    program = [arguments.g3dr] if arguments.g3dr else ["dotnet", BUILT]
    server = Server(arguments.python, dict(os.environ, OMP_NUM_THREADS=str(arguments.threads), OPENBLAS_NUM_THREADS=str(arguments.threads)))
    print("| work | way | GFLOP/s | PyTorch GFLOP/s | ratio |\n|---|---|---:|---:|---:|")
    for name, flops, ways, jobs in works():
        if arguments.only not in name:
            continue
        own = {way: [] for way in ways}
        peer = {job: [] for job in jobs}
        for _ in range(arguments.repeat):
            for way, options in ways.items():
                own[way].append(own_seconds(program, options, arguments.threads))
            for job in jobs:
                peer[job].append(min(server.seconds(job) for _ in range(3)))
        torch = min(statistics.median(times) for times in peer.values())
        for way, times in own.items():
            median = statistics.median(times)
            print(f"| {name} | {way} | {flops / median / 1e9:.0f} | {flops / torch / 1e9:.0f} | {torch / median:.2f} |", flush=True)
    server.close()


if __name__ == "__main__":
    main()
