import { TurnEnd } from '../facts/turnTable.js';
import type { DrawKey } from '../kernel/hashDraw.js';
import type { AgentContext } from './agentContext.js';
import type { AgentWorld } from './agentWorld.js';
import { BodyRun } from './bodyRun.js';
import { HumanTurn } from './humanTurn.js';
import type { UsefulOutput } from './perceivedWait.js';
import type { PopulationRun } from './populationRun.js';
import type { OnStepEnd, RunningStep } from './runningStep.js';
import { Scope } from './scope.js';
import { SessionDraw } from './stepDraw.js';
import { StepLog } from './stepLog.js';
import { wholeTokens } from './wholeTokens.js';

/** Something that a step asks the human. */
interface Question {
  readonly engagedMs: number;
  readonly onAnswer: OnStepEnd;
  isCancelled: boolean;
}

/**
 * One visit: tasks over a growing context. Runs the task graph after each submit, yields to the human, and
 * goes on when the human submits again.
 */
export class SessionRun {
  readonly world: AgentWorld;
  readonly population: number;
  /** Run-wide number. */
  readonly number: number;
  readonly human: number;
  readonly context: AgentContext;
  /** What the calls of the task were given so far: prompt tokens computed and output tokens. */
  attainedTokens = 0;
  private readonly owner: PopulationRun;
  private readonly key: DrawKey;
  private readonly turnsKey: DrawKey;
  private readonly tasks: number;
  private task = -1;
  private attempt = 0;
  private turn = -1;
  private turnRow = -1;
  private body: BodyRun | undefined = undefined;
  private interruption = -1;
  private submitMs = 0;
  private isYielded = true;
  /** What comes after the human's answer when the task ended while the human was at it. */
  private afterAnswer: OnStepEnd | undefined = undefined;
  /** Asked while the human is at another question. */
  private questions: Question[] = [];
  private outputs: UsefulOutput[] = [];
  private stepLog = new StepLog();
  private isLogKept = false;
  private calls = 0;
  private promptTokens = 0;
  private outputTokens = 0;

  constructor(
    owner: PopulationRun,
    options: {
      readonly number: number;
      readonly human: number;
      readonly key: DrawKey;
      readonly context: AgentContext;
    },
  ) {
    this.owner = owner;
    this.world = owner.world;
    this.population = owner.index;
    this.number = options.number;
    this.human = options.human;
    this.context = options.context;
    this.key = options.key;
    this.turnsKey = options.key.child('turn');
    this.tasks = Math.max(1, Math.floor(owner.laws.tasks(this.key.uniform(SessionDraw.tasks, 0))));
  }

  /** The first submit of the session. */
  start(timeMs: number): void {
    this.startTask(timeMs);
  }

  /** The run ends here: what is open is recorded as it stands. */
  close(timeMs: number): void {
    if (!this.isYielded) this.recordYield(TurnEnd.open, timeMs);
  }

  /** Tokens that a human can use came evenly between two times. */
  showOutput(fromMs: number, untilMs: number, tokens: number): void {
    this.outputs.push({ fromMs, untilMs, tokens });
  }

  countCall(promptTokens: number, outputTokens: number): void {
    this.calls++;
    this.promptTokens += promptTokens;
    this.outputTokens += outputTokens;
    this.owner.recorder.addCall(this.number);
  }

  /** Of the turn that is under way. A step that outlives its turn ends in the log where it began. */
  get log(): StepLog {
    return this.stepLog;
  }

  /** Replaces a context that would pass the compaction share of the model's window. */
  compactIfNeeded(
    context: AgentContext,
    generatedTokens: number,
    windowTokens: number,
    key: DrawKey,
  ): void {
    const { compaction, prefixStream, prefixTokens } = this.owner;
    if (compaction === undefined) return;
    if (context.promptTokens + generatedTokens <= compaction.atShare * windowTokens) return;
    const summary = compaction.toTokens(key.uniform(SessionDraw.compaction, 0));
    context.compact(prefixStream, prefixTokens, wholeTokens(summary, 1));
    this.owner.recorder.addCompaction(this.number);
  }

  /**
   * A step hands control to the human; `onAnswer` begins the next turn of the same task. Who is at a question
   * already takes the next one right after it.
   */
  askHuman(engagedMs: number, timeMs: number, onAnswer: OnStepEnd): RunningStep {
    const question = { engagedMs, onAnswer, isCancelled: false };
    if (this.isYielded) this.questions.push(question);
    else this.ask(question, timeMs);
    return {
      cancel: () => {
        question.isCancelled = true;
      },
    };
  }

  /** A call was not answered: the task ends, and the human sees an error. */
  failTask(timeMs: number): void {
    this.body?.cancel(timeMs);
    this.endTask(TurnEnd.failed, false, timeMs);
  }

  private ask(question: Question, timeMs: number): void {
    this.yield(TurnEnd.asked, timeMs, question.engagedMs, (answerMs) => {
      const goOn = this.afterAnswer;
      if (goOn) {
        this.afterAnswer = undefined;
        goOn(answerMs);
        return;
      }
      this.beginTurn(answerMs);
      if (!question.isCancelled) question.onAnswer(answerMs);
      if (this.isYielded) return;
      this.questions = this.questions.filter(({ isCancelled }) => !isCancelled);
      const next = this.questions.shift();
      if (next) this.ask(next, answerMs);
    });
  }

  private startTask(timeMs: number): void {
    this.task++;
    this.attempt = 0;
    this.attainedTokens = 0;
    if (this.task > 0) this.owner.droppedReasoning(this.context);
    this.beginTurn(timeMs);
    this.runBody(timeMs);
  }

  private runBody(timeMs: number): void {
    const key = this.key.child(this.task).child(this.attempt);
    const scope = new Scope(this, this.context);
    this.body = new BodyRun(this.owner.body, scope, (endMs) => this.endAttempt(endMs));
    this.body.start(key, timeMs);
  }

  private endAttempt(timeMs: number): void {
    const { success } = this.owner.workload;
    let hasSucceeded = true;
    if (success) {
      const { byAttempt, maxAttempts } = success;
      const probability = byAttempt[Math.min(this.attempt, byAttempt.length - 1)]!;
      const draw = this.key.child(this.task).uniform(SessionDraw.success, this.attempt);
      hasSucceeded = draw < probability;
      if (!hasSucceeded && this.attempt + 1 < maxAttempts) {
        this.attempt++;
        this.runBody(timeMs);
        return;
      }
    }
    this.endTask(TurnEnd.answered, hasSucceeded, timeMs);
  }

  private endTask(end: TurnEnd, hasSucceeded: boolean, timeMs: number): void {
    this.body = undefined;
    this.questions.length = 0;
    const { recorder, laws } = this.owner;
    recorder.endTask(this.number, this.turnRow, hasSucceeded);
    const isLast = this.task + 1 >= this.tasks;
    const goOn = (nextMs: number) => {
      if (isLast) this.owner.endSession(this, nextMs);
      else this.startTask(nextMs);
    };
    if (this.isYielded) {
      // The human is at a question of this task: the answer comes too late.
      recorder.setEnd(this.turnRow, end);
      this.afterAnswer = goOn;
      return;
    }
    const thinkingMs = laws.thinking(this.turnKey().uniform(SessionDraw.thinking, 0));
    this.yield(end, timeMs, thinkingMs, goOn);
  }

  private beginTurn(timeMs: number): void {
    this.turn++;
    this.submitMs = timeMs;
    this.isYielded = false;
    this.outputs = [];
    if (this.isLogKept) this.stepLog = new StepLog();
    else this.stepLog.clear();
    this.isLogKept = false;
    this.turnRow = this.owner.recorder.beginTurn(
      this.population,
      this.human,
      this.number,
      this.task,
      timeMs,
    );
    this.planInterruption(timeMs);
  }

  private planInterruption(timeMs: number): void {
    const { interruption } = this.owner.laws;
    if (interruption === undefined) return;
    const key = this.turnKey();
    if (key.uniform(SessionDraw.interrupted, 0) >= interruption.probability) return;
    const afterMs = this.world.grid.round(
      interruption.afterMs(key.uniform(SessionDraw.interruptedAfter, 0)),
    );
    this.interruption = this.world.calendar.scheduleArrival(
      timeMs + afterMs,
      (stopMs) => {
        this.interruption = -1;
        this.body?.cancel(stopMs);
        this.endTask(TurnEnd.interrupted, false, stopMs);
      },
      0,
    );
  }

  private yield(
    end: TurnEnd,
    timeMs: number,
    engagedMs: number,
    onNext: (nextMs: number) => void,
  ): void {
    if (this.interruption >= 0) this.world.calendar.cancel(this.interruption);
    this.interruption = -1;
    const turn = this.recordYield(end, timeMs);
    this.isYielded = true;
    turn.answer(this.owner, this.number, engagedMs, this.turnKey(), (nextMs) => {
      this.owner.recorder.setNext(turn.row, nextMs);
      onNext(nextMs);
    });
  }

  private recordYield(end: TurnEnd, timeMs: number): HumanTurn {
    const { recorder, workload } = this.owner;
    const turn = new HumanTurn(
      this.turnRow,
      this.submitMs,
      timeMs,
      this.outputs,
      workload.human.readingTokensPerMs,
    );
    recorder.endTurn(this.turnRow, end, timeMs, turn.perception, {
      calls: this.calls,
      promptTokens: this.promptTokens,
      outputTokens: this.outputTokens,
    });
    // Calls that are made while the human is at it count with the next turn.
    this.calls = 0;
    this.promptTokens = 0;
    this.outputTokens = 0;
    this.isLogKept = recorder.offerRecord(this.turnRow, turn.perception.waitMs, this.stepLog);
    return turn;
  }

  private turnKey(): DrawKey {
    return this.turnsKey.child(this.turn);
  }
}
