import { expect, test } from 'vitest';
import { AgentContext } from '../../sim/agents/agentContext.js';
import { TokenStreams } from '../../sim/engine/tokenStreams.js';

/** A context of 100 tokens on a stream of its own. */
function contextOf100() {
  const streams = new TokenStreams();
  const context = new AgentContext(streams, streams.addRoot(), 0);
  context.append(100);
  context.beginCall();
  context.endCall(0, 0);
  return { streams, context };
}

test('appended text is computed with the next call, and what it writes belongs to the context', () => {
  const { streams, context } = contextOf100();
  context.append(7);
  context.append(3);
  expect([context.tokens, context.promptTokens]).toEqual([100, 110]);
  context.beginCall();
  context.endCall(20, 5);
  expect([context.tokens, context.promptTokens]).toEqual([130, 130]);
  expect(streams.live).toBe(1);
});

test('a call that is given up leaves its prompt pending, on a fork without what it wrote', () => {
  const { streams, context } = contextOf100();
  const before = context.stream;
  context.append(10);
  expect(context.isInCall).toBe(false);
  context.beginCall();
  context.append(5);
  expect([context.isInCall, context.tokens, context.promptTokens]).toEqual([true, 100, 115]);
  context.cancelCall();
  expect([context.isInCall, context.tokens, context.promptTokens]).toEqual([false, 100, 115]);
  expect([streams.parent[context.stream], streams.fork[context.stream]]).toEqual([before, 110]);
});

test('text that comes in during a call is not of it', () => {
  const { context } = contextOf100();
  context.append(10);
  context.beginCall();
  context.append(5);
  context.endCall(20, 0);
  expect([context.tokens, context.promptTokens]).toEqual([130, 135]);
});

test('a fork begins like the context, with what is pending, and leaves it alone', () => {
  const { streams, context } = contextOf100();
  context.append(10);
  const copy = context.fork();
  expect([copy.tokens, copy.promptTokens]).toEqual([100, 110]);
  expect(streams.parent[copy.stream]).toBe(context.stream);
  expect(streams.fork[copy.stream]).toBe(100);
  copy.beginCall();
  copy.endCall(50, 0);
  expect([context.tokens, context.promptTokens]).toEqual([100, 110]);
  copy.release();
  expect(streams.live).toBe(1);
});

test('dropped reasoning: what followed it is computed again, on a fork at the first of it', () => {
  const { streams, context } = contextOf100();
  const before = context.stream;
  // Call 1: 30 tokens of reasoning from 100 on, 20 of output. Call 2: 10 appended, 5 of reasoning, 15 of output.
  context.beginCall();
  context.endCall(50, 30);
  context.append(10);
  context.beginCall();
  context.endCall(20, 5);
  expect(context.tokens).toBe(180);
  context.dropReasoning();
  // 100 stay, 20 + 10 + 15 come again.
  expect([context.tokens, context.promptTokens]).toEqual([100, 145]);
  expect(streams.parent[context.stream]).toBe(before);
  expect(streams.fork[context.stream]).toBe(100);
  // Only once: there is none left.
  const { stream } = context;
  context.dropReasoning();
  expect([context.stream, context.promptTokens]).toEqual([stream, 145]);
  context.release();
  expect(streams.live).toBe(0);
});

test('compaction leaves the shared prefix and a summary', () => {
  const { streams, context } = contextOf100();
  const prefix = streams.addRoot();
  context.append(900);
  context.compact(prefix, 64, 30);
  expect([context.tokens, context.promptTokens]).toEqual([64, 94]);
  expect(streams.parent[context.stream]).toBe(prefix);
  expect(streams.fork[context.stream]).toBe(64);
  context.compact(-1, 0, 30);
  expect([context.tokens, context.promptTokens]).toEqual([0, 30]);
  expect(streams.parent[context.stream]).toBe(-1);
  // The prefix and the context: what was replaced is gone.
  expect(streams.live).toBe(2);
});
