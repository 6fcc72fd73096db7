# Two secrets: the key of the HMAC under which `subject_ref` is kept (with another one, nobody's calls are found again),
# and the API key of the canary, which a person puts in after the first apply.

resource "aws_secretsmanager_secret" "subject_key" {
  name                    = "${local.name}/subject-key"
  description             = "Key of the HMAC of subject_ref"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}

# Made at the first apply, 244 random bits, and written there only: a write-only argument is in no plan and no state.
# After the loss of a region the old key is put in by hand; Terraform does not touch it again.
resource "aws_secretsmanager_secret_version" "subject_key" {
  secret_id        = aws_secretsmanager_secret.subject_key.id
  secret_string_wo = "${uuid()}${uuid()}"
  # Written again only when this number changes: it must not, the key is for life.
  secret_string_wo_version = 1
}

resource "aws_secretsmanager_secret" "canary_key" {
  name                    = "${local.name}/canary-key"
  description             = "API key of the canary"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = var.deletion_protection ? 30 : 0
}
