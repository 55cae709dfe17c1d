"""A table of text -> typed rows and errors, for any Table Schema; French messages; reports."""

from greencloud.checking.checked import Checked
from greencloud.checking.engine import SMALL, check_file, check_several
from greencloud.checking.report import FileCard, Finding, Note, Report

__all__ = ["SMALL", "Checked", "FileCard", "Finding", "Note", "Report", "check_file", "check_several"]
