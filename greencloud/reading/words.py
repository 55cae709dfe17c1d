"""Numbers in the French sentences of remarks and refusals."""


def counted(number: int) -> str:
    """A number as the French write it: `10240` is `10 240`, with narrow no-break spaces."""
    return f"{number:,}".replace(",", "\u202f")
