import { choice } from '../config/choiceSchema.js';
import { describeFound } from '../config/inputSchema.js';
import type { MistakeList } from '../mistakes/mistakes.js';
import type { SourceText } from '../mistakes/sourceText.js';
import { JsonValue } from './jsonValue.js';
import { measuredNumbers } from './measuredNumbers.js';
import { type LoggedRequest, type RequestRecord, requestRecord } from './recordedRequests.js';

const { instant, tokensOrNone, durationOrNone } = measuredNumbers;

/**
 * Requests out of what a benchmark wrote: vLLM bench (`--save-result --save-detailed`), AIPerf
 * (`profile_export.jsonl`) or guidellm (`benchmarks.json`). Undefined: none of them, or without single requests.
 * Numbers that are absent were not measured; what is there instead of a number is noted.
 */
export function loggedRequests(
  source: SourceText,
  mistakes: MistakeList,
): RequestRecord | undefined {
  const documents = parsed(source, mistakes);
  const requests =
    documents.length === 1
      ? (ofVllmBench(documents[0]!) ?? ofGuidellm(documents[0]!) ?? ofAiperf(documents))
      : ofAiperf(documents);
  return requests === undefined || requests.length === 0 ? undefined : requestRecord(requests);
}

/** One document, or one per line. */
function parsed(source: SourceText, mistakes: MistakeList): JsonValue[] {
  const documentAt = (start: number, text: string) =>
    new JsonValue(JSON.parse(text), '', (message) => {
      mistakes.add(source.placeOf(start, start + 1), { code: 'E_VALUE', message });
    });
  try {
    return [documentAt(Math.max(0, source.text.search(/\S/)), source.text)];
  } catch {
    return lineDocuments(source.text, documentAt);
  }
}

function lineDocuments(
  text: string,
  documentAt: (start: number, text: string) => JsonValue,
): JsonValue[] {
  const documents: JsonValue[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    try {
      if (line.trim() !== '') documents.push(documentAt(start, line));
    } catch {
      return [];
    }
    start += line.length + 1;
  }
  return documents;
}

/** Columns of equal length; times in seconds. */
function ofVllmBench(document: JsonValue): LoggedRequest[] | undefined {
  const columnNames = ['start_times', 'input_lens', 'output_lens', 'ttfts', 'itls'];
  const columns = columnNames.map((name) => document.at(name));
  const lists = columns.flatMap(({ items }) => (items === undefined ? [] : [items]));
  if (lists.length < columns.length) return undefined;
  const [starts, inputs, outputs, ttfts, gaps] = lists as [
    JsonValue[],
    JsonValue[],
    JsonValue[],
    JsonValue[],
    JsonValue[],
  ];
  const wrong = lists.findIndex(({ length }) => length !== starts.length);
  if (wrong >= 0) {
    const found = lists[wrong]!.length;
    columns[wrong]!.wrong(`expected ${starts.length} items as in start_times, found ${found}`);
    return [];
  }
  return starts.map((start, index) => {
    const ttftMs = 1000 * ttfts[index]!.measured(durationOrNone);
    const between = gaps[index]!.items;
    if (between === undefined)
      gaps[index]!.wrong(`expected a list of times, found ${describeFound(gaps[index]!.value)}`);
    const decodeMs =
      1000 * (between ?? []).reduce((sum, gap) => sum + gap.needed(durationOrNone), 0);
    return {
      sentMs: 1000 * start.needed(instant),
      promptTokens: inputs[index]!.measured(tokensOrNone),
      outputTokens: outputs[index]!.measured(tokensOrNone),
      ttftMs,
      e2eMs: ttftMs + decodeMs,
    };
  });
}

const msPerUnit = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, sec: 1000 } as const;
const unitOfTime = choice('a unit of time', Object.keys(msPerUnit) as (keyof typeof msPerUnit)[]);

/** A record per line: `metadata` with nanoseconds, `metrics` with value and unit. */
function ofAiperf(documents: readonly JsonValue[]): LoggedRequest[] | undefined {
  const found = documents.flatMap((record): LoggedRequest[] => {
    const [metadata, metrics] = [record.at('metadata'), record.at('metrics')];
    // Requests that failed have no latency.
    if (metadata.isAbsent || metrics.at('request_latency').isAbsent) return [];
    const tokens = (name: string) => metrics.at(name).at('value').measured(tokensOrNone);
    const ms = (name: string) => {
      const metric = metrics.at(name);
      if (metric.isAbsent) return Number.NaN;
      const unit = metric.at('unit').read(unitOfTime);
      const factor = unit === undefined ? Number.NaN : msPerUnit[unit];
      return metric.at('value').needed(unit === 'ns' ? instant : durationOrNone) * factor;
    };
    return [
      {
        sentMs: metadata.at('request_start_ns').needed(instant) / 1e6,
        promptTokens: tokens('input_sequence_length'),
        outputTokens: tokens('output_sequence_length'),
        ttftMs: ms('time_to_first_token'),
        e2eMs: ms('request_latency'),
      },
    ];
  });
  return found.length === 0 ? undefined : found;
}

/** The successful requests of the first benchmark. */
function ofGuidellm(document: JsonValue): LoggedRequest[] | undefined {
  const requests = document.at('benchmarks').at(0).at('requests').at('successful').items;
  return requests?.map((request) => {
    const time = (name: string) => {
      const named = request.at(`request_${name}`);
      return 1000 * (named.isAbsent ? request.at(name) : named).needed(instant);
    };
    const startMs = time('start_time');
    return {
      sentMs: startMs,
      promptTokens: request.at('prompt_tokens').measured(tokensOrNone),
      outputTokens: request.at('output_tokens').measured(tokensOrNone),
      ttftMs: request.at('time_to_first_token_ms').measured(durationOrNone),
      e2eMs: time('end_time') - startMs,
    };
  });
}
