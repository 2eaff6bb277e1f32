"""The clinic: every fault has its symptom, every cure works, and the table of notebook 08 holds."""

import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from helpers import assert_close
from pytest import approx

from emlib import CoinMixture, GaussianMixture, NormalMixture, check, fit
from emlib.check.patients import INSTRUMENTS, PATIENTS, Coins, Gaussian, Normal, readings, table

TABLE = """\
                                              mono  res step  equ perm  off area  sam stop
 1  identical start                              ·    ·    ·    ·    ·    ·    ·    ·    ✗
 2  variance as E[x²] − μ²                       ·    ·    ·    ·    ·    ✗    ·    ·    ·
 3  surface drawn for other parameters           ·    ·    ·    ·    ·    ·    ·    ·    ·
 4  log_likelihood returns its negative          ✗    ·    ·    ·    ·    ·    ·    ·    ✗
 6  component sizes fixed as int(n * pi)         ·    ·    ·    ·    ·    ·    ·    ✗    ·
 7  axis limits copied from another plot         ·    ·    ·    ·    ·    ·    ·    ·    ·
12  a sum without axis= in the M-step            ✗    ·    ✗    ✗    ·    ✗    ·    ·    ✗
13  d overwritten by d, h = np.histogram(…)      ·    ·    ·    ·    ·    ·    ·    ·    ✗
14  log-likelihood array shaped like the data    ✗    ·    ·    ·    ·    ·    ·    ·    ✗
15  starts drawn without a look at the data      ✗    ✗    ✗    ✗    ✗    ✗    ·    ·    ✗
16  weights frozen, and swapped                  ✗    ·    ✗    ·    ✗    ·    ·    ·    ✗
17  densities summed without weights             ·    ·    ·    ·    ·    ·    ✗    ·    ·
18  densities taken for a sample                 ·    ·    ·    ·    ·    ·    ·    ✗    ·
19  / 2*sigma**2 without parentheses             ✗    ·    ✗    ✗    ·    ·    ✗    ·    ✗
20  randn() < pi for random() < pi               ·    ·    ·    ·    ·    ·    ·    ✗    ·
21  shared sigma updated from one component      ✗    ·    ✗    ·    ✗    ·    ·    ·    ✗
23  diag(std) where variances belong             ·    ·    ·    ✗    ·    ·    ·    ·    ·
24  np.mean(X) without axis= in the start        ·    ·    ·    ✗    ·    ·    ·    ·    ·
25  covariance about the old means               ·    ·    ✗    ·    ·    ·    ·    ·    ·
26  until convergence means 25 iterations        ·    ·    ·    ·    ·    ·    ·    ·    ✗
28  convergence tested on Q at the old theta     ·    ·    ·    ·    ·    ·    ·    ·    ✗
29  starting rows that do not sum to one         ·    ✗    ·    ·    ·    ·    ·    ·    ·
30  exp(log-likelihood) of long sequences        ·    ·    ·    –    ·    ✗    ·    ·    ·
32  absolute tolerance .01                       ·    ·    ·    ·    ·    ·    ·    ·    ✗
"""


# The table


def test_table_as_measured_now():
    measured = {number: readings(p) for number, p in PATIENTS.items()}
    assert repr(table(measured)) + "\n" == TABLE


def test_table_in_the_notebook(root):
    (path,) = (root / "notebooks").glob("08_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    (cell,) = [c for c in cells if "clinic-table" in c.metadata.get("tags", [])]
    (output,) = cell.outputs
    assert output.data["text/plain"] + "\n" == TABLE


MEASURED = {n: {i: check.Reading("wrong", "") for i in INSTRUMENTS} for n in PATIENTS}


def test_every_symbol_stands_under_its_word():
    head, *rows = repr(table(MEASURED)).splitlines()
    places = [range(*word.span()) for word in re.finditer(r"\w+", head)]
    assert len(places) == len(INSTRUMENTS) == 9
    for row in rows:
        symbols = [found.start() for found in re.finditer("✗", row[45:])]
        assert [45 + at in place for at, place in zip(symbols, places, strict=True)] == [True] * 9


@pytest.mark.parametrize("width", [320, 700, 1280])
def test_in_a_page_too_whatever_its_width(width, page):
    page.set_viewport_size({"width": width, "height": 720})
    page.set_content(table(MEASURED)._repr_html_())
    left = "cells => cells.map(c => Math.round(c.getBoundingClientRect().left))"
    head = page.locator("th").evaluate_all(left)
    rows = page.locator("td").evaluate_all(left)
    assert len(head) == 11 and len(rows) == 11 * len(PATIENTS)
    assert all(rows[i : i + 11] == head for i in range(0, len(rows), 11))


def test_table_has_every_fault_of_the_list():
    listed = [*range(1, 5), 6, 7, *range(12, 22), 23, 24, 25, 26, 28, 29, 30, 32]
    assert list(PATIENTS) == listed
    assert len(PATIENTS) == 24


@pytest.mark.parametrize("number", PATIENTS)
def test_every_instrument_passes_the_cure(number):
    assert {reading.symbol for reading in readings(PATIENTS[number].cured).values()} <= {"✓", "–"}


@pytest.mark.parametrize("number", PATIENTS)
def test_the_cure_differs_in_one_method_only(number):
    sick = PATIENTS[number]
    methods = set(type(sick).__dict__) & set(dir(Normal)) - {"__doc__", "__module__"}
    methods = {m for m in methods if not m.startswith("__")}
    allowed = {25: {"m_step", "run"}}  # its loop hands the old parameters over
    assert methods == allowed.get(number, methods)
    assert len(methods) == len(allowed.get(number, "1"))
    assert isinstance(sick, type(sick.cured))


@pytest.mark.parametrize(
    ("program", "cls"), [(Normal, NormalMixture), (Gaussian, GaussianMixture), (Coins, CoinMixture)]
)
def test_healthy_programs_agree_with_emlib(program, cls):
    p = program()
    theta, trace = p.run(p.x)
    best = fit(cls(*p.start(p.x)), p.x)
    assert trace[-1] == approx(best.log_likelihood, abs=1e-8)
    assert_close(cls(*theta), best.model, rtol=1e-4)


def test_checks_do_not_load_the_clinic():
    """A student's `from emlib import check` is quick: nobody is admitted before they are wanted."""
    code = "import sys; from emlib import check; sys.exit('emlib.check.patients' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


# The symptoms: before, and after the cure. Data are our own draws; the sizes are the published ones


def before_and_after(number, **fewer):
    p = PATIENTS[number]
    return p.symptom(p, **fewer), p.symptom(p.cured, **fewer)


def test_1_identical_start_stays():
    before, after = before_and_after(1)
    assert before == approx([6.56, 6.56]) and after == approx([2.42, 10.70])


def test_2_digits_are_lost():
    before, after = before_and_after(2)
    assert before == approx([0, 128]) and after == approx([0.4056, 0.4056])


def test_3_a_symmetric_plot_of_asymmetric_data():
    before, after = before_and_after(3)
    assert before < 1e-6 and after > 300


def test_4_likes_a_bad_mean_best():
    before, after = before_and_after(4)
    assert abs(before - after) > 3 and after == approx(2.42)


def test_6_samples_vary_too_little():
    before, after = before_and_after(6)
    assert before == approx(0.0047, abs=0.001) and after == approx(0.0324, rel=0.15)


def test_7_nothing_to_see():
    assert before_and_after(7) == (0, 10)


def test_12_both_coordinates_equal_and_the_log_likelihood_falls():
    (falls, mean), (none, cured_mean) = before_and_after(12)
    assert falls > 50 and none == 0
    assert mean[0] == mean[1] and abs(cured_mean[0] - cured_mean[1]) > 0.1


def test_13_an_array_where_a_number_was():
    before, after = before_and_after(13)
    assert "truth value of an array" in before and after == "fine"


def test_14_index_error():
    before, after = before_and_after(14)
    assert before.startswith("IndexError") and after == "fine"


@pytest.mark.filterwarnings("ignore:invalid value")
def test_15_a_blind_start_fails_often():
    before, after = before_and_after(15)
    assert 0.1 < before < 0.4 and after == 0


def test_16_frozen_weights_bend_everything_else():
    before, after = before_and_after(16)
    assert before[:4] == approx([145.5, 200.1, 13.8, 52.6], rel=0.03)
    assert after[:4] == approx([150, 250, 20, 20], rel=0.03)
    assert 1000 < after[4] - before[4] < 3000


def test_17_integrates_to_two():
    assert before_and_after(17) == (approx(2), approx(1))


def test_18_the_sample_ignores_the_model():
    before, after = before_and_after(18)
    assert max(before) < 0.1 and after == approx([2, 155], abs=0.2)


def test_19_half_a_bell():
    assert before_and_after(19) == (approx(1.2533, abs=1e-4), approx(1))


def test_20_wrong_weight():
    assert before_and_after(20) == (approx(0.618, abs=0.01), approx(0.3, abs=0.01))


def test_21_falls_at_step_two():
    (falls, low), (never, high) = before_and_after(21)
    assert falls == 2 and never is None
    assert 1000 < high - low < 2000


def test_23_depends_on_the_unit():
    before, after = before_and_after(23)
    assert abs(before) > 100 and after == approx(0, abs=1e-6)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_24_nothing_but_nan():
    assert before_and_after(24) == (1, 0)


def test_25_never_falls_and_ends_at_the_same_place():
    (gain, end), (_, healthy_end) = before_and_after(25)
    assert gain > -1e-12 and end == approx(healthy_end, abs=1e-8)


def test_26_stops_in_the_middle():
    before, after = before_and_after(26, repeats=8)
    assert before > 0.5 and after == 0


def test_28_q_falls():
    (fell, short), cured = before_and_after(28, repeats=12)
    assert fell == approx(0.5, abs=0.15) and short > 0.05 and cured == (0, 0)


def test_29_rows_of_any_sum():
    before, after = before_and_after(29)
    assert before == approx((0.25, 2), abs=0.5) and after == approx((1, 1))


@pytest.mark.filterwarnings("ignore:invalid value")
def test_30_zero_by_zero():
    before, after = before_and_after(30)
    assert np.isnan(before).all() and sum(after) == approx(1)


def test_32_a_little_short():
    (early, low), (late, high) = before_and_after(32)
    assert early < 15 < 25 < late
    assert 0.001 < high - low < 0.1
