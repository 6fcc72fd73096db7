"""A cursor holds where it was given, and nowhere else."""

from dataclasses import replace

import pytest

from api.access.cursors import CURSOR_S, CursorScope, Signer
from shared.errors.requests import CursorInvalid

NOW = 1_768_471_200.0
SCOPE = CursorScope("sales", "list_jobs", {"lane": "batch"})
SIGNER = Signer("s" * 32)


def test_a_cursor_leads_to_where_the_list_goes_on():
    assert SIGNER.read(SIGNER.write("job_1", SCOPE, NOW), SCOPE, NOW + CURSOR_S - 1) == "job_1"


@pytest.mark.parametrize("changed", [{"tenant": "support"}, {"route": "list_batches"}, {"filters": {}}])
def test_a_cursor_holds_in_its_own_scope_alone(changed):
    cursor = SIGNER.write("job_1", SCOPE, NOW)

    with pytest.raises(CursorInvalid):
        SIGNER.read(cursor, replace(SCOPE, **changed), NOW)


@pytest.mark.parametrize(("signer", "now"), [(Signer("t" * 32), NOW), (SIGNER, NOW + CURSOR_S)])
def test_a_cursor_of_another_secret_or_day_is_refused(signer, now):
    cursor = SIGNER.write("job_1", SCOPE, NOW)

    with pytest.raises(CursorInvalid):
        signer.read(cursor, SCOPE, now)


def test_any_changed_character_is_seen():
    cursor = SIGNER.write("job_1", SCOPE, NOW)
    forged = [cursor[:at] + ("B" if cursor[at] == "A" else "A") + cursor[at + 1 :] for at in range(3, len(cursor) - 1)]

    read = [is_taken(one) for one in forged if one != cursor]

    assert not any(read)


def is_taken(cursor):
    try:
        SIGNER.read(cursor, SCOPE, NOW)
    except CursorInvalid:
        return False
    return True
