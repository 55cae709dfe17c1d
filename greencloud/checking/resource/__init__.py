"""A descriptor of the Frictionless family checked with what it describes: a resource, a package, an inquiry…

Whether a descriptor is valid is asked of the frictionless library itself. The data are read and judged by the strict
mode, the checks of Frictionless among them. Nothing is ever fetched, and no path leaves the folder of the descriptor.
"""

from greencloud.checking.resource.descriptors import Judged, Verdict, check_descriptor, is_descriptor
from greencloud.checking.resource.refused import Refused

__all__ = ["Judged", "Refused", "Verdict", "check_descriptor", "is_descriptor"]
