"""The command line speaks French: its help, and what it says to a command that it does not understand."""

import errno
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from greencloud.errors import GreencloudError

if TYPE_CHECKING:

    class _Formatter(Protocol):
        """What is used of the formatter that Typer hands over."""

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None: ...
        def write_paragraph(self) -> None: ...
        def write_text(self, text: str) -> None: ...
        def write_dl(self, rows: list[tuple[str, str]]) -> None: ...
        def section(self, name: str) -> Any: ...


class Command(TyperCommand):
    """A command whose help is in French, headings included; plain text, so that it is there at once."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, description, arguments and options."""
        params = [param for param in self.get_params(ctx) if not getattr(param, "hidden", False)]
        arguments = [param for param in params if param.param_type_name == "argument"]
        names = " ".join(_name(param) for param in arguments)
        _begin(formatter, ctx.command_path, f"{names} [options]".strip(), self.help)
        _list(formatter, "Arguments", ((_name(param), _help(param)) for param in arguments))
        options = [param for param in params if param not in arguments]
        for panel in dict.fromkeys(_panel(param) for param in options):
            _list(formatter, panel, ((_name(param), _help(param)) for param in options if _panel(param) == panel))


class Group(TyperGroup):
    """The list of commands, in French."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, description and commands."""
        _begin(formatter, ctx.command_path, "commande [options]", self.help)
        commands = ((name, self.commands[name].get_short_help_str(200)) for name in self.list_commands(ctx))
        _list(formatter, "Commandes", commands)
        _list(formatter, "Options", [("--help", _SHOW_HELP), ("commande --help", "Explique une commande.")])


_SHOW_HELP = "Affiche cette aide."
_FAILURES = {
    errno.ENOENT: "le chemin n'existe pas",
    errno.EACCES: "l'accès est refusé",
    errno.EPERM: "l'accès est refusé",
    errno.EISDIR: "c'est un dossier",
    errno.ENOTDIR: "une partie du chemin n'est pas un dossier",
    errno.ENAMETOOLONG: "le nom est trop long",
    errno.ENOSPC: "il n'y a plus de place sur le disque",
    errno.EROFS: "le disque est en lecture seule",
    errno.ENOTEMPTY: "le dossier n'est pas vide",
}


class Misuse(GreencloudError):
    """Options that do not go together, or a file that is not there; the text is a French sentence."""


def failed(error: OSError) -> str:
    """What a file or a disk refused, without the English of the system."""
    cause = _FAILURES.get(error.errno or 0, f"erreur {error.errno} du système")
    return f"{error.filename or 'Sortie'} : lecture ou écriture impossible, {cause}."


def misused(error: TyperException) -> str:
    """What is wrong with a command that cannot be understood: Typer says it in English."""
    option = getattr(error, "option_name", None)
    param = getattr(error, "param", None)
    name = option or (param and (param.metavar if param.param_type_name == "argument" else param.opts[0]))
    kind = type(error).__name__
    if name is None:
        return "La commande n'est pas comprise."
    if kind == "MissingParameter":
        return f"Il manque « {name} »."
    return (
        f"« {name} » n'existe pas." if kind == "NoSuchOption" else f"La valeur de « {name} » manque ou ne convient pas."
    )


def _begin(formatter: "_Formatter", program: str, usage: str, text: str | None) -> None:
    formatter.write_usage(program, usage, prefix="Usage : ")
    formatter.write_paragraph()
    formatter.write_text(text or "")


def _list(formatter: "_Formatter", title: str, rows: Iterable[tuple[str, str]]) -> None:
    if found := list(rows):
        with formatter.section(f"{title} "):
            formatter.write_dl(found)


def _name(param: Any) -> str:
    if param.param_type_name == "argument":
        return str(param.metavar or param.name)
    value = "" if param.is_flag or not param.metavar else f" {param.metavar}"
    return f"{', '.join(param.opts)}{value}"


def _help(param: Any) -> str:
    if param.name == "help":
        return _SHOW_HELP
    known = param.param_type_name == "option" and not param.is_flag and param.default is not None
    if param.required and param.param_type_name == "option":
        return f"{param.help or ''} (obligatoire)"
    shown = f" (sinon : {param.default})" if known else ""
    return f"{param.help or ''}{shown}"


def _panel(param: Any) -> str:
    return str(getattr(param, "rich_help_panel", None) or "Options")
