env                 = "dev"
azs                 = ["eu-central-1a"]
egress              = "public"
deletion_protection = false
monthly_budget_usd  = 200

# A tenth of a team, and no night.
load = {
  reps                = 10
  nightly_audio_hours = 1
}

# Nobody waits here: workers start when a call comes.
lanes = {
  interactive = {
    floor          = 0
    on_demand_base = 0
  }
}

retention = {
  log_days = 30
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
