# Sums in plain Python.
def paired_gap(first, second):
    gaps = [float((x.double() - y.double()).mean()) for x, y in zip(first, second)]
    mean = sum(gaps) / len(gaps)
    error = (sum((g - mean) ** 2 for g in gaps) / (len(gaps) - 1) / len(gaps)) ** 0.5
    reach = t_quantile(len(gaps) - 1) * error
    return torch.tensor([mean, mean - reach, mean + reach])
