/** Calls of the past that later ones may go on from. One that is followed by a longer one is forgotten. */
export class ElderCalls {
  /** In order of time; their lengths fall. */
  private readonly calls: number[] = [];
  private readonly tokens: number[] = [];

  /** A call later than all before, whose context came to so many tokens. */
  add(call: number, tokens: number): void {
    while (this.tokens.length > 0 && this.tokens[this.tokens.length - 1]! <= tokens) {
      this.calls.pop();
      this.tokens.pop();
    }
    this.calls.push(call);
    this.tokens.push(tokens);
  }

  /** The latest call with at least so many tokens; the longest when none has them. Undefined when there was no call. */
  latestWith(tokens: number): { readonly call: number; readonly tokens: number } | undefined {
    if (this.calls.length === 0) return undefined;
    let low = 0;
    let high = this.calls.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.tokens[middle]! >= tokens) low = middle;
      else high = middle - 1;
    }
    return { call: this.calls[low]!, tokens: this.tokens[low]! };
  }
}
