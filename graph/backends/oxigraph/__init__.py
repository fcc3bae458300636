"""The embedded driver: published generations opened read-only in query processes that can be killed."""
