# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the shards of Plimsoll's plans on a Ray cluster, or side by side on one machine."""
