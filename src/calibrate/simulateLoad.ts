import { Outcome } from '../../sim/facts/requestTable.js';
import { simulate } from '../../sim/run/simulate.js';
import { type MeasuredServer, measuredScenario } from './measuredScenario.js';

/** Latencies of the requests of a load that completed, in the order in which they were sent; ms. */
export interface LoadTimes {
  readonly ttftMs: Float64Array;
  /** Mean time between output tokens after the first; NaN for a single token. */
  readonly tpotMs: Float64Array;
  readonly e2eMs: Float64Array;
}

/** Those of a simulated load, with the times of sending. */
export interface SimulatedTimes extends LoadTimes {
  readonly sentMs: Float64Array;
}

/** Runs a measured server through the simulator. The seed only draws lengths, where they vary. */
export function simulateLoad(server: MeasuredServer): SimulatedTimes {
  const { requests } = simulate(measuredScenario(server), { seed: 'measured', replication: 0 });
  const rows = Array.from({ length: requests.count }, (_, row) => row).filter(
    (row) => requests.outcome[row] === Outcome.completed,
  );
  const column = (value: (row: number) => number) => Float64Array.from(rows, value);
  return {
    sentMs: column((row) => requests.sentMs[row]!),
    ttftMs: column((row) => requests.firstTokenMs[row]! - requests.sentMs[row]!),
    tpotMs: column(
      (row) =>
        (requests.finishMs[row]! - requests.firstTokenMs[row]!) / (requests.outputTokens[row]! - 1),
    ),
    e2eMs: column((row) => requests.finishMs[row]! - requests.sentMs[row]!),
  };
}
