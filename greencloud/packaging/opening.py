"""``ouvrir.sql``: the edition as DuckDB views over its Parquet files, with the descriptions of their columns.

A ready database file would not do: DuckDB writes a random identifier into each, so its bytes never come back the same
(seen with 1.5.6). The views cost nothing and are text.
"""

from collections.abc import Iterator

from greencloud.checking.sql import literal
from greencloud.packaging.contents import Contents
from greencloud.tables import Table, quote

_HOW = """\
-- {title}.
-- Une vue par table, au-dessus des fichiers Parquet de ce dossier ; duckdb_columns() donne les descriptions.
--
-- Depuis ce dossier :   duckdb -init ouvrir.sql
-- Depuis un autre :     SET file_search_path = '/chemin/de/l/edition'; puis .read /chemin/de/l/edition/ouvrir.sql
-- En Python :           duckdb.connect().execute(open("ouvrir.sql", encoding="utf-8").read())
"""


def opening_sql(contents: Contents, title: str) -> str:
    """The text of `ouvrir.sql`. Its paths are relative: it works wherever the folder of the edition is copied."""
    head = _HOW.format(title=title)
    return head + "".join("\n" + "".join(_view(item.table)) for item in contents.tables)


def _view(table: Table) -> Iterator[str]:
    view = quote(table.name)
    yield f"CREATE OR REPLACE VIEW {view} AS FROM read_parquet({literal(f'{table.name}.parquet')});\n"
    yield f"COMMENT ON VIEW {view} IS {literal(table.description)};\n"
    for field in table.fields:
        yield f"COMMENT ON COLUMN {view}.{quote(field.name)} IS {literal(field.description)};\n"
