import type { ByteLines } from './byteLines.js';
import { CsvCells } from './csvCells.js';
import type { CsvHeader } from './csvHeader.js';
import { type SessionAgent, SessionTraceBuilder } from './sessionTraceBuilder.js';
import type { SessionRole } from './sessionTraceReader.js';
import { traceLimits } from './traceLimits.js';
import type { TraceMistakes } from './traceMistakes.js';

/** Turns the lines of a session trace into its calls. A row with a mistake is noted and left out. */
export class SessionRows {
  readonly builder = new SessionTraceBuilder();
  private readonly lines: ByteLines;
  private readonly mistakes: TraceMistakes;
  private readonly cells: CsvCells;
  private readonly columns: ReadonlyMap<SessionRole, number>;

  constructor(lines: ByteLines, header: CsvHeader<SessionRole>, mistakes: TraceMistakes) {
    this.lines = lines;
    this.mistakes = mistakes;
    this.cells = new CsvCells(lines, header.names, mistakes);
    this.columns = header.found;
  }

  /** Adds the call of the current line. */
  addCurrentLine(): void {
    const cells = this.cells;
    if (!cells.split()) return;
    const agent = this.agent();
    const timeMs = this.time('time');
    const promptTokens = this.tokens('promptTokens');
    const outputTokens = this.tokens('outputTokens');
    const sharedTokens = this.tokens('sharedTokens');
    if (sharedTokens > promptTokens) {
      const problem = `is above the ${promptTokens} tokens of the whole prompt`;
      cells.refuse(this.columns.get('sharedTokens')!, 'E_RANGE', problem);
    }
    const durationMs = this.timeIfKnown('durationTime');
    const gapMs = this.timeIfKnown('gapTime');
    const turn = this.columns.has('turn') ? this.tokens('turn') : Number.NaN;
    if (agent === undefined) return;
    this.checkOrder(agent, timeMs, turn);
    // A row is only left out when a mistake was noted, and then no trace comes of it.
    if (!this.mistakes.isEmpty) return;
    const endsTurn = this.endsTurn();
    const sizes = { promptTokens, outputTokens, sharedTokens };
    this.builder.addCall(agent, { timeMs, ...sizes, durationMs, gapMs, endsTurn });
  }

  private agent(): SessionAgent | undefined {
    const cells = this.cells;
    const session = this.columns.get('session')!;
    const agent = this.columns.get('agent');
    const isNamed = cells.checkId(session);
    if (agent === undefined) {
      return isNamed ? this.agentOf(cells.text(session), '') : undefined;
    }
    if (!cells.checkId(agent) || !isNamed) return undefined;
    return this.agentOf(cells.text(session), cells.text(agent));
  }

  private agentOf(session: string, agent: string): SessionAgent | undefined {
    const found = this.builder.agent(session, agent);
    if (found === undefined) {
      const { maxAgents } = traceLimits;
      this.mistakes.ofLine(this.lines, 'E_LIMIT', `more than ${maxAgents} agents`, 'Split it');
    }
    return found;
  }

  /** The rows of an agent come in the order of its calls, whatever is between them. */
  private checkOrder(agent: SessionAgent, timeMs: number, turn: number): void {
    if (turn <= agent.lastTurn) {
      const problem = `is not above ${agent.lastTurn}, the turn of the row before of this agent`;
      this.cells.refuse(this.columns.get('turn')!, 'E_ORDER', problem, orderHint);
    } else if (timeMs < agent.lastMs) {
      const problem = 'is before the row before of this agent';
      this.cells.refuse(this.columns.get('time')!, 'E_ORDER', problem, orderHint);
    }
    if (turn >= 0) agent.lastTurn = turn;
    if (timeMs >= 0) agent.lastMs = timeMs;
  }

  private time(role: SessionRole): number {
    return this.cells.timeMs(this.columns.get(role)!, 'seconds');
  }

  /** NaN for a time that was not recorded. */
  private timeIfKnown(role: SessionRole): number {
    const column = this.columns.get(role);
    return column === undefined || this.cells.isEmpty(column) ? Number.NaN : this.time(role);
  }

  private tokens(role: SessionRole): number {
    return this.cells.tokens(this.columns.get(role)!);
  }

  private endsTurn(): boolean | undefined {
    const column = this.columns.get('stop');
    if (column === undefined || this.cells.isEmpty(column)) return undefined;
    return this.cells.text(column) === 'end_turn';
  }
}

const orderHint = 'Rows of one agent stand in the order of its calls';
