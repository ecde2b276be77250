# SPDX-License-Identifier: GPL-2.0-only
# A function that judge.awk and scenarios.awk both call (awk -f hex.awk -f ...).

# Hexadecimal digits, with or without 0x.
function hex(text,    i, n)
{
	sub(/^0x/, "", text)
	for (i = 1; i <= length(text); i++)
		n = 16 * n + index("0123456789abcdef", tolower(substr(text, i, 1))) - 1
	return n
}
