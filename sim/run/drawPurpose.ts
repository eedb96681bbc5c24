/** What the draws of one request are for. Each is named by its population, its number there and this. */
export const DrawPurpose = {
  promptTokens: 0,
  outputTokens: 1,
  network: 2,
  gatewayService: 3,
  gatewayOverhead: 4,
  route: 5,
  stationService: 6,
  stationSetUp: 7,
  stationPatience: 8,
  draftAcceptance: 9,
  /** And those after it: one per time that a request is sent again. */
  firstRetry: 1000,
} as const;
