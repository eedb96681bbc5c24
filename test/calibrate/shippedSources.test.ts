import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { physicalParameters } from '../../src/calibrate/physicalParameters.js';
import { fileOf, openAccelerator, shippedHardware } from '../../src/calibrate/profileParts.js';

type Section = { readonly source: string };
type Cost = {
  readonly calibration: { readonly status: string };
  readonly efficiency: Readonly<Record<string, Section>>;
  readonly experts: Section;
  readonly perSequence: Section;
  readonly unfused: Section;
  readonly host: Section;
};

const costs = shippedHardware().flatMap((name): [string, Cost][] => {
  const { cost } = parse(readFileSync(fileOf(name, ''), 'utf8')) as { cost?: Cost };
  return cost?.calibration.status === 'fitted' ? [[name, cost]] : [];
});

test.each(costs)('%s: only bf16 numbers are called fitted to steps in bf16', (_, cost) => {
  const { bf16: _own, ...others } = cost.efficiency;
  const sections = [...Object.values(others), cost.experts, cost.unfused, cost.host];
  for (const { source } of sections) expect(source).not.toMatch(/steps of [^;]* in bf16/);
});

test.each(costs)('%s: a fitted number at the bound of its range is called so', (name, cost) => {
  const accelerator = openAccelerator(name);
  const missing = [...physicalParameters.values()].flatMap((parameter) => {
    const parts = parameter.name.split('.');
    const key = parts.at(-1)!;
    const [first, precision] = parts as [keyof Cost, string];
    const section = first === 'efficiency' ? cost.efficiency[precision] : cost[first];
    const isWritten = section !== undefined && (parts.length === 1 || key in section);
    if (!isWritten) return [];
    const value = parameter.read(accelerator);
    if (value > parameter.min && value < parameter.max) return [];
    const { source } = section as Section;
    const own = source.split('; ').find((part) => part.split(': ')[0]!.split(', ').includes(key));
    const said = own ?? source;
    return said.includes('fit to') && !said.includes('at its bound') ? [parameter.name] : [];
  });
  expect(missing).toEqual([]);
});
