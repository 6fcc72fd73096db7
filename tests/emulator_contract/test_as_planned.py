"""D12: the running local stack has every setting that Terraform says, but for a list with reasons."""

import functools
import json
import re

import boto3
import pytest
from emulator_contract.planned import said
from emulator_contract.settings import READERS, plain

from shared.emulator.learning import Ids
from shared.emulator.making import recorded
from shared.emulator.recording import ENDPOINT
from shared.emulator.resources import ACCOUNT, REGION, SECRET

OTHERWISE = {
    ("ministack", "aws_sns_topic", "signature_version"): "forgets it; nothing here is signed as AWS signs",
}
"""Setting that an engine does not keep as it was told: what it does."""
UNREAD = {
    "aws_kms_alias": "the engines' keys are found by it",
    "aws_s3_bucket": "holds the name alone, by which all others are asked",
    "aws_s3_bucket_cors_configuration": "a test of uploads asks as a browser does",
    "aws_s3_bucket_ownership_controls": "of no effect without other accounts",
}
"""Kind of resource that is not read back: why."""


def kind_of(address):
    return re.search(r"aws_\w+", address)[0]


KINDS = {kind_of(address) for address in recorded().header["resources"]}
COMPARED = [address for address in recorded().header["resources"] if kind_of(address) in READERS]


@functools.cache
def client_of(endpoint, service):
    return boto3.Session(ACCOUNT, SECRET, region_name=REGION).client(service, endpoint_url=endpoint)


@pytest.fixture
def standing(endpoint):
    """The client factory of an engine, and the recorded resources with its own ids in them."""
    client = functools.partial(client_of, endpoint)
    [key] = [one for one in client("kms").list_aliases()["Aliases"] if one["AliasName"] == "alias/callscribe-local"]
    old = recorded().header["resources"]["aws_kms_key.main"]["key_id"]
    return client, Ids({ENDPOINT: endpoint, old: key["TargetKeyId"]})


@pytest.mark.parametrize("address", COMPARED)
def test_a_resource_has_the_settings_that_terraform_says(request, standing, address):
    client, ids = standing
    kind, engine = kind_of(address), request.node.callspec.params["endpoint"]
    values = json.loads(ids.renew(json.dumps(recorded().header["resources"][address])))

    has, wanted = READERS[kind](client, values), said(kind, values)

    different = {name: (value, wanted[name]) for name, value in has.items() if plain(value) != plain(wanted[name])}
    assert different.keys() == {name for of, one, name in OTHERWISE if (of, one) == (engine, kind)}, different


def test_every_kind_is_read_back_or_listed():
    assert READERS.keys() | UNREAD.keys() == KINDS
