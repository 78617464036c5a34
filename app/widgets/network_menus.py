"""What the Network page's menus hold: what to draw beside; the network as a file."""

from __future__ import annotations

from app.export.formats import OF_NETWORKS
from app.widgets.causes import explain_menu
from app.widgets.exports import export_buttons
from app.widgets.head import head_menus
from app.widgets.network import compare_controls
from app.widgets.session import desk


def network_menus() -> None:
    """Show the menus' buttons, and the open menu."""
    head_menus(lambda: compare_controls(desk().composition.view), _explain, _share)


def _explain() -> None:
    explain_menu()


def _share() -> None:
    export_buttons(OF_NETWORKS, lambda: desk().composition.present)
