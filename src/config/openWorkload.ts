import type { z } from 'zod';
import { checkHeavyTail } from './checkHeavyTail.js';
import { type Report, readPart } from './inputSchema.js';
import type { Loading } from './loading.js';
import type { DocumentPath } from './readDocument.js';
import { reportTo } from './reportTo.js';
import { type inlineWorkloadSchema, type requestSchema, workloadSchema } from './workloadSchema.js';

/** A workload, written in the experiment or in a file of its own. */
export interface OpenedWorkload {
  readonly name: string;
  readonly interactive: boolean;
  readonly request: z.infer<typeof requestSchema>;
  /** Where the experiment names its model role, or the workload that does. */
  readonly rolePath: DocumentPath;
}

/** The workload that a value of the experiment is or names; undefined when it cannot be used, which is reported. */
export function openWorkload(
  written: string | z.infer<typeof inlineWorkloadSchema>,
  path: DocumentPath,
  loading: Loading,
): OpenedWorkload | undefined {
  if (typeof written !== 'string') {
    checkRequest(written.request, [...path, 'request'], loading.report, loading.warn);
    const { interactive, request } = written;
    return { name: 'inline', interactive, request, rolePath: [...path, 'request', 'model'] };
  }
  const document = loading.open(written, 'workloads', path);
  if (document === undefined) return undefined;
  const report = reportTo(document, loading.mistakes);
  const workload = readPart(workloadSchema, document.tree, [], report);
  if (workload === undefined) return undefined;
  const { name, interactive, request } = workload;
  checkRequest(request, ['request'], report, reportTo(document, loading.mistakes, 'warning'));
  return { name, interactive, request, rolePath: path };
}

function checkRequest(
  request: z.infer<typeof requestSchema>,
  path: DocumentPath,
  report: Report,
  warn: Report,
): void {
  for (const key of ['prompt', 'output'] as const) {
    const law = request[key];
    checkHeavyTail(law, [...path, key], warn);
    const most = law.atMost ?? (law.kind === 'constant' ? law.value : undefined);
    if (most !== undefined && most < 1)
      report({ code: 'E_RANGE', message: `${key} must be at least 1 token`, path: [...path, key] });
  }
}
