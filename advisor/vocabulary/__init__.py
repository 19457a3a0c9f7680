"""The words everything else uses: metrics, columns, aliases and terms.

In: nothing.
Out: `COLUMNS`, `column()`, `canonical()`, and the enums of `terms`.
May import: the standard library only.
"""

from advisor.vocabulary.aliases import canonical
from advisor.vocabulary.column import Column, Combine, Entity, Facet, Kind, PartKind
from advisor.vocabulary.metrics import COLUMNS, column, columns_of
from advisor.vocabulary.terms import Family, Health, Progress, Role, Severity, Stand, Verdict
from advisor.vocabulary.unjudged import UNJUDGED, judged_of

__all__ = [
    "COLUMNS",
    "UNJUDGED",
    "Column",
    "Combine",
    "Entity",
    "Facet",
    "Family",
    "Health",
    "Kind",
    "PartKind",
    "Progress",
    "Role",
    "Severity",
    "Stand",
    "Verdict",
    "canonical",
    "column",
    "columns_of",
    "judged_of",
]
