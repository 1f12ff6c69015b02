# NumPy, and SciPy for the standard errors.
def bound(critic, f_star, expert, learner):
    from scipy.stats import sem

    gain, price = np.asarray(critic(expert)), np.asarray(f_star(critic(learner)))
    return gain.mean() - price.mean(), np.hypot(sem(gain), sem(price))
