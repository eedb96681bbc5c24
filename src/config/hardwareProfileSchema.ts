import type { z } from 'zod';
import { linkTypes } from '../../sim/hardware/accelerator.js';
import { axis, checkLength } from './axisSchema.js';
import { checked } from './checkedSchema.js';
import { choice } from './choiceSchema.js';
import { costProfileSchema } from './costProfileSchema.js';
import { fields } from './fields.js';
import { id, mapOf } from './idSchema.js';
import { label } from './labelSchema.js';
import { countUpTo } from './numberSchema.js';
import { provenance, sourced } from './provenanceSchema.js';
import {
  bytes,
  bytesPerSec,
  durationMs,
  flopsPerSec,
  positiveDurationMs,
  usdPerHour,
  watts,
} from './quantity.js';
import { schemaVersion } from './schemaVersion.js';
import { tagged } from './taggedSchema.js';
import { tierScope } from './tierSchema.js';

const acceleratorClasses = ['gpu', 'wafer', 'lpu', 'dataflow', 'cpu'] as const;

const allReduce = checked(
  'all-reduce times',
  fields({
    ...provenance,
    message: axis(bytes).describe('Sizes of the message.'),
    groups: fields({
      accelerators: countUpTo(100_000).describe('Size of the group.'),
      times: durationMs.array().min(1).describe('One per size of message.'),
    }).array(),
  }),
  ({ message, groups }, report) => {
    groups.forEach((group, index) => {
      checkLength(group.times, message.length, ['groups', index, 'times'], report);
    });
  },
);

const scaleUp = fields({
  type: sourced(choice('a type of link', linkTypes))
    .optional()
    .describe('What the link is; the times below are measured on it (default: not said).'),
  domain: sourced(countUpTo(100_000)).describe('Accelerators that reach each other directly.'),
  bandwidth: sourced(bytesPerSec).describe('Per accelerator, one way.'),
  latency: sourced(durationMs).describe('An all-reduce of an empty message.'),
  allReduce: allReduce
    .optional()
    .describe('Measured times; other group sizes use latency and bandwidth.'),
});

const power = fields({
  idle: sourced(watts).describe('Per unit, powered and without work.'),
  busy: sourced(watts).describe('Per unit, at full load.'),
});

const price = fields({
  value: usdPerHour,
  ...provenance,
  term: label.optional().describe('How long it is rented for. Prices of other terms differ in it.'),
});

const prices = fields({
  'on-demand': price.optional().describe('Rented by the hour.'),
  reserved: price.optional().describe('Rented for a year or more.'),
  owned: price.optional().describe('Bought: capital, power and housing.'),
});

const tier = fields({
  ...provenance,
  capacity: bytes.describe('Per accelerator.'),
  bandwidth: bytesPerSec.optional().describe('Per accelerator, one way, where published.'),
  latency: positiveDurationMs.optional().describe('Of a load, beside its bytes (default none).'),
  scope: tierScope.optional().describe('Who shares it: replica (default), host or pool.'),
});

const optionalRate = sourced(flopsPerSec).optional();

const common = {
  inflow: schemaVersion,
  name: id,
  about: label.describe('What it is, in one line.'),
  memory: sourced(bytes).describe(
    'Per unit; what weights and KV live in. Of a host, nothing is computed from it yet.',
  ),
  power: power.describe('Nothing is computed from it yet.'),
  prices: prices.describe('Per unit and hour, apart from the physics. Empty: no market price.'),
};

const acceleratorProfile = fields({
  ...common,
  class: choice('a class of hardware', acceleratorClasses),
  reserved: sourced(bytes).optional().describe('Memory that the runtime keeps (default none).'),
  bandwidth: sourced(bytesPerSec).describe('Of that memory.'),
  compute: fields({
    bf16: sourced(flopsPerSec).describe('Dense peak; stands in for missing precisions.'),
    fp8: optionalRate,
    int8: optionalRate,
    fp4: optionalRate,
    int4: optionalRate,
  }),
  links: fields({
    scaleUp: scaleUp.optional().describe('Between accelerators that share layers.'),
    host: sourced(bytesPerSec)
      .optional()
      .describe('To the memory of the host, one way; nothing is computed from it yet.'),
    scaleOut: sourced(bytesPerSec).optional().describe('Out of the scale-up domain, one way.'),
  }).optional(),
  kvFormat: sourced(id)
    .optional()
    .describe('Engines of hardware with the same name here read each other’s KV cache.'),
  tiers: mapOf('a memory tier', tier).optional().describe('Memory below the first.'),
  cost: costProfileSchema,
});

const hostProfile = fields({
  ...common,
  class: choice('a class of hardware', ['host']),
  cores: sourced(countUpTo(100_000)).describe('Physical cores, over all sockets.'),
});

/** Keys of the top level of a hardware profile. */
export const hardwareProfileKeys = [
  ...new Set([...Object.keys(acceleratorProfile.shape), ...Object.keys(hostProfile.shape)]),
];

/** A hardware profile as its file says it, units read: `hardware-profiles/*.yaml`. */
export type HardwareProfile = AcceleratorProfile | HostProfile;
export type AcceleratorProfile = z.infer<typeof acceleratorProfile>;
export type HostProfile = z.infer<typeof hostProfile>;

export const hardwareProfileSchema = tagged<HardwareProfile>('a hardware profile', 'class', {
  ...Object.fromEntries(acceleratorClasses.map((name) => [name, acceleratorProfile])),
  host: hostProfile,
});
