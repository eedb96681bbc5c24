import { expect, test } from 'vitest';
import { reportBug } from '../../src/cli/reportBug.js';
import { shellWords } from '../../src/cli/shellWords.js';
import { SimulationFailed } from '../../src/cli/simulationFailed.js';

test('a bug is 70, told with seed, config and the command that shows it again, without a stack', () => {
  const lines: string[] = [];
  const problem = new SimulationFailed({
    world: 0,
    replication: 3,
    message: 'simulator bug: time went back',
    stack: 'at somewhere',
  });
  const code = reportBug(
    problem,
    { say: (text) => lines.push(text) },
    {
      experiment: { name: 'tiny', seed: '7', configHash: 'c0ffee' },
      replay: 'inflow run tiny.yaml --seed 7',
    },
  );
  expect(code).toBe(70);
  expect(lines).toEqual([
    'simulator bug: time went back',
    '  experiment tiny, seed 7, replication 3',
    '  config c0ffee',
    '  replay: inflow run tiny.yaml --seed 7',
    '  where it happened: set INFLOW_DEBUG=1',
  ]);
});

test('any other error is called ours, and cannot steer the terminal', () => {
  const lines: string[] = [];
  reportBug(new Error('\u001b[31mred'), { say: (text) => lines.push(text) }, { replay: 'inflow' });
  expect(lines[0]).toBe('bug in inflow: [31mred');
});

test("shellWords(['a b', \"it's\", 'x=1']) quotes only where needed", () => {
  expect(shellWords(['a b', "it's", 'x=1'])).toBe("'a b' 'it'\\''s' x=1");
});
