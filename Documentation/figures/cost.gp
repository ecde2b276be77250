# SPDX-License-Identifier: GPL-2.0-only
# cost.svg is drawn from cost.tsv by `make figures`. Large type and few bars, because a phone
# shows it 360 pixels wide. The background is white, so it can be read in a dark page too.
set terminal svg size 480,400 font "sans-serif,14" background "white"
set datafile separator tab columnheaders
set title "Instructions of the panic notifier\n{/*0.85 where the event is sent by the register}"
set key below vertical maxrows 3 reverse Left
set style data histogram
set style histogram clustered gap 1
set style fill solid
set boxwidth 0.9
set border 1
set xtics nomirror scale 0
unset ytics
set yrange [0:*]
stats "cost.tsv" using 2 nooutput
set xrange [-0.5:STATS_records - 0.5]
plot "cost.tsv" using 2:xtic(1) title "in-tree driver" linecolor rgb "#8a8a8a", \
     "" using 3 title "this driver, transport=port" linecolor rgb "#2f6db3", \
     "" using 4 title "this driver, transport=auto, WRPT refused" linecolor rgb "#8fb8e0", \
     for [i=2:4] "" using ($0 + (i - 3) * 0.25):i:i with labels offset 0,0.6 notitle
