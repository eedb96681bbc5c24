import { expect, test } from 'vitest';
import { HumanSeat } from '../../sim/agents/humanSeat.js';
import { EventCalendar } from '../../sim/kernel/calendar.js';

/** A seat whose jobs `[atMs, session, engagedMs]` arrive as given, and the log of what happens. */
function seated(switchMs: number, jobs: readonly (readonly [number, number, number])[]): string[] {
  const calendar = new EventCalendar();
  const seat = new HumanSeat(calendar, switchMs);
  const log: string[] = [];
  for (const [atMs, session, engagedMs] of jobs) {
    const attend = (nowMs: number) =>
      seat.attend(
        session,
        {
          engagedMs,
          onStart: (timeMs) => log.push(`${timeMs}: ${session} starts`),
          onEnd: (timeMs) => log.push(`${timeMs}: ${session} ends`),
        },
        nowMs,
      );
    calendar.scheduleArrival(atMs, attend, 0);
  }
  calendar.run(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  return log;
}

test('one at a time, first come first served', () => {
  expect(
    seated(0, [
      [0, 7, 10],
      [2, 8, 5],
      [1, 9, 5],
    ]),
  ).toEqual([
    '0: 7 starts',
    '10: 7 ends',
    '10: 9 starts',
    '15: 9 ends',
    '15: 8 starts',
    '20: 8 ends',
  ]);
});

test('turning to another session costs the switch, staying with one does not, nor does the first', () => {
  expect(
    seated(3, [
      [0, 1, 10],
      [20, 1, 10],
      [20, 2, 10],
    ]),
  ).toEqual([
    '0: 1 starts',
    '10: 1 ends',
    '20: 1 starts',
    '30: 1 ends',
    '33: 2 starts',
    '43: 2 ends',
  ]);
});
