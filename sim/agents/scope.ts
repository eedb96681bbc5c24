import type { AgentContext } from './agentContext.js';
import type { RunningJob } from './agentResource.js';
import type { SessionRun } from './sessionRun.js';

/** What the steps of a body work with: their session, the context that their calls read, and the sandbox that is held. */
export class Scope {
  readonly session: SessionRun;
  readonly context: AgentContext;
  private readonly outer: Scope | undefined;
  /** Sandboxes taken by steps of this scope, given back when its body ends. */
  private held: RunningJob[] | undefined = undefined;
  private ownsSandbox = false;

  constructor(session: SessionRun, context: AgentContext, outer?: Scope) {
    this.session = session;
    this.context = context;
    this.outer = outer;
  }

  /** A scope inside this one; with a context of its own, or the same. */
  inner(context: AgentContext = this.context): Scope {
    return new Scope(this.session, context, this);
  }

  get hasSandbox(): boolean {
    return this.ownsSandbox || (this.outer?.hasSandbox ?? false);
  }

  /** What a sandbox step got is held from the moment it asks. */
  hold(sandbox: RunningJob): void {
    this.held ??= [];
    this.held.push(sandbox);
  }

  sandboxIsUp(): void {
    this.ownsSandbox = true;
  }

  releaseHeld(timeMs: number): void {
    if (this.held === undefined) return;
    for (const sandbox of this.held) sandbox.release(timeMs);
    this.held = undefined;
    this.ownsSandbox = false;
  }
}
