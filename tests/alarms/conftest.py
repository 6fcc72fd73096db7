"""The plan of production, as the tests of the whole infrastructure make it."""

from infra.conftest import planning, plans, workplace

__all__ = ["planning", "plans", "workplace"]
