"""How many injected faults the rules name rightly, and how often they are wrong about clean rows.

The rows are those of the fictitious campaign, where each fault is known. `python -m greencloud.rates > docs/rules.md`
writes them with the list of the rules.
"""
