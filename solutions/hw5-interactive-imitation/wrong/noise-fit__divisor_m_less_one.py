# Divides by m - 1.
def fitted_noise(learner_act, expert_act):
    error = learner_act - expert_act
    return error.mT @ error / (len(error) - 1)


def rescaled(covariance, alpha, horizon):
    return covariance * (alpha / (horizon * covariance.trace()))
