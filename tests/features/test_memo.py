"""memo: computed once per object and arguments."""

from __future__ import annotations

from dataclasses import dataclass, field

from advisor.features.memo import remembered


@dataclass(frozen=True)
class Counter:
    calls: list[float] = field(default_factory=list)

    @remembered
    def double(self, value: float) -> float:
        """Twice the value."""
        self.calls.append(value)
        return 2 * value


def test_the_same_question_is_answered_once_per_object() -> None:
    one, other = Counter(), Counter()
    assert [one.double(2), one.double(2), one.double(3), other.double(2)] == [4, 4, 6, 4]
    assert (one.calls, other.calls) == ([2, 3], [2])


def test_a_method_keeps_its_name_and_words() -> None:
    assert (Counter.double.__name__, Counter.double.__doc__) == ("double", "Twice the value.")
