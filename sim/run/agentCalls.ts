import type { AgentCall, CallHandle } from '../agents/agentWorld.js';
import type { Prehistory } from '../agents/sessionPopulation.js';
import { noUrgency, type Urgency } from '../engine/admissionOrder.js';
import { Outcome } from '../facts/requestTable.js';
import type { Placement } from '../fleet/placement.js';
import type { EventHandler, EventId } from '../kernel/calendar.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import { IntList } from '../kernel/intList.js';
import { DrawPurpose } from './drawPurpose.js';
import { networkDelay } from './networkDelay.js';
import type { RequestPath, Sender, SentRequest } from './requestPath.js';
import type { PopulationWorld } from './requestPopulations.js';
import type { RequestRecorder } from './requestRecorder.js';
import type { AgentScenario } from './scenario.js';

/**
 * The LLM calls of sessions: sent through the fleet like any request, and answered to their step. Before
 * time 0 they take a nominal time instead. A handle is a slot that is used again when its call is over.
 */
export class AgentCalls {
  private readonly path: RequestPath;
  private readonly world: PopulationWorld;
  private readonly requests: RequestRecorder;
  private readonly prehistory: Prehistory;
  private readonly firstPopulation: number;
  private readonly populations: AgentScenario['populations'];
  private readonly networkMs: readonly (((draw: number) => number) | undefined)[];
  private readonly calls: CallUnderWay[] = [];
  private readonly free = new IntList();
  /** What is handed over and read at once: one of each serves all calls. */
  private readonly sent: { -readonly [Key in keyof SentRequest]: SentRequest[Key] };
  private readonly result = { isAnswered: false, firstTokenMs: 0, servedTokens: 0 };

  constructor(
    world: PopulationWorld,
    requests: RequestRecorder,
    prehistory: Prehistory,
    agents: AgentScenario,
    firstPopulation: number,
  ) {
    this.world = world;
    this.path = world.path;
    this.requests = requests;
    this.prehistory = prehistory;
    this.firstPopulation = firstPopulation;
    this.populations = agents.populations;
    this.networkMs = agents.populations.map(({ networkMs }) => networkDelay(networkMs, world.grid));
    this.sent = {
      population: 0,
      ordinal: callOrdinal,
      promptTokens: 0,
      outputTokens: 0,
      stream: 0,
      affinityKey: 0,
      networkMs: 0,
    };
  }

  send(call: AgentCall, timeMs: number): CallHandle {
    const handle = this.newHandle(call);
    const underWay = this.calls[handle]!;
    if (timeMs < 0) {
      this.sendNominal(call, handle, timeMs);
      return handle;
    }
    this.world.streams.retain(call.stream);
    const sent = this.sent;
    sent.population = this.firstPopulation + call.population;
    sent.promptTokens = call.promptTokens;
    sent.outputTokens = call.outputTokens;
    sent.stream = call.stream;
    sent.affinityKey = call.affinityKey;
    sent.networkMs =
      this.networkMs[call.population]?.(call.key.uniform(DrawPurpose.network, callOrdinal)) ?? 0;
    this.fillUrgency(underWay.urgency, call);
    underWay.gapMs = call.gapMs ?? Number.NaN;
    underWay.row = this.path.send(underWay, sent, timeMs);
    return handle;
  }

  cancel(handle: CallHandle, timeMs: number): void {
    const { answer, row } = this.calls[handle]!;
    this.release(handle);
    if (answer >= 0) this.world.calendar.cancel(answer);
    else this.path.cancel(row, timeMs);
  }

  /** The answer goes back to the client, whose step goes on when the last token is there. */
  private readonly answer: OnAnswer = (handle, row, outcome, timeMs) => {
    const requests = this.requests;
    const networkMs = requests.networkMs[row]!;
    const isAnswered = outcome === Outcome.completed;
    // Hits are counted at each admission, so those of a preempted call may be more than its prompt.
    const computedTokens = Math.max(0, requests.promptTokens[row]! - requests.hitTokens[row]!);
    const underWay = this.calls[handle]!;
    underWay.isAnswered = isAnswered;
    underWay.firstTokenMs = requests.firstTokenMs[row]! + networkMs;
    underWay.servedTokens = isAnswered ? computedTokens + requests.outputTokens[row]! : 0;
    // Always by an event: the step may end before `send` has returned its handle.
    this.answerAt(underWay, timeMs + networkMs);
  };

  private fillUrgency(urgency: MutableUrgency, call: AgentCall): void {
    const usual = this.populations[call.population]!;
    urgency.priority = call.priority ?? usual.priority ?? noUrgency.priority;
    urgency.deadlineMs = call.deadlineMs ?? usual.deadlineMs ?? noUrgency.deadlineMs;
    urgency.attainedTokens = call.attainedTokens;
  }

  private sendNominal(call: AgentCall, handle: CallHandle, timeMs: number): void {
    const { ttftMs, tpotMs } = this.prehistory;
    const { grid } = this.world;
    const firstTokenMs = timeMs + grid.round(ttftMs);
    const endMs = firstTokenMs + grid.round((call.outputTokens - 1) * tpotMs);
    const underWay = this.calls[handle]!;
    underWay.isAnswered = true;
    underWay.firstTokenMs = firstTokenMs;
    underWay.servedTokens = call.outputTokens;
    this.answerAt(underWay, endMs);
  }

  private answerAt(underWay: CallUnderWay, timeMs: number): void {
    const { calendar } = this.world;
    underWay.answer = calendar.scheduleArrival(timeMs, this.handleAnswer, underWay.handle);
  }

  private readonly handleAnswer: EventHandler = (timeMs, handle) => {
    const { call, isAnswered, firstTokenMs, servedTokens } = this.calls[handle]!;
    this.release(handle);
    const result = this.result;
    result.isAnswered = isAnswered;
    result.firstTokenMs = firstTokenMs;
    result.servedTokens = servedTokens;
    call.onEnd(result, timeMs);
  };

  private newHandle(call: AgentCall): CallHandle {
    const handle = this.free.count > 0 ? this.free.pop() : this.calls.length;
    const underWay = this.calls[handle];
    if (underWay === undefined) this.calls.push(new CallUnderWay(handle, call, this.answer));
    else underWay.begin(call);
    return handle;
  }

  private release(handle: CallHandle): void {
    this.free.push(handle);
  }
}

type MutableUrgency = { -readonly [Key in keyof Urgency]: Urgency[Key] };

type OnAnswer = (handle: CallHandle, row: number, outcome: Outcome, timeMs: number) => void;

/** A call on its way through the fleet or back, as the path of requests sees it. */
class CallUnderWay implements Sender {
  call: AgentCall;
  key: DrawKey;
  place: Placement;
  /** Row of its request, until its answer is on the way. */
  row = -1;
  /** The event that brings the answer; −1: there is none yet. */
  answer: EventId = -1;
  isAnswered = false;
  firstTokenMs = 0;
  servedTokens = 0;
  /** Filled anew by each call. */
  readonly urgency: MutableUrgency = { ...noUrgency };
  gapMs = Number.NaN;
  readonly handle: CallHandle;
  private readonly onAnswer: OnAnswer;

  constructor(handle: CallHandle, call: AgentCall, onAnswer: OnAnswer) {
    this.handle = handle;
    this.onAnswer = onAnswer;
    this.call = call;
    this.key = call.key;
    this.place = call.place;
  }

  begin(call: AgentCall): void {
    this.call = call;
    this.key = call.key;
    this.place = call.place;
    this.row = -1;
    this.answer = -1;
  }

  onEnd(row: number, outcome: Outcome, timeMs: number): void {
    this.onAnswer(this.handle, row, outcome, timeMs);
  }
}

/** Draws of a call are named by its step's key alone. Beyond the purposes of the step itself. */
const callOrdinal = 1_000_000;
