"""memo: computed once per object and arguments."""

from __future__ import annotations

from dataclasses import dataclass, field

from advisor.features.memo import kept, remembered


@dataclass(frozen=True)
class Counter:
    calls: list[float] = field(default_factory=list)

    @remembered
    def double(self, value: float) -> float:
        """Twice the value."""
        self.calls.append(value)
        return 2 * value

    @remembered
    def product(self, value: float, other: float) -> float:
        """Both multiplied."""
        self.calls.append(value)
        return value * other

    @remembered
    def nothing(self) -> None:
        """Nothing, which is an answer as well."""
        self.calls.append(0.0)

    @kept
    def number(self) -> int:
        """How many calls there were."""
        self.calls.append(1.0)
        return len(self.calls)


def test_the_same_question_is_answered_once_per_object() -> None:
    one, other = Counter(), Counter()
    assert [one.double(2), one.double(2), one.double(3), other.double(2)] == [4, 4, 6, 4]
    assert (one.calls, other.calls) == ([2, 3], [2])


def test_with_several_arguments_or_none_as_well() -> None:
    one = Counter()
    assert [one.product(2, 3), one.product(2, 4), one.product(2, 3)] == [6, 8, 6]
    assert (one.nothing(), one.nothing(), one.calls) == (None, None, [2, 2, 0])


def test_a_property_is_computed_once_per_object() -> None:
    one, other = Counter(), Counter([1.0])
    assert (one.number, one.number, other.number, one.calls) == (1, 1, 2, [1.0])
    assert Counter.number.__doc__ == "How many calls there were."


def test_a_method_keeps_its_name_and_words() -> None:
    assert (Counter.double.__name__, Counter.double.__doc__) == ("double", "Twice the value.")
