"""Measure emlib beside its peers and write the tables into README.md: `make bench`.

Times are of the processor, not of the clock on the wall, on one thread, so that other programs
matter less. All competitors take turns, several rounds of them, and the median of each counts.

--quick  fewer rounds, small problems only; prints the tables and leaves README.md as it is
"""

import os

# Both before numpy is loaded: one thread, and the kernel that suits this processor best.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
for forced in "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE":
    os.environ.pop(forced, None)

import argparse  # noqa: E402
import platform  # noqa: E402
import tracemalloc  # noqa: E402
from datetime import date  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import median  # noqa: E402
from time import process_time  # noqa: E402

import numpy as np  # noqa: E402
import peers  # noqa: E402
from threadpoolctl import threadpool_info  # noqa: E402

import emlib  # noqa: E402

README = Path(__file__).with_name("README.md")
MARKERS = "<!-- tables: written by run.py -->", "<!-- end of tables -->"

# N, D, K, steps of emlib and of scikit-learn, steps of the others, rounds
CASES = [
    (1_000, 1, 2, 100, 20, 15),
    (272, 2, 2, 100, 20, 15),
    (100_000, 1, 2, 10, 1, 5),
    (100_000, 2, 2, 10, 1, 5),
    (100_000, 2, 10, 10, 1, 3),
    (1_000_000, 2, 3, 4, 1, 3),
    (100_000, 10, 10, 10, 1, 3),
    (20_000, 50, 8, 10, 1, 3),
]
LOOPS_ROWS = 500  # loops are timed on so many rows, and the time is scaled up to N


def problem(n: int, d: int, k: int, seed: int = 0) -> tuple:
    """Return data (N, D) of a random mixture, and a start: weights, means and covariances."""
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(k, d, d)) / np.sqrt(d)
    covariances = roots @ roots.transpose(0, 2, 1) + 0.3 * np.eye(d)
    truth = emlib.GaussianMixture(np.full(k, 1 / k), 3 * rng.normal(size=(k, d)), covariances)
    x, _ = truth.sample(n, rng)
    spread = np.atleast_2d(np.cov(x.T))
    return x, truth.weights, x[rng.choice(n, k, replace=False)], np.stack([spread] * k)


def seconds(call) -> float:
    """Return the processor time of one call."""
    start = process_time()
    call()
    return process_time() - start


def take_turns(calls: dict, rounds: int) -> dict:
    """Return the median processor time of each call, all of them called in every round."""
    times = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            times[name].append(seconds(call))
    return {name: median(some) for name, some in times.items()}


def peak(call) -> float:
    """Return the most memory, in MiB, that a call held beyond what was there before."""
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return most


def speed(n, d, k, steps, few, rounds) -> list:
    """Return a row of the table of speed: times of one step, as ratios to emlib's."""
    x, *start = problem(n, d, k)
    forms = dict(peers.FORMS)
    steps_of = dict.fromkeys(forms, few) | {"emlib": steps, "scikit-learn": steps}
    data = dict.fromkeys(forms, x) | {"loops": x[:LOOPS_ROWS]}
    calls = {
        name: lambda f=form, name=name: f(data[name], *start, steps_of[name])
        for name, form in forms.items()
    }
    times = take_turns(calls, rounds)
    step = {name: times[name] / steps_of[name] * n / len(data[name]) for name in forms}
    ratios = [step[name] / step["emlib"] for name in forms if name != "emlib"]
    return [f"{n:,}, {d}, {k}", clock(step["emlib"]), *map(times_as_long, ratios)]


def memory(n, d, k, *_) -> list:
    """Return a row of the table of memory: emlib's and scikit-learn's beyond the data."""
    x, *start = problem(n, d, k)
    emlib_peak, other = (
        peak(lambda f=f: f(x, *start, 2)) for f in (peers.emlib_fit, peers.scikit_learn)
    )
    return [f"{n:,}, {d}, {k}", f"{x.nbytes / 2**20:.1f}", f"{emlib_peak:.1f}", f"{other:.1f}"]


def agreement(n, d, k, *_) -> list:
    """Return a row of the table of accuracy: the largest difference of a mean, in any form."""
    x, *start = problem(min(n, 20_000), d, k)
    forms = {name: f for name, f in peers.FORMS.items() if name != "loops"}
    means = {name: f(x, *start, 5) for name, f in forms.items()}
    gaps = [abs(m - means["emlib"]).max() for name, m in means.items() if name != "emlib"]
    return [f"{len(x):,}, {d}, {k}", *(f"{gap:.0e}" for gap in gaps)]


def surfaces(side: int, rounds: int) -> list[list]:
    """Return the table of surfaces: three grids over 1000 samples, side by side."""
    rng = np.random.default_rng(0)
    x = np.where(rng.random(1000) < 0.3, rng.normal(0, 0.08, 1000), rng.normal(0.6, 0.12, 1000))
    known = {"weights": np.array([0.3, 0.7]), "stds": np.array([0.08, 0.12])}
    return [surface(x, np.linspace(a, b, side), known, rounds) for a, b in GRIDS]


GRIDS = (-0.2, 0.8), (-0.5, 1.1), (-25, 25)


def surface(x, mu, known, rounds) -> list:
    """Return a row: grid, emlib's time, ratio, memory, error. The plain form has one turn."""
    ours = take_turns(
        {"": lambda: emlib.log_likelihood_surface(x, mu, mu, **known)}, rounds
    ).popitem()[1]
    plain = seconds(lambda: peers.surface(x, mu[::10], mu, **known)) * len(mu) / len(mu[::10])
    most = peak(lambda: emlib.log_likelihood_surface(x, mu, mu, **known))
    exact = peers.surface(x, mu[::10], mu[::10], **known)
    error = abs(emlib.log_likelihood_surface(x, mu[::10], mu[::10], **known) / exact - 1).max()
    grid = f"{len(mu)} × {len(mu)}, {mu[0]:g} to {mu[-1]:g}"
    return [grid, clock(ours), times_as_long(plain / ours), f"{most:.1f}", f"{error:.0e}"]


def growth(cases, steps=3, rounds=3) -> list[list]:
    """Return rows of N, D, K, the time of one step, and that time divided by N K D²."""
    rows = []
    for n, d, k in cases:
        x, *start = problem(n, d, k)
        times = take_turns({"": lambda x=x, s=start: peers.emlib_fit(x, *s, steps)}, rounds)
        step = times[""] / (steps + 1)
        rows.append([f"{n:,}", d, k, clock(step), f"{step / (n * k * d * d) * 1e9:.2f}"])
    return rows


def growths(quick: bool) -> list[list]:
    """Return the table of growth: N, then D, then K rises, and the others stay."""
    n = [1_000, 10_000, 100_000] + [1_000_000] * (not quick)
    cases = [(n, 2, 3) for n in n] + [(20_000, d, 4) for d in (2, 4, 8, 16, 32, 64)]
    return growth(cases + [(20_000, 4, k) for k in (1, 2, 4, 8, 16, 32, 64)])


def clock(seconds: float) -> str:
    """Write a time with three digits, in µs or ms."""
    return f"{seconds * 1e6:.3g} µs" if seconds < 1e-3 else f"{seconds * 1e3:.3g} ms"


def times_as_long(ratio: float) -> str:
    """Write a ratio with two digits, or none behind the point from ten up."""
    return f"{ratio:.1f}×" if ratio < 10 else f"{ratio:,.0f}×"


def table(head: str, rows: list[list]) -> str:
    """Return a Markdown table."""
    names = head.split(" | ")
    lines = [names, ["---"] + ["--:"] * (len(names) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def machine() -> str:
    """Say what was measured on: processor, cores, versions and day."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    blas = {i["architecture"] for i in threadpool_info() if i["user_api"] == "blas"}
    names = "numpy", "scipy", "scikit-learn"
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, one thread used; "
        f"Python {platform.python_version()}, {versions}; OpenBLAS kernel "
        f"{' and '.join(sorted(blas))}; {date.today():%d %B %Y}."
    )


def report(quick: bool) -> str:
    """Measure everything and return the tables."""
    cases = [case[:-1] + (3,) for case in CASES if case[0] <= 20_000] if quick else CASES
    others = " | ".join(name for name in peers.FORMS if name != "emlib")
    no_loops = others.replace(" | loops", "")
    return "\n\n".join(
        [
            f"Measured on: {machine()}",
            "### Speed: one EM step, and how many times as long the others take",
            table(f"N, d, K | emlib | {others}", [speed(*case) for case in cases]),
            "### Memory: the most that a fit holds beyond the data, in MiB",
            table("N, d, K | data | emlib | scikit-learn", [memory(*case) for case in cases]),
            "### Agreement: the largest difference from emlib in any mean, after 5 steps",
            table(f"N, d, K | {no_loops}", [agreement(*case) for case in cases]),
            "### The likelihood surface over 1000 samples: the plain safe form beside emlib",
            table(
                "grid of both means | emlib | plain form | MiB | relative error",
                surfaces(100 if quick else 500, 1 if quick else 3),
            ),
            "### Growth: the time of one step, and in ns for each unit of N K d²",
            table("N | d | K | one step | ns per N K d²", growths(quick)),
        ]
    )


def main() -> None:
    """Print the tables; put them between the markers of README.md unless --quick."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small problems only, nothing written")
    quick = parser.parse_args().quick
    tables = report(quick)
    print(tables)
    if not quick:
        before, rest = README.read_text(encoding="utf-8").split(MARKERS[0])
        after = rest.split(MARKERS[1])[1]
        text = f"{before}{MARKERS[0]}\n\n{tables}\n\n{MARKERS[1]}{after}"
        README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
