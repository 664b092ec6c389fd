"""The desk for other programs: the same lists and the same actions as the pages, with tokens instead of people.

problems   what goes wrong, as RFC 9457 problem details
asking     who asks, how often, and with which words
acting     one action, done once however often it is asked for
openapi    the description of it all, made from the same tables
"""
