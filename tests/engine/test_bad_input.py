"""Bad input: a ValueError whose sentence names the argument, what was given, and what to do.

Each case is a call and the words that its message must hold. Warnings are errors here, so no
warning of numpy's reaches a reader either.
"""

import re

import numpy as np
import pytest

from emlib import (
    CoinMixture,
    CollapsedComponent,
    GaussianMixture,
    NormalMixture,
    best_of,
    datasets,
    em_steps,
    fit,
    log_likelihood_surface,
    starts,
)

pytestmark = pytest.mark.filterwarnings("error")

NAN, INF = float("nan"), float("inf")
NORMAL = NormalMixture([0.5, 0.5], [0, 5], [1, 2])
GAUSSIAN = GaussianMixture([0.5, 0.5], [[0, 0], [5, 5]], [np.eye(2), 2 * np.eye(2)])
COINS = CoinMixture([0.5, 0.5], [0.6, 0.5])
FLAT = np.array([0.1, 0.4, -0.3, 4.0, 5.0, 6.5])
TABLE = np.random.default_rng(0).normal(size=(20, 2)) * 3
TOSSES = np.array([[5, 5], [9, 1], [8, 2]])
RNG = np.random.default_rng(0)

# An imperative somewhere in the sentence: what the reader should do.
ADVICE = re.compile(
    r"\b(use|give|pass|divide|remove|replace|drop|choose|check|take|make|start|try|add|set|convert"
    r"|reshape|follow|make sure|one row|must be)\b",
    re.IGNORECASE,
)


def refuses(call, *words):
    """`call` raises a ValueError that holds all words, gives advice, and is one tidy sentence."""
    with pytest.raises(ValueError) as caught:
        call()
    message = str(caught.value)
    for word in words:
        assert re.search(word, message, re.IGNORECASE), f"no {word!r} in: {message}"
    assert ADVICE.search(message), f"no advice in: {message}"
    assert len(message) < 600 and "\n" not in message, f"too long to read: {message}"


def cases(table):
    return pytest.mark.parametrize(
        ("call", "words"), [pytest.param(call, words, id=name) for name, call, *words in table]
    )


# --- parameters --------------------------------------------------------------------------------

WEIGHTS = [
    ("sum to 1.1", [0.5, 0.6], ("weights", r"1\.1", "sum")),
    ("sum to 0.9999999", [0.3333333, 0.6666666], ("weights", r"0\.99999")),
    ("negative", [1.5, -0.5], ("weights", r"-0\.5")),
    ("NaN", [0.5, NAN], ("weights", "nan")),
    ("infinite", [0.5, INF], ("weights", "inf")),
    ("text", ["a", "b"], ("weights", "a", "b")),
    ("None", None, ("weights", "None")),
    ("a number", 1.0, ("weights", r"shape \(\)|1\.0")),
    ("a table", [[0.5, 0.5]], ("weights", r"\(1, 2\)")),
    ("empty", [], ("weights", r"empty|\(0,\)")),
    ("complex", [0.5 + 1j, 0.5 - 1j], ("weights", "0.5")),
    ("ragged", [[0.5], [0.25, 0.25]], ("weights",)),
    ("one too few", [1.0], ("weights", "1", "2")),
    ("one too many", [0.2, 0.3, 0.5], ("weights", "3", "2")),
]
MODELS = {
    "normal": lambda w: NormalMixture(w, [0, 1], [1, 1]),
    "gaussian": lambda w: GaussianMixture(w, [[0, 0], [1, 1]], [np.eye(2)] * 2),
    "coins": lambda w: CoinMixture(w, [0.2, 0.8]),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize(
    ("weights", "words"), [w[1:] for w in WEIGHTS], ids=[w[0] for w in WEIGHTS]
)
def test_weights(model, weights, words):
    refuses(lambda: model(weights), *words)


def normal(means=(0, 1), stds=(1, 1)):
    return lambda: NormalMixture([0.5, 0.5], means, stds)


@cases(
    [
        ("std negative", normal(stds=[1, -2]), "stds", "-2", "positive|above 0"),
        ("std zero", normal(stds=[1, 0]), "stds", r"\b0\b", "positive|above 0"),
        ("std NaN", normal(stds=[1, NAN]), "stds", "nan"),
        ("std infinite", normal(stds=[1, INF]), "stds", "inf"),
        ("std text", normal(stds=["x", "y"]), "stds", "x"),
        ("std a number", normal(stds=1), "stds", r"\(\)"),
        ("std empty", normal(stds=[]), "stds", r"empty|\(0,\)"),
        ("stds too many", normal(stds=[1, 2, 3]), "stds", "3", "2"),
        ("means too many", normal(means=[1, 2, 3]), "means", "3", "2"),
        ("means NaN", normal(means=[0, NAN]), "means", "nan"),
        ("means infinite", normal(means=[0, -INF]), "means", "inf"),
        ("means a table", normal(means=[[0, 1]]), "means", r"\(1, 2\)"),
        ("means text", normal(means="ab"), "means", "ab"),
        ("means None", normal(means=None), "means", "None"),
    ]
)
def test_normal_parameters(call, words):
    refuses(call, *words)


def gaussian(means=((0, 0), (1, 1)), covariances=(((1, 0), (0, 1)), ((1, 0), (0, 1)))):
    return lambda: GaussianMixture([0.5, 0.5], means, covariances)


def second(*matrix):
    return gaussian(covariances=[np.eye(2), matrix])


@cases(
    [
        ("asymmetric", second([1, 0.5], [0.2, 1]), "covariances", "symmetric", r"0\.2", r"\b1\b"),
        ("a little asymmetric", second([1, 0.5], [0.501, 1]), "covariances", "symmetric", "0.501"),
        ("indefinite", second([1, 2], [2, 1]), "covariances", "positive definite", "2"),
        ("singular", second([1, 1], [1, 1]), "covariances", "positive definite"),
        ("negative", second([-1, 0], [0, 1]), "covariances", "positive definite", "-1"),
        ("zero", second([0, 0], [0, 0]), "covariances", "positive definite"),
        ("NaN", second([1, NAN], [NAN, 1]), "covariances", "nan"),
        ("infinite", second([INF, 0], [0, 1]), "covariances", "inf"),
        ("vectors", gaussian(covariances=[[1, 1], [1, 1]]), "covariances", r"\(2, 2\)"),
        ("not square", gaussian(covariances=np.ones((2, 2, 3))), "covariances", r"\(2, 2, 3\)"),
        ("too wide", gaussian(covariances=[np.eye(3)] * 2), "covariances", r"\(2, 3, 3\)", "2"),
        ("too many", gaussian(covariances=[np.eye(2)] * 3), "covariances", "3", "2"),
        ("text", gaussian(covariances="full"), "covariances", "full"),
        ("means flat", gaussian(means=[0, 1]), "means", r"\(2,\)"),
        ("means too many", gaussian(means=np.zeros((3, 2))), "means", "3", "2"),
        ("means NaN", gaussian(means=[[0, 0], [NAN, 0]]), "means", "nan"),
        ("means text", gaussian(means=[["a", "b"], ["c", "d"]]), "means", "a"),
        ("no dimension", gaussian(means=np.zeros((2, 0))), "means", r"\(2, 0\)"),
    ]
)
def test_gaussian_parameters(call, words):
    refuses(call, *words)


def coins(biases):
    return lambda: CoinMixture([0.5, 0.5], biases)


@cases(
    [
        ("above 1", coins([0.5, 1.2]), "biases", r"1\.2", r"0.*1"),
        ("below 0", coins([-0.1, 0.5]), "biases", r"-0\.1", r"0.*1"),
        ("NaN", coins([0.5, NAN]), "biases", "nan"),
        ("infinite", coins([0.5, INF]), "biases", "inf"),
        ("text", coins(["H", "T"]), "biases", "H"),
        ("too many", coins([0.1, 0.2, 0.3]), "biases", "3", "2"),
        ("a table", coins([[0.1, 0.2]]), "biases", r"\(1, 2\)"),
        ("empty", coins([]), "biases", r"empty|\(0,\)"),
    ]
)
def test_coin_parameters(call, words):
    refuses(call, *words)


# --- data --------------------------------------------------------------------------------------

METHODS = {
    "fit": lambda model, x: fit(model, x),
    "em_steps": lambda model, x: next(em_steps(model, x)),
    "log_density": lambda model, x: model.log_density(x),
    "pdf": lambda model, x: model.pdf(x),
    "responsibilities": lambda model, x: model.responsibilities(x),
    "log_likelihood": lambda model, x: model.log_likelihood(x),
    "e_step": lambda model, x: model.e_step(x),
    "aic": lambda model, x: model.aic(x),
    "bic": lambda model, x: model.bic(x),
}
ARGUMENT = r"\b(data|x)\b"


def spoilt(x, value):
    x = np.array(x, float)
    x.flat[-1] = value
    return x


def bad_data(model, good):
    """(name, data, words) for a model whose good data have this shape."""
    wide = [[1, 2, 3], [4, 5, 6]]
    return [
        ("NaN", model, spoilt(good, NAN), "nan"),
        ("infinite", model, spoilt(good, INF), "inf"),
        ("minus infinite", model, spoilt(good, -INF), "-inf"),
        ("text", model, np.full(good.shape, "oops").tolist(), "oops"),
        ("numbers as text", model, good.astype(str).tolist(), re.escape(str(good.flat[0]))),
        ("complex", model, good + 1j, "j"),
        ("objects", model, np.full(good.shape, None).tolist(), "None"),
        ("None", model, None, "None"),
        ("a string", model, "data.csv", "data.csv"),
        ("a dictionary", model, {"x": [1, 2]}, "x"),
        ("a number", model, 3.0, r"\(\)|3\.0"),
        ("empty list", model, [], "empty"),
        ("no rows", model, np.empty((0, *good.shape[1:])), "empty"),
        ("ragged", model, [[1, 2], [3]], r"\[3\]"),
        ("other dimension", model, good[:, None] if good.ndim == 1 else good[:, 0], "shape"),
        ("too wide", model, wide, r"\(2, 3\)"),
        ("too deep", model, np.ones((2, 2, 2)), r"\(2, 2, 2\)"),
    ]


BAD_DATA = {
    f"{type(model).__name__}-{name}": (m, x, word)
    for model, good in ((NORMAL, FLAT), (GAUSSIAN, TABLE), (COINS, TOSSES))
    for name, m, x, word in bad_data(model, good)
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@pytest.mark.parametrize(("model", "x", "word"), BAD_DATA.values(), ids=BAD_DATA)
def test_data(method, model, x, word):
    refuses(lambda: method(model, x), ARGUMENT, word)


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
@cases([("negative", [[5, -1], [3, 2]], "-1"), ("halves", [[2.5, 1], [3, 2]], r"2\.5")])
def test_counts(method, call, words):
    refuses(lambda: method(COINS, call), ARGUMENT, "count", *words)


@cases(
    [
        ("all equal", lambda: fit(NORMAL, [3.0] * 8), "data", "distinct", "1", "2"),
        ("all equal, K = 1", lambda: fit(NormalMixture([1.0], [0], [1]), [3.0] * 8), "component 0"),
        ("all rows equal", lambda: fit(GAUSSIAN, [[1, 2]] * 8), "data", "distinct", "1", "2"),
        (
            "fewer distinct values than components",
            lambda: fit(NormalMixture([0.2, 0.3, 0.5], [1, 2, 3], [1, 1, 1]), [1, 1, 2, 2, 2]),
            *("data", "distinct", "2", "3"),
        ),
        (
            "fewer distinct rows than components",
            lambda: fit(
                GaussianMixture([0.2, 0.3, 0.5], np.eye(3, 2), [np.eye(2)] * 3),
                [[0, 1], [1, 0], [0, 1]],
            ),
            *("data", "distinct", "2", "3"),
        ),
        ("fewer rows than components", lambda: fit(NORMAL, [3.0]), "data", "distinct", "1", "2"),
        (
            "blocks with one value",
            lambda: fit(NORMAL, [np.ones(3), np.ones(4)]),
            *("data", "distinct", "1", "2"),
        ),
        (
            "minus zero is zero",
            lambda: fit(NormalMixture([0.2, 0.3, 0.5], [0, 1, 2], [1, 1, 1]), [0.0, -0.0, 1.0]),
            *("data", "distinct", "2", "3"),
        ),
        (
            "collinear columns",
            lambda: fit(GAUSSIAN, np.column_stack([FLAT, 3 * FLAT + 1])),
            *("component", "iteration", "singular|column|collinear"),
        ),
        (
            "a constant column",
            lambda: fit(GAUSSIAN, np.column_stack([FLAT, np.full(6, 7.0)])),
            *("component", "iteration", "singular|column|constant"),
        ),
        (
            "three collinear columns, far away",
            lambda: fit(
                GaussianMixture([1.0], [[0, 0, 0]], [np.eye(3)]),
                np.column_stack([TABLE, TABLE.sum(axis=1)]) + 1e4,
            ),
            *("component 0", "singular|column|collinear"),
        ),
        ("impossible", lambda: fit(CoinMixture([1.0], [0.0]), [[1, 1]]), "data", "row|-inf"),
        ("impossible later", lambda: fit(CoinMixture([1.0], [1.0]), [[1, 0], [1, 1]]), "data"),
        ("too far for floats", lambda: fit(NORMAL, [1e200, 0, 1]), "data"),
        ("too far for floats, table", lambda: fit(GAUSSIAN, [[1e200, 0], [0, 1]]), "data"),
        ("used up", lambda: fit(NORMAL, (x for x in [FLAT, FLAT])), "data", "generator"),
        ("an iterator", lambda: fit(NORMAL, iter([FLAT])), "data", "iterator"),
        ("no blocks", lambda: fit(NORMAL, ()), "data", "empty"),
        ("empty blocks", lambda: fit(NORMAL, [np.empty(0)] * 2), "data", "empty"),
        ("NaN in a later block", lambda: fit(NORMAL, [FLAT, spoilt(FLAT, NAN)]), "data", "nan"),
        ("blocks of another shape", lambda: fit(NORMAL, [FLAT, TABLE]), "data", r"\(20, 2\)"),
        ("no tosses at all", lambda: fit(COINS, [[0, 0], [0, 0]]), "component 0"),
    ]
)
def test_data_that_cannot_be_fitted(call, words):
    refuses(call, *words)


@cases(
    [
        ("too far, surface", lambda: log_likelihood_surface([1e200], [0], [1], **SIDES), "x|data"),
        ("too far, likelihood", lambda: NORMAL.log_likelihood([1e200]), "data|x"),
        ("too far, table", lambda: GAUSSIAN.responsibilities([[1e200, 1]]), "data|x"),
        ("impossible", lambda: COINS_CERTAIN.responsibilities([[1, 1]]), "data|x", "row 0"),
        ("impossible row", lambda: COINS_CERTAIN.log_likelihood([[1, 0], [1, 1]]), "row 1"),
    ]
)
def test_a_log_likelihood_of_minus_infinity_is_an_error(call, words):
    refuses(call, *words)


SIDES = {"weights": [0.5, 0.5], "stds": [1, 1]}
COINS_CERTAIN = CoinMixture([0.5, 0.5], [0.0, 1.0])


# --- responsibilities --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("r", "words"),
    [
        (np.full((6, 2), 0.6), ("1", r"0\.6")),
        (np.tile([1.5, -0.5], (6, 1)), (r"-0\.5",)),
        (np.full((5, 2), 0.5), (r"\(5, 2\)", r"\(6, 2\)|6")),
        (np.full((2, 6), 0.5), (r"\(2, 6\)",)),
        (np.full(6, 0.5), (r"\(6,\)",)),
        (np.full((6, 2), NAN), ("nan",)),
        ("soft", ("soft",)),
    ],
    ids=["sum", "negative", "too few rows", "transposed", "flat", "NaN", "text"],
)
def test_responsibilities(r, words):
    refuses(lambda: NORMAL.lower_bound(FLAT, r), "responsibilities", *words)


# --- options and wrong types -------------------------------------------------------------------


@cases(
    [
        ("tol negative", lambda: fit(NORMAL, FLAT, tol=-1e-3), "tol", r"-0\.001"),
        ("tol NaN", lambda: fit(NORMAL, FLAT, tol=NAN), "tol", "nan"),
        ("tol text", lambda: fit(NORMAL, FLAT, tol="loose"), "tol", "loose"),
        ("tol None", lambda: fit(NORMAL, FLAT, tol=None), "tol", "None"),
        ("tol complex", lambda: fit(NORMAL, FLAT, tol=1j), "tol", "1j"),
        ("tol array", lambda: fit(NORMAL, FLAT, tol=np.array([1, 2])), "tol"),
        ("max_iter negative", lambda: fit(NORMAL, FLAT, max_iter=-1), "max_iter", "-1"),
        ("max_iter a half", lambda: fit(NORMAL, FLAT, max_iter=2.5), "max_iter", r"2\.5"),
        ("max_iter text", lambda: fit(NORMAL, FLAT, max_iter="ten"), "max_iter", "ten"),
        ("max_iter None", lambda: fit(NORMAL, FLAT, max_iter=None), "max_iter", "None"),
        ("max_iter NaN", lambda: fit(NORMAL, FLAT, max_iter=NAN), "max_iter", "nan"),
        ("best_of passes them on", lambda: best_of([NORMAL], FLAT, tol=-1), "tol", "-1"),
        ("start None", lambda: fit(None, FLAT), "start", "None", "e_step"),
        ("start a list", lambda: fit([0.5, 0.5], FLAT), "start", r"0\.5", "model"),
        ("start a number of components", lambda: fit(2, FLAT), "start", "2", "model"),
        ("start a class", lambda: fit(NormalMixture, FLAT), "start", "NormalMixture"),
        ("start a generator", lambda: fit((s for s in [NORMAL]), FLAT), "start", "generator"),
        ("the wrong way round", lambda: fit(FLAT, NORMAL), "start", "model"),
        ("a long array for a start", lambda: fit(np.arange(5000.0), FLAT), "start", "model"),
        ("data a model", lambda: fit(NORMAL, NORMAL), "data", "NormalMixture"),
        ("data of another model", lambda: fit(NORMAL, TABLE), "data", r"\(20, 2\)"),
        ("one start, not a list", lambda: best_of(NORMAL, FLAT), "starts", "NormalMixture"),
        ("starts hold a number", lambda: best_of([NORMAL, 3], FLAT), "start", "3"),
        ("no starts", lambda: best_of([], FLAT), "starts", "empty"),
        ("half a sample", lambda: NORMAL.sample(2.5, RNG), r"\bn\b", r"2\.5"),
        ("a negative sample", lambda: NORMAL.sample(-3, RNG), r"\bn\b", "-3"),
        ("half a toss", lambda: COINS.sample(2, RNG, tosses=0.5), "tosses", r"0\.5"),
    ]
)
def test_options(call, words):
    refuses(call, *words)


# --- starts ------------------------------------------------------------------------------------

KINDS = {
    "random": starts.random,
    "quantiles": lambda data, k, rng: starts.quantiles(data, k),
    "kmeans_plus_plus": starts.kmeans_plus_plus,
}


@pytest.mark.parametrize("start", KINDS.values(), ids=KINDS)
@cases(
    [
        ("NaN", (spoilt(FLAT, NAN), 2), "data", "nan"),
        ("infinite", (spoilt(TABLE, INF), 2), "data", "inf"),
        ("text", (["a", "b"], 2), "data", "a"),
        ("None", (None, 2), "data", "None"),
        ("empty", ([], 2), "data", r"empty|\(0,\)"),
        ("too deep", (np.ones((2, 2, 2)), 2), "data", r"\(2, 2, 2\)"),
        ("all equal", ([3.0] * 5, 2), "data", "distinct|constant|vary"),
        ("all equal, K = 1", ([3.0] * 5, 1), "data", "distinct|constant|vary"),
        ("fewer distinct", ([1.0, 1, 2, 2], 3), "data", "distinct", "2", "3"),
        ("a constant column", (np.column_stack([FLAT, np.full(6, 7.0)]), 2), "data", "1", "7"),
        ("k zero", (FLAT, 0), r"\bk\b", "0"),
        ("k negative", (FLAT, -2), r"\bk\b", "-2"),
        ("k a half", (FLAT, 1.5), r"\bk\b", r"1\.5"),
        ("k text", (FLAT, "two"), r"\bk\b", "two"),
        ("k above N", (FLAT, 7), "data", "6", "7"),
    ]
)
def test_starts(start, call, words):
    refuses(lambda: start(*call, np.random.default_rng(0)), *words)


# --- surface -----------------------------------------------------------------------------------


def surface(x=(1.0, 2.0), mu1=(0, 1), mu2=(0, 1), weights=(0.5, 0.5), stds=(1, 1)):
    return lambda: log_likelihood_surface(x, mu1, mu2, weights=weights, stds=stds)


@cases(
    [
        ("x NaN", surface(x=[1, NAN]), "x|data", "nan"),
        ("x empty", surface(x=[]), "x|data", "empty"),
        ("x a table", surface(x=TABLE), "x|data", r"\(20, 2\)"),
        ("x text", surface(x=["a"]), "x|data", "a"),
        ("mu1 NaN", surface(mu1=[0, NAN]), "mu1", "nan"),
        ("mu1 a meshgrid", surface(mu1=np.zeros((3, 3))), "mu1", r"\(3, 3\)"),
        ("mu2 a number", surface(mu2=1.0), "mu2", r"\(\)"),
        ("mu2 empty", surface(mu2=[]), "mu2", r"empty|\(0,\)"),
        ("mu2 text", surface(mu2="ab"), "mu2", "ab"),
        ("weights sum to 1.1", surface(weights=[0.5, 0.6]), "weights", r"1\.1"),
        ("three weights", surface(weights=[0.2, 0.3, 0.5]), "weights", "3", "2"),
        ("one std", surface(stds=[1]), "stds", "1", "2"),
        ("std zero", surface(stds=[1, 0]), "stds", r"\b0\b"),
        ("std negative", surface(stds=[1, -1]), "stds", "-1"),
    ]
)
def test_surface(call, words):
    refuses(call, *words)


# --- a component that collapses ----------------------------------------------------------------


@cases(
    [
        (
            "on one point",
            lambda: fit(NormalMixture([0.5, 0.5], [9, 0], [0.01, 1]), [0.0, 1, -1, 9]),
            *("component 0", "iteration 1", "9"),
        ),
        (
            "on many equal points",
            lambda: fit(NormalMixture([0.5, 0.5], [0, 9], [1, 0.01]), [0.0, 1, -1] + [9] * 30),
            *("component 1", "iteration 1"),
        ),
        (
            "far from all data",
            lambda: fit(NormalMixture([0.5, 0.5], [0, 1e5], [1, 1]), FLAT),
            *("component 1", "iteration 1", "none"),
        ),
        (
            "with weight zero",
            lambda: fit(NormalMixture([0.0, 1.0], [0, 1], [1, 1]), FLAT),
            *("component 0", "iteration 1", "none"),
        ),
        (
            "on one row",
            lambda: fit(
                GaussianMixture([0.5, 0.5], [[0, 0], [50, 50]], [np.eye(2)] * 2),
                np.concatenate([TABLE, [[50, 50]]]),
            ),
            *("component 1", "iteration 1", "50"),
        ),
        (
            "a coin that never tossed",
            lambda: fit(CoinMixture([0.5, 0.5], [0.0, 0.5]), TOSSES),
            *("component 0", "iteration 1"),
        ),
    ]
)
def test_collapse(call, words):
    refuses(call, *words, "collapse")
    with pytest.raises(CollapsedComponent):
        call()


OUTLIER = np.append(datasets.old_faithful()[:, 1], 1000.0)
OUTLIER_2D = np.vstack([datasets.old_faithful(), [[1000.0, 1000.0]]])
DOOMED_1D = NormalMixture([0.5, 0.5], [70, 1000], [20, 20])
DOOMED_2D = GaussianMixture([0.5, 0.5], [[3, 70], [1000, 1000]], [400 * np.eye(2)] * 2)


@pytest.mark.parametrize("times", [1, 4, 53])
@pytest.mark.parametrize(("d", "where"), [(1, "9"), (2, r"\[9, 9\]"), (3, r"\[9, 9, 9\]")])
def test_a_collapse_says_what_the_component_sits_on(d, where, times):
    x = np.concatenate([np.random.default_rng(0).normal(size=(40, d)), np.full((times, d), 9.0)])
    start = GaussianMixture([0.5, 0.5], [[9] * d, [0] * d], [np.eye(d) * 1e-4, np.eye(d)])
    if d == 1:
        start, x = NormalMixture([0.5, 0.5], [9, 0], [0.01, 1]), x[:, 0]
    held = "1 observation, " if times == 1 else f"{times} observations equal to "
    refuses(lambda: fit(start, x), "component 0", f"It holds {held}{where}. ")


@cases(
    [
        ("an outlier", lambda: fit(DOOMED_1D, OUTLIER), "It holds 1 observation, 1000. "),
        ("a row", lambda: fit(DOOMED_2D, OUTLIER_2D), r"It holds 1 observation, \[1000, 1000\]. "),
        (
            "two rows",
            lambda: fit(DOOMED_2D, np.vstack([OUTLIER_2D, [[1001.0, 1003.0]]])),
            r"It holds 2 observations near \[1000, 1002\]: too few for 2 dimensions",
        ),
        (
            "equal in one column",
            lambda: fit(
                DOOMED_2D,
                np.vstack([OUTLIER_2D, [[1000.0 + i, 1000.0] for i in range(1, 9)]]),
            ),
            r"It holds 9 observations equal in columns \[1\], at \[1000\]",
        ),
        (
            "on a line",
            lambda: fit(
                DOOMED_2D, np.vstack([OUTLIER_2D, [[1000.0 + i] * 2 for i in range(1, 9)]])
            ),
            "It holds 9 observations near .*; some columns are linear combinations of others",
        ),
        (
            "constant columns are named together",
            lambda: starts.quantiles(np.column_stack([FLAT, FLAT * 0 + 0.1, FLAT * 0 + 7]), 2),
            r"columns \[1, 2\] are constant at \[0.1, 7\]",
        ),
    ]
)
def test_what_it_was(call, words):
    refuses(call, *words)


# --- messages stay short -----------------------------------------------------------------------


def too_large(k, d):
    """Calls that go wrong with K components in D dimensions, whatever can be shown."""
    rng = np.random.default_rng(0)
    means, eye = rng.normal(size=(k, d)), np.array([np.eye(d)] * k)
    weights, many = np.full(k, 1 / k), list(range(10_000))
    x = np.concatenate([rng.normal(size=(2 * k, d)), np.full((1, d), 123456.789)])
    start = GaussianMixture(weights, means, eye)
    line, names = NormalMixture(weights, means[:, 0], np.ones(k)), ["a name of a column"] * 500
    return {
        "weights": lambda: NormalMixture(np.full(k, 1.1), means[:, 0], np.ones(k)),
        "negative": lambda: NormalMixture(-weights, means[:, 0], np.ones(k)),
        "stds": lambda: NormalMixture(weights, means[:, 0], -np.ones(k)),
        "biases": lambda: CoinMixture(weights, np.full(k, 1.5)),
        "lengths": lambda: GaussianMixture(weights, means[:0:-1], eye),
        "covariances": lambda: GaussianMixture(weights, means, -np.pi * eye),
        "asymmetric": lambda: GaussianMixture(
            weights, means, -9 * eye + rng.normal(size=(k, d, d))
        ),
        "collapse": lambda: fit(GaussianMixture(weights, x[-k:], 1e-3 * eye), x),
        "one collapse": lambda: fit(start, x),
        "best_of": lambda: best_of([start] * 3, x),
        "best_of, 200": lambda: best_of(
            [NormalMixture(weights, x[-k:, 0], weights)] * 200, x[:, 0]
        ),
        "constant": lambda: starts.quantiles(np.tile(np.arange(1.0, 2 + d), (3, 1)), 1),
        "distinct": lambda: starts.quantiles(x[:1], k + 1),
        "text": lambda: fit(line, names),
        "text for a start": lambda: best_of([names], x),
        "starts": lambda: best_of(dict.fromkeys(names, names), x),
        "responsibilities": lambda: line.lower_bound(x[:, 0], np.ones((len(x), k))),
        "NaN": lambda: fit(start, x * NAN),
        "tol": lambda: fit(line, x[:, 0], tol=many),
        "max_iter": lambda: fit(line, x[:, 0], max_iter=many),
        "n": lambda: line.sample(many, 0),
        "tosses": lambda: CoinMixture(weights, weights).sample(3, 0, tosses=many),
        "k": lambda: starts.quantiles(x, many),
        "own words": lambda: best_of([Wordy()] * k, x),
    }


class Wordy:
    """A reader's own model, with much to say."""

    def e_step(self, x):
        raise ValueError("this is\nnot possible; try another one. " * 100)

    m_step = e_step


@pytest.mark.parametrize("name", too_large(2, 2))
@pytest.mark.parametrize("k", [2, 9, 100])
@pytest.mark.parametrize("d", [1, 2, 13, 50])
def test_messages_stay_short(name, k, d):
    refuses(too_large(k, d)[name])


def test_masked_values_are_refused():
    y = np.ma.masked_array([50.0, 80.0, -9999.0], mask=[0, 0, 1])
    for method in METHODS.values():
        refuses(lambda m=method: m(NORMAL, y), "data", "masked")
    refuses(lambda: starts.quantiles(y, 2), "data", "masked")


def test_an_m_step_alone_names_the_component():
    model = NormalMixture([0.5, 0.5], [0, 1e5], [1, 1])
    refuses(lambda: model.m_step(model.e_step(FLAT)), "component 1", "collapse")


def test_best_of_tells_why_every_start_failed():
    doomed = NormalMixture([0.5, 0.5], [0, 1e5], [1, 1])
    refuses(lambda: best_of([doomed] * 2, FLAT), "starts", "2 of 2 failed", "start 0: component 1")


@pytest.mark.parametrize("n", [1, 200])
@pytest.mark.parametrize(
    ("start", "x"), [(DOOMED_1D, OUTLIER), (DOOMED_2D, OUTLIER_2D)], ids=["1-D", "2-D"]
)
def test_best_of_says_what_all_starts_have_fallen_on(start, x, n):
    lonely = r"1 observation, \[?1000"
    refuses(lambda: best_of([start] * n, x), f"{n} of {n} failed", "start 0", lonely)
    with pytest.raises(ValueError) as caught:
        best_of([start] * n, x)
    assert len(str(caught.value)) < 300 and "best_of" not in str(caught.value)


def test_best_of_tells_of_most_starts_and_not_of_the_odd_one():
    mixed = [GAUSSIAN, DOOMED_1D, DOOMED_1D]
    refuses(lambda: best_of(mixed, OUTLIER), "3 of 3 failed", "start 1: component 1 collapsed")


@pytest.mark.parametrize("scale", [1e155, 1e160, 1e300, 1e-200])
def test_extreme_units_fit_or_are_refused_without_a_warning(scale):
    x, rng = FLAT * scale, np.random.default_rng(0)
    model = NormalMixture([0.5, 0.5], [0, 5 * scale], [scale, scale])
    calls = [lambda: fit(model, x, max_iter=3), *(lambda s=s: s(x, 2, rng) for s in KINDS.values())]
    for call in calls:
        try:
            call()
        except ValueError as error:
            assert re.search(r"data|component", str(error))
