"""
Where does code run that may hang, crash or eat memory?

``pool`` is used by everybody; ``child`` runs in the processes it starts, whose start is to be quick, so that
nothing is imported here.
"""
