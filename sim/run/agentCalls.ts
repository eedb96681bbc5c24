import type { AgentCall, CallHandle } from '../agents/agentWorld.js';
import type { Prehistory } from '../agents/sessionPopulation.js';
import type { EventId } from '../kernel/calendar.js';
import { Outcome } from '../metrics/requestTable.js';
import { DrawPurpose } from './drawPurpose.js';
import { networkDelay } from './networkDelay.js';
import type { RequestPath } from './requestPath.js';
import type { PopulationWorld } from './requestPopulations.js';
import type { RequestRecorder } from './requestRecorder.js';
import type { AgentScenario } from './scenario.js';

/**
 * The LLM calls of sessions: sent through the fleet like any request, and answered to their step. Before
 * time 0 they take a nominal time instead.
 */
export class AgentCalls {
  readonly #path: RequestPath;
  readonly #world: PopulationWorld;
  readonly #requests: RequestRecorder;
  readonly #prehistory: Prehistory;
  readonly #firstPopulation: number;
  readonly #networkMs: readonly (((draw: number) => number) | undefined)[];
  /** Nominal calls under way by handle (negative), and answers on their way back by row. */
  readonly #pending = new Map<CallHandle, EventId>();
  #nextNominal = -2;

  constructor(
    world: PopulationWorld,
    requests: RequestRecorder,
    prehistory: Prehistory,
    agents: AgentScenario,
    firstPopulation: number,
  ) {
    this.#world = world;
    this.#path = world.path;
    this.#requests = requests;
    this.#prehistory = prehistory;
    this.#firstPopulation = firstPopulation;
    this.#networkMs = agents.populations.map(({ networkMs }) =>
      networkDelay(networkMs, world.grid),
    );
  }

  send(call: AgentCall, timeMs: number): CallHandle {
    if (timeMs < 0) return this.#sendNominal(call, timeMs);
    this.#world.streams.retain(call.stream);
    const networkMs =
      this.#networkMs[call.population]?.(call.key.uniform(DrawPurpose.network, callOrdinal)) ?? 0;
    return this.#path.send(
      {
        key: call.key,
        place: call.place,
        onEnd: (row, outcome, endMs) => this.#answer(call, row, outcome, endMs),
      },
      {
        population: this.#firstPopulation + call.population,
        ordinal: callOrdinal,
        promptTokens: call.promptTokens,
        outputTokens: call.outputTokens,
        stream: call.stream,
        affinityKey: call.affinityKey,
        networkMs,
      },
      timeMs,
    );
  }

  cancel(handle: CallHandle, timeMs: number): void {
    const event = this.#pending.get(handle);
    if (event !== undefined) {
      this.#world.calendar.cancel(event);
      this.#pending.delete(handle);
    } else if (handle >= 0) this.#path.cancel(handle, timeMs);
  }

  /** The answer goes back to the client, whose step goes on when the last token is there. */
  #answer(call: AgentCall, row: number, outcome: Outcome, timeMs: number): void {
    const requests = this.#requests;
    const networkMs = requests.networkMs[row]!;
    const result = {
      isAnswered: outcome === Outcome.completed,
      firstTokenMs: requests.firstTokenMs[row]! + networkMs,
    };
    // Always by an event: the step may end before `send` has returned its handle.
    this.#wait(row, timeMs + networkMs, (endMs) => call.onEnd(result, endMs));
  }

  #sendNominal(call: AgentCall, timeMs: number): CallHandle {
    const { ttftMs, tpotMs } = this.#prehistory;
    const { grid } = this.#world;
    const firstTokenMs = timeMs + grid.round(ttftMs);
    const endMs = firstTokenMs + grid.round((call.outputTokens - 1) * tpotMs);
    const handle = this.#nextNominal--;
    this.#wait(handle, endMs, (doneMs) => call.onEnd({ isAnswered: true, firstTokenMs }, doneMs));
    return handle;
  }

  #wait(handle: CallHandle, untilMs: number, then: (timeMs: number) => void): void {
    const event = this.#world.calendar.scheduleArrival(
      untilMs,
      (timeMs) => {
        this.#pending.delete(handle);
        then(timeMs);
      },
      0,
    );
    this.#pending.set(handle, event);
  }
}

/** Draws of a call are named by its step's key alone. Beyond the purposes of the step itself. */
const callOrdinal = 1_000_000;
