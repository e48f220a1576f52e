"""Prove spans of a dataset in a reader's text."""

from reportedly.verification.evidence import Unproven
from reportedly.verification.report import ACCEPTABLE, VERDICTS, Verdict, Verification
from reportedly.verification.verify import read_text, verify

__all__ = ["ACCEPTABLE", "VERDICTS", "Unproven", "Verdict", "Verification", "read_text", "verify"]
