import { formatMs, formatNumber } from '../format/formatQuantity.js';
import type { Terminal } from './terminal.js';

/** At most ten times a second. */
const redrawEveryMs = 100;

/** The progress of one experiment: how much simulated time is behind it, over all replications. */
export interface ProgressLine {
  /** A replication has come so far. */
  advance(replication: number, simulatedMs: number, events: number): void;
  finish(replication: number, events: number): void;
  clear(): void;
}

/** Shows on stderr, when that is a terminal, what part of the simulated time is done. */
export function progressLine(
  terminal: Pick<Terminal, 'columns' | 'showProgress'>,
  experiment: { readonly name: string; readonly replications: number; readonly horizonMs: number },
): ProgressLine {
  const { name, replications, horizonMs } = experiment;
  const running = new Map<number, { simulatedMs: number; events: number }>();
  let finished = 0;
  let finishedEvents = 0;
  let drawnAtMs = Number.NEGATIVE_INFINITY;

  const draw = (isForced: boolean) => {
    const nowMs = performance.now();
    if (!isForced && nowMs - drawnAtMs < redrawEveryMs) return;
    drawnAtMs = nowMs;
    const now = [...running.values()];
    const simulatedMs = now.reduce(
      // What comes before time 0 is no progress; while it drains, a run goes on past the horizon.
      (sum, run) => sum + Math.max(0, Math.min(horizonMs, run.simulatedMs)),
      finished * horizonMs,
    );
    const events = now.reduce((sum, run) => sum + run.events, finishedEvents);
    const percent = Math.floor((100 * simulatedMs) / (replications * horizonMs));
    const text = [
      `${name}  ${bar(percent)} ${percent}%`,
      `${formatMs(simulatedMs)} of ${formatMs(replications * horizonMs)} simulated`,
      `${finished} of ${replications} replications`,
      `${formatNumber(events, 0)} events`,
    ].join('  ');
    terminal.showProgress(text.slice(0, Math.max(0, terminal.columns - 1)));
  };

  return {
    advance: (replication, simulatedMs, events) => {
      running.set(replication, { simulatedMs, events });
      draw(false);
    },
    finish: (replication, events) => {
      finishedEvents += events;
      running.delete(replication);
      finished++;
      draw(false);
    },
    clear: () => terminal.showProgress(''),
  };
}

function bar(percent: number): string {
  const full = Math.round(percent / 5);
  return '█'.repeat(full) + '░'.repeat(20 - full);
}
