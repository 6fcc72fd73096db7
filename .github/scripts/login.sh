#!/usr/bin/env bash
# Log Docker in to this account's registry; nothing is kept on disk after the job.
set -euo pipefail

aws ecr get-login-password --region "$AWS_REGION" |
    docker login --username AWS --password-stdin "$AWS_ACCOUNT_ID.dkr.ecr.$AWS_REGION.amazonaws.com"
