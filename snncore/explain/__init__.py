"""Why a network does what it does, as data; the words are left to whoever shows them.

Credit of every membrane potential for the loss, causes of a spike, and what made a training fire, by running the network again.
"""

from snncore.explain.credit_assignment import Cell, Credit, LayerCredit, credit, credit_of
from snncore.explain.credit_flow import Flow, arriving, flow, usual_factor
from snncore.explain.left_out import Needed, Without, needed, without
from snncore.explain.spike_causes import Cause, Causes, causes

__all__ = [
    "Cause",
    "Causes",
    "Cell",
    "Credit",
    "Flow",
    "LayerCredit",
    "Needed",
    "Without",
    "arriving",
    "causes",
    "credit",
    "credit_of",
    "flow",
    "needed",
    "usual_factor",
    "without",
]
