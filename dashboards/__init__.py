"""The comparison pages of an edition: static, offline, in French, readable by everyone.

`write_pages` is only looked up when it is asked for: the portal takes words and numbers from here, not the figures,
whose libraries take seconds and hundreds of megabytes to load.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboards.pages import write_pages

__all__ = ["write_pages"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from dashboards import pages

    return getattr(pages, name)
