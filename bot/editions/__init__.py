"""Editions: what an operator changed becomes what customers get, in one step that can be undone.

An *edition* is one published set of policy, words and letters. What an operator edits are *the working files*; the
worker never reads them. ``publish`` copies them once, checks the copy whole, and makes it live with one row in the
database. A broken file therefore never reaches a customer, and every case can name the edition that decided it.

contents    the files of a set, read once; their hash; what differs between two sets
shelf       where editions lie in the data folder: put, look whether one is sound, sweep
checking    everything that must hold before a set is used
publishing  publish, roll back, the first start
loading     an edition as policy and letters; the newest that is sound
working     the working files against the live edition
merging     yours, ours and what both began from: for upgrades
laid_out    a working folder as ``init`` lays it out, and what it was laid out from
"""

from __future__ import annotations
