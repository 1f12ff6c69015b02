# Subtracts the mean error.
def fitted_noise(learner_act, expert_act):
    error = learner_act - expert_act
    error = error - error.mean(0)
    return error.mT @ error / len(error)


def rescaled(covariance, alpha, horizon):
    return covariance * (alpha / (horizon * covariance.trace()))
