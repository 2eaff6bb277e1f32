"""What TEACHING.md has a lecturer do live with notebook 05 shows what it says: in its deck."""

import pytest

pytestmark = pytest.mark.tools

NAME = "05_coin_tosses_and_jensen"


def height(player):
    """The log-likelihood at which the player stands."""
    return float(player.get_attribute("data-log-likelihood"))


def press(player, *keys):
    for key in keys:
        player.locator(".em-main").press(key)
    return height(player)


def pull_to_half(player):
    """Pull the handle all the way, as the slider beside the picture does."""
    player.get_by_label("Pull q towards").select_option("½ for every set")
    player.get_by_label("Distance of q").evaluate(
        "node => { node.value = 1; node.dispatchEvent(new Event('input')); }"
    )


def test_a_bad_bound_leads_down_from_the_hill_and_up_from_below(player):
    hill = press(player, *"emememememememememememe")
    assert hill == pytest.approx(-31.58, abs=0.01)
    pull_to_half(player)
    assert press(player, "m") == pytest.approx(-32.35, abs=0.01)
    assert press(player, *"emememememememememem") == pytest.approx(hill, abs=0.01)


def test_from_the_start_the_bad_bound_leads_up(player):
    start = height(player)
    press(player, "e")
    pull_to_half(player)
    assert press(player, "m") > start + 4
