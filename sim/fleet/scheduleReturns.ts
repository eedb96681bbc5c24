import type { SequenceTable } from '../engine/sequenceTable.js';
import type { EventCalendar, EventHandler } from '../kernel/calendar.js';
import type { IntList } from '../kernel/intList.js';

/** Preempted sequences that leave their pool go when the token has come that they may have in the iteration that runs. */
export function scheduleReturns(
  returned: IntList,
  table: SequenceTable,
  calendar: EventCalendar,
  onReturned: EventHandler,
): void {
  const { nowMs } = calendar;
  for (let i = 0; i < returned.count; i++) {
    const sequence = returned.items[i]!;
    const lastTokenMs = table.lastTokenMs[sequence]!;
    calendar.scheduleArrival(lastTokenMs > nowMs ? lastTokenMs : nowMs, onReturned, sequence);
  }
  returned.clear();
}
