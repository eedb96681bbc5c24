/** One block in a store of a memory tier. */
interface StoredBlock {
  /** Names of the context's blocks, of which this one is at `index`. */
  readonly context: readonly number[];
  readonly index: number;
}

/** One store of a memory tier, block by block: whole prefixes, the least recently used block leaves first. */
export class ReferenceTier {
  readonly capacity: number;
  evicted = 0;
  /** By name, oldest first. */
  readonly #blocks = new Map<number, StoredBlock>();
  /** Gets the prefix that ends with an evicted block. */
  readonly #onEviction: ((context: readonly number[], blocks: number) => void) | undefined;

  constructor(
    capacity: number,
    onEviction: ((context: readonly number[], blocks: number) => void) | undefined,
  ) {
    this.capacity = capacity;
    this.#onEviction = onEviction;
  }

  /** Names, oldest first. */
  get identities(): number[] {
    return [...this.#blocks.keys()];
  }

  /** Leading blocks of a context that are here. */
  present(context: readonly number[], limit: number): number {
    let found = 0;
    while (found < limit && this.#blocks.has(context[found]!)) found++;
    return found;
  }

  /** Writes or uses the first blocks of a context, as many as there can be. Returns how many were written. */
  put(context: readonly number[], blocks: number): number {
    const count = Math.min(blocks, this.capacity);
    const present = this.present(context, count);
    for (let index = 0; index < present; index++) this.#blocks.delete(context[index]!);
    while (this.#blocks.size + count > this.capacity) this.#evictOldest();
    for (let index = count - 1; index >= 0; index--)
      this.#blocks.set(context[index]!, { context, index });
    return count - present;
  }

  #evictOldest(): void {
    const [[identity, { context, index }]] = this.#blocks as unknown as [[number, StoredBlock]];
    this.#blocks.delete(identity);
    this.evicted++;
    this.#onEviction?.(context, index + 1);
  }
}
