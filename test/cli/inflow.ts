import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { threadId } from 'node:worker_threads';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Inside the project, so that the program finds its package; a folder per test thread. */
const folder = join(root, 'node_modules', '.cache', `inflow-${process.pid}-${threadId}`);

/** What a command line did. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/**
 * Builds the program from the sources as they are, in a tenth of a second: to be called before the tests
 * of a file. Returns what is to be called after them.
 */
export async function buildInflow(): Promise<() => void> {
  await build({
    entryPoints: ['main', 'replicationWorker'].map((name) => join(root, `src/cli/${name}.ts`)),
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outdir: folder,
    logLevel: 'error',
  });
  return () => rmSync(folder, { recursive: true, force: true });
}

/** Runs the program as a process of its own, without a terminal, in a folder. */
export function inflow(
  words: readonly string[],
  options: {
    readonly in?: string;
    /** Through tsx, instead of what `buildInflow` made. */
    readonly fromSources?: boolean;
    readonly started?: (child: ChildProcess) => void;
    /** A file for stdout; what it gets is not in what is returned. */
    readonly stdout?: number;
  } = {},
): Promise<Ended> {
  const program = options.fromSources
    ? ['--import', 'tsx', join(root, 'src/cli/main.ts')]
    : [join(folder, 'main.js')];
  const child = spawn(process.execPath, [...program, ...words], {
    cwd: options.in ?? root,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
  });
  options.started?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ stdout, stderr, code }));
  });
}

/** A new folder with these files in it. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'inflow-test-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** An experiment that takes milliseconds: people who chat with a small model on one GPU for a minute. */
export function tinyExperiment(changes: Readonly<Record<string, string>> = {}): string {
  const keys: Readonly<Record<string, string>> = {
    name: 'tiny',
    about: 'A minute of chat.',
    seed: '1',
    replications: '3',
    horizon: '60s',
    warmup: '0s',
    models: '{ chat: llama-3.1-8b }',
    populations:
      '{ people: { workload: { request: { model: chat, prompt: 500 tokens, output: 50 tokens } }, arrivals: { rate: 2/s } } }',
    fleet: '{ gpu: { serves: chat, hardware: h100-sxm, price: reserved } }',
    budgets: '[ { metric: ttft, quantile: 0.5, max: 5s }, { metric: ttft, max: 1ms } ]',
    ...changes,
  };
  const lines = Object.entries(keys).map(([key, value]) => `${key}: ${value}`);
  return `inflow: 1\n${lines.join('\n')}\n`;
}
