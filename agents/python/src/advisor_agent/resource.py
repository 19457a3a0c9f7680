"""What something is known by."""

from __future__ import annotations

Value = object


class Resource(dict[str, Value]):
    """Attribute -> text or whole number. `text` is what it is sent as, once it was sent; it is not changed after."""

    __slots__ = ("text",)

    def __init__(self, attributes: dict[str, Value]) -> None:
        super().__init__(attributes)
        self.text = ""
