env                = "staging"
azs                = ["eu-central-1a", "eu-central-1b"]
egress             = "nat"
monthly_budget_usd = 400

# What production carries, so that a rollout meets what it will meet there.
load = {
  reps                = 100
  nightly_audio_hours = 50
}

# Without a floor: staging sleeps when nobody tries it.
lanes = {
  interactive = {
    floor = 0
  }
}

retention = {
  log_days = 90
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
