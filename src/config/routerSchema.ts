import type { z } from 'zod';
import { type RouterSpec, type RouterWeights, routerPolicies } from '../../sim/fleet/routerSpec.js';
import { choice } from './choiceSchema.js';
import { fields } from './fields.js';
import { inputSchema, isMapping, type Report, readPart } from './inputSchema.js';
import { numberSchema } from './numberSchema.js';
import { positiveDurationMs, tokens } from './quantity.js';

const policy = choice('a routing policy', routerPolicies);
const slack = numberSchema({ name: 'a count', min: 0, max: 1e9, whole: true });
const weight = numberSchema({ name: 'a weight', min: 0, max: 1e6 });

const weights = fields({
  prefix: weight.default(0).describe('Share of the prompt that the replica has cached.'),
  requests: weight.default(0).describe('Few requests assigned and not ended.'),
  queue: weight.default(0).describe('Few requests that wait for a slot.'),
  kv: weight.default(0).describe('Share of the KV memory that no running sequence holds.'),
  tokens: weight.default(0).describe('Few prompt tokens of requests assigned and not ended.'),
  session: weight.default(0).describe('The replica is the home of the session.'),
});

/** In the proportions in which open-source inference gateways ship them: an assumption. */
const usualWeights: RouterWeights = {
  prefix: 3,
  requests: 0,
  queue: 2,
  kv: 2,
  tokens: 0,
  session: 0,
};

/** Tokens per replica that an approximate index remembers: an assumption. */
const usualIndexTokens = 500_000;

const routerKeys = fields({
  policy: policy.describe('How a replica is chosen.'),
  slack: slack
    .default(8)
    .describe(
      'prefix-aware, session-affinity: a replica so many requests above the least loaded is passed over.',
    ),
  ties: choice('what decides between equal replicas', ['lowest', 'rotate'])
    .optional()
    .describe('Of the least loaded: the lowest index (default), or each in turn.'),
  staleness: positiveDurationMs
    .optional()
    .describe('The router reads loads once per so much time (default: at every request).'),
  index: choice('an index', ['exact', 'approximate'])
    .optional()
    .describe(
      'prefix-aware, weighted: the caches as they are (default), or what the router sent there itself.',
    ),
  indexTokens: tokens
    .optional()
    .describe('What an approximate index remembers per replica (default 500k tokens).'),
  weights: weights
    .optional()
    .describe('weighted: what each signal counts (default prefix 3, queue 2, kv 2).'),
});

type RouterKeys = z.infer<typeof routerKeys>;

/** `router: prefix-aware`, or a mapping with the policy and its options. */
export const routerSchema = inputSchema<RouterSpec>(
  { name: 'router', about: 'a routing policy', anyOf: () => [policy, routerKeys] },
  (input, report) => {
    const written = readPart(
      routerKeys,
      isMapping(input) ? input : { policy: input },
      [],
      (finding) =>
        // Written short, the policy is the value itself.
        report(isMapping(input) ? finding : { ...finding, path: [] }),
    );
    return written && usesItsKeys(written, report) ? routerSpec(written) : undefined;
  },
);

/** Policies that an option means something for. */
const policiesOf = {
  ties: ['least-requests', 'least-tokens', 'session-affinity', 'prefix-aware'],
  staleness: [
    'least-requests',
    'least-tokens',
    'power-of-two',
    'session-affinity',
    'prefix-aware',
    'weighted',
  ],
  index: ['prefix-aware', 'weighted'],
  indexTokens: ['prefix-aware', 'weighted'],
  weights: ['weighted'],
} as const satisfies Partial<Record<keyof RouterKeys, readonly RouterSpec['policy'][]>>;

function usesItsKeys(written: RouterKeys, report: Report): boolean {
  let isFine = true;
  const refuse = (key: keyof RouterKeys, message: string) => {
    report({ code: 'E_KEY', message, path: [key], atKey: true });
    isFine = false;
  };
  for (const key of Object.keys(policiesOf) as (keyof typeof policiesOf)[]) {
    const policies: readonly string[] = policiesOf[key];
    if (written[key] === undefined || policies.includes(written.policy)) continue;
    refuse(key, `a ${written.policy} router has no ${key}; ${policies.join(', ')} have`);
  }
  if (written.indexTokens !== undefined && written.index !== 'approximate')
    refuse('indexTokens', 'only an approximate index has a size: index: approximate');
  if (written.weights && Object.values(written.weights).every((each) => each === 0))
    refuse('weights', 'all weights are 0: nothing would tell replicas apart');
  return isFine;
}

function routerSpec(written: RouterKeys): RouterSpec {
  const { ties, staleness, index, indexTokens = usualIndexTokens } = written;
  return {
    policy: written.policy,
    slack: written.slack,
    ...(ties === undefined ? {} : { ties }),
    ...(staleness === undefined ? {} : { stalenessMs: staleness }),
    ...(index === 'approximate' ? { indexTokens } : {}),
    ...(written.policy === 'weighted' ? { weights: written.weights ?? usualWeights } : {}),
  };
}
