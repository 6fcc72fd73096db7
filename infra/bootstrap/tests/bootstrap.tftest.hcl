# What the pipelines may, read off the policies, without an account.
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "aws_ecr_repository" {
    defaults = { arn = "arn:aws:ecr:eu-central-1:123456789012:repository/callscribe" }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/callscribe" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/callscribe" }
  }
}

variables {
  repository = { owner = "example", owner_id = 11, name = "callscribe", id = 22 }
}

run "each_role_trusts_one_place_in_both_forms" {
  command = apply

  assert {
    condition = jsondecode(aws_iam_role.pipeline["deploy-prod"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == [
      "repo:example/callscribe:environment:prod", "repo:example@11/callscribe@22:environment:prod",
    ]
    error_message = "deploy-prod must trust the environment prod alone, by name and by id"
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.pipeline : !strcontains(role.assume_role_policy, "*") && !strcontains(role.assume_role_policy, "StringLike")])
    error_message = "a subject with a star trusts more than one place"
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.pipeline : jsondecode(role.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"])
    error_message = "a token that was made for somebody else must not do"
  }
}

run "pull_requests_write_nothing" {
  command = apply

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(aws_iam_role_policy.reading["plan"].policy).Statement : [
        for action in statement.Action : anytrue([for verb in ["Get", "List", "Describe", "Decrypt"] : strcontains(action, ":${verb}")])
      ] if statement.Effect == "Allow"
    ]))
    error_message = "the plan role may only read"
  }

  assert {
    condition     = !contains(keys(aws_iam_role_policy_attachment.reading), "plan")
    error_message = "the plan role must not read all of the account"
  }
}

run "no_pipeline_reads_calls" {
  command = apply

  assert {
    condition = alltrue([
      for policy in concat(
        [for name, policy in aws_iam_role_policy.reading : policy.policy if name != "build"],
        [for name, policy in aws_iam_policy.deploy : policy.policy if startswith(name, "roles-")],
      ) : strcontains(policy, "NoCallsRowsMessagesLogs")
    ])
    error_message = "every role that sees an environment must be denied its data"
  }
}

run "a_deployment_stays_in_its_environment" {
  command = apply

  assert {
    condition = alltrue(flatten([
      for part in ["things", "network", "roles"] : [
        for other in ["callscribe-dev", "callscribe-prod"] : !strcontains(aws_iam_policy.deploy["${part}-staging"].policy, other)
      ]
    ]))
    error_message = "staging's role names another environment"
  }

  assert {
    condition     = alltrue([for policy in aws_iam_policy.deploy : length(policy.policy) <= 6144])
    error_message = "AWS takes no longer policy"
  }
}

run "with_a_boundary_no_role_is_made_without_it" {
  command = apply

  variables {
    roles_carry_boundary = true
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_iam_policy.deploy["roles-prod"].policy).Statement :
      statement.Sid == "WhatRolesMay" && try(statement.Condition.StringEquals["iam:PermissionsBoundary"], "") != ""
    ])
    error_message = "the boundary must be asked for"
  }
}

run "what_was_released_is_never_overwritten" {
  command = apply

  assert {
    condition     = strcontains(aws_s3_bucket_policy.kept["artifacts"].policy, "s3:if-none-match") && alltrue([for image in aws_ecr_repository.image : image.image_tag_mutability == "IMMUTABLE"])
    error_message = "artifacts and tags must be written once"
  }

  assert {
    condition     = aws_kms_key.signing.key_usage == "SIGN_VERIFY" && strcontains(aws_kms_key.signing.policy, "OnlyTheBuildSigns")
    error_message = "only the build may sign"
  }
}

run "an_environment_named_build_is_refused" {
  command = plan

  variables {
    environments = ["dev", "build"]
  }

  expect_failures = [var.environments]
}

run "a_region_outside_the_union_is_refused" {
  command = plan

  variables {
    region = "us-east-1"
  }

  expect_failures = [var.region]
}

run "a_repository_with_a_star_is_refused" {
  command = plan

  variables {
    repository = { owner = "example", owner_id = 11, name = "*", id = 22 }
  }

  expect_failures = [var.repository]
}
