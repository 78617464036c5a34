"""What the Network page's menus hold: what to draw beside; files that go out and come in."""

from __future__ import annotations

from app.export.formats import OF_NETWORKS
from app.widgets.causes import explain_menu
from app.widgets.exports import export_buttons
from app.widgets.head import head_menus
from app.widgets.network import compare_controls
from app.widgets.own_weights import own_weights
from app.widgets.session import desk


def network_menus() -> None:
    """Show the menus' buttons, and the open menu."""
    head_menus(lambda: compare_controls(desk().composition.view), _explain, _share)


def _explain() -> None:
    explain_menu()


def _share() -> None:
    composition = desk().composition
    export_buttons(OF_NETWORKS, lambda: composition.present)
    label = "Own weights, or an Experiment from here"
    own_weights("brought_network", label, composition.own_weights, composition.present, composition.bring)
