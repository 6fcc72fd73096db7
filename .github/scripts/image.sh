#!/usr/bin/env bash
# Build an image of this commit and push it, once: image.sh api|worker
# A tag never moves: a commit that was built before keeps its image.
set -euo pipefail

name=$1
image=$AWS_ACCOUNT_ID.dkr.ecr.$AWS_REGION.amazonaws.com/callscribe-$name:$COMMIT

if aws ecr describe-images --repository-name "callscribe-$name" --image-ids "imageTag=$COMMIT" >/dev/null 2>&1; then
    echo "$image was built before"
    docker pull --quiet "$image"
else
    options=(--file "docker/$name.Dockerfile" --label "org.opencontainers.image.revision=$COMMIT" --tag "$image")
    if [[ $name == worker && -n ${MODEL:-} ]]; then
        # The model that production runs lies beside the artifacts; what it must be, the repository's variable says.
        aws s3 cp --recursive --only-show-errors "s3://callscribe-artifacts-$AWS_ACCOUNT_ID/models/$MODEL" build/model
        options+=(--build-context model=build/model --build-arg "MODEL=$MODEL" --build-arg "MODEL_SHA256=${MODEL_SHA256:?}")
    fi
    docker build "${options[@]}" .
    docker push --quiet "$image"
fi
docker tag "$image" "callscribe-$name:local"
