"""What Terraform says of a resource, in the words in which `settings` reads it back."""

from typing import Any


def said(kind: str, values: Any) -> dict[str, Any]:
    """Every setting that is compared; most have the same name on both sides."""
    return SHAPED[kind](values) if kind in SHAPED else values


def _lifecycle(values: Any) -> dict[str, Any]:
    return {
        f"rule.{rule['id']}": (
            rule["status"],
            _first(rule["expiration"], "days"),
            _first(rule["noncurrent_version_expiration"], "noncurrent_days"),
            _first(rule["abort_incomplete_multipart_upload"], "days_after_initiation"),
        )
        for rule in values["rule"]
    }


def _first(blocks: Any, field: str) -> Any:
    """A field of a block that may be there once; Terraform's 0 is nothing."""
    return (blocks[0][field] or None) if blocks else None


def _table(values: Any) -> dict[str, Any]:
    return {
        **values,
        "keys": {"HASH": values["hash_key"], "RANGE": values["range_key"]},
        "attributes": {one["name"]: one["type"] for one in values["attribute"]},
        "indexes": {
            one["name"]: (
                one["hash_key"],
                one["range_key"],
                one["projection_type"],
                sorted(one["non_key_attributes"] or []),
            )
            for one in values["global_secondary_index"]
        },
        "ttl": ("ENABLED", values["ttl"][0]["attribute_name"]),
        "server_side_encryption.kms_key_arn": values["server_side_encryption"][0]["kms_key_arn"],
    }


def _notification(values: Any) -> dict[str, Any]:
    return {f"queue.{field}": values["queue"][0][field] for field in ("queue_arn", "events", "filter_prefix")}


def _bucket_key(values: Any) -> dict[str, Any]:
    return values["rule"][0]["apply_server_side_encryption_by_default"][0]


def _versioning(values: Any) -> dict[str, Any]:
    return {"versioning_configuration.status": values["versioning_configuration"][0]["status"]}


SHAPED = {
    "aws_dynamodb_table": _table,
    "aws_s3_bucket_lifecycle_configuration": _lifecycle,
    "aws_s3_bucket_notification": _notification,
    "aws_s3_bucket_server_side_encryption_configuration": _bucket_key,
    "aws_s3_bucket_versioning": _versioning,
}
