/** Words of comparisons and of the CI gate, and what they mean. */
export const comparisonGlossary: Readonly<Record<string, string>> = {
  mix: 'One alternative fleet. Mixes are compared under the same sessions.',
  baseline:
    'The mix that the others of a comparison are compared with: the first, or the one that --baseline names.',
  'common random numbers':
    'Every mix faces the same arrivals, sessions and draws: same seed, same replication numbers. What differs is then the work of the fleet, and the noise that both share cancels in the difference.',
  difference:
    'Mix − baseline, the mean over pairs of replications; ± the half-width of its t-interval. Differences of shares are in points: from 60% to 65% is +5 points.',
  ratio:
    'Mean of the mix / mean of the baseline, with its interval by the delta method. The verdict rests on the difference, not on the ratio.',
  better:
    'The whole interval of the paired difference lies on the good side of 0, and stays there if the hardware profiles are as far off as they may be.',
  worse: 'As better, on the bad side.',
  higher: 'Shown to be higher; for what is neither good nor bad, such as utilisation.',
  lower: 'As higher, the other way.',
  'no difference shown':
    'The interval of the paired difference reaches 0. Not the same as equal: more replications may show a difference. Of prices: equal within the tolerance.',
  'profile ±':
    'The difference would vanish if each side were off by as much as its hardware profiles may be. Profiles that both sides share cancel. Judged for times only.',
  Bonferroni:
    'With k mixes beside the baseline each interval is one of 1 − 5%/k, so that all of a row hold together with 95%.',
  'equal cost':
    'The prices per hour of all mixes differ from that of the baseline by no more than the tolerance: 3%, or what `equalise` says.',
  'break-even price':
    'What one accelerator that only the mix has may cost per hour for the mix to tie with the baseline: in USD per hour of the fleet, and in USD per minute of flow. For a chip without a market price it is the answer; its own price is an assumption.',
  fleets: 'What each mix is made of: price per hour, pools, replicas, hardware and its price.',
  'what this rests on':
    'Stability, warm-up, remarks and hardware profiles of the mixes of a comparison.',
  held: 'Budgets that pass.',
  'could not be judged': 'Budgets of level fail that are undecided or have no data.',
  'not held, of level warn': 'Budgets of level warn that do not pass.',
  replay: 'The command that simulates the same again and prints all of it.',
  reporter:
    'How `inflow check` tells its verdicts: text, junit (XML for CI servers) or github (text, and annotations at the lines of the budgets).',
};
