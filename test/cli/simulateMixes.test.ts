import { expect, test } from 'vitest';
import { simulateMixes } from '../../src/cli/simulateMixes.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { paints } from '../../src/results/paints.js';
import { exampleExperiment } from '../results/exampleExperiment.js';
import { handScenario, jobs, station } from '../run/handScenario.js';

test('stopped, it returns the replications that every mix has finished', async () => {
  const scenario = handScenario({
    populations: [jobs('people', {})],
    pools: [station('desk')],
  });
  const mixes = ['a', 'b'].map((name) => {
    return { ...exampleExperiment, name, scenario, replications: 1000 };
  });
  const stop = new AbortController();
  const shown: string[] = [];
  const terminal: Terminal = {
    answer: () => {},
    say: () => {},
    showProgress: (line) => {
      shown.push(line);
      // Drawn when the first replication is finished, and cleared at the end.
      stop.abort();
    },
    columns: 100,
    paint: paints(false),
  };
  const control = { stop: stop.signal, onOutOfMemory: () => {}, workers: 1 };
  const [a = [], b = []] = await simulateMixes('a-vs-b', mixes, terminal, control);
  expect(shown[0]).toMatch(/^a-vs-b .* of 2000 replications/);
  expect(a.length).toBeLessThan(1000);
  expect(a.map(({ replication }) => replication)).toEqual(b.map(({ replication }) => replication));
  expect(a.map(({ fingerprint }) => fingerprint)).toEqual(b.map(({ fingerprint }) => fingerprint));
});
