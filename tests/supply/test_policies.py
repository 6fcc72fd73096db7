"""No right in the cloud is wider than what it names, unless the file says why."""

import json

import pytest
from supply.checks import here
from supply.checks.policies import faults
from supply.tools import ROOT

NARROW = """
data "aws_iam_policy_document" "worker" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${aws_s3_bucket.calls.arn}/transcripts/*", aws_kms_key.calls[0].arn]
  }
  statement {
    # wildcard: the registry's login has no resource of its own
    resources = ["*"]
    actions   = ["ecr:GetAuthorizationToken"]
  }
}
resource "aws_cloudwatch_metric_alarm" "dead" {
  alarm_actions = ["*"]
}
"""
WIDE = {
    "every action of a service": NARROW.replace('"s3:PutObject"', '"s3:*"'),
    "actions by their first letters": NARROW.replace('"s3:PutObject"', '"s3:Put*"'),
    "every action": NARROW.replace('["s3:GetObject", "s3:PutObject"]', '["*"]'),
    "a wildcard on the third line": NARROW.replace('"s3:GetObject", ', '\n    "s3:GetObject",\n    "s3:*",\n'),
    "a wildcard behind an index": NARROW.replace("calls[0].arn]", 'calls[0].arn, "*"]'),
    "a wildcard inside a function": NARROW.replace('["s3:GetObject", "s3:PutObject"]', 'concat(local.a, ["s3:*"])'),
    "no reason": NARROW.replace("# wildcard: the registry's login", "# the registry's login"),
    "an empty reason": NARROW.replace("the registry's login has no resource of its own", ""),
    "all objects there are": NARROW.replace("${aws_s3_bucket.calls.arn}/transcripts/*", "arn:aws:s3:::*"),
    "all actions but one": NARROW.replace('actions   = ["s3:GetObject"', 'not_actions   = ["s3:GetObject"'),
    "jsonencode": 'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = x.arn }] })',
    "JSON in a heredoc": 'policy = <<EOF\n{"Statement": [{"Action": "sqs:Send", "Resource": "*"}]}\nEOF\n',
}
STATEMENT = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": "arn:aws:sqs:*:123456789012:calls"}


def held(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    return faults(tmp_path)


def test_named_rights_and_an_explained_wildcard_are_no_fault(tmp_path):
    assert held(tmp_path, "iam.tf", NARROW) == []


@pytest.mark.parametrize("text", WIDE.values(), ids=WIDE)
def test_a_wildcard_in_terraform_is_named(tmp_path, text):
    assert len(held(tmp_path, "iam.tf", text)) == 1


@pytest.mark.parametrize(
    "change", [{"Action": "sqs:*"}, {"Resource": ["*"]}, {"NotAction": "iam:PassRole"}, {"NotResource": ["a"]}]
)
@pytest.mark.parametrize("name", ["policy.json", "iam.tf.json"])
def test_a_wildcard_in_json_is_named(tmp_path, name, change):
    assert len(held(tmp_path, name, json.dumps({"Statement": [STATEMENT | change]}))) == 1


@pytest.mark.parametrize("change", [{}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}])
def test_named_rights_and_refusals_in_json_are_no_fault(tmp_path, change):
    assert held(tmp_path, "policy.json", json.dumps({"Statement": [STATEMENT | change]})) == []


def test_our_policies_have_no_fault():
    assert here.rights(ROOT) == []
