"""Open families of parts: the kinds of layer, input or task that an Experiment may name in a field `kind`.

A part registers under its kind; models that hold parts of the family then read and write it. What a kind computes is in its own file.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar, get_args, get_origin

from pydantic import Field, GetCoreSchemaHandler

from snncore.errors import RegistrationError, in_a_line
from snncore.experiment.errors import abbreviated

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
        base: the class that every part derives from.
    """

    def __init__(self, noun: str, base: type) -> None:
        self.noun = noun
        self.base = base
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
            RegistrationError: it isn't a class of this family, it has no kind, another part has this kind, an abstract method of its base
                is missing, its own check refuses it, or no Experiment can hold it. Nothing is registered then.
        """
        kind = self._checked(part)
        before = self._parts
        kinds = list(before)
        kinds.insert(len(kinds) if after is None else kinds.index(after) + 1, kind)
        try:
            self._parts = {name: before.get(name, part) for name in kinds}
            self._tell_holders()
        except BaseException as error:
            self._parts = before
            self._tell_holders()
            if not isinstance(error, Exception):
                raise
            raise RegistrationError(
                f"No Experiment can hold the {self.noun} kind {kind!r}: {in_a_line(error)}; correct the fields of {part.__name__}."
            ) from error
        return part

    def _checked(self, part: type[T]) -> str:
        """Return the part's kind; raise RegistrationError if it can't be registered."""
        if not (isinstance(part, type) and issubclass(part, self.base)):
            base = self.base.__name__
            article = "an" if base[0] in "AEIOU" else "a"
            raise RegistrationError(f"{abbreviated(part)} is no class of {self.noun}s; derive {article} {self.noun} from {base}.")
        name, field = part.__name__, part.model_fields.get("kind")
        kind = field.default if field else None
        if field is None or not isinstance(kind, str) or not kind:
            example = f'"my_{self.noun.replace(" ", "_")}"'
            raise RegistrationError(f"{name} names no kind; give it a field `kind: Literal[{example}] = {example}`.")
        if not kind.isidentifier():
            raise RegistrationError(f"The {self.noun} kind {kind!r} is no name; use letters, digits and _, and begin with a letter.")
        if get_origin(field.annotation) is not Literal or get_args(field.annotation) != (kind,):
            raise RegistrationError(f'{name} has the kind {kind!r}, but not as its type; write `kind: Literal["{kind}"] = "{kind}"`.')
        if kind in self._parts:
            raise RegistrationError(f"The {self.noun} kind {kind!r} is taken by {self._parts[kind].__name__}; choose another name.")
        if part.__abstractmethods__:
            missing = ", ".join(sorted(part.__abstractmethods__))
            raise RegistrationError(f"The {self.noun} {kind!r} can't be used: {name} has no {missing}; define it.")
        try:
            part.model_rebuild()
            part.check_kind()
            if not part.is_built_in():
                part.try_kind()
        except RegistrationError:
            raise
        except Exception as error:
            raise RegistrationError(f"The {self.noun} {kind!r} can't be used: {in_a_line(error)}; correct {name}.") from error
        return kind

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
