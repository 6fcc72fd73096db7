"""Audit: whether what the service promises holds of the rows and objects that there are; it changes nothing."""

from shared.protocol.auditing.breach import KINDS, Breach
from shared.protocol.auditing.looking import audit_job, audit_objects, audit_rows, breaches_of
from shared.protocol.auditing.pages import tenants

__all__ = ["KINDS", "Breach", "audit_job", "audit_objects", "audit_rows", "breaches_of", "tenants"]
