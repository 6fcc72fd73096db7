#!/usr/bin/env bash
# One comment a pull request and environment, written anew with each push: comment.sh ENV FILE
set -euo pipefail

mark="<!-- plan $1 -->"
comments=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments
body=$(mktemp)
{ echo "$mark" && cat "$2"; } >"$body"

mine=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
if [[ -n $mine ]]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$mine" --field "body=@$body"
else
    gh api --silent --method POST "$comments" --field "body=@$body"
fi
