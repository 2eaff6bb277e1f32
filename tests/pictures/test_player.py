"""What the players send to the browser, and what they refuse."""

import json
from base64 import b64decode
from types import SimpleNamespace

import numpy as np
import pytest
from traitlets import TraitError, import_item

from emlib import CoinMixture, GaussianMixture, NormalMixture, datasets, fit, starts
from emlib.player import BoundPlayer, Player
from emlib.player.script import EXPORT, IMPORT, one_module


@pytest.fixture(scope="module")
def faithful():
    """Old Faithful, standardised, and its fit from the classic bad start."""
    x = datasets.old_faithful()
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    start = GaussianMixture([0.5, 0.5], [[-1.5, 1.5], [1.5, -1.5]], [np.eye(2), np.eye(2)])
    return SimpleNamespace(start=start, x=x, fit=fit(start, x))


@pytest.fixture(scope="module")
def waiting():
    """The waiting times and their fit."""
    x = datasets.old_faithful()[:, 1]
    return SimpleNamespace(x=x, fit=fit(NormalMixture([0.5, 0.5], [50, 80], [5, 5]), x))


def unpacked(text, dtype, *shape):
    return np.frombuffer(b64decode(text), dtype).reshape(*shape)


def data_of(record):
    return unpacked(record["data"], "<f4", record["n"], record["d"]) + np.array(record["origin"])


def test_the_record_holds_data_and_every_step(faithful):
    record = Player(faithful.fit, faithful.x).record
    np.testing.assert_allclose(data_of(record), faithful.x, atol=1e-6)
    parameters = unpacked(record["parameters"], "<f8", record["steps"], 2, 6)
    for step, sent in zip(faithful.fit.history, parameters, strict=True):
        S = step.model.covariances
        np.testing.assert_array_equal(sent[:, 0], step.model.weights)
        np.testing.assert_array_equal(sent[:, 1:3], step.model.means)
        np.testing.assert_array_equal(sent[:, 3:], np.c_[S[:, 0, 0], S[:, 0, 1], S[:, 1, 1]])
    sent = unpacked(record["log_likelihood"], "<f8", record["steps"])
    np.testing.assert_array_equal(sent, [s.log_likelihood for s in faithful.fit.history])


def test_the_record_in_one_dimension(waiting):
    record = Player(waiting.fit, waiting.x).record
    last = unpacked(record["parameters"], "<f8", record["steps"], 2, 3)[-1]
    model = waiting.fit.model
    np.testing.assert_array_equal(last, np.c_[model.weights, model.means, model.stds])


def test_data_far_from_zero_arrive_whole(waiting):
    x = waiting.x + 1e8
    start = NormalMixture([0.5, 0.5], [1e8 + 50, 1e8 + 80], [5, 5])
    np.testing.assert_array_equal(data_of(Player(fit(start, x), x).record)[:, 0], x)


def test_a_player_is_tens_of_kilobytes_and_drops_no_step(faithful):
    assert len(json.dumps(Player(faithful.fit, faithful.x).record)) < 15_000
    long = fit(faithful.start, faithful.x, tol=0, max_iter=1000)
    record = Player(long, faithful.x).record
    assert record["steps"] == 1001
    assert len(json.dumps(record)) < 150_000


def test_the_mark_is_where_a_loose_fit_stops(faithful):
    (stop,) = Player(faithful.fit, faithful.x, loose_tol=1e-3).record["stops"]
    loose = fit(faithful.start, faithful.x, tol=1e-3 * len(faithful.x))
    assert stop == {"iteration": loose.n_iter, "label": "tolerance 0.001 stops here"}
    assert loose.log_likelihood < faithful.fit.log_likelihood - 150


def test_several_marks_and_one_that_is_never_reached(faithful):
    tols = [(1e-3, "loose"), (1e-5, "strict"), (0, "never")]
    player = Player(faithful.fit, faithful.x, loose_tol=tols, marks=[(4, "here")])
    assert [s["label"] for s in player.record["stops"]] == ["loose", "strict", "here"]
    assert player.record["stops"][2]["iteration"] == 4


def test_what_is_ahead_may_be_hidden(faithful):
    player = Player(faithful.fit, faithful.x, ahead=False)
    assert player.record["ahead"] is False
    assert repr(player) == "Player(272 points in 2-D, 2 components)"
    assert Player(faithful.fit, faithful.x).record["ahead"] is True


def test_position_can_be_set_and_is_checked(faithful):
    player = Player(faithful.fit, faithful.x)
    assert (player.iteration, player.phase) == (0, "M")
    player.iteration, player.phase = faithful.fit.n_iter, "E"
    for name, value in ("iteration", faithful.fit.n_iter + 1), ("iteration", -1), ("phase", "Q"):
        with pytest.raises(TraitError):
            setattr(player, name, value)


def test_reprs_are_stable(faithful, waiting):
    n = faithful.fit.n_iter
    expected = f"Player(272 points in 2-D, 2 components, {n} iterations)"
    assert repr(Player(faithful.fit, faithful.x)) == expected
    assert repr(Player(waiting.fit, waiting.x)).startswith("Player(272 points in 1-D")
    bound = BoundPlayer(datasets.coin_tosses(), (0.3, 0.5), free=1)
    assert repr(bound) == "BoundPlayer(5 sets of tosses, coin B free, coin A 0.3)"


def test_fits_that_cannot_be_drawn_are_refused(faithful):
    rng = np.random.default_rng(0)
    cube = rng.normal(size=(60, 3))
    tosses = datasets.coin_tosses()
    many = np.sort(rng.normal(size=400))
    refused = [
        ("fit must be a Fit", faithful.fit.model, faithful.x),
        ("a CoinMixture", fit(CoinMixture([0.5, 0.5], [0.6, 0.5]), tosses), tosses),
        ("in 3 dimensions", fit(starts.random(cube, 2, rng), cube, max_iter=1), cube),
        ("at most 8 components", fit(starts.quantiles(many, 9), many, max_iter=1), many),
    ]
    for message, result, data in refused:
        with pytest.raises(ValueError, match=message):
            Player(result, data)


def test_arguments_are_checked(faithful, waiting):
    with pytest.raises(ValueError, match="the data that were fitted"):
        Player(faithful.fit, datasets.old_faithful())
    with pytest.raises(ValueError, match="data must have shape"):
        Player(waiting.fit, datasets.old_faithful())
    with pytest.raises(ValueError, match="labels must name 2 axes"):
        Player(faithful.fit, faithful.x, labels=["eruptions"])
    with pytest.raises(ValueError, match="marks must lie in"):
        Player(faithful.fit, faithful.x, marks=[(999, "far")])


def test_one_label_is_enough_in_one_dimension(waiting):
    assert Player(waiting.fit, waiting.x, labels="minutes").record["labels"] == ["minutes"]


def test_the_bound_touches_at_the_posterior_and_nowhere_else():
    player = BoundPlayer(datasets.coin_tosses())
    assert player.theta == 0.3
    assert player.responsibilities == [0.5] * 5
    assert player.lower_bound < player.log_likelihood - 1
    posterior = player.model.responsibilities(datasets.coin_tosses())[:, 0]
    player.responsibilities = posterior.tolist()
    assert player.lower_bound == pytest.approx(player.log_likelihood, abs=1e-12)


def test_the_bound_player_checks_what_it_gets():
    tosses = datasets.coin_tosses()
    refused = [
        ("two probabilities", (tosses, (0.5, 1.0))),
        ("two probabilities", (tosses, (0.5, 0.5, 0.5))),
        ("free must be 0 or 1", (tosses, (0.3, 0.5), 2)),
        ("tosses must hold heads and tails of each set", ([[5, -1]],)),
        ("tosses must hold heads and tails of each set", ([[5, 5], [0, 0]],)),
        ("all fell on one side", ([[5, 0], [3, 0]],)),
    ]
    for message, arguments in refused:
        with pytest.raises(ValueError, match=message):
            BoundPlayer(*arguments)


# The scripts


@pytest.mark.parametrize("player", [Player, BoundPlayer])
def test_the_script_is_one_module_that_asks_for_nothing(player):
    script = player._esm
    assert script.count("export default") == 1
    assert script.count("class Stage ") == script.count("class Sheet ") == 1
    for word in "http:", "https:", "import ", "import(", "fetch(", "XMLHttpRequest":
        assert word not in script


def test_every_export_is_imported_by_another_file(root):
    files = list((root / "emlib").rglob("*.js"))
    texts = [path.read_text(encoding="utf-8") for path in files]
    imported = {
        name for text in texts for names, _ in IMPORT.findall(text) for name in names.split(", ")
    }
    exported = {name for text in texts for name in EXPORT.findall(text)}
    assert exported == imported and len(exported) > 20


def write(folder, **files):
    """Write JavaScript files, and return the path of the first."""
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(files))}.js"


def test_what_is_imported_stands_first_and_once(tmp_path):
    path = write(
        tmp_path,
        top='import { left } from "./left.js";\nimport { base } from "./base.js";\nleft(base);\n',
        left='import { base } from "./base.js";\nexport const left = () => base;\n',
        base="export const base = 1;\n",
    )
    assert one_module(path).split("\n\n") == [
        "const base = 1;",
        "const left = () => base;",
        "left(base);\n",
    ]


@pytest.mark.parametrize(
    ("top", "message"),
    [
        (
            'import { gone } from "./base.js";\n',
            "top.js imports gone, which base.js does not export",
        ),
        ('import { base as b } from "./base.js";\n', "imports base as b, which base.js does not"),
        ('import * as d3 from "d3";\n', "cannot be resolved: import"),
        ("export { base };\n", "cannot be resolved: export { base };"),
        ('import { round } from "./round.js";\nexport const top = 1;\n', "top.js imports itself"),
    ],
)
def test_what_cannot_be_resolved_is_refused(tmp_path, top, message):
    around = 'import { top } from "./top.js";\nexport const round = top;\n'
    path = write(tmp_path, top=top, base="export const base = 1;\n", round=around)
    with pytest.raises(ValueError, match=message):
        one_module(path)


def test_an_import_of_nothing_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="gone.js"):
        one_module(write(tmp_path, top='import { a } from "./gone.js";\n'))


def test_notebooks_carry_the_scripts_of_today(root):
    """A page is made from what a notebook saved: `make refresh` after a change to a script."""
    for path in sorted((root / "notebooks").glob("[0-9]*.ipynb")):
        widgets = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("widgets", {})
        for saved in (m["state"] for part in widgets.values() for m in part["state"].values()):
            if name := saved.get("_anywidget_id"):
                ours = str(import_item(name)._esm)
                assert saved["_esm"] == ours, f"{path.name} is older than emlib's {name}"
