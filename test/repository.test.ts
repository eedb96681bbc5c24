/** The repository's own rules: what no linter knows and a reviewer would otherwise have to watch. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const simFiles = sourcesIn('sim');
const sourceFiles = [...simFiles, ...sourcesIn('src')];
const allFiles = [...sourceFiles, ...sourcesIn('test'), ...sourcesIn('bench')];

describe('imports, of values and types, point one way', () => {
  // Each room imports only from itself and from those before it.
  test.each([
    [
      'sim',
      ['kernel', 'statistics', 'laws', 'workload', 'facts', 'hardware'],
      ['engine', 'fleet', 'agents', 'run', 'metrics'],
    ],
    [
      'src',
      ['format', 'mistakes', 'traces', 'config', 'results'],
      ['calibrate', 'validation', 'cli'],
    ],
  ])('in %s/', (top, lower, upper) => {
    const rooms = [...lower, ...upper];
    const wrong = sourceFiles.flatMap((file) =>
      importsOf(file)
        .map((name) => resolved(file, name))
        .filter((path) => file.path.startsWith(`${top}/`) && path.startsWith(`${top}/`))
        .filter((path) => {
          const to = rooms.indexOf(folderOf(path));
          return to < 0 || to > rooms.indexOf(folderOf(file.path));
        })
        .map((path) => `${file.path} imports ${path}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('sim/ is a pure library', () => {
  test('it imports only itself and three packages', () => {
    const allowedPackages = ['fast-priority-queue', 'seedrandom/lib/alea.js', 'd3-array'];
    const wrong = simFiles.flatMap((file) =>
      importsOf(file)
        .filter((name) => !allowedPackages.includes(name))
        .filter((name) => !resolved(file, name).startsWith('sim/'))
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('it calls nothing that differs between machines or reaches the world', () => {
    const wrong = simFiles.flatMap((file) =>
      forbiddenIn(file).map((what) => `${file.path} uses ${what}`),
    );
    expect(wrong).toEqual([]);
  });

  test('it bundles for a browser', async () => {
    const bundle = await build({
      entryPoints: [join(root, 'sim/run/simulate.ts')],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      logLevel: 'silent',
    });
    expect(bundle.warnings).toEqual([]);
    expect(bundle.outputFiles).toHaveLength(1);
  });
});

describe('the rule on forbidden calls', () => {
  test.each([
    ['Math.log(2)', ['Math.log']],
    ['const { exp } = Math', ['Math.undefined']],
    ['2 ** 3', ['**']],
    ['new Date()', ['Date']],
    ['process.env', ['process.env']],
    ["'b'.localeCompare('a')", ['localeCompare']],
    ['async function f() { await g() }', ['async', 'async']],
    ['Math.floor(2.5); // Math.log, Date', []],
    ["const text = 'Date.now() ** 2'", []],
    ['function rate(process: { kind: string }) { return process.kind }', []],
    ['const run = { process: 1, console: 2 }; run.console', []],
  ])('%s', (text, found) => {
    expect(forbiddenIn(parsed('sim/example.ts', text))).toEqual(found);
  });
});

describe('classes and enumerations', () => {
  test('private members are `private`: a # field begins as undefined, so the optimiser never knows its type', () => {
    const wrong = sourceFiles.flatMap((file) =>
      found(file, ts.isPrivateIdentifier).map((name) => `${file.path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('of all syntax that is more than types there is only `const enum`, a constant wherever it is used', () => {
    const isForbidden = (node: ts.Node) =>
      (ts.isEnumDeclaration(node) && !hasModifier(node, ts.SyntaxKind.ConstKeyword)) ||
      ts.isModuleDeclaration(node) ||
      ts.isImportEqualsDeclaration(node) ||
      (ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent));
    const wrong = allFiles
      .filter(({ path }) => !path.endsWith('.d.ts'))
      .flatMap((file) => found(file, isForbidden).map((text) => `${file.path}: ${text}`));
    expect(wrong).toEqual([]);
    const shown = parsed(
      'a.ts',
      'enum A { b } namespace C {} class D { constructor(private e: 1) {} }',
    );
    expect(found(shown, isForbidden)).toEqual(['enum A { b }', 'namespace C {}', 'private e: 1']);
  });
});

describe('files', () => {
  test('none in sim/ or src/ is longer than 300 lines', () => {
    const long = sourceFiles.filter((file) => file.text.trimEnd().split('\n').length > 300);
    expect(long.map((file) => file.path)).toEqual([]);
  });

  test('none is called utils, helpers, common, types or index', () => {
    const vague = /(^|\/)(utils?|helpers?|common|types|index|misc)\.ts$/i;
    expect(allFiles.map((file) => file.path).filter((path) => vague.test(path))).toEqual([]);
  });

  test('each tells a stranger what it is: a comment on top, on its first export or on its main one', () => {
    const silent = sourceFiles
      .filter((file) => !/^(\/\*|\/\/|#!)/.test(file.text))
      .filter((file) => {
        const exported = file.tree.statements.filter(isExported);
        const main = exported.find((statement) => namesOf(statement).some(isNameOf(file.path)));
        return ![exported[0], main].some(
          (statement) => statement && ts.getJSDocCommentsAndTags(statement).length > 0,
        );
      });
    expect(silent.map((file) => file.path)).toEqual([]);
  });

  test('none exports a default or passes on what another file exports', () => {
    const wrong = sourceFiles.filter((file) =>
      file.tree.statements.some(
        (statement) =>
          ts.isExportAssignment(statement) ||
          (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) ||
          hasModifier(statement, ts.SyntaxKind.DefaultKeyword),
      ),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test('none names a folder of somebody’s machine', () => {
    const machinePath = new RegExp(
      [
        root.replace(/[^\w/-]/g, '\\$&'),
        '/home/\\w',
        '/Users/\\w',
        '/root/',
        '[A-Z]:\\\\\\\\Users',
      ].join('|'),
    );
    const folders = ['sim', 'src', 'test', 'bench', 'docs', '.ci'];
    const data = ['experiments', 'workloads', 'hardware-profiles'];
    const named = [...folders, ...data]
      .flatMap((folder) => pathsIn(folder))
      .concat(['README.md', 'package.json'].filter((path) => existsSync(join(root, path))))
      .filter((path) => path !== 'test/repository.test.ts')
      .filter((path) => machinePath.test(readFileSync(join(root, path), 'utf8')));
    expect(named).toEqual([]);
  });
});

describe('tests', () => {
  // Measured data are no part of the project: this helper may skip, and says what is missing.
  // A full disk and a folder of the kernel's own are files of Linux.
  const mayLeaveOut = ['test/measuredData.ts', 'test/cli/unwritten.test.ts'];

  test('none is left out or run alone', () => {
    const marked = allFiles
      .filter(({ path }) => !mayLeaveOut.includes(path))
      .flatMap((file) => found(file, leavesOut).map((text) => `${file.path}: ${text}`));
    expect(marked).toEqual([]);
  });

  test.each([
    ["test.skip('a', b)", ['test.skip']],
    ["test.skipIf(true)('a', b)", ['test.skipIf']],
    ["describe.concurrent.only('a', b)", ['describe.concurrent.only']],
    ["it.runIf(false).each([1])('a', b)", ['it.runIf']],
    ["test('a', (context) => context.skip())", ['context.skip']],
    ["test('a', ({ skip }) => skip())", ['skip()']],
    ["test.each([1])('a', b); list.only; law.fails", []],
  ])('the rule on %s', (text, expected) => {
    expect(found(parsed('test/example.test.ts', text), leavesOut)).toEqual(expected);
  });
});

describe('what is shipped', () => {
  const docs = pathsIn('docs').filter((path) => path.endsWith('.md'));
  const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
  const dataIn = (folder: string) =>
    pathsIn(folder)
      .filter((path) => path.endsWith('.yaml') && path.lastIndexOf('/') === folder.length)
      .map((path) => path.slice(folder.length + 1, -'.yaml'.length));

  test('every experiment is named in docs/experiments.md', () => {
    const text = textOf('docs/experiments.md');
    const missing = dataIn('experiments').filter((name) => !text.includes(`\`${name}.yaml\``));
    expect(missing).toEqual([]);
  });

  test.each(['workloads', 'hardware-profiles', 'hardware-profiles/models'])(
    'every file of %s is named in docs/ or the README',
    (folder) => {
      const text = ['README.md', ...docs].map(textOf).join('\n');
      const words = new Set(text.match(/[\w.-]*\w/g));
      const missing = dataIn(folder).filter(
        (name) => !words.has(name) && !words.has(`${name}.yaml`),
      );
      expect(missing).toEqual([]);
    },
  );

  test('code of others keeps its notice, and NOTICE names the file', () => {
    const notice = textOf('NOTICE');
    const foreign = sourceFiles.filter(({ text }) => /copyright/i.test(text));
    expect(foreign.map(({ path }) => path).sort()).toEqual([
      'sim/kernel/portableCbrt.ts',
      'sim/kernel/portableCos.ts',
      'sim/kernel/portableExp.ts',
      'sim/kernel/portableLog.ts',
    ]);
    expect(foreign.filter(({ path }) => !notice.includes(path.split('/').at(-1)!))).toEqual([]);
    for (const { text } of foreign)
      expect(text.replace(/\s*\n\/\/ /g, ' ')).toContain('provided that this notice is preserved');
  });
});

describe('packages', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  test('versions are exact, but for the two whose range says more', () => {
    const ranges = { ...manifest.dependencies, ...manifest.devDependencies };
    const loose = Object.entries<string>(ranges).filter(([, range]) => !/^\d/.test(range));
    expect(loose.map(([name]) => name)).toEqual(['fast-priority-queue', 'typescript']);
  });

  test('the licence and the notice are part of it', () => {
    expect(manifest.files).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE']));
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toMatch(/^\s+Apache License\n/);
  });

  test('every dependency is imported in sim/ or src/', () => {
    const imported = new Set(sourceFiles.flatMap((file) => importsOf(file)).map(packageOf));
    const unused = Object.keys(manifest.dependencies).filter((name) => !imported.has(name));
    expect(unused).toEqual([]);
  });

  test('every import is a dependency', () => {
    const known = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
    const foreign = allFiles.flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .filter((name) => !known.includes(packageOf(name)))
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(foreign).toEqual([]);
  });

  test('the priority queue is only known by its alias: the bare name could be registered by anyone', () => {
    const bare = allFiles.filter((file) => importsOf(file).includes('fastpriorityqueue'));
    expect(bare.map((file) => file.path)).toEqual([]);
    expect(manifest.dependencies['fast-priority-queue']).toMatch(/^npm:fastpriorityqueue@/);
    expect(manifest.dependencies.fastpriorityqueue).toBeUndefined();
  });
});

function pathsIn(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

function sourcesIn(folder: string): SourceFile[] {
  return pathsIn(folder)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => parsed(path, readFileSync(join(root, path), 'utf8')));
}

function parsed(path: string, text: string): SourceFile {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
}

function importsOf(file: SourceFile): string[] {
  const names: string[] = [];
  visit(file.tree, (node) => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      names.push(node.moduleSpecifier.text);
    }
    if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      names.push(node.moduleSpecifier.text);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      names.push(node.arguments[0]?.getText().replace(/^['"]|['"]$/g, '') ?? '');
    }
  });
  return names;
}

/** Source of the nodes of a file that are such. */
function found(file: SourceFile, isSuch: (node: ts.Node) => boolean): string[] {
  const texts: string[] = [];
  visit(file.tree, (node) => {
    if (isSuch(node)) texts.push(node.getText(file.tree));
  });
  return texts;
}

/** `test.skip`, `describe.concurrent.only`, `it.runIf`, or `skip` of the context of a test. */
function leavesOut(node: ts.Node): boolean {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression))
    return node.expression.text === 'skip';
  if (!ts.isPropertyAccessExpression(node)) return false;
  const ofTests = /^(test|describe|it)$/.test(leftmost(node));
  return (
    (ofTests && /^(only|skip|skipIf|runIf|todo|fails)$/.test(node.name.text)) ||
    (leftmost(node) === 'context' && node.name.text === 'skip')
  );
}

/** `a` of `a.b.c`. */
function leftmost(node: ts.PropertyAccessExpression): string {
  const { expression } = node;
  if (ts.isPropertyAccessExpression(expression)) return leftmost(expression);
  return ts.isIdentifier(expression) ? expression.text : '';
}

/** Where a relative import leads, from the root; a package name stays as it is. */
function resolved(file: SourceFile, name: string): string {
  return name.startsWith('.') ? join(file.path, '..', name).replaceAll('\\', '/') : name;
}

/** `sim/engine/x.ts` is in `engine`. */
function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function packageOf(name: string): string {
  const parts = name.split('/');
  return name.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function forbiddenIn(file: SourceFile): string[] {
  // PI is one number of the standard, not a calculation.
  const exactMath = 'abs floor ceil round trunc sign min max sqrt imul clz32 fround PI'.split(' ');
  const globals =
    'Date Intl console performance Promise setTimeout setInterval setImmediate queueMicrotask fetch require globalThis navigator eval';
  const worldly = new Set(globals.split(' '));
  const found: string[] = [];
  visit(file.tree, (node) => {
    if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword) found.push('async');
    if (node.kind === ts.SyntaxKind.AsteriskAsteriskToken) found.push('**');
    if (node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken) found.push('**=');
    if (!ts.isIdentifier(node) || isNameOfMember(node)) return;
    if (worldly.has(node.text)) found.push(node.text);
    if (node.text === 'Math' || node.text === 'process') {
      const member = memberOf(node);
      const isExact = node.text === 'Math' && member !== undefined && exactMath.includes(member);
      // An arrival process may be called `process`; Node's is known by its members.
      const isLocal = node.text === 'process' && !(member !== undefined && member in process);
      if (!isExact && !isLocal) found.push(`${node.text}.${member}`);
    }
  });
  visit(file.tree, (node) => {
    if (!ts.isPropertyAccessExpression(node)) return;
    if (/^(localeCompare|toLocale\w*|normalize)$/.test(node.name.text)) found.push(node.name.text);
  });
  return found;
}

/** `x` of `a.x`, `{ x: 1 }` or `interface { x: number }`: not a use of a global. */
function isNameOfMember(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent))
    return parent.name === node;
  return ts.isMethodDeclaration(parent) || ts.isPropertyDeclaration(parent);
}

function memberOf(node: ts.Identifier): string | undefined {
  const parent = node.parent;
  return ts.isPropertyAccessExpression(parent) && parent.expression === node
    ? parent.name.text
    : undefined;
}

function isExported(statement: ts.Statement): boolean {
  return hasModifier(statement, ts.SyntaxKind.ExportKeyword);
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as { name?: ts.Identifier };
  return name ? [name.text] : [];
}

/** `EnginePool` is the main export of `enginePool.ts`. */
function isNameOf(path: string): (name: string) => boolean {
  const file = path.split('/').at(-1)!.replace(/\.ts$/, '').toLowerCase();
  return (name) => name.toLowerCase() === file;
}

function hasModifier(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  if (!ts.canHaveModifiers(statement)) return false;
  return (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === kind);
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}
