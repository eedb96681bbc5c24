import { noUrgency, type Urgency } from '../engine/admissionOrder.js';
import type { TokenStreams } from '../engine/tokenStreams.js';
import type { Placement } from '../fleet/placement.js';
import type { EventCalendar } from '../kernel/calendar.js';
import { DrawKey } from '../kernel/hashDraw.js';
import type { Uniform } from '../kernel/random.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import { DrawPurpose } from './drawPurpose.js';
import { LawRequests } from './lawRequests.js';
import { networkDelay } from './networkDelay.js';
import { ReplayedRequests } from './replayedRequests.js';
import type { RequestMaker } from './requestMaker.js';
import type { RequestPath, Sender } from './requestPath.js';
import type { RequestPopulation } from './scenario.js';

/** What populations need of the world around them. */
export interface PopulationWorld {
  readonly calendar: EventCalendar;
  readonly grid: TimeGrid;
  readonly streams: TokenStreams;
  readonly path: RequestPath;
  readonly horizonMs: number;
  readonly randomStream: (purpose: string) => Uniform;
  /** Stream that holds the shared prefix with this id. */
  readonly prefixStream: (id: string) => number;
}

/** Starts a population of independent requests: each is sent when its time comes. */
export function startRequestPopulation(
  population: RequestPopulation,
  index: number,
  place: Placement,
  world: PopulationWorld,
): void {
  const { calendar, path, randomStream } = world;
  const key = DrawKey.fromStream(randomStream(`population/${population.name}`));
  const maker = makerOf(population, key, randomStream(`arrivals/${population.name}`), world);
  const networkMs = networkDelay(population.networkMs, world.grid);
  const sender: Sender = { key, place, urgency: urgencyOf(population) };
  const sent = {
    population: index,
    ordinal: 0,
    promptTokens: 0,
    outputTokens: 0,
    stream: 0,
    affinityKey: 0,
    networkMs: 0,
  };
  let made = 0;
  // Only the next request stands in the calendar, however long a trace is.
  const announceNext = () => {
    const nextMs = maker.nextMs();
    if (nextMs < Number.POSITIVE_INFINITY) calendar.scheduleArrival(nextMs, handleSent, 0);
  };
  const handleSent = (timeMs: number) => {
    const ordinal = made++;
    maker.make(ordinal);
    sent.ordinal = ordinal;
    sent.promptTokens = maker.promptTokens;
    sent.outputTokens = maker.outputTokens;
    sent.stream = maker.stream;
    sent.affinityKey = maker.affinityKey;
    sent.networkMs = networkMs?.(key.uniform(DrawPurpose.network, ordinal)) ?? 0;
    path.send(sender, sent, timeMs);
    announceNext();
  };
  announceNext();
}

function urgencyOf({
  priority = noUrgency.priority,
  deadlineMs = noUrgency.deadlineMs,
}: RequestPopulation): Urgency {
  return { priority, deadlineMs, attainedTokens: 0 };
}

function makerOf(
  { source }: RequestPopulation,
  key: DrawKey,
  arrivals: Uniform,
  { streams, grid, horizonMs, prefixStream }: PopulationWorld,
): RequestMaker {
  if (source.kind === 'replay') return new ReplayedRequests(source, streams, grid, horizonMs);
  return new LawRequests(source, {
    arrivals,
    key,
    grid,
    horizonMs,
    streams,
    prefixStream: source.sharedPrefix ? prefixStream(source.sharedPrefix.id) : -1,
  });
}
