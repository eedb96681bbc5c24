import { type LoggedRequest, type RequestRecord, requestRecord } from './recordedRequests.js';

type Json = Readonly<Record<string, unknown>>;

/**
 * Requests out of what a benchmark wrote: vLLM bench (`--save-result --save-detailed`), AIPerf
 * (`profile_export.jsonl`) or guidellm (`benchmarks.json`). Undefined: none of them, or without single requests.
 */
export function loggedRequests(text: string): RequestRecord | undefined {
  const documents = parsed(text);
  const requests =
    documents.length === 1
      ? (ofVllmBench(documents[0]!) ?? ofGuidellm(documents[0]!) ?? ofAiperf(documents))
      : ofAiperf(documents);
  return requests === undefined || requests.length === 0 ? undefined : requestRecord(requests);
}

/** One document, or one per line. */
function parsed(text: string): Json[] {
  try {
    return [JSON.parse(text) as Json];
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    try {
      return lines.map((line) => JSON.parse(line) as Json);
    } catch {
      return [];
    }
  }
}

/** Columns of equal length; times in seconds. */
function ofVllmBench(document: Json): LoggedRequest[] | undefined {
  const columns = ['start_times', 'input_lens', 'output_lens', 'ttfts', 'itls'].map(
    (name) => document[name],
  );
  if (!columns.every(Array.isArray)) return undefined;
  const [starts, inputs, outputs, ttfts, gaps] = columns as [
    number[],
    number[],
    number[],
    number[],
    number[][],
  ];
  return starts.map((start, index) => {
    const ttftMs = 1000 * ttfts[index]!;
    const decodeMs = 1000 * gaps[index]!.reduce((sum, gap) => sum + gap, 0);
    return {
      sentMs: 1000 * start,
      promptTokens: inputs[index]!,
      outputTokens: outputs[index]!,
      ttftMs,
      e2eMs: ttftMs + decodeMs,
    };
  });
}

/** A record per line: `metadata` with nanoseconds, `metrics` with value and unit. */
function ofAiperf(documents: readonly Json[]): LoggedRequest[] | undefined {
  const found = documents.flatMap((record): LoggedRequest[] => {
    const metadata = record['metadata'] as Json | undefined;
    const metrics = record['metrics'] as Readonly<Record<string, Json>> | undefined;
    if (metadata === undefined || metrics === undefined || metrics['request_latency'] === undefined)
      return [];
    const value = (name: string) => Number(metrics[name]?.['value']);
    const ms = (name: string) =>
      value(name) * ({ ns: 1e-6, us: 1e-3, s: 1000 }[String(metrics[name]?.['unit'])] ?? 1);
    return [
      {
        sentMs: Number(metadata['request_start_ns']) / 1e6,
        promptTokens: value('input_sequence_length'),
        outputTokens: value('output_sequence_length'),
        ttftMs: ms('time_to_first_token'),
        e2eMs: ms('request_latency'),
      },
    ];
  });
  return found.length === 0 ? undefined : found;
}

/** The successful requests of the first benchmark. */
function ofGuidellm(document: Json): LoggedRequest[] | undefined {
  const [benchmark] = (document['benchmarks'] as Json[] | undefined) ?? [];
  const requests = (benchmark?.['requests'] as Json | undefined)?.['successful'];
  if (!Array.isArray(requests)) return undefined;
  return (requests as Json[]).map((request) => {
    const startMs = 1000 * Number(request['request_start_time'] ?? request['start_time']);
    const endMs = 1000 * Number(request['request_end_time'] ?? request['end_time']);
    return {
      sentMs: startMs,
      promptTokens: Number(request['prompt_tokens']),
      outputTokens: Number(request['output_tokens']),
      ttftMs: Number(request['time_to_first_token_ms']),
      e2eMs: endMs - startMs,
    };
  });
}
