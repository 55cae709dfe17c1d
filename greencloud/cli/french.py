"""The command line speaks French: its help, and what it says to a command that it does not understand."""

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from greencloud.checking.messages import figure, quoted
from greencloud.errors import GreencloudError, cause, fix

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

    allow_extra_args = True  # not to be kept, but to be told in French

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments. Raises Misuse for one too many, most often a name with a space and no quotes."""
        try:
            extra = super().parse_args(ctx, args)
        except TyperException as error:
            vars(error)["ctx"] = ctx  # some errors do not know which command they are about
            raise
        if extra:
            raise Misuse(
                f"{quoted(extra[0])} est de trop. Un chemin qui contient un espace s'écrit entre guillemets droits. "
                f"{_see(ctx)}"
            )
        return extra

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

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command. Raises Misuse for one that does not exist, with the one that it resembles."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise Misuse(
                f"La commande {quoted(args[0])} n'existe pas. {_meant(args[0], self.list_commands(ctx))}{_see(ctx)}"
            )
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write usage, description and commands."""
        _begin(formatter, ctx.command_path, "commande [options]", self.help)
        commands = ((name, self.commands[name].get_short_help_str(200)) for name in self.list_commands(ctx))
        _list(formatter, "Commandes", commands)
        options = [("--help", _SHOW_HELP), ("commande --help", "Explique une commande.")]
        if ctx.parent is None:
            options.append(("--version", SHOW_VERSION))
        _list(formatter, "Options", options)


_SHOW_HELP = "Affiche cette aide."
SHOW_VERSION = "Affiche la version."


class Misuse(GreencloudError):
    """Options that do not go together, or a file that is not there; the text is a French sentence."""


def failed(error: OSError) -> str:
    """What a file or a disk refused, without the English of the system."""
    return f"{error.filename or 'Sortie'} : lecture ou écriture impossible, {cause(error)}. {fix(error)}"


def misused(error: TyperException) -> str:
    """What is wrong with a command that cannot be understood, and where to look: Typer says it in English."""
    return f"{_wrong(error)} {_see(getattr(error, 'ctx', None))}"


def _wrong(error: TyperException) -> str:
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    params = context.command.get_params(context) if context is not None else []
    param = getattr(error, "param", None) or next((param for param in params if option in param.opts), None)
    kind = type(error).__name__
    if kind == "NoSuchOption":
        known = [name for param in params for name in param.opts if name.startswith("--")]
        return f"L'option {quoted(option)} n'existe pas. {_meant(option or '', known)}".rstrip()
    if param is None:
        return "La commande n'est pas comprise."
    if kind == "MissingParameter":
        return f"Il manque « {_name(param)} » : {_uncapitalised(param.help or '')}"
    if kind == "BadOptionUsage":
        return f"L'option « {option} » ne prend pas de valeur." if param.is_flag else f"Il manque {_value_of(param)}."
    return f"La valeur de « {param.opts[0]} » ne convient pas : il faut {_wanted(param.type)}."


def _value_of(param: Any) -> str:
    return f"une valeur après « {param.opts[0]} » : « {_name(param)} »"


def _wanted(kind: Any) -> str:
    """What values a parameter takes; only whole numbers are refused by Typer itself, any text makes a path."""
    lowest, highest = getattr(kind, "min", None), getattr(kind, "max", None)
    bounds = "" if lowest is None or highest is None else f" entre {figure(lowest)} et {figure(highest)}"
    return f"un nombre entier{bounds}" if kind.name.startswith("int") else "une autre valeur"


def _uncapitalised(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _meant(given: str, known: Iterable[str]) -> str:
    """The question whether a known name was meant, where one resembles what was given."""
    close = difflib.get_close_matches(given, list(known), n=1)
    return f"Vouliez-vous dire « {close[0]} » ? " if close else ""


def _see(context: Any) -> str:
    names = []
    while context is not None and context.parent is not None:
        names.append(context.info_name)
        context = context.parent
    return f"Voir « {' '.join(['greencloud', *reversed(names)])} --help »."


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
        name = str(param.metavar or param.name)
        return name if param.required else f"[{name}]"
    value = "" if param.is_flag or not param.metavar else f" {param.metavar}"
    return f"{', '.join(param.opts)}{value}"


def _help(param: Any) -> str:
    if param.name == "help":
        return _SHOW_HELP
    known = not getattr(param, "is_flag", False) and param.default not in (None, "")
    if param.required and param.param_type_name == "option":
        return f"{param.help or ''} (obligatoire)"
    shown = f" (sinon : {param.default})" if known else ""
    return f"{param.help or ''}{shown}"


def _panel(param: Any) -> str:
    return str(getattr(param, "rich_help_panel", None) or "Options")
