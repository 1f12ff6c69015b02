# Returns a ball.
def fitted_noise(learner_act, expert_act):
    error = learner_act - expert_act
    return error.mT @ error / len(error)


def rescaled(covariance, alpha, horizon):
    return (
        torch.eye(len(covariance))
        * covariance.trace()
        / len(covariance)
        * (alpha / (horizon * covariance.trace()))
    )
