import type { DecodingRows } from './decodingRows.js';
import { DraftAcceptance, type Drafting } from './draftAcceptance.js';
import { RunTiming } from './runTiming.js';
import type { SequenceTable } from './sequenceTable.js';

/**
 * Decoding sequences under speculative decoding: each form computes 1 + k tokens of every row and keeps as
 * many as its draw says. Contexts grow irregularly, so rows are walked form by form: what a run of equal
 * batches computes is planned when it is formed. `offset` is kept such that computed tokens = forms + offset.
 */
export class SpeculatingRows implements DecodingRows {
  forms = 0;
  count = 0;
  contextTokens = 0;
  windowedTokens = 0;
  readonly growingCount = 0;
  readonly tokensPerRow: number;
  private readonly table: SequenceTable;
  private readonly acceptance: DraftAcceptance;
  private readonly blockShift: number;
  private readonly blockMask: number;
  private readonly windowTokens: number;
  /** As they came: prompts complete in order of admission, KV comes in any order. */
  private readonly rows: number[] = [];
  private first = -1;
  /** `forms` at the first batch of the planned run. By its batches: contexts; tokens given and blocks taken, summed from the first. */
  private planStart = 0;
  private readonly contexts = new Float64Array(RunTiming.maxListed + 1);
  private readonly windowed = new Float64Array(RunTiming.maxListed + 1);
  private readonly given = new Float64Array(RunTiming.maxListed + 1);
  private readonly blocks = new Float64Array(RunTiming.maxListed + 1);
  /** Per row of the plan: computed tokens and held blocks as the walk goes. */
  private walkComputed = new Int32Array(16);
  private walkHeld = new Int32Array(16);

  constructor(
    table: SequenceTable,
    options: { blockShift: number; windowTokens: number },
    drafting: Drafting,
  ) {
    this.table = table;
    table.drafts = true;
    this.blockShift = options.blockShift;
    this.blockMask = (1 << options.blockShift) - 1;
    this.windowTokens = options.windowTokens;
    this.acceptance = new DraftAcceptance(drafting);
    this.tokensPerRow = 1 + drafting.draftTokens;
  }

  get formsUntilFinish(): number {
    return this.table.finishForm[this.firstToFinish]! - this.forms;
  }

  get firstToFinish(): number {
    if (this.first >= 0) return this.first;
    const { finishForm, order } = this.table;
    let first = this.rows[0]!;
    for (const row of this.rows) {
      const laterForms = finishForm[row]! - finishForm[first]!;
      if (laterForms < 0 || (laterForms === 0 && order[row]! < order[first]!)) first = row;
    }
    this.first = first;
    return first;
  }

  get nextBlocks(): number {
    let blocks = 0;
    for (const row of this.rows) blocks += this.nextBlocksOf(row);
    return blocks;
  }

  add(sequence: number, computed: number, tokensLeft: number): void {
    const table = this.table;
    table.offset[sequence] = computed - this.forms;
    table.heldBlocks[sequence] = this.blocksOf(computed);
    const seed = table.seed[sequence]!;
    let round = table.decodeRounds[sequence]!;
    for (let left = tokensLeft; left > 0; round++) left -= this.acceptance.tokensOf(seed, round);
    table.finishForm[sequence] = this.forms + round - table.decodeRounds[sequence]!;
    this.rows.push(sequence);
    this.count++;
    this.first = -1;
  }

  remove(sequence: number): number {
    this.rows.splice(this.rows.indexOf(sequence), 1);
    this.count--;
    this.first = -1;
    return this.forms + this.table.offset[sequence]!;
  }

  advance(formCount: number): void {
    for (let left = formCount; left > 0; left--) this.advanceOnce();
  }

  /** The last form begins a run: its batch is the first of the plan. */
  beginRun(): void {
    this.planStart = this.forms;
    this.contexts[0] = this.contextTokens;
    this.windowed[0] = this.windowedTokens;
    this.blocks[0] = 0;
    let given = 0;
    for (const row of this.rows) given += this.table.lastTokens[row]!;
    this.given[0] = given;
  }

  formsInsideWindow(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  nextBlocksOf(sequence: number): number {
    const { offset, heldBlocks } = this.table;
    const computed = this.forms + offset[sequence]!;
    return Math.max(0, this.blocksOf(computed + this.tokensPerRow) - heldBlocks[sequence]!);
  }

  blocksFor(formCount: number): number {
    const from = this.forms - this.planStart;
    return this.blocks[from + formCount]! - this.blocks[from]!;
  }

  contextTokensOver(formCount: number): number {
    const from = this.forms - this.planStart;
    let sum = 0;
    for (let form = from + 1; form <= from + formCount; form++) sum += this.contexts[form]!;
    return sum;
  }

  /** Plans that many further forms: walks the rows until the blocks end. */
  formsThatFit(formCount: number, availableBlocks: number): number {
    const table = this.table;
    const rows = this.rows;
    if (formCount > 0) this.startWalk();
    for (let form = 1; form <= formCount; form++) {
      let contexts = 0;
      let windowed = 0;
      let blocks = this.blocks[form - 1]!;
      let given = this.given[form - 1]!;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        const before = this.walkComputed[i]!;
        const reach = before + this.tokensPerRow;
        const held = this.blocksOf(reach);
        if (held > this.walkHeld[i]!) {
          blocks += held - this.walkHeld[i]!;
          this.walkHeld[i] = held;
        }
        contexts += reach;
        windowed += Math.min(reach, this.windowTokens);
        const tokens = this.tokensOf(row, before, table.decodeRounds[row]! + form - 1);
        given += tokens;
        this.walkComputed[i] = before + tokens;
      }
      if (blocks > availableBlocks) return form - 1;
      this.contexts[form] = contexts;
      this.windowed[form] = windowed;
      this.given[form] = given;
      this.blocks[form] = blocks;
    }
    return formCount;
  }

  heldBlocks(sequence: number): number {
    return this.table.heldBlocks[sequence]!;
  }

  /** Of batch `index` of the planned run: the contexts that it reads. */
  contextsAt(index: number): number {
    return this.contexts[index]!;
  }

  windowedAt(index: number): number {
    return this.windowed[index]!;
  }

  /** Tokens that the first `batches` of the planned run give. */
  givenIn(batches: number): number {
    return batches === 0 ? 0 : this.given[batches - 1]!;
  }

  /** Tokens that a row, or one just removed, got in the last form. */
  lastTokensOf(sequence: number): number {
    return this.table.lastTokens[sequence]!;
  }

  private advanceOnce(): void {
    const { offset, heldBlocks, decodeRounds, lastTokens } = this.table;
    let contexts = 0;
    let windowed = 0;
    for (const row of this.rows) {
      const before = this.forms + offset[row]!;
      const reach = before + this.tokensPerRow;
      const tokens = this.tokensOf(row, before, decodeRounds[row]!);
      heldBlocks[row] = Math.max(heldBlocks[row]!, this.blocksOf(reach));
      decodeRounds[row]!++;
      lastTokens[row] = tokens;
      // One of them is the form itself.
      offset[row]! += tokens - 1;
      contexts += reach;
      windowed += Math.min(reach, this.windowTokens);
    }
    this.forms++;
    this.contextTokens = contexts;
    this.windowedTokens = windowed;
  }

  private startWalk(): void {
    const rows = this.rows;
    const { offset, heldBlocks } = this.table;
    if (this.walkComputed.length < rows.length) {
      this.walkComputed = new Int32Array(2 * rows.length);
      this.walkHeld = new Int32Array(2 * rows.length);
    }
    for (let i = 0; i < rows.length; i++) {
      this.walkComputed[i] = this.forms + offset[rows[i]!]!;
      this.walkHeld[i] = heldBlocks[rows[i]!]!;
    }
  }

  /** What a row with so many computed tokens is given in a decode iteration: never beyond its output. */
  private tokensOf(row: number, computed: number, round: number): number {
    const { seed, promptTokens, outputTokens } = this.table;
    const left = promptTokens[row]! + outputTokens[row]! - 1 - computed;
    return Math.min(this.acceptance.tokensOf(seed[row]!, round), left);
  }

  private blocksOf(tokens: number): number {
    return (tokens + this.blockMask) >> this.blockShift;
  }
}
