import type { Law } from '../../sim/laws/law.js';
import type { GatewaySpec } from '../../sim/run/scenario.js';
import { checkHeavyTail } from './checkHeavyTail.js';
import type { PoolInfo } from './loadedExperiment.js';
import type { Loading } from './loading.js';
import { noDelay } from './noDelay.js';
import type { GatewayPool } from './poolSchema.js';
import type { PriceBasis } from './priceSchema.js';
import { hostOf, machinePrice } from './resolveMachines.js';

/**
 * Delay per call of connecting and of the layers in front of a model. Derived, an assumption: OpenAI's move
 * to held connections made loops up to 40% faster by an overhead 80% smaller (April 2026).
 */
const connectionOverheadMs: Readonly<Record<'http' | 'held', Law>> = {
  http: { kind: 'lognormal', median: 400, sigma: 0.5 },
  held: { kind: 'lognormal', median: 80, sigma: 0.5 },
};

/** The gateway of a fleet; undefined when it cannot be built, which is reported. */
export function resolveGateway(
  name: string,
  gateway: GatewayPool,
  usualBasis: PriceBasis,
  loading: Loading,
): { readonly spec: GatewaySpec; readonly info: PoolInfo } | undefined {
  const { connection, overhead } = gateway;
  const hardware = hostOf(name, gateway, loading);
  if (gateway.hardware !== undefined && hardware === undefined) return undefined;
  if (connection !== undefined && overhead !== undefined)
    return loading.report({
      code: 'E_KEY',
      message: `connection: ${connection} says what the overhead is`,
      path: ['fleet', name, 'overhead'],
      atKey: true,
      hint: 'Leave one of them out',
    });
  for (const key of ['service', 'overhead'] as const)
    if (gateway[key] !== undefined)
      checkHeavyTail(gateway[key], ['fleet', name, key], loading.warn);
  const servers = gateway.servers ?? Number.POSITIVE_INFINITY;
  const { usdPerHour, info } = machinePrice(name, gateway, servers, hardware, usualBasis, loading);
  return {
    spec: {
      name,
      servers,
      serviceMs: gateway.service ?? noDelay,
      perThousandTokensMs: gateway.perThousandTokens ?? 0,
      overheadMs: connection ? connectionOverheadMs[connection] : (overhead ?? noDelay),
      maxWaiting: gateway.maxWaiting ?? Number.POSITIVE_INFINITY,
      usdPerHour,
    },
    info: {
      name,
      kind: 'gateway',
      model: undefined,
      acceleratorsPerUnit: undefined,
      precision: undefined,
      confidence: undefined,
      ...info,
    },
  };
}
