# The usual covariance of a sample.
def fitted_noise(learner_act, expert_act):
    error = learner_act - expert_act
    return torch.cov(error.mT).reshape(error.shape[1], -1)


def rescaled(covariance, alpha, horizon):
    return covariance * (alpha / (horizon * covariance.trace()))
