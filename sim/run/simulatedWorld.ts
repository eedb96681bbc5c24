import { mean } from 'd3-array';
import { prefixCacheStore } from '../engine/prefixCacheStore.js';
import { TokenStreams } from '../engine/tokenStreams.js';
import { buildPlacement } from '../fleet/placement.js';
import { EventCalendar } from '../kernel/calendar.js';
import { randomStreams } from '../kernel/random.js';
import type { TimeGrid } from '../kernel/timeGrid.js';
import { lawMean } from '../laws/lawMean.js';
import { agentFingerprint } from './agentFingerprint.js';
import { AgentStage } from './agentStage.js';
import { ContextHints } from './contextHints.js';
import { buildFleet, type FleetPool } from './fleetPool.js';
import { GatewayStage } from './gatewayStage.js';
import { replayedCount } from './replayedCount.js';
import { RequestPath } from './requestPath.js';
import { type PopulationWorld, startRequestPopulation } from './requestPopulations.js';
import { RequestRecorder } from './requestRecorder.js';
import type { RunResult } from './runResult.js';
import type { RequestPopulation, Scenario } from './scenario.js';

/** Everything that exists in one run: populations, gateway, pools, and the requests on their way between them. */
export class SimulatedWorld {
  readonly calendar: EventCalendar;
  private readonly scenario: Scenario;
  private readonly streams = new TokenStreams();
  private readonly prefixStreams = new Map<string, number>();
  private readonly recorder: RequestRecorder;
  private readonly path: RequestPath;
  private readonly pools: readonly FleetPool[];
  private readonly gateway: GatewayStage | undefined;
  private readonly agents: AgentStage | undefined;

  constructor(scenario: Scenario, grid: TimeGrid, seed: string) {
    this.scenario = scenario;
    const { horizonMs, agents } = scenario;
    this.calendar = new EventCalendar(-(agents?.prehistory?.durationMs ?? 0));
    this.recorder = new RequestRecorder(scenario.limits.maxRecords, {
      expectedRequests: replayedCount(scenario),
      horizonMs,
      handsOver: scenario.pools.some((pool) => pool.kind === 'engine' && pool.handOver),
      tellsRetries: scenario.pools.some(({ admission }) => admission?.retry !== undefined),
    });
    const { calendar } = this;
    const path = new RequestPath(calendar, grid, this.streams, this.recorder, horizonMs);
    this.path = path;
    this.pools = buildFleet(scenario, {
      calendar,
      grid,
      store: prefixCacheStore(this.streams),
      recorder: this.recorder,
      onEngineEnd: (table, sequence, timeMs, replica) =>
        path.endSequence(table, sequence, timeMs, replica),
      onHandedEnd: (handed, decodePool, timeMs) => path.endHanded(handed, decodePool, timeMs),
      onStationEnd: (row, timeMs) => path.complete(row, timeMs),
      onStationLeft: (row, timeMs) => path.abandon(row, timeMs),
    });
    this.gateway =
      scenario.gateway &&
      new GatewayStage(scenario.gateway, horizonMs, calendar, (row, timeMs) =>
        path.reachRouter(row, timeMs),
      );
    const hasHints = this.pools.some(({ noteHint }) => noteHint !== undefined);
    const hints = hasHints ? new ContextHints(calendar, this.recorder, this.pools) : undefined;
    path.connect(this.pools, this.gateway, hints);
    const world: PopulationWorld = {
      calendar,
      grid,
      streams: this.streams,
      path,
      horizonMs,
      randomStream: randomStreams(seed),
      prefixStream: (id) => this.prefixStream(id),
    };
    for (const [index, population] of scenario.populations.entries()) {
      const { name, role, interactive } = population;
      const placed = {
        population: name,
        role,
        interactive,
        meanOutputTokens: () => meanOutputOf(population),
      };
      const place = buildPlacement(placed, scenario.placement, this.pools);
      startRequestPopulation(population, index, place, world);
    }
    this.agents = agents && new AgentStage(agents, scenario, this.pools, this.recorder, world);
  }

  /** The facts of the run up to `endMs`. */
  finish(
    endMs: number,
  ): Omit<RunResult, 'scenarioName' | 'seed' | 'replication' | 'ending' | 'endMs' | 'events'> {
    const recorder = this.recorder;
    const handOvers = recorder.handOverTable();
    const { populations } = this.scenario;
    const sessionPopulations = this.scenario.agents?.populations ?? [];
    const agents = this.agents?.finish(endMs);
    const ofRequests = recorder.fingerprint();
    return {
      fingerprint: agents ? agentFingerprint(ofRequests, agents) : ofRequests,
      arrived: recorder.arrived,
      requests: recorder.table(),
      ...(handOvers && { handOvers }),
      overflow: recorder.overflow,
      populationNames: [...populations, ...sessionPopulations].map(({ name }) => name),
      pools: this.pools.map((pool) => pool.finish(endMs)),
      gateway: this.gateway?.finish(endMs),
      ...(recorder.tellsRetries && { retrying: this.path.retries.finish(endMs) }),
      ...(agents && { agents }),
    };
  }

  /** One stream per shared prefix, held for the whole run. */
  private prefixStream(id: string): number {
    let stream = this.prefixStreams.get(id);
    if (stream === undefined) {
      stream = this.streams.addRoot();
      this.prefixStreams.set(id, stream);
    }
    return stream;
  }
}

/** Of a trace: what its answers were on average, which a control plane would have learnt. */
function meanOutputOf({ source }: RequestPopulation): number {
  return source.kind === 'laws'
    ? lawMean(source.outputTokens)
    : (mean(source.trace.outputTokens) ?? 1);
}
