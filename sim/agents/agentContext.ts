import type { TokenStreams } from '../engine/tokenStreams.js';

/**
 * The context of a session or sub-agent: a token stream and how many of its tokens are the context now.
 * Text that came in since the last call (tool results, the human's words) is pending: it is computed with
 * the next call. Nothing is sampled about caching: a call hits what of its stream is cached where it lands.
 */
export class AgentContext {
  /** Tokens of the stream that belong to the context. */
  tokens: number;
  private readonly streams: TokenStreams;
  private streamId: number;
  private pendingTokens = 0;
  /** Tokens that were pending when the call under way was made; −1: there is none. */
  private callTokens = -1;
  /** Where the first reasoning of this turn began, and how much there was; −1: none. */
  private reasoningFrom = -1;
  private reasoningTokens = 0;

  constructor(streams: TokenStreams, stream: number, tokens: number) {
    this.streams = streams;
    this.streamId = stream;
    this.tokens = tokens;
  }

  get stream(): number {
    return this.streamId;
  }

  /** Tokens of a call that is made now and appends nothing. */
  get promptTokens(): number {
    return this.tokens + Math.max(0, this.callTokens) + this.pendingTokens;
  }

  /** A call of it is under way: another one has to work on a fork. */
  get isInCall(): boolean {
    return this.callTokens >= 0;
  }

  /** Text that the next call has to compute. */
  append(tokens: number): void {
    this.pendingTokens += tokens;
  }

  /** A call is made of everything up to now. */
  beginCall(): void {
    this.callTokens = this.pendingTokens;
    this.pendingTokens = 0;
  }

  /**
   * The call was given up: its prompt is pending again. What it wrote is none of the context, and an engine may
   * go on with it for an iteration, so the context goes on as a fork.
   */
  cancelCall(): void {
    const callTokens = Math.max(0, this.callTokens);
    this.replace(this.streams.addFork(this.streamId, this.tokens + callTokens));
    this.pendingTokens += callTokens;
    this.callTokens = -1;
  }

  /** The call wrote `generatedTokens`, the first `reasoningTokens` of them reasoning. */
  endCall(generatedTokens: number, reasoningTokens: number): void {
    const promptTokens = this.tokens + Math.max(0, this.callTokens);
    if (reasoningTokens > 0) {
      if (this.reasoningFrom < 0) this.reasoningFrom = promptTokens;
      this.reasoningTokens += reasoningTokens;
    }
    this.tokens = promptTokens + generatedTokens;
    this.callTokens = -1;
  }

  /** The human answers: reasoning of the turn is dropped. What followed it must be computed again. */
  dropReasoning(): void {
    if (this.reasoningFrom < 0) return;
    const keptTokens = this.tokens - this.reasoningTokens;
    this.replace(this.streams.addFork(this.streamId, this.reasoningFrom));
    this.pendingTokens += keptTokens - this.reasoningFrom;
    this.tokens = this.reasoningFrom;
    this.reasoningFrom = -1;
    this.reasoningTokens = 0;
  }

  /** The context is replaced by a prefix of `prefixStream` and a summary. */
  compact(prefixStream: number, prefixTokens: number, summaryTokens: number): void {
    this.replace(
      prefixStream < 0 ? this.streams.addRoot() : this.streams.addFork(prefixStream, prefixTokens),
    );
    this.tokens = prefixStream < 0 ? 0 : prefixTokens;
    this.pendingTokens = summaryTokens;
    this.reasoningFrom = -1;
    this.reasoningTokens = 0;
  }

  /** A context that begins like this one: a copy of a parallel step works on it. The caller releases it. */
  fork(): AgentContext {
    const copy = new AgentContext(
      this.streams,
      this.streams.addFork(this.streamId, this.tokens),
      this.tokens,
    );
    copy.append(this.promptTokens - this.tokens);
    return copy;
  }

  release(): void {
    this.streams.release(this.streamId);
  }

  private replace(stream: number): void {
    this.streams.release(this.streamId);
    this.streamId = stream;
  }
}
