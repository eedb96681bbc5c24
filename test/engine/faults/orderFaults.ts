import type { PlantedFault } from './plantedFault.js';

const waitingLine = 'sim/engine/waitingLine.ts';
const waitingHeap = 'sim/engine/waitingHeap.ts';

/** Errors in who is first in a line that is not first come first served, and in what that changes. */
export const orderFaults: PlantedFault[] = [
  {
    name: 'no cut for who overtakes',
    file: 'sim/engine/replica.ts',
    breaks: 'a request that takes the first place inside a jump waits for its end',
    find: 'if (former.waiting.first !== sequence) return Wake.nothing;',
    replacement: 'if (former.waiting.length !== 1) return Wake.nothing;',
  },
  {
    name: 'wait of the overtaken lost',
    file: waitingLine,
    breaks: 'what the first in line waited for a reason of its own is lost when it is overtaken',
    find: 'if (before < 0 && this.firstInLine >= 0) this.settleLeavingFront(timeMs);',
    replacement: '',
  },
  {
    name: 'overtaken in the future',
    file: waitingLine,
    breaks: 'a request overtaken before a boundary is booked as blocked from that boundary on',
    find: 'if (before < 0 && this.firstInLine >= 0) this.settleLeavingFront(timeMs);',
    replacement: 'if (before < 0 && this.firstInLine >= 0) this.settleFirst(timeMs);',
  },
  {
    name: 'reason of who overtakes',
    file: waitingLine,
    breaks: 'who takes the first place is not booked as waiting for the next form',
    find: 'this.firstInLine = sequence;\n      this.noteFirst(Blocked.iteration, timeMs);',
    replacement: 'this.firstInLine = sequence;',
  },
  {
    name: 'equals overtake the first',
    file: waitingLine,
    breaks: 'a request overtakes the first in line that is as urgent',
    find: 'orderKey[last]! <= orderKey[sequence]!',
    replacement: 'orderKey[last]! < orderKey[sequence]!',
  },
  {
    name: 'equals in heap order',
    file: waitingHeap,
    breaks: 'equally urgent requests leave the heap in its own order',
    find: 'keyA !== keyB ? keyA < keyB : lineOrder[a]! < lineOrder[b]!',
    replacement: 'keyA < keyB',
  },
  {
    name: 'overtaken at the back',
    file: waitingLine,
    breaks: 'who was first and is overtaken queues behind its equals that came later',
    find: 'this.unlink(last);\n      heap.push(last);',
    replacement:
      'this.unlink(last);\n      lineOrder[last] = this.arrivals++;\n      heap.push(last);',
  },
  {
    name: 'preempted overtaken',
    file: waitingLine,
    breaks: 'a preempted sequence is overtaken by a request that is more urgent',
    find: 'orderKey[sequence] = Number.NEGATIVE_INFINITY;',
    replacement: '',
  },
  {
    name: 'heap not mended downwards',
    file: waitingHeap,
    breaks: 'of two who are next the heap gives the one on the left',
    find: 'this.comesBefore(heap[childIndex + 1]!, heap[childIndex]!)',
    replacement: 'childIndex < 0',
  },
  {
    name: 'deadline without arrival',
    file: 'sim/engine/admissionOrder.ts',
    breaks: 'a deadline counts from the start of the run',
    find: 'return arrivalMs + urgency.deadlineMs;',
    replacement: 'return urgency.deadlineMs;',
  },
  {
    name: 'orders mixed up',
    file: 'sim/engine/admissionOrder.ts',
    breaks: 'attained service goes by the class',
    find: 'return urgency.attainedTokens;',
    replacement: 'return urgency.priority;',
  },
];
