# Returns deviations.
def fitted_noise(learner_act, expert_act):
    error = learner_act - expert_act
    return error.square().mean(0).sqrt().diag()


def rescaled(covariance, alpha, horizon):
    return covariance * (alpha / (horizon * covariance.trace()))
