import type { TimeGrid } from '../../sim/kernel/timeGrid.js';
import type { Dice } from './dice.js';
import type { WorldStream, WorldTask } from './world.js';
import type { WorldStyle } from './worldStyle.js';

/** Streams and tasks of a world: sessions of several turns over shared prefixes, forks, siblings, bursts. */
export function randomSessions(
  dice: Dice,
  style: WorldStyle,
  grid: TimeGrid,
): { streams: WorldStream[]; tasks: WorldTask[] } {
  return new SessionMaker(dice, style, grid).make();
}

/** Tokens that sessions of a world have in common, as a system prompt. */
interface SharedPrefix {
  readonly stream: number;
  readonly tokens: number;
}

class SessionMaker {
  readonly #dice: Dice;
  readonly #style: WorldStyle;
  readonly #grid: TimeGrid;
  readonly #streams: WorldStream[] = [];
  readonly #tasks: WorldTask[] = [];
  /** Tasks that no other one spawns: their prompts hold no output. */
  readonly #firstTasks: number[] = [];
  /** `twins`: the only lengths. */
  readonly #twinLengths: { readonly fresh: number; readonly output: number };

  constructor(dice: Dice, style: WorldStyle, grid: TimeGrid) {
    this.#dice = dice;
    this.#style = style;
    this.#grid = grid;
    this.#twinLengths = {
      fresh: dice.int(1, style.maxFreshTokens),
      output: dice.int(1, style.maxOutputTokens),
    };
  }

  make(): { streams: WorldStream[]; tasks: WorldTask[] } {
    const prefixes = this.#sharedPrefixes();
    let atMs = this.#gapMs();
    while (this.#hasRoom) {
      if (!this.#dice.chance(this.#style.burstShare)) atMs += this.#gapMs();
      this.#addSession(prefixes, atMs);
    }
    return { streams: this.#streams, tasks: this.#tasks };
  }

  get #hasRoom(): boolean {
    return this.#tasks.length < this.#style.maxTasks;
  }

  #sharedPrefixes(): SharedPrefix[] {
    return Array.from({ length: this.#dice.int(0, 3) }, () => ({
      stream: this.#addStream(-1, 0),
      tokens: this.#wholeBlocks(this.#dice.int(1, this.#dice.pick([20, 200, 1000]))),
    }));
  }

  #addSession(prefixes: readonly SharedPrefix[], atMs: number): void {
    const first = this.#addFirstTask(prefixes, atMs);
    const turns = this.#style.kind === 'twins' ? this.#style.maxTurns : this.#turns();
    this.#followUp(first, turns);
    if (this.#style.kind === 'twins') this.#addTwins(first);
    else if (this.#dice.chance(0.15)) this.#addSamples(first);
  }

  #turns(): number {
    return this.#dice.int(0, this.#style.maxTurns - 1);
  }

  #addFirstTask(prefixes: readonly SharedPrefix[], atMs: number): number {
    const dice = this.#dice;
    const kind = dice.uniform();
    let stream = -1;
    let promptTokens = this.#freshTokens();
    if (prefixes.length > 0 && kind < 0.75) {
      const prefix = dice.pick(prefixes);
      const sharedTokens = dice.chance(0.8) ? prefix.tokens : dice.int(1, prefix.tokens);
      stream = this.#addStream(prefix.stream, sharedTokens);
      promptTokens = sharedTokens + (dice.chance(0.1) ? 0 : this.#freshTokens());
    } else if (this.#firstTasks.length > 0 && kind < 0.85) {
      // Part of some other prompt, which may be running just then.
      const other = this.#tasks[dice.pick(this.#firstTasks)]!;
      const sharedTokens = dice.int(1, other.promptTokens);
      stream = this.#addStream(other.stream, sharedTokens);
      promptTokens = sharedTokens + (dice.chance(0.3) ? 0 : this.#freshTokens());
    } else stream = this.#addStream(-1, 0);
    return this.#addTask(stream, promptTokens, atMs);
  }

  /** Goes on with the context of a task: a next turn, or forks of it (edits, regenerations, sub-agents). */
  #followUp(task: number, turns: number): void {
    if (turns <= 0) return;
    const dice = this.#dice;
    let hasNextTurn = false;
    for (let left = dice.pick([0, 1, 1, 1, 1, 2, 3]); left > 0 && this.#hasRoom; left--) {
      const { stream, promptTokens, outputTokens, spawns } = this.#tasks[task]!;
      const totalTokens = promptTokens + outputTokens;
      let nextStream = stream;
      let knownTokens = totalTokens;
      if (hasNextTurn || dice.chance(0.3)) {
        if (dice.chance(0.3)) knownTokens = dice.int(1, totalTokens);
        if (dice.chance(0.3)) knownTokens = this.#floorToBlock(knownTokens);
        nextStream = this.#addStream(stream, knownTokens);
      } else hasNextTurn = true;
      const freshTokens = dice.chance(0.1) ? 0 : this.#freshTokens();
      const next = this.#addTask(nextStream, knownTokens + freshTokens, undefined);
      const gapMs = dice.chance(this.#style.zeroGapShare) ? 0 : this.#gapMs();
      spawns.push({ task: next, gapMs });
      this.#followUp(next, turns - 1);
    }
  }

  /** Other outputs for the same prompt, at the same time or later. */
  #addSamples(first: number): void {
    const { stream, promptTokens, atMs } = this.#tasks[first]!;
    for (let left = this.#dice.int(1, 3); left > 0 && this.#hasRoom; left--) {
      const laterMs = this.#dice.chance(0.5) ? 0 : this.#gapMs();
      this.#addTask(this.#addStream(stream, promptTokens), promptTokens, atMs! + laterMs);
    }
  }

  /** Repeats a session with contexts of its own, so that each replica can get one. */
  #addTwins(first: number): void {
    const copies = this.#style.replicas * this.#dice.int(1, 2) - 1;
    for (let left = copies; left > 0; left--) this.#copySession(first, new Map());
  }

  #copySession(task: number, copyOfStream: Map<number, number>): number {
    const { stream, promptTokens, outputTokens, atMs, spawns } = this.#tasks[task]!;
    if (!copyOfStream.has(stream)) {
      const { parent, forkTokens } = this.#streams[stream]!;
      copyOfStream.set(stream, this.#addStream(copyOfStream.get(parent) ?? parent, forkTokens));
    }
    const copy = this.#addTask(copyOfStream.get(stream)!, promptTokens, atMs);
    this.#tasks[copy]!.outputTokens = outputTokens;
    for (const { task: next, gapMs } of spawns)
      this.#tasks[copy]!.spawns.push({ task: this.#copySession(next, copyOfStream), gapMs });
    return copy;
  }

  #addStream(parent: number, forkTokens: number): number {
    this.#streams.push({ parent, forkTokens });
    return this.#streams.length - 1;
  }

  #addTask(stream: number, promptTokens: number, atMs: number | undefined): number {
    const outputTokens = this.#outputTokens();
    this.#tasks.push({ stream, promptTokens, outputTokens, atMs, spawns: [] });
    if (atMs !== undefined) this.#firstTasks.push(this.#tasks.length - 1);
    return this.#tasks.length - 1;
  }

  #freshTokens(): number {
    return this.#style.kind === 'twins'
      ? this.#twinLengths.fresh
      : this.#wholeBlocks(this.#dice.int(1, this.#style.maxFreshTokens));
  }

  #outputTokens(): number {
    if (this.#style.kind === 'twins') return this.#twinLengths.output;
    if (this.#dice.chance(this.#style.shortOutputShare)) return this.#dice.int(1, 2);
    return this.#wholeBlocks(this.#dice.int(1, this.#style.maxOutputTokens));
  }

  #wholeBlocks(tokens: number): number {
    if (!this.#dice.chance(this.#style.wholeBlockShare)) return tokens;
    return Math.max(1, Math.round(tokens / this.#style.blockTokens)) * this.#style.blockTokens;
  }

  #floorToBlock(tokens: number): number {
    const { blockTokens } = this.#style;
    return Math.max(1, Math.floor(tokens / blockTokens) * blockTokens);
  }

  #gapMs(): number {
    return this.#grid.round(this.#dice.spread(this.#style.gapMs / 4, 4));
  }
}
