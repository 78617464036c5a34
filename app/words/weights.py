"""Words for a network's weights: from a seed, from a file, trained, or dropped by the last edit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from app.words.layers import parameter_name
from app.words.numbers import counted
from app.words.parameter import Parameter
from snncore.experiment.loaded_weights import drawn_from
from snncore.experiment.parameters import is_weight
from snncore.experiment.spec import Draft
from snncore.experiment.weights import NormalWeights, RandomWeights
from snncore.io.weight_transfer import Match, Order, Transfer

MATCHING = Parameter(
    "Match layers",
    "How a file's weights find their layers: by equal names, or one layer after the other, whatever their names.",
)
MATCHINGS = {"more": "what fits best", "name": "by name", "order": "in order"}
"""Ways to match, by their names in the state."""

MOST_ROWS = 40
"""Most parameters that are listed one by one."""

MOST_HELD = 3
"""Most parameters in the sentence on those that don't act as in the file."""

LONGEST_NAME = 40
"""Most characters of a file's name that are shown."""


def weights_in_words(draft: Draft) -> str:
    """Source of the first weights: "from seed 0", "from own.safetensors"; empty if there are none."""
    sources = draft.checkpoint.sources(draft.network) if draft.checkpoint else {}
    drawn = [source for name, source in drawn_from(draft.network).items() if name not in sources]
    random = [source for source in drawn if source is None or isinstance(source, RandomWeights | NormalWeights)]
    found = []
    if draft.checkpoint and sources:
        found.append(file_name(draft.checkpoint.name))
    if random:
        found.append(f"seed {draft.seeds.weights}")
    if not found:
        return "as set" if drawn else ""
    return f"from {' and '.join(found)}{', others as set' if len(random) < len(drawn) else ''}"


def trained_weights_in_words(draft: Draft, epoch: int) -> str:
    """Sentence on the weights in use at an epoch; empty if the network has none."""
    first = weights_in_words(draft)
    return first and f"Weights {first}{f', trained to epoch {epoch}' if epoch else ''}."


def matched_in_words(made: Transfer, by: Order, name: str) -> str:
    """How many of the network's parameters a file gave: "mine.pt, in order: 4 of 6 parameters are taken, the others stay.".

    Another sentence counts those that only the file has, and one tells those that don't act as they are there: "Not as in the file:
    LIF 2 τ_mem: held at 0.1, since the file has -12.".
    """
    own = [row for row in _told(made) if row.parameter]
    taken = sum(row.is_taken for row in own)
    others = "" if taken == len(own) else ", the others stay"
    count = f"{taken} of {counted(len(own), 'parameter')} {'is' if taken == 1 else 'are'} taken{others}."
    left = sum(row.parameter is None for row in made.table)
    more = f" {left} of the file's {'is' if left == 1 else 'are'} left over." if left else ""
    return f"{file_name(name)}, {MATCHINGS[by]}: {count}{more}{_held_in_words(made)}"


def _held_in_words(made: Transfer) -> str:
    held = [f"{parameter_name(made.checkpoint.experiment, row.parameter)}: {row.held}" for row in made.table if row.parameter and row.held]
    if not held:
        return ""
    more = f" and {len(held) - MOST_HELD} more" if len(held) > MOST_HELD else ""
    return f" Not as in the file: {'; '.join(held[:MOST_HELD])}{more}."


def transfer_table(made: Transfer) -> dict[str, str]:
    """What became of each parameter of the network that the table was made for, and of those that only the file has."""
    network = made.checkpoint.experiment
    rows = sorted(_told(made), key=lambda row: (row.parameter is None, not row.is_taken))
    found = {}
    for row in rows[:MOST_ROWS]:
        source = f"{file_name(row.source)} {_size(row.source_shape)}".strip() if row.source else ""
        if row.parameter is None:
            found[f"{source}, in the file"] = f"left: {row.reason}"
        elif row.is_taken:
            found[parameter_name(network, row.parameter)] = "; ".join([f"from {source}", *row.details])
        else:
            found[parameter_name(network, row.parameter)] = f"not taken: {row.reason}"
    if len(rows) > MOST_ROWS:
        found[f"{len(rows) - MOST_ROWS:,} more"] = "not listed"
    return found


def _told(made: Transfer) -> list[Match]:
    """Rows of the table without constants of neurons that the file hasn't: few files have any."""
    return [row for row in made.table if row.source or is_weight(row.parameter or "")]


def _size(shape: Sequence[int] | None) -> str:
    return "×".join(map(str, shape)) if shape else ""


def let_go_in_words(before: Draft, after: Draft) -> str | None:
    """Sentence on a file's weights that an edit dropped; None if all stay."""
    named = before.checkpoint
    if named is None:
        return None
    if after.checkpoint and after.checkpoint.digest != named.digest and set(named.names) <= set(after.checkpoint.names):
        return None  # another file's weights joined them
    had = named.sources(before.network)
    kept = after.checkpoint if after.checkpoint and after.checkpoint.digest == named.digest else None
    sources = set(kept.sources(after.network).values()) if kept else set()
    lost = {own for own, theirs in had.items() if theirs not in sources}
    if not lost:
        return None
    whole, now = f"from {file_name(named.name)}", weights_in_words(after)
    ending = f"; the weights are now {now}." if now not in ("", whole) else "."
    if len(lost) == len(had):
        return f"The weights {whole} are no longer used{ending}"
    former = "" if len(before.network) == len(after.network) else "the former "
    return f"The weights {whole} stay, except {_whose(before, lost, had, former)}{ending}"


def _whose(draft: Draft, lost: Collection[str], had: Collection[str], former: str) -> str:
    """Layers that lost all their weights, "those of Linear 3", and single weights that others lost."""
    found: dict[str, None] = {}
    for name in sorted(lost):
        layer = name.partition(".")[0]
        is_whole = all(other in lost for other in had if other.startswith(f"{layer}."))
        found[f"those of {former}{draft.layer_label(layer)}" if is_whole else draft.parameter_label(name)] = None
    return " and ".join(found)


def given_up_in_words(name: str) -> str:
    """Sentence for a training that was replaced by one that starts over."""
    return f"Training started over: the weights from {name} are no longer used."


def file_name(name: str) -> str:
    """A file's name, shortened in the middle if it is long."""
    if len(name) <= LONGEST_NAME:
        return name
    half = LONGEST_NAME // 2
    return f"{name[:half]}…{name[-half:]}"
