"""The running service under what strangers do to it: each threat with its bar, in a short form and a long one."""
