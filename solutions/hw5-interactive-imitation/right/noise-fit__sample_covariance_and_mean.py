# The sample's covariance, with the mean's part put back, in double precision.
def fitted_noise(learner_act, expert_act):
    error = expert_act.double() - learner_act.double()
    mean = error.mean(0)
    return torch.cov(error.T, correction=0).reshape(len(mean), -1) + torch.outer(mean, mean)


def rescaled(covariance, alpha, horizon):
    values, vectors = torch.linalg.eigh(covariance)
    return vectors @ (values / values.sum() * alpha / horizon).diag() @ vectors.T
