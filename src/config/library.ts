import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isPath } from './reference.js';

/** Folders of the package whose files are used by name. */
export type LibraryFolder = 'workloads' | 'hardware-profiles' | 'hardware-profiles/models';

/** Root of the installed package: the sources run from `src/`, the built program from `dist/src/`. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isPackageRoot(folder)) folder = dirname(folder);
  return folder;
}

function isPackageRoot(folder: string): boolean {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return dirname(folder) === folder;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'inflow';
}

/** Names of the files in a library folder, sorted. */
export function libraryNames(folder: LibraryFolder): string[] {
  const path = join(packageRoot(), folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .map((entry) => entry.name.slice(0, -'.yaml'.length))
    .sort();
}

/**
 * The file that a reference means: a path relative to the file that names it, or a name in the library.
 * Undefined for a name that the library does not have.
 */
export function referencedFile(
  written: string,
  folder: LibraryFolder,
  namingFile: string,
): string | undefined {
  if (isPath(written)) return resolve(dirname(namingFile), written);
  if (!libraryNames(folder).includes(written)) return undefined;
  return join(packageRoot(), folder, `${written}.yaml`);
}

/** A file as messages name it: relative to the working directory when it is inside. */
export function shownName(file: string): string {
  const fromHere = relative(process.cwd(), file);
  return fromHere === '' || fromHere.startsWith('..') ? file : fromHere.replaceAll('\\', '/');
}
