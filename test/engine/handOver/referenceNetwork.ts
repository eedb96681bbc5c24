import type { TimeGrid } from '../../../sim/kernel/timeGrid.js';

export interface ReferenceTransfer {
  readonly links: readonly number[];
  readonly bytes: number;
  readonly onDone: () => void;
  leftBytes: number;
  bytesPerMs: number;
  sinceMs: number;
  endMs: number;
  /** When its end was last planned, counted with everything else that arrives. */
  order: number;
}

interface ReferenceLink {
  readonly bytesPerMs: number;
  bytes: number;
  busyMs: number;
  busySinceMs: number;
}

/** Links whose transfers share them equally; the slowest share of a transfer is its pace. */
export class ReferenceNetwork {
  readonly links: ReferenceLink[] = [];
  /** In the order in which they started. */
  readonly transfers: ReferenceTransfer[] = [];
  readonly #grid: TimeGrid;
  readonly #nextOrder: () => number;

  constructor(grid: TimeGrid, nextOrder: () => number) {
    this.#grid = grid;
    this.#nextOrder = nextOrder;
  }

  addLink(bytesPerMs: number): number {
    this.links.push({ bytesPerMs, bytes: 0, busyMs: 0, busySinceMs: 0 });
    return this.links.length - 1;
  }

  /** The transfer that ends first. */
  get next(): ReferenceTransfer | undefined {
    return this.transfers.toSorted((a, b) => a.endMs - b.endMs || a.order - b.order)[0];
  }

  start(
    links: readonly number[],
    bytes: number,
    nowMs: number,
    onDone: () => void,
  ): ReferenceTransfer {
    const transfer: ReferenceTransfer = {
      links,
      bytes,
      onDone,
      leftBytes: bytes,
      bytesPerMs: 0,
      sinceMs: nowMs,
      endMs: Number.NaN,
      order: -1,
    };
    for (const link of links)
      if (this.#on(link).length === 0) this.links[link]!.busySinceMs = nowMs;
    this.transfers.push(transfer);
    this.#share(transfer, nowMs);
    return transfer;
  }

  /** What moved layer by layer before: as if it had the link for itself. */
  noteUnseen(link: number, bytes: number): void {
    this.links[link]!.bytes += bytes;
    this.links[link]!.busyMs += bytes / this.links[link]!.bytesPerMs;
  }

  /** It has moved all its bytes, or nobody wants the rest. */
  leave(transfer: ReferenceTransfer, nowMs: number, isDone: boolean): void {
    const place = this.transfers.indexOf(transfer);
    if (place < 0) return;
    this.transfers.splice(place, 1);
    for (const link of transfer.links) {
      if (isDone) this.links[link]!.bytes += transfer.bytes;
      if (this.#on(link).length === 0)
        this.links[link]!.busyMs += nowMs - this.links[link]!.busySinceMs;
    }
    this.#share(transfer, nowMs);
  }

  #on(link: number): ReferenceTransfer[] {
    return this.transfers.filter(({ links }) => links.includes(link));
  }

  #share({ links }: ReferenceTransfer, nowMs: number): void {
    for (const link of links) for (const other of this.#on(link)) this.#pace(other, nowMs);
  }

  #pace(transfer: ReferenceTransfer, nowMs: number): void {
    const shares = transfer.links.map(
      (link) => this.links[link]!.bytesPerMs / this.#on(link).length,
    );
    const bytesPerMs = Math.min(...shares);
    if (bytesPerMs === transfer.bytesPerMs) return;
    const moved = (nowMs - transfer.sinceMs) * transfer.bytesPerMs;
    transfer.leftBytes = Math.max(0, transfer.leftBytes - moved);
    transfer.sinceMs = nowMs;
    transfer.bytesPerMs = bytesPerMs;
    transfer.endMs = nowMs + this.#grid.round(transfer.leftBytes / bytesPerMs);
    transfer.order = this.#nextOrder();
  }
}
