"""The files in data/: what is in them, where they come from, and how they are loaded."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import emlib
from emlib import NormalMixture, best_of, datasets, starts

pytestmark = pytest.mark.filterwarnings("error")

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
HEADERS = {
    "old_faithful.csv": "eruptions,waiting",
    "one_bump.csv": "x",
    "two_bumps.csv": "x",
    "coin_tosses.csv": "heads,tails",
}


@pytest.mark.parametrize("name", HEADERS)
def test_files_are_plain_text_with_one_header_line(name):
    text = (DATA / name).read_bytes()
    assert b"\r" not in text and text.isascii() and text.endswith(b"\n")
    assert text.decode().splitlines()[0] == HEADERS[name]


def test_no_other_file_hides_in_data():
    assert {p.name for p in DATA.glob("*.csv")} == set(HEADERS)


@pytest.mark.parametrize("name", HEADERS)
def test_readme_names_every_file_and_column(name):
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert f"`{name}`" in readme
    assert all(f"`{column}`" in readme for column in HEADERS[name].split(","))
    assert all(word in readme.lower() for word in ("licence", "source", "units", "minutes"))


def test_old_faithful():
    x = datasets.old_faithful()
    assert x.shape == (272, 2) and x.dtype == np.float64
    np.testing.assert_allclose(x.mean(axis=0), [3.487783, 70.897059], atol=5e-7)
    np.testing.assert_array_equal(x[[0, -1]], [[3.6, 79], [4.467, 74]])
    assert np.sum(x[:, 1] == 78) == 15 and np.sum(x[:, 1] == 43) == 1


def test_coin_tosses():
    x = datasets.coin_tosses()
    assert np.issubdtype(x.dtype, np.integer)
    np.testing.assert_array_equal(x, [[5, 5], [9, 1], [8, 2], [4, 6], [7, 3]])


@pytest.mark.parametrize("load", [datasets.one_bump, datasets.two_bumps])
def test_bumps_are_a_thousand_numbers(load):
    x = load()
    assert x.shape == (1000,) and x.dtype == np.float64 and np.isfinite(x).all()


@pytest.mark.parametrize(
    ("load", "name"),
    [
        (datasets.old_faithful, "old_faithful.csv"),
        (datasets.one_bump, "one_bump.csv"),
        (datasets.two_bumps, "two_bumps.csv"),
        (datasets.coin_tosses, "coin_tosses.csv"),
    ],
)
def test_loaders_return_the_files_afresh(load, name):
    first = load()
    np.testing.assert_array_equal(first, np.loadtxt(DATA / name, delimiter=",", skiprows=1))
    first[:] = 0
    assert load().any(), "what one reader changes, another must not see"


def test_one_bump_is_one_gaussian():
    x = datasets.one_bump()
    assert abs(x.mean() - 8) < 0.1 and abs(x.std() - 1.9) < 0.1
    assert bic(x, 1) < bic(x, 2)


def test_two_bumps_are_two_gaussians():
    x = datasets.two_bumps()
    assert bic(x, 1) - bic(x, 2) > 300
    assert bic(x, 2) < bic(x, 3)
    fit = emlib.fit(starts.quantiles(x, 2), x).model.sorted()
    truth = NormalMixture([0.5, 0.5], [1.96, 8.07], [1.20, 2.12])
    np.testing.assert_allclose(fit.weights, truth.weights, atol=0.03)
    np.testing.assert_allclose(fit.means, truth.means, atol=0.2)
    np.testing.assert_allclose(fit.stds, truth.stds, atol=0.15)


def bic(x, k):
    """The best BIC of a few starts."""
    rng = np.random.default_rng(0)
    candidates = [starts.kmeans_plus_plus(x, k, rng) for _ in range(4)]
    return best_of(candidates, x, tol=1e-4).model.bic(x)


def test_generator_writes_the_same_bytes(tmp_path):
    command = [sys.executable, DATA / "make_data.py", tmp_path]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=60)
    written = sorted(p.name for p in tmp_path.iterdir())
    assert written == ["one_bump.csv", "two_bumps.csv"]
    assert all((tmp_path / name).read_bytes() == (DATA / name).read_bytes() for name in written)
