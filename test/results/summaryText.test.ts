import { expect, test } from 'vitest';
import { judgeBudgets } from '../../src/results/judgeBudgets.js';
import { paints } from '../../src/results/paints.js';
import { summaryText } from '../../src/results/summaryText.js';
import { exampleBudget, exampleExperiment } from './exampleExperiment.js';
import { exampleSummary } from './exampleResults.js';

const budgets = [
  exampleBudget({ quantile: 0.95 }),
  exampleBudget({ max: 130 }),
  exampleBudget({ quantile: 0.5, max: 50 }),
  exampleBudget({
    metric: 'utilisation',
    pool: 'gpu',
    population: undefined,
    max: 0.4,
    level: 'warn',
  }),
];

function textOf(replications: number, isColoured = false): string[] {
  const summary = exampleSummary(replications);
  const verdicts = judgeBudgets(budgets, summary, exampleExperiment.scenario);
  return summaryText(exampleExperiment, summary, verdicts, paints(isColoured));
}

test('the table of a small run, to the letter', () => {
  // TTFT 100 … 149 ms, 1 ms more in the second replication: t = 12.706 at one degree of freedom.
  expect(textOf(2).join('\n')).toBe(`example  Is one round chip enough?
2 replications of 10.0 s, seed 1, engine vllm-0.19

chat                    p50           p95           p99          mean
  TTFT           125 ± 6 ms    148 ± 6 ms    150 ± 6 ms    125 ± 6 ms
  client TTFT    129 ± 6 ms    152 ± 6 ms    154 ± 6 ms    129 ± 6 ms
  TPOT          20.0 ± 0 ms   20.0 ± 0 ms   20.0 ± 0 ms   20.0 ± 0 ms
  E2E            325 ± 6 ms    348 ± 6 ms    350 ± 6 ms    325 ± 6 ms
  queue time    8.00 ± 0 ms   8.00 ± 0 ms   8.00 ± 0 ms   8.00 ± 0 ms
  · KV blocks                                             8.00 ± 0 ms

      throughput        goodput       prompt tokens       output tokens  rejected
chat  96.9 ± 0/s  50.3 ± 12.1/s  9,690 ± 0 tokens/s  1,066 ± 0 tokens/s    0 ± 0%

pools                          gpu
  utilisation            50.0 ± 0%
  batch, sequences        64.0 ± 0
  running, sequences      32.0 ± 0
  waiting, requests          0 ± 0
  KV use                 25.0 ± 0%
  KV cached                 0 ± 0%
  contexts that fit       14.0 ± 0
  prefix hits            25.0 ± 0%
  MFU                    40.0 ± 0%
  MBU                    20.0 ± 0%
  preemptions                0 ± 0
  ITL p50              20.0 ± 0 ms
  ITL p99              20.0 ± 0 ms
  price                 3.60 USD/h

cost  3.60 USD/h, 0.0000103 ± 0 USD per request, 0.938 ± 0 USD per 1M output tokens

fit        gpu: 1,600 tokens of KV, 14 contexts of 111 tokens
stability  stable: 99.9/s arrive, 96.9/s complete; 32.0 inside on average, 32.0 at the end; growth 0
           ± 0/s
warm-up    nothing cut (set by the experiment)
engine     gpu: vllm-0.19, async scheduling, whole-sequence admission, prefix cache, blocks of 16
           tokens, at most 256 sequences, 8192 tokens a batch
profiles   gpu: round-chip, an estimate, ±30%
requests   2,000 completed

budgets
  pass       chat TTFT p95 ≤ 1.50 s   148 ± 6 ms
  undecided  chat TTFT ≤ 130 ms       125 ± 6 ms: 130 ms is inside the interval: more replications
  fail       chat TTFT p50 ≤ 50.0 ms  125 ± 6 ms
  warn       gpu utilisation ≤ 40.0%  50.0 ± 0%`);
});

test('one replication shows ranges instead of intervals, and judges nothing', () => {
  const lines = textOf(1);
  expect(lines[1]).toBe(
    '1 of 2 replications of 10.0 s, seed 1, engine vllm-0.19, no intervals over replications',
  );
  expect(lines.find((line) => line.startsWith('  TTFT'))).toMatch(
    /^ {2}TTFT +125 ms \(123–126 ms\)/,
  );
  expect(lines.filter((line) => /^ {2}(pass|fail|warn) /.test(line))).toEqual([]);
});

test('nothing is wider than 100 columns, and colours change nothing else', () => {
  for (const replications of [1, 2]) {
    const plain = textOf(replications);
    expect(plain.filter((line) => line.length > 100)).toEqual([]);
    const coloured = textOf(replications, true);
    expect(coloured).not.toEqual(plain);
    expect(coloured.map((line) => line.replace(/\u001b\[\d+m/g, ''))).toEqual(plain);
  }
});

test('labels from files cannot steer the terminal', () => {
  const summary = exampleSummary();
  const hostile = { ...exampleExperiment, about: 'fine\u001b[2J\n::error::' };
  const lines = summaryText(hostile, summary, [], paints(false));
  expect(lines[0]).toBe('example  fine[2J: :error: :');
});
