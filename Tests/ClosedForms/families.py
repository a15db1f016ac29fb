# SPDX-License-Identifier: GPL-3.0-or-later
"""The list that each family of cases adds itself to."""

FAMILIES = []


def family(name, source):
    """Marks a generator of (parameters, {quantity: value}) as one family of the table."""
    def add(function):
        FAMILIES.append((name, source, function))
        return function
    return add
