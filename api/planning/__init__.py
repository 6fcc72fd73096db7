"""What the service costs and how long calls wait, before anything is bought: a day of calls, played by the plan.

`scaling` says what can be planned, `terraform` reads it from a plan, `simulation` plays it, `costs` prices it,
`asking` puts a question together and `pictures` draws the answer. Nothing here speaks to AWS or to the service.
"""
