"""What is inside a payload: facts, links, claims, problems. Pure; run in a worker."""
