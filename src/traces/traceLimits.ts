/** Bounds of what a trace may hold; a value outside is a mistake of its file. */
export const traceLimits = {
  /** Input or output tokens of one request, included. */
  maxTokens: 100_000_000,
  maxRequests: 50_000_000,
  /** Calls of a session trace. */
  maxSessionCalls: 2_000_000,
  /** Agents over all sessions of a session trace. */
  maxAgents: 1_000_000,
  /** Block hashes over all requests. */
  maxHashes: 100_000_000,
  /** Largest block hash, included. */
  maxHashId: 2 ** 31 - 1,
} as const;
