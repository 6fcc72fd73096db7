terraform {
  # 1.9: validations may name other variables. 1.10: ephemeral resources. 1.11: write-only arguments, S3 lock files.
  required_version = ">= 1.11, < 2.0"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Exactly the one that the tests apply with: a range would put an untested provider into production.
      version = "= 5.100.0"
    }
  }

  # Which bucket and key: `terraform init -backend-config=environments/<env>.s3.tfbackend`.
  backend "s3" {
    use_lockfile = true
    encrypt      = true
  }
}
