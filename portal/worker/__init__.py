"""The process that opens what strangers send: it knows the library and nothing of the portal, its tables, its keys."""
