import { lineage } from './lineage.js';
import type { ReferenceLoads, ReferencePlan } from './referenceLoads.js';
import type { KvBlock } from './referenceMemory.js';
import type { ReferenceReplica } from './referenceReplica.js';
import type { ReferenceReach } from './referenceResult.js';
import type { ReferenceSequence } from './referenceSequence.js';
import type { World } from './world.js';

interface Prefetch {
  readonly replica: ReferenceReplica;
  readonly stream: number;
  readonly context: readonly number[];
  readonly plan: ReferencePlan;
  transfers: number[];
  left: number;
  pin: { readonly stream: number; readonly blocks: readonly KvBlock[] };
  /** Who waits for it. */
  sequence: ReferenceSequence | undefined;
}

/** Loads of the reference engine that begin before their requests come. */
export class ReferencePrefetches {
  readonly #world: World;
  readonly #loads: ReferenceLoads;
  readonly #reach: ReferenceReach;
  readonly #onChange: (replica: ReferenceReplica) => void;
  readonly #byTask = new Map<number, Prefetch>();

  constructor(
    world: World,
    loads: ReferenceLoads,
    reach: ReferenceReach,
    onChange: (replica: ReferenceReplica) => void,
  ) {
    this.#world = world;
    this.#loads = loads;
    this.#reach = reach;
    this.#onChange = onChange;
  }

  begin(task: number, replica: ReferenceReplica, context: readonly number[]): void {
    const { stream, promptTokens } = this.#world.tasks[task]!;
    const plan = this.#loads.plan(context, promptTokens, replica);
    if (plan === undefined) return;
    const { memory } = replica.scheduler;
    const held = memory.present(context, plan.resident);
    const room = plan.reach - plan.resident;
    const unused = held.filter(({ references }) => references === 0).length;
    this.#onChange(replica);
    if (room > memory.available - unused) {
      this.#reach.prefetchesWithoutRoom++;
      return;
    }
    for (const block of held) memory.reference(block);
    const taken = Array.from({ length: room }, () => memory.take());
    const pin = { stream, blocks: [...held, ...taken] };
    memory.pins.push(pin);
    this.#reach.prefetches++;
    const left = plan.counts.filter((count) => count > 0).length;
    const start = { replica, stream, context, plan, transfers: [], left, pin };
    const prefetch: Prefetch = { ...start, sequence: undefined };
    prefetch.transfers = this.#loads.start(plan, context, replica, (nowMs) =>
      this.#piece(prefetch, nowMs),
    );
    this.#byTask.set(task, prefetch);
  }

  /** The request is at a replica; true: it waits for what is under way. */
  meet(sequence: ReferenceSequence, replica: ReferenceReplica): boolean {
    const prefetch = this.#byTask.get(sequence.task);
    if (prefetch === undefined) return false;
    if (prefetch.replica !== replica) {
      this.#reach.prefetchesElsewhere++;
      this.forget(sequence.task);
      return false;
    }
    if (!replica.scheduler.memory.pins.includes(prefetch.pin)) this.#reach.prefetchesPushedOut++;
    if (prefetch.left === 0) {
      this.#reach.prefetchesInTime++;
      return false;
    }
    this.#reach.prefetchesMet++;
    this.#byTask.delete(sequence.task);
    this.#unpin(prefetch);
    prefetch.sequence = sequence;
    this.#loads.claim(sequence, prefetch);
    return true;
  }

  forget(task: number): void {
    const prefetch = this.#byTask.get(task);
    if (prefetch === undefined) return;
    this.#byTask.delete(task);
    this.#reach.prefetchesForgotten++;
    this.#loads.stop(prefetch.transfers);
    this.#unpin(prefetch);
  }

  noteEnd(task: number): void {
    this.#byTask.delete(task);
  }

  #piece(prefetch: Prefetch, nowMs: number): void {
    prefetch.left--;
    if (prefetch.sequence !== undefined) this.#loads.piece(prefetch.sequence, nowMs);
    else if (prefetch.left === 0) this.#cache(prefetch);
  }

  #cache(prefetch: Prefetch): void {
    const { replica, stream, context, plan } = prefetch;
    const { memory, running } = replica.scheduler;
    if (!memory.pins.includes(prefetch.pin)) {
      this.#reach.prefetchesPushedOut++;
      return;
    }
    this.#unpin(prefetch);
    const ancestors = lineage(this.#world.streams, stream);
    if (running.some((other) => ancestors.includes(other.stream))) {
      this.#reach.prefetchesOfWritten++;
      return;
    }
    for (let index = memory.pins.length - 1; index >= 0; index--)
      if (memory.pins[index]!.stream === stream) memory.unpin(index);
    const blocks = memory.present(context, plan.reach);
    for (const block of blocks) memory.reference(block);
    while (blocks.length < plan.reach) {
      const block = memory.take();
      memory.register(block, context[blocks.length]!, context[blocks.length - 1]);
      blocks.push(block);
    }
    prefetch.pin = { stream, blocks };
    replica.scheduler.shareArrived();
    memory.pins.push(prefetch.pin);
  }

  #unpin({ replica, pin }: Prefetch): void {
    const { memory } = replica.scheduler;
    const index = memory.pins.indexOf(pin);
    if (index < 0) return;
    memory.unpin(index);
    this.#onChange(replica);
  }
}
