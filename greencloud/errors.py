"""The failures a user can mend. They all derive from one class, so that no front end forgets one of them."""


class GreencloudError(Exception):
    """An expected failure; its text is a French sentence with the cause and the fix, fit to be shown as it is.

    SchemaError (tables), Unreadable (reading), DepositError (deposits), WarehouseError (warehouse), EditionError
    (editions).
    """
