import type { z } from 'zod';
import { attentionSplits, precisions } from '../../sim/hardware/deployment.js';
import type { Law } from '../../sim/laws/law.js';
import { engineAdmission, stationAdmission } from './admissionSchema.js';
import { choice, flag } from './choiceSchema.js';
import { engineOptionsSchema } from './engineOptionsSchema.js';
import { fields } from './fields.js';
import { handOverSchema } from './handOverSchema.js';
import { id } from './idSchema.js';
import { describeFound, inputSchema, isMapping, readPart } from './inputSchema.js';
import { label } from './labelSchema.js';
import { law } from './lawSchema.js';
import { oneOrMore } from './lists.js';
import { countUpTo, numberSchema } from './numberSchema.js';
import { priceSchema } from './priceSchema.js';
import { bytesPerSec, durationMs, ratePerMs, ratio, tokens } from './quantity.js';
import { reference } from './reference.js';
import { routerSchema } from './routerSchema.js';
import { tierLoadSchema, tierSchema } from './tierSchema.js';

const maxUnits = 100_000;
const units = (name: string) => countUpTo(maxUnits, `a number of ${name}`);
const roles = oneOrMore('a model role or a list of them', id);
const precision = choice('a precision', precisions);
const durationLaw = law(durationMs);

/** A limit on how many may wait. */
const limit = inputSchema<number>(
  {
    name: 'limit',
    about: 'a count, or unlimited',
    json: { anyOf: [{ type: 'integer', minimum: 0 }, { const: 'unlimited' }] },
  },
  (input, report) =>
    input === 'unlimited'
      ? Number.POSITIVE_INFINITY
      : readPart(
          numberSchema({ name: 'a count', min: 0, max: 1e9, whole: true }),
          input,
          [],
          report,
        ),
);

const enginePool = fields({
  kind: choice('a kind of pool', ['engine']).default('engine'),
  serves: roles.describe('Model roles; those of one pool are played by one model.'),
  hardware: reference('hardware-profiles').describe('Hardware profile.'),
  tensorParallel: countUpTo(1024, 'a number of accelerators')
    .optional()
    .describe('Accelerators that share each layer (default 1). Not for pipeline machines.'),
  accelerators: countUpTo(1024, 'a number of accelerators')
    .optional()
    .describe(
      'Pipeline machines: chips or wafers of one replica (default: as many as the model needs).',
    ),
  attention: choice('a division of attention', attentionSplits)
    .optional()
    .describe(
      'tensor (default): each accelerator works on some heads of every sequence. data: on all heads of some sequences, whose KV it holds. context: on an equal part of every context. Not for pipeline machines.',
    ),
  expertParallel: flag
    .optional()
    .describe(
      'Each accelerator holds whole experts instead of a slice of all of them (default no). Not for pipeline machines.',
    ),
  contextSpread: numberSchema({ name: 'a coefficient of variation', min: 0, max: 10 })
    .optional()
    .describe(
      'attention: data: how much the contexts in a batch differ, standard deviation over mean (default 0).',
    ),
  replicas: units('replicas').default(1).describe('Model instances.'),
  weights: precision.optional().describe('Precision of the weights (default: the checkpoint’s).'),
  kv: precision.optional().describe('Precision of the KV cache (default bf16).'),
  memory: ratio.optional().describe('Share of the memory for weights and KV (default 90%).'),
  maxContext: tokens
    .optional()
    .describe('Longest context accepted, prompt and output (default: what the model accepts).'),
  engine: engineOptionsSchema.optional().describe('Options of the engine.'),
  router: routerSchema.optional().describe('How a replica is chosen (default least-requests).'),
  tiers: tierSchema
    .array()
    .min(1)
    .max(8)
    .optional()
    .describe('Memory below the first, nearest first, that contexts are kept in (default none).'),
  load: tierLoadSchema.optional().describe('When contexts are loaded from tiers.'),
  handOver: handOverSchema
    .optional()
    .describe('Prompts are computed here, and requests go on in another pool.'),
  prefill: choice('where prompts are computed', ['local', 'none'])
    .optional()
    .describe('none: no prompts are computed here; requests come by hand-over. Default local.'),
  kvBandwidth: bytesPerSec
    .optional()
    .describe(
      'At which KV comes to and goes from a replica, each way (default: scale-out links of its accelerators).',
    ),
  maxWaiting: limit
    .optional()
    .describe(
      'Waiting requests per replica from which on the pool rejects (default unlimited). Every request waits for a batch to be formed; with 0 the pool accepts while nobody waits.',
    ),
  admission: engineAdmission
    .optional()
    .describe('Further limits, and what those do who are turned away.'),
  price: priceSchema.optional().describe('Per accelerator-hour (default on-demand, where known).'),
});

const maxWaiting = limit.optional().describe('That may wait; one more is turned away.');
const jobPatience = durationLaw
  .optional()
  .describe(
    'How long a job waits for its slot before it gives up, as if turned away (default: for ever).',
  );

/** What stands under pools that run on servers. */
const machines = {
  hardware: reference('hardware-profiles').optional().describe('Profile of a host, for its price.'),
  hosts: units('hosts')
    .optional()
    .describe('Machines of that hardware (default: as many as have a core per server).'),
  price: priceSchema
    .optional()
    .describe('Per host-hour, as its profile says or as a figure; without hosts per server-hour.'),
};

const gateway = fields({
  kind: choice('a kind of pool', ['gateway']),
  servers: units('servers').optional().describe('Requests handled at once (default: no limit).'),
  service: durationLaw.optional().describe('Server time per request (default none).'),
  perThousandTokens: durationMs.optional().describe('Server time per 1,000 prompt tokens, added.'),
  connection: choice('a kind of connection', ['http', 'held'])
    .optional()
    .describe(
      'Sets overhead: http (a fresh call each) to { median: 400ms, sigma: 0.5 }, held to { median: 80ms, sigma: 0.5 }.',
    ),
  overhead: durationLaw
    .optional()
    .describe('Delay per request that holds no server (default none).'),
  maxWaiting,
  ...machines,
});

const tools = fields({
  kind: choice('a kind of pool', ['tools']),
  servers: units('servers').describe('Tool calls at once.'),
  maxWaiting,
  patience: jobPatience,
  ...machines,
});

const store = fields({
  kind: choice('a kind of pool', ['store']),
  connections: units('connections').describe('Queries at once.'),
  maxWaiting,
  patience: jobPatience,
  ...machines,
});

const model = fields({
  kind: choice('a kind of pool', ['model']),
  servers: units('servers').describe('Calls at once.'),
  unit: label.describe(
    'What its input is counted in: audio seconds, tokens, images; for readers, nothing is computed from it.',
  ),
  fixed: durationMs.default(0).describe('Time per call (default none).'),
  perUnit: durationMs.describe('Time per unit of input, added.'),
  maxWaiting,
  patience: jobPatience,
  ...machines,
});

const sandboxStart = inputSchema<Law>(
  {
    name: 'sandboxStart',
    about: 'image, snapshot, or a law of durations',
    anyOf: () => [choice('a start', ['image', 'snapshot']), durationLaw],
  },
  (input, report) =>
    input === 'image' || input === 'snapshot'
      ? sandboxStarts[input]
      : readPart(durationLaw, input, [], report),
);

/** Facts of 2026: pulling an image of a software project, and restoring a snapshot of a small machine. */
const sandboxStarts: Readonly<Record<'image' | 'snapshot', Law>> = {
  image: { kind: 'lognormal', median: 23_000, sigma: 0.55 },
  snapshot: { kind: 'lognormal', median: 200, sigma: 0.4 },
};

const sandboxes = fields({
  kind: choice('a kind of pool', ['sandboxes']),
  ...machines,
  hosts: units('hosts').default(1).describe('Machines (default 1).'),
  slots: units('sandboxes')
    .optional()
    .describe('Sandboxes at once per host (default: one per core of the hardware).'),
  start: sandboxStart
    .default(sandboxStarts.snapshot)
    .describe(
      'Time to bring one up: image ({ median: 23s, sigma: 0.55 }), snapshot ({ median: 200ms, sigma: 0.4 }, default) or a law.',
    ),
  warm: numberSchema({ name: 'a count', min: 0, max: maxUnits, whole: true })
    .default(0)
    .describe('Sandboxes kept up in advance (default none).'),
  warmStart: durationMs
    .default(110)
    .describe('Time until one of those can be used (default 110ms).'),
  createRate: ratePerMs.optional().describe('Most creations per time (default no limit).'),
  maxWaiting,
  patience: jobPatience,
});

const station = fields({
  kind: choice('a kind of pool', ['station']),
  serves: roles,
  discipline: choice('a queueing discipline', ['fcfs']).default('fcfs'),
  servers: units('servers').default(1),
  service: durationLaw.describe('Time that a request holds a server.'),
  setup: durationLaw
    .optional()
    .describe('Time that a server needs before it serves, each time it was idle (default none).'),
  patience: durationLaw
    .optional()
    .describe(
      'How long a request waits for the start of its service before it leaves (default: for ever).',
    ),
  maxWaiting: limit.optional().describe('Requests that may wait; one more is rejected.'),
  admission: stationAdmission
    .optional()
    .describe('Further limits, and what those do who are turned away.'),
  price: priceSchema.optional().describe('Per server-hour.'),
});

const poolKinds = { engine: enginePool, gateway, station, tools, store, model, sandboxes };

/** Kinds of pools of which any key may be missing: what a mix may say about a pool that it inherits. */
export const partialPools: readonly z.ZodType[] = Object.values(poolKinds).map((kind) =>
  (kind as z.ZodObject).partial(),
);
const kindName = choice('a kind of pool', Object.keys(poolKinds) as (keyof typeof poolKinds)[]);

export type EnginePool = z.infer<typeof enginePool>;
export type GatewayPool = z.infer<typeof gateway>;
export type StationPool = z.infer<typeof station>;

export type ResourcePool =
  | z.infer<typeof tools>
  | z.infer<typeof store>
  | z.infer<typeof model>
  | z.infer<typeof sandboxes>;

/** A pool as its file describes it. */
export type Pool = EnginePool | GatewayPool | StationPool | ResourcePool;

/** One entry of `fleet:`; its `kind` is `engine` unless named. */
export const poolSchema: z.ZodType<Pool> = inputSchema(
  { name: 'pool', about: 'a pool', anyOf: () => Object.values(poolKinds) },
  (input, report) => {
    if (!isMapping(input))
      return report({ code: 'E_TYPE', message: `expected a pool, found ${describeFound(input)}` });
    const kind = readPart(kindName, input['kind'] ?? 'engine', ['kind'], report);
    return kind && readPart(poolKinds[kind] as z.ZodType<Pool>, input, [], report);
  },
);
