"""A figure as a still drawing: what Plotly would draw, as SVG, for a reader without scripts, a printer, a download.

It knows the marks that the pages use and refuses any other: a chart drawn without a part of it would be a lie.
"""

from dashboards.svg.drawing import WIDTH, Unknown, render

__all__ = ["WIDTH", "Unknown", "render"]
