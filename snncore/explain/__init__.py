"""Why a network does what it does, as data; the words are left to whoever shows them.

Credit of every membrane potential for the loss, causes of a spike, what made a training fire, the true loss beside the gradient of the
surrogate, and the phases of an epoch in numbers, by running the network again.
"""

from snncore.explain.credit_assignment import Cell, Credit, LayerCredit, credit, credit_of
from snncore.explain.credit_flow import FADED, GROWN, Ending, Flow, arriving, flow, usual_factor
from snncore.explain.left_out import CAN_GO, Needed, Without, needed, without
from snncore.explain.loss_over_weight import LossOverWeight, finite_difference, loss_over_weight, weight_gradients
from snncore.explain.spike_causes import Cause, Causes, causes
from snncore.explain.surrogate_reach import reached
from snncore.explain.walked_epoch import WalkedEpoch, walk_epoch

__all__ = [
    "CAN_GO",
    "FADED",
    "GROWN",
    "Cause",
    "Causes",
    "Cell",
    "Credit",
    "Ending",
    "Flow",
    "LayerCredit",
    "LossOverWeight",
    "Needed",
    "WalkedEpoch",
    "Without",
    "arriving",
    "causes",
    "credit",
    "credit_of",
    "finite_difference",
    "flow",
    "loss_over_weight",
    "needed",
    "reached",
    "usual_factor",
    "walk_epoch",
    "weight_gradients",
    "without",
]
