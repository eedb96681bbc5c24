/** What the draws of one request are for. Each is named by its population, its number there and this. */
export const DrawPurpose = {
  promptTokens: 0,
  outputTokens: 1,
  network: 2,
  gatewayService: 3,
  gatewayOverhead: 4,
  route: 5,
  stationService: 6,
  draftAcceptance: 7,
} as const;
