"""Table Schema itself: its types and constraints, how a value of each type is read, and what makes a schema wrong.

Nothing here knows a file: `greencloud.tables` is the door, `greencloud.checking` applies a schema to the cells of a
table. Types and their readings are those of Frictionless 5.21, leniencies included; `doubts` lists the leniencies
that the checker does not share.
"""
