import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../sim/run/runResult.js';
import { simulate } from '../../sim/run/simulate.js';
import { scenarioOf } from '../validation/scenarioOf.js';

const textOn = (fleet: string, hours = '1h') => `
inflow: 1
name: same
horizon: ${hours}
warmup: 0s
warmStart: off
models: { coder: llama-3.1-8b }
populations:
  developers:
    users: 30
    workload:
      context: { shared: { id: prompt, tokens: 2k }, start: { median: 8k tokens, sigma: 0.5, max: 40k tokens }, reasoning: kept }
      session: { turns: 8 }
      turn:
        - id: work
          loop:
            times: { lognormal: { median: 2, sigma: 0.8 }, round: down, max: 12 }
            steps:
              - id: think
                infer: { model: coder, append: { median: 400 tokens, sigma: 0.8 }, output: { median: 250 tokens, sigma: 0.8, min: 1 token }, visible: 0% }
              - id: act
                after: think
                tool: { duration: { median: 2s, sigma: 0.8 } }
        - id: answer
          after: work
          infer: { model: coder, output: { median: 250 tokens, sigma: 0.8, min: 1 token } }
fleet:
${fleet}
`;

const gpu = '  gpu: { serves: coder, hardware: h100-sxm, replicas: 2 }';
const fast = '  fast: { serves: coder, hardware: wse-3 }';

/** What each human asked for and got, turn by turn: everything that is drawn. */
function scripts({ agents }: RunResult, turnsEach: number): string[][] {
  const { turns, sessions } = agents!;
  const byHuman = new Map<number, string[]>();
  for (let row = 0; row < turns.count; row++) {
    const script = byHuman.get(turns.human[row]!) ?? [];
    byHuman.set(turns.human[row]!, script);
    if (turns.end[row] === 0 || script.length === turnsEach) continue;
    const { promptTokens, outputTokens, calls, thinkingMs, task } = turns;
    expect(sessions.human[turns.session[row]!]).toBe(turns.human[row]);
    script.push(
      `task ${task[row]}: ${calls[row]} calls, ${promptTokens[row]} → ${outputTokens[row]} tokens, thinks ${thinkingMs[row]} ms`,
    );
  }
  return [...byHuman.entries()].sort(([a], [b]) => a - b).map(([, script]) => script);
}

describe('mixes face the same sessions', () => {
  const runOn = (text: string) => simulate(scenarioOf(text), { seed: '5', replication: 3 });

  test('on other hardware every human asks, waits and thinks by the same draws', () => {
    const onGpu = scripts(runOn(textOn(gpu)), 12);
    const onFast = scripts(runOn(textOn(fast)), 12);
    const enough = onGpu.filter((script) => script.length === 12);
    expect(onGpu).toHaveLength(30);
    expect(enough.length).toBeGreaterThan(20);
    for (const [human, script] of onGpu.entries()) {
      const common = Math.min(script.length, onFast[human]!.length);
      expect(onFast[human]!.slice(0, common)).toEqual(script.slice(0, common));
    }
  });

  test('and so do their tools', () => {
    const toolTimes = (run: RunResult) => {
      const { records, turns } = run.agents!;
      // So few turns that the steps of all of them are kept.
      expect(turns.count).toBeLessThan(50);
      return new Map(
        records.map(({ turn, steps }) => [
          `${turns.human[turn]}/${turns.task[turn]}`,
          steps.filter(({ step }) => step === 'act').map(({ startMs, endMs }) => endMs - startMs),
        ]),
      );
    };
    const onGpu = toolTimes(runOn(textOn(gpu, '40s')));
    const onFast = toolTimes(runOn(textOn(fast, '40s')));
    let compared = 0;
    for (const [turn, times] of onGpu) {
      const others = onFast.get(turn)?.filter((ms) => !Number.isNaN(ms)) ?? [];
      const common = times.filter((ms) => !Number.isNaN(ms)).slice(0, others.length);
      expect(others.slice(0, common.length)).toEqual(common);
      compared += common.length;
    }
    expect(compared).toBeGreaterThan(30);
  });
});
