import { describe, expect, test } from 'vitest';
import { hardwareProfileSchema } from '../../src/config/hardwareProfileSchema.js';
import { modelProfileSchema } from '../../src/config/modelProfileSchema.js';
import { provenanceKinds } from '../../src/config/provenanceSchema.js';
import { resolveHardwareProfile } from '../../src/config/resolveHardwareProfile.js';
import {
  accelerator,
  acceleratorNames,
  hardwareNames,
  hardwareProfile,
  model,
  modelNames,
  modelProfile,
  profileTree,
} from './shippedProfiles.js';

type Tree = Record<string, unknown>;

describe('shipped profiles', () => {
  test('the nine accelerators and the host that are promised', () => {
    for (const name of ['a100-80gb-sxm', 'h100-sxm', 'h200-sxm', 'b200-sxm', 'mi300x'])
      expect(accelerator(name).cost.kind).toBe('roofline');
    for (const name of ['wse-3', 'groq-lpu']) expect(accelerator(name).cost.kind).toBe('pipeline');
    for (const name of ['sn50', 'positron-asimov'])
      expect(accelerator(name).calibration.kind).toBe('estimate');
    expect(resolveHardwareProfile(hardwareProfile('epyc-host'))).toMatchObject({
      kind: 'host',
      host: { cores: 128, memoryBytes: 768e9 },
    });
  });

  test.each(hardwareNames)('%s bears the name of its file', (name) => {
    expect(hardwareProfile(name).name).toBe(name);
  });

  test.each(modelNames)('%s bears the name of its file', (name) => {
    expect(modelProfile(name).name).toBe(name);
  });

  test('units are read: the H100', () => {
    const h100 = accelerator('h100-sxm');
    expect(h100.memoryBytes).toBe(85.9e9);
    expect(h100.memoryBytesPerSec).toBe(3.35e12);
    expect(h100.peakFlops).toEqual({ bf16: 989e12, fp8: 1978e12 });
    expect(h100.scaleUp?.allReduce[0]?.timesMs[0]).toBe(0.0044);
    expect(h100.calibration).toMatchObject({ kind: 'fitted', engine: 'vllm 0.24.0', error: 0.031 });
  });

  test('capacities are in bytes of the chip: 192 GB of a data sheet are GiB, for mi300x as for others', () => {
    expect(accelerator('mi300x').memoryBytes).toBeCloseTo(192 * 2 ** 30, -8);
    expect(accelerator('tpu-v7').memoryBytes).toBeCloseTo(192 * 2 ** 30, -8);
  });

  test('every measured all-reduce says what link it was measured on: PCIe for the two cards', () => {
    const types = acceleratorNames.flatMap((name) => {
      const { scaleUp } = accelerator(name);
      return scaleUp === undefined || scaleUp.allReduce.length === 0 ? [] : [[name, scaleUp.type]];
    });
    expect(types.filter(([, type]) => type !== 'nvlink')).toEqual([
      ['l40s', 'pcie'],
      ['rtx-pro-6000', 'pcie'],
    ]);
    expect(types.length).toBe(11);
  });

  const prices = (name: string) => resolveHardwareProfile(hardwareProfile(name)).prices;

  test('prices: three bases for the H100, owned alone for the wafer, none for the LPU', () => {
    expect(prices('h100-sxm')).toEqual({ 'on-demand': 2.95, reserved: 2.35, owned: 1.69 });
    expect(prices('wse-3')).toEqual({ owned: 41.96 });
    expect(prices('groq-lpu')).toEqual({});
  });

  test('data-centre GPUs but the A100, and the wafer, have a price to own; others have none', () => {
    const owned = acceleratorNames.map((name) => [name, prices(name).owned]);
    expect(Object.fromEntries(owned)).toEqual({
      'a100-80gb-sxm': undefined,
      'b200-sxm': 2.34,
      'b200-sxm-trtllm': 2.34,
      'gb200-nvl72': 2.75,
      'groq-lpu': undefined,
      'h100-sxm': 1.69,
      'h100-sxm-trtllm': 1.69,
      'h200-sxm': 1.74,
      'h200-sxm-sglang': 1.74,
      'h200-sxm-trtllm': 1.74,
      l40s: undefined,
      mi300x: 1.4,
      'positron-asimov': undefined,
      'rtx-pro-6000': undefined,
      sn50: undefined,
      'tpu-v7': undefined,
      trainium2: undefined,
      'wse-3': 41.96,
    });
  });

  test('Kimi K2.6 accepts 262,144 tokens and is served as it was published, in INT4', () => {
    expect(model('kimi-k2.6')).toMatchObject({ contextWindow: 262_144, nativePrecision: 'int4' });
  });
});

describe('every number says how it came about and from where', () => {
  const files = [...hardwareNames, ...modelNames.map((name) => `models/${name}`)];

  test.each(files)('%s', (path) => {
    expect(numbersWithoutSource(profileTree(path), false, [])).toEqual([]);
  });

  test('and the search for them finds one that does not', () => {
    const tree = { memory: { value: '80 GB', kind: 'spec' }, links: { host: { value: 3 } } };
    expect(numbersWithoutSource(tree, false, [])).toEqual(['memory.value', 'links.host.value']);
  });
});

describe('a profile with a mistake is refused, with its place', () => {
  test.each<[string, (tree: Tree) => void, string, string]>([
    ['no source', (tree) => delete at(tree, 'memory')['source'], 'E_REQUIRED', 'memory.source'],
    ['no unit', (tree) => (at(tree, 'bandwidth')['value'] = 3.35), 'E_UNIT', 'bandwidth.value'],
    [
      'a kind unheard of',
      (tree) => (at(tree, 'memory')['kind'] = 'guess'),
      'E_VALUE',
      'memory.kind',
    ],
    [
      'an unknown cost model',
      (tree) => (at(tree, 'cost')['kind'] = 'rofline'),
      'E_VALUE',
      'cost.kind',
    ],
    ['a misspelt key', (tree) => (tree['memry'] = 1), 'E_KEY', 'memry'],
    ['an unknown class', (tree) => (tree['class'] = 'gpus'), 'E_VALUE', 'class'],
    [
      'a date in words',
      (tree) => (at(tree, 'prices', 'reserved')['date'] = 'March'),
      'E_VALUE',
      'prices.reserved.date',
    ],
    [
      'an efficiency above 1',
      (tree) => (at(tree, 'cost', 'efficiency', 'bf16')['kv'] = 1.2),
      'E_RANGE',
      'cost.efficiency.bf16.kv',
    ],
    [
      'a table whose axis does not ascend',
      (tree) => (list(at(tree, 'links', 'scaleUp', 'allReduce')['message'])[1] = '1 KiB'),
      'E_RANGE',
      'links.scaleUp.allReduce.message.1',
    ],
    [
      'a table with a time too few',
      (tree) => {
        const groups = list(at(tree, 'links', 'scaleUp', 'allReduce')['groups']) as Tree[];
        list(groups[0]!['times']).pop();
      },
      'E_LENGTH',
      'links.scaleUp.allReduce.groups.0.times',
    ],
  ])('%s', (_what, spoil, code, place) => {
    expect(findings(hardwareProfileSchema, 'h100-sxm', spoil)).toEqual([`${code} ${place}`]);
  });

  test('a model that picks more experts than it has', () => {
    const spoil = (tree: Tree) => {
      at(tree, 'architecture', 'experts')['active'] = 200;
    };
    expect(findings(modelProfileSchema, 'models/gpt-oss-120b', spoil)).toEqual([
      'E_RANGE architecture.experts.active',
    ]);
  });
});

function findings(
  schema: typeof hardwareProfileSchema | typeof modelProfileSchema,
  path: string,
  spoil: (tree: Tree) => void,
): string[] {
  const tree = structuredClone(profileTree(path)) as Tree;
  spoil(tree);
  const issues = schema.safeParse(tree).error?.issues ?? [];
  return issues.map((issue) => {
    const { code } = (issue as unknown as { params: { code: string } }).params;
    return `${code} ${issue.path.join('.')}`;
  });
}

function at(tree: Tree, ...path: string[]): Tree {
  return path.reduce((inner, key) => inner[key] as Tree, tree);
}

function list(value: unknown): unknown[] {
  return value as unknown[];
}

/** Places of numbers, bare or with a unit, that neither carry a kind and a source nor stand in a mapping that does. */
function numbersWithoutSource(value: unknown, isSourced: boolean, path: string[]): string[] {
  if (typeof value === 'number' || (typeof value === 'string' && isQuantity(value)))
    return isSourced ? [] : [path.join('.')];
  if (typeof value !== 'object' || value === null) return [];
  const { kind, source } = value as Tree;
  const kinds: readonly unknown[] = provenanceKinds;
  const isHere = kinds.includes(kind) && typeof source === 'string' && source !== '';
  return Object.entries(value)
    .filter(([key]) => !['inflow', 'date', 'source', 'about', 'calibration'].includes(key))
    .flatMap(([key, part]) => numbersWithoutSource(part, isSourced || isHere, [...path, key]));
}

function isQuantity(text: string): boolean {
  return /^\d+(\.\d+)?\s*([A-Za-z]+(\/[a-z]+)?|%)$/.test(text);
}
