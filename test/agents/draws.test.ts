import { expect, test } from 'vitest';
import type { Body, Step } from '../../sim/agents/taskGraph.js';
import { requestsCsv } from '../../src/results/requestsCsv.js';
import { slowestTurnsText } from '../../src/results/slowestTurns.js';
import { turnsCsv } from '../../src/results/turnsCsv.js';
import { body, chain, constant, infer, oneTask, runTask, taskScenario, tool } from './handTasks.js';

const shell = { kind: 'lognormal', median: 850, sigma: 2 } as const;

/** A loop of five rounds. */
function rounds(inner: Body, after: readonly number[] = []): Step {
  return {
    kind: 'loop',
    id: 'rounds',
    after,
    rounds: { kind: 'count', times: constant(5) },
    maxRounds: 5,
    body: inner,
    lastRoundEndsAfter: undefined,
  };
}

/** Three copies of a chain. */
function copies(inner: Body): Step {
  const join = { kind: 'all' } as const;
  return { kind: 'parallel', id: 'copies', after: [], copies: constant(3), join, body: inner };
}

/** How long each execution of a step took, in the order in which they started. */
function durationsOf(name: string, task: Body): number[] {
  const { run } = runTask(taskScenario([oneTask(task, { tasks: constant(4) })]));
  const steps = [...run.agents!.records]
    .sort((a, b) => a.turn - b.turn)
    .flatMap((turn) => turn.steps);
  return steps
    .filter(({ step }) => step === name)
    .map(({ startMs, endMs }) => Math.round((endMs - startMs) * 1000))
    .sort((a, b) => a - b);
}

test('a step added to one branch changes no draw of another, nor of its own', () => {
  const watched = chain(tool('watched', shell), infer('call'));
  const added = tool('added', shell);
  const plain = durationsOf('watched', body(rounds(watched), copies(watched)));
  expect(new Set(plain).size).toBe(4 * (5 + 3));
  const beside = body(rounds(body(...watched.steps, added)), copies(watched), tool('c', shell));
  expect(durationsOf('watched', beside)).toEqual(plain);
  const before = body(
    rounds(chain(added, ...watched.steps)),
    copies(chain(added, ...watched.steps)),
  );
  expect(durationsOf('watched', before)).toEqual(plain);
});

test('faster answers change no draw: what is drawn does not depend on when', () => {
  const task = oneTask(body(rounds(chain(infer('call'), tool('watched', shell)))), {
    tasks: constant(4),
  });
  const toolTimes = (servers: number) => {
    const { run } = runTask(
      taskScenario([task], [], {
        pools: [{ ...taskScenario([]).pools[0]!, serviceMs: constant(servers) } as never],
      }),
    );
    return run
      .agents!.records.flatMap(({ steps }) => steps)
      .filter(({ step }) => step === 'watched')
      .map(({ startMs, endMs }) => Math.round((endMs - startMs) * 1000))
      .sort((a, b) => a - b);
  };
  expect(toolTimes(10)).toEqual(toolTimes(5000));
});

test('the same seed gives the same bytes, another seed others', () => {
  const task = oneTask(body(rounds(chain(infer('call'), tool('shell', shell)))));
  const members = {
    kind: 'open',
    arrivals: { kind: 'poisson', ratePerMs: 0.001 },
  } as const;
  const filesOf = (seed: string) => {
    const { run } = runTask(taskScenario([{ ...task, members }]), seed);
    return [...requestsCsv([run]), ...turnsCsv([run]), slowestTurnsText([run])].join('');
  };
  expect(filesOf('1')).toBe(filesOf('1'));
  expect(filesOf('1')).not.toBe(filesOf('2'));
});
