import type { Placement } from '../fleet/placement.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { Uniform } from '../kernel/random.js';
import { lawMean } from '../laws/lawMean.js';
import { lawTransform, type Transform } from '../laws/lawTransform.js';
import type { ArrivalProcess } from '../workload/arrivalProcess.js';
import { arrivalTimes } from '../workload/arrivals.js';
import { delayedArrivals } from '../workload/delayedArrivals.js';
import { AgentContext } from './agentContext.js';
import type { AgentWorld } from './agentWorld.js';
import {
  type CompiledBody,
  type CompiledStep,
  compileBody,
  type GraphFleet,
} from './compiledGraph.js';
import { HumanSeat } from './humanSeat.js';
import type { SessionPopulation } from './sessionPopulation.js';
import { SessionRun } from './sessionRun.js';
import type { SessionWorkload } from './sessionWorkload.js';
import { SessionDraw } from './stepDraw.js';
import type { TurnRecorder } from './turnRecorder.js';
import { wholeTokens } from './wholeTokens.js';

interface PopulationLaws {
  readonly tasks: Transform;
  readonly start: Transform;
  readonly thinking: Transform;
  readonly notice: Transform | undefined;
  readonly observedGap: Transform | undefined;
  readonly interruption: { readonly probability: number; readonly afterMs: Transform } | undefined;
}

/** A population of sessions as it runs: starts sessions, and holds what is common to them. */
export class PopulationRun {
  readonly index: number;
  readonly world: AgentWorld;
  readonly workload: SessionWorkload;
  readonly body: CompiledBody;
  readonly laws: PopulationLaws;
  readonly compaction: { readonly atShare: number; readonly toTokens: Transform } | undefined;
  /** Stream and length of the shared prefix; −1 and 0 without one. */
  readonly prefixStream: number;
  readonly prefixTokens: number;
  readonly recorder: TurnRecorder;
  private readonly population: SessionPopulation;
  private readonly key: DrawKey;
  private readonly liveSessions = new Set<SessionRun>();
  private readonly places = new Map<SessionRun, { human: number; slot: number; visit: number }>();
  private readonly seats: HumanSeat[] = [];
  private horizonMs = 0;

  constructor(
    population: SessionPopulation,
    options: {
      readonly index: number;
      readonly world: AgentWorld;
      readonly key: DrawKey;
      readonly fleet: GraphFleet;
      readonly recorder: TurnRecorder;
    },
  ) {
    const { workload } = population;
    this.index = options.index;
    this.world = options.world;
    this.workload = workload;
    this.recorder = options.recorder;
    this.population = population;
    this.key = options.key;
    const { human, interruption, compaction, sharedPrefix } = workload;
    const betweenTurnsMs = lawMean(human.observedGapMs ?? human.thinkingMs);
    const goesOn = lawMean(workload.tasks) > 1;
    this.body = compileBody(workload.task, options.fleet, goesOn ? betweenTurnsMs : Number.NaN);
    this.laws = {
      tasks: lawTransform(workload.tasks),
      start: lawTransform(workload.startTokens),
      thinking: lawTransform(human.thinkingMs),
      notice: human.attention && lawTransform(human.attention.noticeMs),
      observedGap: human.observedGapMs && lawTransform(human.observedGapMs),
      interruption: interruption && {
        probability: interruption.probability,
        afterMs: lawTransform(interruption.afterMs),
      },
    };
    this.compaction = compaction && {
      atShare: compaction.atShare,
      toTokens: lawTransform(compaction.toTokens),
    };
    this.prefixStream = sharedPrefix ? this.world.prefixStream(sharedPrefix.id) : -1;
    this.prefixTokens = sharedPrefix?.tokens ?? 0;
  }

  /** Where the first call of a task goes; undefined when a task makes none. */
  get firstPlacement(): Placement | undefined {
    return firstInfer(this.body)?.place;
  }

  /** Sessions that have not ended. */
  get live(): Iterable<SessionRun> {
    return this.liveSessions;
  }

  /** Begins the population. Closed users come in over `spreadMs` from `fromMs`; open sessions arrive from then to the horizon. */
  start(fromMs: number, spreadMs: number, horizonMs: number, arrivals: Uniform): void {
    this.horizonMs = horizonMs;
    const { members } = this.population;
    if (members.kind === 'open') {
      this.startOpen(members.arrivals, fromMs, horizonMs, arrivals);
      return;
    }
    const { sessionsPerHuman, users } = members;
    for (let human = 0; human < users; human++) {
      if (sessionsPerHuman > 1)
        this.seats.push(new HumanSeat(this.world.calendar, members.switchMs));
      for (let slot = 0; slot < sessionsPerHuman; slot++) {
        const delay = this.key.child(human).uniform(SessionDraw.offTime, slot);
        const startMs = this.world.grid.round(fromMs + delay * spreadMs);
        this.world.calendar.scheduleArrival(
          startMs,
          (timeMs) => this.startSession({ human, slot, visit: 0 }, timeMs),
          0,
        );
      }
    }
  }

  /** The seat that the human of a session shares among sessions; undefined when it is the only one. */
  seatOf(session: number): HumanSeat | undefined {
    if (this.seats.length === 0) return undefined;
    return this.seats[this.humanOf.get(session)!];
  }

  droppedReasoning(context: AgentContext): void {
    if (this.workload.reasoning === 'droppedAtTurn') context.dropReasoning();
  }

  endSession(session: SessionRun, timeMs: number): void {
    this.recorder.endSession(session.number, session.context.promptTokens, timeMs);
    session.context.release();
    this.liveSessions.delete(session);
    this.humanOf.delete(session.number);
    const place = this.places.get(session)!;
    this.places.delete(session);
    const { members } = this.population;
    if (members.kind === 'open') return;
    const visit = place.visit + 1;
    const offTime = lawTransform(members.offTimeMs);
    const key = this.sessionKey(place.human, place.slot, visit);
    const offMs = this.world.grid.round(offTime(key.uniform(SessionDraw.offTime, 0)));
    // A run that drains has no sessions after the horizon.
    if (timeMs + offMs > this.horizonMs) return;
    this.world.calendar.scheduleArrival(
      timeMs + offMs,
      (startMs) => this.startSession({ ...place, visit }, startMs),
      0,
    );
  }

  /** The run ends: open turns and sessions are recorded as they stand. */
  close(timeMs: number): void {
    for (const session of this.liveSessions) {
      session.close(timeMs);
      this.recorder.noteContext(session.number, session.context.promptTokens);
    }
  }

  private readonly humanOf = new Map<number, number>();

  private startOpen(
    arrivals: ArrivalProcess,
    fromMs: number,
    horizonMs: number,
    uniform: Uniform,
  ): void {
    const process = delayedArrivals(arrivals, -fromMs);
    const cursor = arrivalTimes(process, uniform, this.world.grid, horizonMs - fromMs);
    let ordinal = 0;
    const announce = () => {
      const next = cursor.next();
      if (next === Number.POSITIVE_INFINITY) return;
      this.world.calendar.scheduleArrival(
        fromMs + next,
        (timeMs) => {
          const human = ordinal++;
          announce();
          this.startSession({ human, slot: 0, visit: 0 }, timeMs);
        },
        0,
      );
    };
    announce();
  }

  private startSession(
    place: { human: number; slot: number; visit: number },
    timeMs: number,
  ): void {
    const key = this.sessionKey(place.human, place.slot, place.visit);
    const { streams } = this.world;
    const context = new AgentContext(
      streams,
      this.prefixStream < 0
        ? streams.addRoot()
        : streams.addFork(this.prefixStream, this.prefixTokens),
      this.prefixTokens,
    );
    context.append(wholeTokens(this.laws.start(key.uniform(SessionDraw.startTokens, 0)), 0));
    const number = this.recorder.beginSession(this.index, place.human, timeMs);
    const session = new SessionRun(this, { number, human: place.human, key, context });
    this.liveSessions.add(session);
    this.places.set(session, place);
    this.humanOf.set(number, place.human);
    session.start(timeMs);
  }

  private sessionKey(human: number, slot: number, visit: number): DrawKey {
    return this.key.child(human).child(slot).child(visit);
  }
}

function firstInfer(body: CompiledBody): CompiledStep | undefined {
  for (const step of body.steps) {
    if (step.spec.kind === 'infer') return step;
    for (const inner of step.bodies) {
      const found = firstInfer(inner);
      if (found) return found;
    }
  }
  return undefined;
}
