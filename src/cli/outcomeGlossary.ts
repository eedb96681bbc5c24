/** How requests, turns and sessions end, and why a number is in doubt: words of tables and files, and what they mean. */
export const outcomeGlossary: Readonly<Record<string, string>> = {
  completed: 'Requests that got all their tokens.',
  rejected:
    'Requests turned away (429) by the gateway or a pool whose limit on waiting was reached.',
  neverFits:
    'Requests whose prompt and output can never fit the KV memory of any pool that they may use.',
  'that can never fit': 'As neverFits.',
  cancelled: 'Requests given up by their client before they had all their tokens.',
  abandoned: 'Requests that left the queue of a station because their patience ended.',
  open: 'Not over when the run ended: requests still inside, turns in which the AI was at work, sessions whose human had not left.',
  'open at the end': 'As open.',
  withoutRow:
    'Requests beyond the rows that are kept (`limits.records`) that did not complete: how they ended is not told apart.',
  'not completed beyond the kept rows': 'As withoutRow.',
  answered: 'Turns that ended because the task was done.',
  asked: 'Turns that ended because the AI asked for a steer, an approval or a review.',
  interrupted: 'Turns that ended because the human stopped the AI.',
  failed:
    'Turns in which a call was turned away, could never fit or gave up waiting, so that the task ended without an answer. Of budgets: not held.',
  done: 'Sessions that their human has left.',
  doubt:
    'Why no verdict may rest on a number: noSamples, tooFewSamples, oneReplication, growsWithRunLength, warmupNotOver or limitReached. Such a budget is undecided, or has no data.',
  noSamples: 'Doubt on a number: nothing was measured.',
  tooFewSamples:
    'Doubt on a quantile q: fewer than 10/(1 − q) samples over all replications, 200 for a p95, 1,000 for a p99.',
  oneReplication: 'Doubt on a number: one replication has no interval over runs.',
  growsWithRunLength: 'Doubt on every number but prices: the run is overloaded.',
  warmupNotOver:
    'Doubt on every number but prices: the run is too short to tell where the warm-up ends.',
  limitReached:
    'Doubt on every number but prices: a replication stopped at the limit on events, or at the end of the clock.',
  note: 'What must be known before the numbers are believed: of a run as a whole below its tables, of one number in its line and in the documents.',
  noData: 'Verdict on a budget: nothing was measured. Never a pass.',
};
