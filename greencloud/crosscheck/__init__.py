"""Declared energies beside the energy delivered by address, which grid operators publish: a bound, not a verdict.

`deliveries.read` the files, `sites.declared` and `sites.places` what is compared, `comparing.compare` the rule,
`wording` what is told of it, with the limits of that source.
"""
