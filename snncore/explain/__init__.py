"""Why a network does what it does, as data; the words are left to whoever shows them.

Credit of every membrane potential for the loss, causes of a spike, and what made a training fire, by running the network again.
"""

from snncore.explain.credit_assignment import Cell, Credit, LayerCredit, credit, credit_of

__all__ = ["Cell", "Credit", "LayerCredit", "credit", "credit_of"]
