import type { AgentCall, CallHandle } from '../agents/agentWorld.js';
import type { Prehistory } from '../agents/sessionPopulation.js';
import { noUrgency, type Urgency } from '../engine/admissionOrder.js';
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
  readonly #populations: AgentScenario['populations'];
  readonly #networkMs: readonly (((draw: number) => number) | undefined)[];
  /** Calls inside the fleet, by their rows there. Rows are used again, so they cannot be the handles. */
  readonly #rows = new Map<CallHandle, number>();
  /** Nominal calls under way, and answers on their way back. */
  readonly #pending = new Map<CallHandle, EventId>();
  #nextHandle = 0;

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
    this.#populations = agents.populations;
    this.#networkMs = agents.populations.map(({ networkMs }) =>
      networkDelay(networkMs, world.grid),
    );
  }

  send(call: AgentCall, timeMs: number): CallHandle {
    const handle = this.#nextHandle++;
    if (timeMs < 0) {
      this.#sendNominal(call, handle, timeMs);
      return handle;
    }
    this.#world.streams.retain(call.stream);
    const networkMs =
      this.#networkMs[call.population]?.(call.key.uniform(DrawPurpose.network, callOrdinal)) ?? 0;
    const row = this.#path.send(
      {
        key: call.key,
        place: call.place,
        urgency: this.#urgencyOf(call),
        onEnd: (row, outcome, endMs) => this.#answer(call, handle, { row, outcome }, endMs),
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
    // It may have been turned away at once.
    if (!this.#pending.has(handle)) this.#rows.set(handle, row);
    return handle;
  }

  cancel(handle: CallHandle, timeMs: number): void {
    const event = this.#pending.get(handle);
    if (event !== undefined) {
      this.#world.calendar.cancel(event);
      this.#pending.delete(handle);
      return;
    }
    const row = this.#rows.get(handle);
    if (row === undefined) return;
    this.#rows.delete(handle);
    this.#path.cancel(row, timeMs);
  }

  /** The answer goes back to the client, whose step goes on when the last token is there. */
  #answer(
    call: AgentCall,
    handle: CallHandle,
    { row, outcome }: { row: number; outcome: Outcome },
    timeMs: number,
  ): void {
    this.#rows.delete(handle);
    const requests = this.#requests;
    const networkMs = requests.networkMs[row]!;
    const isAnswered = outcome === Outcome.completed;
    // Hits are counted at each admission, so those of a preempted call may be more than its prompt.
    const computedTokens = Math.max(0, requests.promptTokens[row]! - requests.hitTokens[row]!);
    const result = {
      isAnswered,
      firstTokenMs: requests.firstTokenMs[row]! + networkMs,
      servedTokens: isAnswered ? computedTokens + requests.outputTokens[row]! : 0,
    };
    // Always by an event: the step may end before `send` has returned its handle.
    this.#wait(handle, timeMs + networkMs, (endMs) => call.onEnd(result, endMs));
  }

  #urgencyOf({ population, priority, deadlineMs, attainedTokens }: AgentCall): Urgency {
    const usual = this.#populations[population]!;
    return {
      priority: priority ?? usual.priority ?? noUrgency.priority,
      deadlineMs: deadlineMs ?? usual.deadlineMs ?? noUrgency.deadlineMs,
      attainedTokens,
    };
  }

  #sendNominal(call: AgentCall, handle: CallHandle, timeMs: number): void {
    const { ttftMs, tpotMs } = this.#prehistory;
    const { grid } = this.#world;
    const firstTokenMs = timeMs + grid.round(ttftMs);
    const endMs = firstTokenMs + grid.round((call.outputTokens - 1) * tpotMs);
    const result = { isAnswered: true, firstTokenMs, servedTokens: call.outputTokens };
    this.#wait(handle, endMs, (doneMs) => call.onEnd(result, doneMs));
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
