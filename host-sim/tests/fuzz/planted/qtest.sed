# run_line() has no room for so many words.
s/n < MAX_WORDS && at/at/
