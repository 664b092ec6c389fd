"""What the page of numbers shows, made from the store's counts: no HTML and no sentence in here.

period   which days are looked at, and in which parts
sums     middle, nine in ten, what is unusual
bars     counts as drawings: where each bar stands
radar    faults by model against the usual
board    everything the page shows, gathered once; the export and the API give the same
links    the address of the list behind a number
"""
