"""What the parameters of a custom check may be; everything else is refused before any cell is read."""

from collections.abc import Sequence

from greencloud.checking.custom import columns, single
from greencloud.checking.custom.names import LISTS, NAMES, REQUIRED, VINTAGE, canonical, columns_of, known
from greencloud.descriptors import get, texts
from greencloud.schema_lint import vocabulary
from greencloud.tables import CustomCheck, SchemaError, Table

_TRUTHS = ("true", "yes", "false", "no")


def refuse_unknown_checks(table: Table) -> None:
    """Raise SchemaError when a custom check is unknown, or has wrong parameters, or names columns it cannot judge."""
    for check in table.custom_checks:
        where = f"Le contrôle « {check.name} » du schéma"
        if canonical(check.name) not in NAMES:
            raise SchemaError(f"{where} est inconnu. Contrôles connus : {known()}.")
        _refuse_parameters(check, where)
        missing = [column for column in columns_of(check) if column not in table.column_names]
        if missing:
            raise SchemaError(f"{where} nomme des colonnes absentes : {', '.join(missing)}.")
        _refuse_types(canonical(check.name), [table.field(column).type for column in columns_of(check)], where)


def _refuse_parameters(check: CustomCheck, where: str) -> None:
    params = check.params
    required = REQUIRED[check.name]
    for key in required:
        if key not in LISTS:
            get(params, key, str, where)
        elif not texts(params, key, where):
            raise SchemaError(f"{where} a une liste « {key} » vide. Nommez-y au moins une colonne.")
    optional = vocabulary.OPTIONAL_PARAMS.get(check.name, ())
    vintages = VINTAGE if canonical(check.name) in single.VINTAGES else ()
    unknown = sorted(set(params) - {*required, *optional, *vintages})
    if unknown:
        raise SchemaError(f"{where} a des paramètres inconnus : {', '.join(unknown)}. Retirez-les ou corrigez-les.")
    if params.get("op", ">") not in columns.OPERATORS:
        raise SchemaError(f"{where} a un opérateur inconnu : {params['op']}.")
    for key in optional:
        if key in params and str(params[key]).lower() not in _TRUTHS:
            raise SchemaError(f"{where} : « {key} » vaut « {params[key]} ». Écrivez « true » ou « false ».")
    _refuse_vintage(check, where)


def _refuse_vintage(check: CustomCheck, where: str) -> None:
    asked = [str(check.params[key]) for key in VINTAGE if key in check.params]
    for vintage in asked:
        # The vintages are known once frformat is imported, which takes half a second: the usual answer needs none.
        if vintage == "latest":
            continue
        offered = single.VINTAGES[canonical(check.name)]()
        if vintage not in offered:
            raise SchemaError(f"{where} a un millésime inconnu : {vintage}. Millésimes connus : {', '.join(offered)}.")


def _refuse_types(name: str, types: Sequence[str], where: str) -> None:
    if name in single.CHECKS:
        accepted = single.CHECKS[name].types
        if types[0] not in accepted:
            wanted = " ou ".join(f"« {kind} »" for kind in accepted)
            raise SchemaError(f"{where} porte sur une colonne de type « {types[0]} » : donnez-lui le type {wanted}.")
    families = {columns.family(kind) for kind in types}
    if name == "sum-columns-value" and families != {"number"}:
        raise SchemaError(f"{where} additionne des colonnes qui ne sont pas des nombres.")
    if name == "compare-columns-value" and (
        (len(families) > 1 and families != {"number", "string"}) or not families <= columns.ORDERED
    ):
        raise SchemaError(f"{where} compare des colonnes qui ne se comparent pas : {', '.join(types)}.")
