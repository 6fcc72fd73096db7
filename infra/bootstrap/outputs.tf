output "github_variables" {
  description = "What the repository's variables are to hold (`gh variable set NAME --body VALUE`)."
  value = {
    AWS_ACCOUNT_ID = local.account
    AWS_REGION     = var.region
  }
}

output "role_arns" {
  description = "ARN of each role that a workflow may take, by its name without callscribe-."
  value       = { for key, role in aws_iam_role.pipeline : key => role.arn }
}

output "buckets" {
  description = "Names of the buckets of state and artifacts."
  value       = local.buckets
}

output "repositories" {
  description = "Address of each image's repository."
  value       = { for key, image in aws_ecr_repository.image : key => image.repository_url }
}
