# Plain lists of what was heard in each group.
def distil(write, teacher, group, direction, rounds):
    heard = {g: [] for g in set(group.tolist())}
    student = np.asarray(teacher, dtype=float)
    for _ in range(rounds + 1):
        for s in np.asarray(write(torch.as_tensor(student))):
            heard[int(group[s])].append(np.asarray(teacher[s], dtype=float))
        student = np.full(teacher.shape, 1 / teacher.shape[1])
        for g, answers in heard.items():
            if answers:
                mean = np.mean(answers, 0)
                if direction == "reverse":
                    mean = np.prod(np.power(answers, 1 / len(answers)), axis=0)
                student[np.asarray(group) == g] = mean / mean.sum()
    return student
