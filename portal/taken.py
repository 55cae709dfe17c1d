"""The tables that the portal takes; meters and their readings are deposited with `greencloud deposit`."""

TABLES: tuple[str, ...] = ("centres", "declarations", "consommations")
