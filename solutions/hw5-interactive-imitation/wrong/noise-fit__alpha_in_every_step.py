# alpha is spent in each step.
def fitted_noise(learner_act, expert_act):
    error = learner_act - expert_act
    return error.mT @ error / len(error)


def rescaled(covariance, alpha, horizon):
    return covariance * (alpha / covariance.trace())
