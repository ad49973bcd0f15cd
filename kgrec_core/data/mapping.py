"""How the columns of an analyst's tables are to be read; JSON in, checked settings out."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["REQUIRED_COLUMNS", "LinkColumn", "Mapping", "Role", "TableMapping"]

Role = Literal[
    "interactions", "items", "users", "social", "tags", "triples", "entities", "item_links"
]

REQUIRED_COLUMNS: dict[Role, tuple[str, ...]] = {
    "interactions": ("user", "item"),
    "items": ("item",),
    "users": ("user",),
    "social": ("user", "friend"),
    "tags": ("item", "tag"),
    "triples": ("head", "relation", "tail"),
    "entities": ("entity", "label"),
    "item_links": ("item", "entity"),
}
OPTIONAL_COLUMNS: dict[Role, tuple[str, ...]] = {
    "interactions": ("weight", "time"),
    "items": ("label", "text"),
    "users": ("label",),
    "social": (),
    "tags": ("user", "time"),
    "triples": (),
    "entities": (),
    "item_links": (),
}


class LinkColumn(BaseModel):
    """A table column whose cells become entities linked to the row's item or user.

    Attributes:
        column: name in the file.
        relation: relation id of the links ("directed_by").
        entity_type: type of the entities ("person"); two columns with one type share entities.
        separator: splits a cell into several values; None keeps the cell whole.
        bin: width of the bins when the column is numeric (10 turns years into decades).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    relation: str
    entity_type: str
    separator: str | None = None
    bin: float | None = Field(default=None, gt=0)


class TableMapping(BaseModel):
    """One file: its role and which column plays which part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    role: Role
    columns: dict[str, str]
    links: tuple[LinkColumn, ...] = ()
    min_weight: float | None = None

    @model_validator(mode="after")
    def _parts_are_known(self) -> TableMapping:
        required, optional = REQUIRED_COLUMNS[self.role], OPTIONAL_COLUMNS[self.role]
        missing = [part for part in required if part not in self.columns]
        if missing:
            raise ValueError(f"{self.file}: role '{self.role}' also needs {', '.join(missing)}")
        unknown = [part for part in self.columns if part not in required + optional]
        if unknown:
            allowed = ", ".join(required + optional)
            raise ValueError(f"{self.file}: unknown parts {', '.join(unknown)}; allowed: {allowed}")
        return self


class Mapping(BaseModel):
    """All tables of one data set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    tables: tuple[TableMapping, ...]
