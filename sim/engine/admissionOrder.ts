/** In which order waiting requests are admitted: docs/engine.md. `fcfs` is the default. */
export const admissionOrders = [
  'fcfs',
  'priority',
  'shortest-first',
  'least-attained-service',
  'deadline',
] as const;
export type AdmissionOrder = (typeof admissionOrders)[number];

/** What a request says of its urgency. Each order uses at most one of these. */
export interface Urgency {
  /** Class, a whole number; 0 is the most urgent. */
  readonly priority: number;
  /** From its arrival at the router; Infinity: none. */
  readonly deadlineMs: number;
  /** What earlier calls of its task were given: prompt tokens computed and output tokens. */
  readonly attainedTokens: number;
}

/** Of a request that says nothing. */
export const noUrgency: Urgency = {
  priority: 0,
  deadlineMs: Number.POSITIVE_INFINITY,
  attainedTokens: 0,
};

/** The key of a request, fixed when it arrives: smaller ones are admitted first, equal ones as they come to the line. */
export function orderKey(
  order: AdmissionOrder,
  arrivalMs: number,
  promptTokens: number,
  urgency: Urgency,
): number {
  switch (order) {
    case 'fcfs':
      return arrivalMs;
    case 'priority':
      return urgency.priority;
    case 'shortest-first':
      return promptTokens;
    case 'least-attained-service':
      return urgency.attainedTokens;
    case 'deadline':
      return arrivalMs + urgency.deadlineMs;
  }
}
