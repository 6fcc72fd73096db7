# What the emulator is given: production's shape, with nothing that would keep it from being taken down again.
env                 = "local"
azs                 = ["eu-central-1a", "eu-central-1b"]
egress              = "endpoints"
deletion_protection = false
boundary            = false
traces              = "none"
cors_origins        = ["*"]
source_buckets      = ["arn:aws:s3:::callscribe-local-recordings"]
alarm_emails        = ["nobody@example.com"]

functions = {
  bucket = "callscribe-local-artifacts"
  sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
}

worker_image = {
  repository = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/callscribe-worker"
  digest     = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
}

gpu_ami_id = "ami-00000000000000000"
