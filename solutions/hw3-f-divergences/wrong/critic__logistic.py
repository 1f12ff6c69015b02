# Logistic regression: the critic of Jensen-Shannon, not the maximum of this bound.
def fit_critic(expert, learner, known_expert, known_learner):
    expert, learner = numbers(expert), numbers(learner)
    known = numbers(known_expert), numbers(known_learner)

    def loss(w):
        real, fake = known[0] + expert @ w, known[1] + learner @ w
        return np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean()

    return minimize(loss, np.zeros(expert.shape[1]), method="BFGS").x
