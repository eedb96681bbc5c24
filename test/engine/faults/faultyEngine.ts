import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build, type Plugin } from 'esbuild';
import type { FastHandOver } from '../handOver/findHandOverMismatch.js';
import type { FastEngine } from '../worldEquality.js';
import type { PlantedFault } from './plantedFault.js';

const projectRoot = fileURLToPath(new URL('../../../', import.meta.url));
/** A world takes milliseconds; a faulty engine may never end. */
const timeoutMs = 2000;

/**
 * The fast engine with a fault planted (or, given none, as it is), bundled in memory. Loops that never
 * end are stopped and thrown as errors.
 */
export async function faultyEngine(fault?: PlantedFault): Promise<FastEngine> {
  return bundled<FastEngine>('test/engine/runFast.ts', 'runFast', fault);
}

/** The same in worlds of two pools. */
export async function faultyHandOver(fault: PlantedFault): Promise<FastHandOver> {
  return bundled<FastHandOver>('test/engine/handOver/runHandOver.ts', 'runHandOver', fault);
}

async function bundled<Run extends (...given: never[]) => unknown>(
  entryPoint: string,
  name: string,
  fault: PlantedFault | undefined,
): Promise<Run> {
  const bundle = await build({
    entryPoints: [join(projectRoot, entryPoint)],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'engine',
    target: 'es2022',
    logLevel: 'silent',
    plugins: fault === undefined ? [] : [planting(fault)],
  });
  const source = `(() => { ${bundle.outputFiles[0]!.text}; return engine.${name}; })()`;
  const run = vm.runInThisContext(source) as Run;
  // Only code that runs inside a script can be stopped, so each call goes through one.
  const call = new vm.Script('run()');
  const context = vm.createContext({ run: undefined });
  return ((...given: Parameters<Run>) => {
    context['run'] = () => run(...given);
    return call.runInContext(context, { timeout: timeoutMs });
  }) as Run;
}

function planting(fault: PlantedFault): Plugin {
  const path = join(projectRoot, fault.file);
  let isPlanted = false;
  return {
    name: 'planted-fault',
    setup(hooks) {
      hooks.onLoad({ filter: /\.ts$/ }, async (module) => {
        if (module.path !== path) return undefined;
        isPlanted = true;
        return { contents: plant(fault, await readFile(path, 'utf8')), loader: 'ts' };
      });
      hooks.onEnd(() => {
        if (!isPlanted)
          throw new Error(`fault "${fault.name}": the engine does not load ${fault.file}`);
      });
    },
  };
}

function plant(fault: PlantedFault, source: string): string {
  const places = source.split(fault.find).length - 1;
  if (places !== 1)
    throw new Error(
      `fault "${fault.name}": its text occurs ${places} times in ${fault.file}, not once. The engine changed: bring the fault up to date.`,
    );
  return source.replace(fault.find, () => fault.replacement);
}
