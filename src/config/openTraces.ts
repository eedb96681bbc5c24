import { dirname, join, resolve } from 'node:path';
import { readAnyTrace } from '../traces/readAnyTrace.js';
import type { RecordedTrace, TraceFormat } from '../traces/traceReading.js';
import { packageRoot, shownName } from './library.js';
import type { Loading } from './loading.js';
import type { DocumentPath } from './readDocument.js';
import { isPath } from './reference.js';

/** Reads the trace that a value names; undefined when it cannot be used, which is reported. */
export type OpenTrace = (
  written: string,
  format: TraceFormat,
  path: DocumentPath,
) => RecordedTrace | undefined;

/**
 * Opens traces of an experiment, each once. A name is looked up in the data folder: the one given by the
 * caller, else `data:` of the file, else INFLOW_DATA, else `../shared/data` beside the project.
 */
export function openTraces(
  loading: Loading,
  dataKey: string | undefined,
  dataFolder: string | undefined,
): OpenTrace {
  const experimentFolder = dirname(resolve(loading.file));
  const named = process.env['INFLOW_DATA'];
  const folder =
    dataFolder ??
    (dataKey === undefined ? undefined : resolve(experimentFolder, dataKey)) ??
    (named ? resolve(named) : join(packageRoot(), '..', 'shared', 'data'));
  const opened = new Map<string, RecordedTrace | undefined>();

  const open: OpenTrace = (written, format, path) => {
    const file = resolve(isPath(written) ? experimentFolder : folder, written);
    const reading = readAnyTrace(file, format, shownName(file));
    if (reading.ok) {
      loading.mistakes.addAll(reading.warnings);
      return reading.trace;
    }
    const [first] = reading.mistakes;
    const isMissing = first?.code === 'E_ABSENT' || first?.code === 'E_FILE';
    if (isMissing)
      return loading.report({
        code: first.code,
        message: `${shownName(file)}: ${first.message}`,
        path,
        hint: whereToGet(written, shownName(folder)),
      });
    loading.mistakes.addAll(reading.mistakes);
    return undefined;
  };
  return (written, format, path) => {
    const key = JSON.stringify([written, format]);
    if (!opened.has(key)) opened.set(key, open(written, format, path));
    return opened.get(key);
  };
}

/** Public sources of the traces that shipped experiments replay. */
const sources: readonly (readonly [pattern: RegExp, source: string])[] = [
  [/azure_(code|conv)_2023/, 'github.com/Azure/AzurePublicDataset (LLM inference traces 2023)'],
  [/mooncake_/, 'github.com/kvcache-ai/Mooncake (FAST25-release/traces)'],
];

function whereToGet(written: string, folder: string): string {
  const source = sources.find(([pattern]) => pattern.test(written))?.[1];
  const get = source === undefined ? '' : `It is published at ${source}. `;
  if (isPath(written)) return `${get}The path is relative to the experiment file`;
  return `${get}Put it below ${folder}, or name another data folder: data: in the file, or INFLOW_DATA`;
}
