"""The comparison pages of an edition: static, offline, in French, readable by everyone."""

from dashboards.pages import write_pages

__all__ = ["write_pages"]
