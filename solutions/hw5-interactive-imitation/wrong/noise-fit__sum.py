# A sum over the states.
def fitted_noise(learner_act, expert_act):
    error = learner_act - expert_act
    return error.mT @ error


def rescaled(covariance, alpha, horizon):
    return covariance * (alpha / (horizon * covariance.trace()))
