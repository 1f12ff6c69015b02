"""Homework: the door to a student's code, checks, releases and grades."""
