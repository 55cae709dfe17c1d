"""The deposit portal: an administration declares in its browser, a ministry follows the campaign."""
