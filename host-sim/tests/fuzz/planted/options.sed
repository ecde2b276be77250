# take_parts() does not notice an unknown part.
s/if (token < 0)/if (token < -1)/
