import { admissionOrders } from '../../sim/engine/admissionOrder.js';
import type { RandomWorld } from './randomWorld.js';
import { worldKinds } from './worldStyle.js';

/** Counts which situations the worlds of a test led to. A test that never meets one proves nothing about it. */
export class WorldReach {
  readonly #counts = new Map<string, number>();

  add(random: RandomWorld): void {
    this.#addOptions(random);
    const { reference, world } = random;
    this.#count('requests', world.tasks.length);
    this.#count('iterations', reference.iterations);
    this.#count('preemptions', sum(reference.preemptions));
    this.#count('evicted blocks', reference.evictedBlocks);
    this.#count('hit tokens', sum(reference.hitTokens));
    this.#count('computed tokens', reference.computedTokens);
    this.#count('cancelled requests', sum(reference.cancelled));
    this.#count('live forks', random.liveForks);
    for (const [name, count] of Object.entries(reference.reach)) this.#count(wordsOf(name), count);
    this.#count('waits for slots', positive(reference.slotsMs));
    this.#count('waits for KV blocks', positive(reference.kvBlocksMs));
    this.#count('waits for the token budget', positive(reference.tokenBudgetMs));
    this.#count('waits in line', positive(reference.headOfLineMs));
  }

  /** One line per kind of situation. */
  get lines(): string[] {
    return [...this.#counts].map(([name, count]) => `${name.padEnd(36)} ${count}`);
  }

  /** Situations met fewer than `minimum` times. */
  rarerThan(minimum: number): string[] {
    return [...this.#counts]
      .filter(([, count]) => count < minimum)
      .map(([name, count]) => `${name}: ${count}, fewer than ${minimum}`);
  }

  #addOptions({ kind, world }: RandomWorld): void {
    const { engine, cost, replicas, router } = world;
    this.#count('worlds', 1);
    for (const name of worldKinds) this.#count(`worlds: ${name}`, kind === name);
    this.#count('worlds: asynchronous', engine.asyncScheduling);
    this.#count('worlds: synchronous', !engine.asyncScheduling);
    this.#count('worlds: whole-sequence admission', engine.wholeSequenceAdmission);
    this.#count('worlds: first-chunk admission', !engine.wholeSequenceAdmission);
    this.#count('worlds: prefix cache', engine.prefixCache);
    this.#count('worlds: no prefix cache', !engine.prefixCache);
    for (const order of admissionOrders) this.#count(`worlds: ${order}`, engine.order === order);
    this.#count('worlds: speculative decoding', engine.speculation !== undefined);
    this.#count('worlds: several replicas', replicas > 1);
    this.#count('worlds: prefix-aware routing', replicas > 1 && router.policy === 'prefix-aware');
    this.#count('worlds: memory tiers', world.tiering !== undefined);
    this.#count('worlds: loads ahead', world.tiering?.prefetch === 'tool-return');
    this.#count('worlds: time to live', engine.ttlMs !== undefined);
    for (const kind of ['offload', 'cost-based', 'pin'])
      this.#count(`worlds: ${kind} over gaps`, engine.overGaps?.kind === kind);
    this.#count('worlds: windowed attention', cost.windowTokens > 0);
    this.#count('worlds: cost not affine', !cost.isAffine);
  }

  #count(name: string, amount: number | boolean): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + Number(amount));
  }
}

function sum(values: Int32Array | Uint8Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function positive(values: Float64Array): number {
  return values.filter((value) => value > 0).length;
}

/** `tiedEnds` → `tied ends`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
