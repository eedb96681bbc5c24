import { prefixCacheStore } from '../engine/prefixCacheStore.js';
import type { SequenceTable } from '../engine/sequenceTable.js';
import { TokenStreams } from '../engine/tokenStreams.js';
import { buildPlacement, type Placement } from '../fleet/placement.js';
import { EventCalendar } from '../kernel/calendar.js';
import { DrawKey } from '../kernel/hashDraw.js';
import { randomStreams } from '../kernel/random.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import { lawTransform } from '../laws/lawTransform.js';
import { Outcome } from '../metrics/requestTable.js';
import { DrawPurpose } from './drawPurpose.js';
import { buildFleet, type FleetPool } from './fleetPool.js';
import { GatewayStage } from './gatewayStage.js';
import { LawRequests } from './lawRequests.js';
import { ReplayedRequests } from './replayedRequests.js';
import type { RequestMaker } from './requestMaker.js';
import { RequestRecorder } from './requestRecorder.js';
import type { RunResult } from './runResult.js';
import type { RequestPopulation, Scenario } from './scenario.js';

/** One population as it runs: where its requests come from, and what is fixed for all of them. */
interface RunningPopulation {
  readonly maker: RequestMaker;
  readonly key: DrawKey;
  /** Undefined when there is no delay. */
  readonly networkMs: ((key: DrawKey, ordinal: number) => number) | undefined;
  readonly place: Placement;
  made: number;
}

/**
 * Everything that exists in one run: clients, gateway, pools, and the requests on their way between them.
 * A request goes client → network → gateway → placement → router → replica → client.
 */
export class SimulatedWorld {
  readonly calendar = new EventCalendar();
  readonly #scenario: Scenario;
  readonly #grid: TimeGrid;
  readonly #streams = new TokenStreams();
  readonly #recorder: RequestRecorder;
  readonly #populations: RunningPopulation[];
  readonly #pools: readonly FleetPool[];
  readonly #gateway: GatewayStage | undefined;

  constructor(scenario: Scenario, grid: TimeGrid, seed: string) {
    this.#scenario = scenario;
    this.#grid = grid;
    this.#recorder = new RequestRecorder(scenario.limits.maxRecords);
    this.#pools = buildFleet(scenario, {
      calendar: this.calendar,
      grid,
      store: prefixCacheStore(this.#streams),
      recorder: this.#recorder,
      onEngineEnd: (table, sequence, timeMs, replica) =>
        this.#endSequence(table, sequence, timeMs, replica),
      onStationEnd: (row, timeMs) => this.#endRequest(row, timeMs),
    });
    this.#gateway =
      scenario.gateway &&
      new GatewayStage(scenario.gateway, scenario.horizonMs, this.calendar, (row, timeMs) =>
        this.#reachRouter(row, timeMs),
      );
    const randomStream = randomStreams(seed);
    const prefixes = this.#prefixStreams();
    this.#populations = scenario.populations.map((population) => {
      const key = DrawKey.fromStream(randomStream(`population/${population.name}`));
      return {
        maker: this.#makerOf(
          population,
          key,
          randomStream(`arrivals/${population.name}`),
          prefixes,
        ),
        key,
        networkMs: this.#networkOf(population),
        place: buildPlacement(
          {
            population: population.name,
            role: population.role,
            interactive: population.interactive,
          },
          scenario.placement,
          this.#pools,
        ),
        made: 0,
      };
    });
    for (let index = 0; index < this.#populations.length; index++) this.#announceNext(index);
  }

  /** The facts of the run up to `endMs`. */
  finish(
    endMs: number,
  ): Omit<RunResult, 'scenarioName' | 'seed' | 'replication' | 'ending' | 'endMs' | 'events'> {
    const recorder = this.#recorder;
    return {
      fingerprint: recorder.fingerprint(),
      arrived: recorder.arrived,
      requests: recorder.table(),
      overflow: recorder.overflow,
      populationNames: this.#scenario.populations.map(({ name }) => name),
      pools: this.#pools.map((pool) => pool.finish(endMs)),
      gateway: this.#gateway?.finish(endMs),
    };
  }

  /** One stream per shared prefix, held for the whole run. */
  #prefixStreams(): Map<string, number> {
    const streams = new Map<string, number>();
    for (const { source } of this.#scenario.populations) {
      if (source.kind !== 'laws' || source.sharedPrefix === undefined) continue;
      const { id } = source.sharedPrefix;
      if (!streams.has(id)) streams.set(id, this.#streams.addRoot());
    }
    return streams;
  }

  #makerOf(
    { source }: RequestPopulation,
    key: DrawKey,
    arrivals: () => number,
    prefixes: ReadonlyMap<string, number>,
  ): RequestMaker {
    const { horizonMs } = this.#scenario;
    if (source.kind === 'replay') {
      return new ReplayedRequests(source, this.#streams, this.#grid, horizonMs);
    }
    const prefixStream = source.sharedPrefix ? prefixes.get(source.sharedPrefix.id)! : -1;
    return new LawRequests(source, {
      arrivals,
      key,
      grid: this.#grid,
      horizonMs,
      streams: this.#streams,
      prefixStream,
    });
  }

  #networkOf({ networkMs }: RequestPopulation): RunningPopulation['networkMs'] {
    const transform = lawTransform(networkMs);
    if (networkMs.kind === 'constant' && transform(0) === 0) return undefined;
    return (key, ordinal) => this.#grid.round(transform(key.uniform(DrawPurpose.network, ordinal)));
  }

  /** Only the next request of a population stands in the calendar, however long its trace is. */
  #announceNext(population: number): void {
    const nextMs = this.#populations[population]!.maker.nextMs();
    if (nextMs < Number.POSITIVE_INFINITY) {
      this.calendar.scheduleArrival(nextMs, this.#handleSent, population);
    }
  }

  readonly #handleSent = (timeMs: number, index: number): void => {
    const population = this.#populations[index]!;
    const { maker, key } = population;
    const ordinal = population.made++;
    maker.make(ordinal);
    const row = this.#recorder.add(index, ordinal, maker.promptTokens, maker.outputTokens, timeMs);
    this.#recorder.stream[row] = maker.stream;
    this.#recorder.affinityKey[row] = maker.affinityKey;
    const networkMs = population.networkMs?.(key, ordinal) ?? 0;
    this.#recorder.networkMs[row] = networkMs;
    if (networkMs > 0) this.calendar.scheduleArrival(timeMs + networkMs, this.#handleReached, row);
    else this.#handleReached(timeMs, row);
    this.#announceNext(index);
  };

  readonly #handleReached = (timeMs: number, row: number): void => {
    const gateway = this.#gateway;
    if (gateway === undefined) {
      this.#reachRouter(row, timeMs);
      return;
    }
    const ordinal = this.#recorder.ordinal[row]!;
    const { key } = this.#populationOf(row);
    const serviceMs = gateway.serviceMs(
      this.#recorder.promptTokens[row]!,
      key.uniform(DrawPurpose.gatewayService, ordinal),
    );
    const overheadMs = gateway.overheadMs(key.uniform(DrawPurpose.gatewayOverhead, ordinal));
    const isAccepted = gateway.tryEnter(
      row,
      this.#grid.round(serviceMs),
      this.#grid.round(overheadMs),
      timeMs,
    );
    if (!isAccepted) this.#turnAway(row, Outcome.rejected, timeMs);
  };

  #reachRouter(row: number, timeMs: number): void {
    const recorder = this.#recorder;
    const population = this.#populationOf(row);
    const promptTokens = recorder.promptTokens[row]!;
    const outputTokens = recorder.outputTokens[row]!;
    recorder.arrivalMs[row] = timeMs;
    const chosen = population.place(promptTokens, outputTokens, timeMs);
    if (chosen < 0) {
      this.#turnAway(row, Outcome.neverFits, timeMs);
      return;
    }
    recorder.pool[row] = chosen;
    const pool = this.#pools[chosen]!;
    if (!pool.accept(row, population.key, timeMs)) {
      this.#turnAway(row, Outcome.rejected, timeMs);
    }
  }

  #endSequence(table: SequenceTable, sequence: number, timeMs: number, replica: number): void {
    const recorder = this.#recorder;
    const row = table.request[sequence]!;
    recorder.replica[row] = replica;
    recorder.hitTokens[row] = table.hitTokens[sequence]!;
    recorder.preemptions[row] = table.preemptions[sequence]!;
    recorder.scheduledMs[row] = table.scheduledMs[sequence]!;
    recorder.firstTokenMs[row] = table.firstTokenMs[sequence]!;
    recorder.headOfLineMs[row] = table.headOfLineMs[sequence]!;
    recorder.slotsMs[row] = table.slotsMs[sequence]!;
    recorder.kvBlocksMs[row] = table.kvBlocksMs[sequence]!;
    recorder.tokenBudgetMs[row] = table.tokenBudgetMs[sequence]!;
    recorder.iterationMs[row] = table.iterationMs[sequence]!;
    this.#endRequest(row, timeMs);
  }

  #endRequest(row: number, timeMs: number): void {
    const recorder = this.#recorder;
    recorder.finishMs[row] = timeMs;
    recorder.clientFirstTokenMs[row] = recorder.firstTokenMs[row]! + recorder.networkMs[row]!;
    this.#streams.release(recorder.stream[row]!);
    recorder.end(row, Outcome.completed);
  }

  #turnAway(row: number, outcome: Outcome, timeMs: number): void {
    const recorder = this.#recorder;
    recorder.finishMs[row] = timeMs;
    this.#streams.release(recorder.stream[row]!);
    recorder.end(row, outcome);
  }

  #populationOf(row: number): RunningPopulation {
    return this.#populations[this.#recorder.population[row]!]!;
  }
}
