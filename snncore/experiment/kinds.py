"""Open families of parts: the kinds of layer, input or task that an Experiment may name in a field `kind`.

A part registers under its kind; models that hold parts of the family then read and write it. What a kind computes is in its own file.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

from pydantic import Field, GetCoreSchemaHandler

from snncore.errors import RegistrationError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import CoreSchema

    from snncore.experiment.part import Part

T = TypeVar("T", bound="Part")


class Kinds(Mapping[str, type[T]], Generic[T]):
    """The parts of one family by kind, in the order of registration.

    As an annotation, `Annotated[Any, kinds]` is the type of a field that holds any of them.

    Attributes:
        noun: name of a part in messages: "layer", "input", "task".
    """

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._parts: dict[str, type[T]] = {}
        self._holders: list[type[BaseModel]] = []

    def __getitem__(self, kind: str) -> type[T]:
        return self._parts[kind]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def register(self, part: type[T], *, after: str | None = None) -> type[T]:
        """Register a part under the default of its field `kind`. Usable as a decorator.

        Args:
            after: the kind that it follows in the order; by default it is the last.

        Raises:
            RegistrationError: it has no kind, another part has this kind, an abstract method of its base is missing, or its own check
                refuses it.
        """
        field = part.model_fields.get("kind")
        kind = field.default if field else None
        if not isinstance(kind, str) or not kind:
            raise RegistrationError(f'{part.__name__} names no kind; give it a field `kind: Literal["my_{self.noun}"] = "my_{self.noun}"`.')
        if kind in self._parts:
            raise RegistrationError(f"The {self.noun} kind {kind!r} is taken by {self._parts[kind].__name__}; choose another name.")
        if part.__abstractmethods__:
            missing = ", ".join(sorted(part.__abstractmethods__))
            raise RegistrationError(f"The {self.noun} {kind!r} can't be used: {part.__name__} has no {missing}; define it.")
        part.check_kind()
        self._parts[kind] = part
        if after is not None:
            kinds = [other for other in self._parts if other != kind]
            kinds.insert(kinds.index(after) + 1, kind)
            self._parts = {name: self._parts[name] for name in kinds}
        self._tell_holders()
        return part

    def remove(self, kind: str) -> None:
        """Unregister a kind; Experiments that name it can no longer be opened."""
        del self._parts[kind]
        self._tell_holders()

    def held_by(self, *holders: type[BaseModel]) -> None:
        """Name the models with a field of this family, inner ones first; they are rebuilt for each later kind."""
        self._holders.extend(holders)

    def _tell_holders(self) -> None:
        for holder in self._holders:
            holder.model_rebuild(force=True)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        parts = tuple(self._parts.values())
        if len(parts) == 1:
            return handler.generate_schema(parts[0])
        return handler.generate_schema(Annotated[functools.reduce(operator.or_, parts), Field(discriminator="kind")])
