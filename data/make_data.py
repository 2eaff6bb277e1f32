"""Write the two synthetic data sets, `one_bump.csv` and `two_bumps.csv`, next to this file.

    python data/make_data.py [FOLDER]

The same seeds give the same bytes every time; a test regenerates both files and compares.
"""

import sys
from pathlib import Path

import numpy as np

N = 1000
SEEDS = {"one_bump": 9, "two_bumps": 3}


def one_bump(rng):
    """(N,) values from one Gaussian with mean 8 and standard deviation 1.9."""
    return rng.normal(8.0, 1.9, N)


def two_bumps(rng):
    """(N,) values from 1/2 N(1.96, 1.20^2) + 1/2 N(8.07, 2.12^2): z first, then x given z."""
    z = (rng.random(N) < 0.5).astype(int)
    return rng.normal(np.array([1.96, 8.07])[z], np.array([1.20, 2.12])[z])


def write(folder):
    """Write both files into `folder`, one value per line with four decimals."""
    for sample in (one_bump, two_bumps):
        x = sample(np.random.default_rng(SEEDS[sample.__name__]))
        lines = ["x", *(f"{value:.4f}" for value in x)]
        path = Path(folder) / f"{sample.__name__}.csv"
        path.write_bytes(("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    write(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent)
