# actions_set() runs past the last word of an action. Only an unknown word gets it there.
s/words && words\[i\] && strcmp(/words \&\& strcmp(/
