# Who may take which role: a workflow of one repository, in one place. There are no long-lived keys.
#
# A job in a GitHub environment carries that environment in its subject, whatever branch it is of: the environment's own
# rules (branches, reviewers) say who gets in. So each role trusts one environment, word for word.
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  # GitHub writes the subject of older repositories by names alone, of newer ones with ids. Both are this repository;
  # a name alone could one day be somebody else's, so drop the first form once a run has shown the second.
  named = "${var.repository.owner}/${var.repository.name}"
  ided  = "${var.repository.owner}@${var.repository.owner_id}/${var.repository.name}@${var.repository.id}"

  places = merge(
    { plan = "pull_request", build = "environment:build" },
    { for env in var.environments : "planner-${env}" => "environment:${env}-plan" },
    { for env in var.environments : "deploy-${env}" => "environment:${env}" },
  )

  trust = {
    for role, place in local.places : role => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = ["sts:AssumeRoleWithWebIdentity"]
        Principal = { Federated = aws_iam_openid_connect_provider.github.arn }
        Condition = {
          StringEquals = {
            "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:sub" = ["repo:${local.named}:${place}", "repo:${local.ided}:${place}"]
          }
        }
      }]
    })
  }

  purposes = merge(
    { plan = "Pull requests: what would change, read from state and code alone", build = "The build: uploads artifacts, signs releases" },
    { for env in var.environments : "planner-${env}" => "Plans and looks for drift in ${env}: reads its configuration, saves plans" },
    { for env in var.environments : "deploy-${env}" => "Applies saved plans to ${env}" },
  )
}

resource "aws_iam_role" "pipeline" {
  for_each = local.places

  name                 = "callscribe-${each.key}"
  description          = local.purposes[each.key]
  assume_role_policy   = local.trust[each.key]
  max_session_duration = 3600
}
