# Learns from its own answers after the first round.
def distil(write, teacher, group, direction, rounds):
    counts = torch.zeros(len(teacher)).to(teacher)
    student = teacher
    for _ in range(rounds + 1):
        met = torch.as_tensor(write(student))
        counts = counts + torch.bincount(met, minlength=len(teacher)).to(teacher)
        said = student if direction == "forward" else student.log()
        total = torch.zeros(int(group.max()) + 1, teacher.shape[1]).to(teacher)
        total.index_add_(0, group, counts[:, None] * said)
        share = torch.zeros(len(total)).to(teacher).index_add_(0, group, counts)[:, None]
        mean = total / share.clamp(min=1)
        answer = mean if direction == "forward" else torch.softmax(mean, 1)
        answer = torch.where(share > 0, answer, 1 / teacher.shape[1])
        student = answer[group]
    return student
