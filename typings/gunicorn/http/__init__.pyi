# The parts of gunicorn that we use, typed: it ships no types of its own.
