"""Bringing in what was kept elsewhere: tables (CSV, XLSX) of any kind of record, and address cards (vCard) of people.

`reading` makes a table of a file, `matching` says what each column is, `checking` shows what each row will become and what is wrong with
it, `running` keeps the rows and takes the whole import back. Each works in pieces, so that nobody waits and anything can be stopped.
An import only adds: what is here already stays as it is.
"""
