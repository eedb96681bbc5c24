import type { RouterSpec } from '../run/scenario.js';
import type { Router, RouterView } from './router.js';

/** The router of a pool, by policy. All break ties towards the lowest replica index. */
export function buildRouter(spec: RouterSpec, view: RouterView): Router {
  const { replicas, requests, tokens } = view;
  switch (spec.policy) {
    case 'round-robin': {
      let next = 0;
      return () => {
        const chosen = next;
        next = chosen + 1 === replicas ? 0 : chosen + 1;
        return chosen;
      };
    }
    case 'random':
      return (request) => Math.floor(request.draw * replicas);
    case 'least-requests':
      return () => requests.least;
    case 'least-tokens':
      return () => tokens.least;
    case 'power-of-two':
      return (request) => {
        // One draw gives both: the quotient and what is left over, rescaled.
        const scaled = request.draw * replicas;
        const first = Math.floor(scaled);
        const offset = 1 + Math.floor((scaled - first) * (replicas - 1));
        const second = replicas > 1 ? (first + offset) % replicas : first;
        const low = Math.min(first, second);
        const high = Math.max(first, second);
        return requests.loadOf(high) < requests.loadOf(low) ? high : low;
      };
    case 'session-affinity':
      return (request) => {
        const home = scattered(request.affinityKey) % replicas;
        const most = requests.loadOf(requests.least) + spec.slack;
        return requests.loadOf(home) <= most ? home : requests.least;
      };
    case 'prefix-aware':
      return (request, timeMs) => {
        const cached = view.bestCached(request, timeMs, spec.slack);
        return cached >= 0 ? cached : requests.least;
      };
  }
}

/** Spreads neighbouring keys over the replicas (the finaliser of MurmurHash3, Appleby, public domain). */
function scattered(key: number): number {
  let h = key ^ (key >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
