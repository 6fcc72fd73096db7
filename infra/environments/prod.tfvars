env                = "prod"
azs                = ["eu-central-1a", "eu-central-1b"]
egress             = "endpoints"
monthly_budget_usd = 750
alarm_emails       = ["ml-platform@example.com"]

load = {
  reps                = 100
  calls_per_rep_day   = 16
  mean_call_seconds   = 360
  peak_hour_share     = 0.145
  nightly_audio_hours = 50
}

functions = {
  bucket = "callscribe-artifacts-111111111111"
  sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
}

worker_image = {
  repository = "111111111111.dkr.ecr.eu-central-1.amazonaws.com/callscribe-worker"
  digest     = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
}

gpu_ami_id = "ami-00000000000000000"
