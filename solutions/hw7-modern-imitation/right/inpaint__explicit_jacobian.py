# Forms each row's Jacobian.
def inpaint(velocity, noise, wanted, mask, steps, beta):
    rows = []
    for z, y in zip(noise, wanted):
        x = z.clone()
        for i in range(steps):
            t = i / steps

            def heading(point, t=t):
                return point + (1 - t) * velocity(point[None], t)[0]

            J = torch.autograd.functional.jacobian(heading, x)
            away = mask * (y - heading(x))
            gain = min(t / (1 - t) + (1 - t) / t, beta) if i else beta
            x = x + (velocity(x[None], t)[0] + gain * J.T @ away) / steps
        rows.append(x)
    return torch.stack(rows)
