import type { AgentResource } from '../agents/agentResource.js';
import type { AgentCall, AgentWorld, CallHandle } from '../agents/agentWorld.js';
import { PopulationRun } from '../agents/populationRun.js';
import type { Prehistory } from '../agents/sessionPopulation.js';
import { SessionReplay } from '../agents/sessionReplay.js';
import { TurnRecorder } from '../agents/turnRecorder.js';
import { buildPlacement } from '../fleet/placement.js';
import { DrawKey } from '../kernel/hashDraw.js';
import { AgentCalls } from './agentCalls.js';
import { agentResourceOf, type RunningResource } from './agentResourceOf.js';
import type { FleetPool } from './fleetPool.js';
import type { PopulationWorld } from './requestPopulations.js';
import type { RequestRecorder } from './requestRecorder.js';
import type { AgentsRun } from './runResult.js';
import type { AgentScenario, Scenario } from './scenario.js';

/** Sessions, humans and the resources they use, in one run. */
export class AgentStage {
  private readonly populationNames: readonly string[];
  private readonly recorder = new TurnRecorder();
  private readonly resources: readonly RunningResource[];
  private readonly populations: PopulationRun[] = [];
  private readonly replays: SessionReplay[] = [];
  private readonly pools: readonly FleetPool[];

  constructor(
    agents: AgentScenario,
    scenario: Scenario,
    pools: readonly FleetPool[],
    requests: RequestRecorder,
    world: PopulationWorld,
  ) {
    const { calendar, grid, streams } = world;
    this.pools = pools;
    this.populationNames = agents.populations.map(({ name }) => name);
    const prehistory: Prehistory = agents.prehistory ?? { durationMs: 0, ttftMs: 0, tpotMs: 0 };
    this.resources = agents.resources.map((spec) =>
      agentResourceOf(spec, calendar, grid, scenario.horizonMs, -prehistory.durationMs),
    );
    const byName = new Map<string, AgentResource>(
      this.resources.map(({ name, resource }) => [name, resource]),
    );
    const calls = new AgentCalls(world, requests, prehistory, agents, scenario.populations.length);
    const agentWorld: AgentWorld = {
      calendar,
      grid,
      streams,
      send: (call: AgentCall, timeMs: number) => calls.send(call, timeMs),
      cancel: (call: CallHandle, timeMs: number) => calls.cancel(call, timeMs),
      resource: (name) => byName.get(name)!,
      prefixStream: world.prefixStream,
    };
    for (const [index, population] of agents.populations.entries()) {
      const { name } = population;
      const interactive =
        population.kind === 'sessions' ? population.workload.interactive : population.interactive;
      const options = {
        index,
        world: agentWorld,
        key: DrawKey.fromStream(world.randomStream(`population/${name}`)),
        recorder: this.recorder,
        fleet: {
          placementOf: (role: string, label: string | undefined, meanOutputTokens: () => number) =>
            buildPlacement(
              { population: name, role, interactive, label, meanOutputTokens },
              scenario.placement,
              pools,
            ),
          windowTokensOf: (role: string) => longestWindow(role, pools),
        },
        horizonMs: scenario.horizonMs,
      };
      const arrivals = world.randomStream(`arrivals/${name}`);
      if (population.kind === 'sessionReplay') {
        const replay = new SessionReplay(population, options);
        replay.start(arrivals);
        this.replays.push(replay);
        continue;
      }
      const run = new PopulationRun(population, options);
      const spreadMs = prehistory.durationMs / 4;
      run.start(-prehistory.durationMs, spreadMs, scenario.horizonMs, arrivals);
      this.populations.push(run);
    }
    if (prehistory.durationMs > 0) {
      calendar.scheduleArrival(0, (timeMs) => this.warmCaches(timeMs), 0);
    }
  }

  /** Turns, sessions and resources up to `endMs`. */
  finish(endMs: number): AgentsRun {
    for (const population of this.populations) population.close(endMs);
    for (const replay of this.replays) replay.close(endMs);
    return {
      populationNames: this.populationNames,
      turns: this.recorder.turns(),
      sessions: this.recorder.sessions(),
      records: this.recorder.records,
      resources: this.resources.map((resource) => resource.finish(endMs)),
    };
  }

  /** The contexts of all sessions go into the caches of the pools that would serve them: the longest idle first. */
  private warmCaches(timeMs: number): void {
    for (const population of this.populations) {
      const place = population.firstPlacement;
      if (place === undefined) continue;
      for (const { context, number } of population.live) {
        const pool = place(Math.max(1, context.promptTokens), 1, timeMs, context.stream);
        if (pool >= 0) {
          this.pools[pool]!.preload(context.stream, context.tokens, number, timeMs);
        }
      }
    }
  }
}

/** Longest context that a model in this role accepts in any pool; Infinity where none says so. */
function longestWindow(role: string, pools: readonly FleetPool[]): number {
  let longest = 0;
  for (const pool of pools) {
    if (pool.serves.includes(role)) longest = Math.max(longest, pool.windowTokens);
  }
  return longest > 0 ? longest : Number.POSITIVE_INFINITY;
}
