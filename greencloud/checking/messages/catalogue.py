"""The catalogue of messages, docs/messages.md, made from their examples."""

from greencloud.checking.messages.descriptor_examples import descriptor_examples
from greencloud.checking.messages.examples import (
    Example,
    cell_examples,
    check_examples,
    header_examples,
    note_examples,
    row_examples,
)
from greencloud.checking.messages.file_examples import refusals, remarks
from greencloud.checking.messages.words import plural

COMMAND = "python -m greencloud.checking.messages"
SECTIONS = (
    ("Fichiers refusés", refusals),
    ("En-tête", header_examples),
    ("Cellules", cell_examples),
    ("Lignes et clés", row_examples),
    ("Contrôles du catalogue national", check_examples),
    ("Descripteurs et contrôles de Frictionless", descriptor_examples),
    ("Notes sur la lecture du fichier", remarks),
    ("Notes sur les valeurs", note_examples),
)
"""The parts of the catalogue, in the order in which a file is checked."""


def document() -> str:
    """docs/messages.md."""
    parts = [_HEAD]
    for title, examples in SECTIONS:
        found = sorted(examples(), key=lambda example: example.code)
        parts.append(f"## {title}\n\n{plural(len({example.code for example in found}), 'code')}.\n")
        codes: dict[str, list[Example]] = {}
        for example in found:
            codes.setdefault(example.code, []).append(example)
        parts += [_section(code, group) for code, group in codes.items()]
    return "\n".join(parts)


def _section(code: str, examples: list[Example]) -> str:
    lines = [f"### `{code}`\n"]
    for example in examples:
        cause = f" (`{example.cause}`)" if example.cause else ""
        lines.append(f"-{cause} {_escaped(example.message)}")
        lines += [f"  → {_escaped(example.fix)}"] if example.fix else []
    return "\n".join([*lines, ""])


def _escaped(sentence: str) -> str:
    """A sentence that Markdown prints as it is."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>|" else char for char in sentence)


_HEAD = f"""# Les messages du contrôle

Chaque message nomme la ligne, la colonne et la valeur, puis dit quoi faire. Voici un exemple de chacun, par code (celui
de Frictionless quand il en a un) et par cause. Cette page est faite par `{COMMAND}`, jamais à la main ;
un test échoue quand elle ne dit plus ce que dit le contrôle.
"""
