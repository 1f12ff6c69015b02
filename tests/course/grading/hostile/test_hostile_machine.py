"""Answers that look for secrets, networks, processes and files find and leave nothing."""

ATTACKS = ("secrets", "machine", "kernel")
WORDS = ("--timeout", "100")


def test_it_earns_nothing_and_learns_nothing(attack, report):
    report.expect(attack)


def test_it_harms_nobody(check, report):
    assert list(check(report)) == []
