/** What ends a command when what it says, or writes, finds no place. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { buildInflow, folderWith, inflow, tinyExperiment } from './inflow.js';

beforeAll(buildInflow);

test.runIf(existsSync('/dev/full'))(
  'a full disk behind stdout: one line and exit code 4',
  async () => {
    const full = openSync('/dev/full', 'w');
    const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
    for (const words of [['profiles'], ['run', 'tiny.yaml', '--no-files']]) {
      const { stderr, code } = await inflow(words, { in: folder, stdout: full });
      expect(code).toBe(4);
      expect(stderr).toMatch(/^the output could not be written: .*ENOSPC.*\n$/);
    }
    closeSync(full);
  },
);

test('a reader that goes away before the second experiment: quiet, but not exit code 0', async () => {
  const folder = folderWith({
    'a.yaml': tinyExperiment({ name: 'a' }),
    'b.yaml': tinyExperiment({ name: 'b', horizon: '2h', replications: '8' }),
  });
  const { stderr, code } = await inflow(['run', 'a.yaml', 'b.yaml', '--workers', '1'], {
    in: folder,
    started: (child) => child.stdout?.destroy(),
  });
  expect([code, stderr]).toEqual([4, 'results: results/a/\n']);
  expect(existsSync(join(folder, 'results', 'b'))).toBe(false);
});

test('a reader that goes away when all is done changes no exit code', async () => {
  const { stderr, code } = await inflow(['profiles'], {
    started: (child) => child.stdout?.destroy(),
  });
  expect([code, stderr]).toEqual([0, '']);
});

test.runIf(existsSync('/proc'))(
  'a folder that the system refuses: exit code 4, not a wait',
  async () => {
    const folder = folderWith({ 'tiny.yaml': tinyExperiment() });
    const { stderr, code } = await inflow(['run', 'tiny.yaml', '--out', '/proc/inflow'], {
      in: folder,
    });
    expect(code).toBe(4);
    expect(stderr).toMatch(
      /^the results could not be written: .*\nWrite them elsewhere with --out/,
    );
  },
);
