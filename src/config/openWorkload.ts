import { checkHeavyTail } from './checkHeavyTail.js';
import { type Report, readPart } from './inputSchema.js';
import { lawMaximum } from './lawMaximum.js';
import type { Loading } from './loading.js';
import type { DocumentPath } from './readDocument.js';
import { reportTo } from './reportTo.js';
import { warnOfWorkload } from './resolveSessionWorkload.js';
import type { Need } from './stepPart.js';
import { type Workload, type WrittenRequests, workloadSchema } from './workloadSchema.js';

/** A workload, written in the experiment or in a file of its own. */
export interface OpenedWorkload {
  readonly name: string;
  readonly written: Workload;
  /** What it needs from the experiment, at the place where the experiment names it, or the workload that does. */
  readonly needs: readonly Need[];
}

/** The workload that a value of the experiment is or names; undefined when it cannot be used, which is reported. */
export function openWorkload(
  written: string | Workload,
  path: DocumentPath,
  loading: Loading,
): OpenedWorkload | undefined {
  if (typeof written !== 'string') {
    const below =
      (note: Report): Report =>
      (finding) =>
        note({ ...finding, path: [...path, ...(finding.path ?? [])] });
    checkWorkload(written, below(loading.report), below(loading.warn));
    const needs = needsOf(written).map((need) => ({ ...need, path: [...path, ...need.path] }));
    return { name: 'inline', written, needs };
  }
  const document = loading.open(written, 'workloads', path);
  if (document === undefined) return undefined;
  const report = reportTo(document, loading.mistakes);
  const workload = readPart(workloadSchema, document.tree, [], report);
  if (workload === undefined) return undefined;
  checkWorkload(workload, report, reportTo(document, loading.mistakes, 'warning'));
  const needs = needsOf(workload).map((need) => {
    const { line } = document.locate(need.path);
    return { ...need, path, askedAt: `${document.file}:${line}` };
  });
  return { name: workload.name, written: workload, needs };
}

function needsOf(workload: Workload): readonly Need[] {
  if (workload.turn !== undefined)
    return workload.turn.needs.map((need) => ({ ...need, path: ['turn', ...need.path] }));
  return [{ kind: 'role', name: workload.request.model, path: ['request', 'model'] }];
}

function checkWorkload(workload: Workload, report: Report, warn: Report): void {
  if (workload.turn === undefined) checkRequest(workload.request, report, warn);
  else warnOfWorkload(workload, warn);
}

function checkRequest(request: WrittenRequests['request'], report: Report, warn: Report): void {
  for (const key of ['prompt', 'output'] as const) {
    const path = ['request', key];
    checkHeavyTail(request[key], path, warn);
    if (lawMaximum(request[key]) < 1)
      report({ code: 'E_RANGE', message: `${key} must be at least 1 token`, path });
  }
}
