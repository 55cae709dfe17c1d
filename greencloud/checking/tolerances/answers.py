"""Yes and no in other words than the schema's."""

from functools import lru_cache

from greencloud.checking.tolerances.spelling import Outcome, Spelling, folded
from greencloud.checking.verdicts import Fault
from greencloud.tables import Field

_YES = frozenset({"oui", "o", "vrai", "v", "true", "t", "yes", "y", "1"})
_NO = frozenset({"non", "n", "faux", "f", "false", "no", "0"})
_LONGEST = 100
_SCHEMAS = 256
_TICKS = frozenset({"x", "✓", "✔", "☑", "✗", "✘", "☒", "☐", "[x]", "(x)"})


def read(text: str, field: Field) -> Outcome:
    """A trimmed text as `true` or `false`; a tick is a fault, for it means yes here and no there.

    The schema's own words in another case come first, unless case is what tells its true from its false; then the
    usual words, on condition that the schema has a word for that answer and gives the text no other meaning.
    """
    if len(text) > _LONGEST:
        return None
    word = folded(text)
    true, false = _known(field.true_values), _known(field.false_values)
    if true & false:
        return None
    if word in true or word in false:
        return Spelling("true" if word in true else "false", "casse")
    if word in _YES and true and not true & _NO:
        return Spelling("true", "casse")
    if word in _NO and false and not false & _YES:
        return Spelling("false", "casse")
    if word in _TICKS:
        return Fault("type-error", detail="coche", proposal="true")
    return None


@lru_cache(_SCHEMAS)
def _known(values: tuple[str, ...]) -> frozenset[str]:
    """The words of a schema as they are compared."""
    return frozenset(map(folded, values))
