"""Values that pretend, errors that misbehave, patches of what is around, forged frames."""

ATTACKS = ("values", "errors", "patches", "frames", "callbacks")
WORDS = ("--timeout", "100")


def test_it_earns_nothing(attack, report):
    report.expect(attack)


def test_it_harms_nobody(check, report):
    assert list(check(report)) == []
