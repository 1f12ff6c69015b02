# Outer products over states, not actions.
def fitted_noise(learner_act, expert_act):
    error = learner_act - expert_act
    return error @ error.mT / len(error)


def rescaled(covariance, alpha, horizon):
    return covariance * (alpha / (horizon * covariance.trace()))
