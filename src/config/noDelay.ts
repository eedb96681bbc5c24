import type { Law } from '../../sim/laws/law.js';

/** The law of what takes no time. */
export const noDelay: Law = { kind: 'constant', value: 0 };
