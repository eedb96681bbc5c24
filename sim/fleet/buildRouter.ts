import { invariant } from '../kernel/invariant.js';
import { homeReplica } from './homeReplica.js';
import type { LoadTree } from './loadTree.js';
import type { Router, RouterView } from './router.js';
import type { RouterSpec } from './routerSpec.js';

/** The router of a pool, by policy; `weighted` is built apart. Ties go to the lowest replica index, unless they rotate. */
export function buildRouter(spec: RouterSpec, view: RouterView): Router {
  const { replicas, requests, tokens } = view;
  const leastOf = spec.ties === 'rotate' ? takingTurns(replicas) : (tree: LoadTree) => tree.least;
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
      return () => leastOf(requests);
    case 'least-tokens':
      return () => leastOf(tokens);
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
        const home = homeReplica(request.affinityKey, replicas);
        const most = requests.loadOf(requests.least) + spec.slack;
        return requests.loadOf(home) <= most ? home : leastOf(requests);
      };
    case 'prefix-aware':
      return (request, timeMs) => {
        const cached = view.bestCached(request, timeMs, spec.slack);
        return cached >= 0 ? cached : leastOf(requests);
      };
    case 'weighted':
      invariant(false, 'a weighted router has weights');
  }
}

/** The least loaded, equals in turn. */
function takingTurns(replicas: number): (tree: LoadTree) => number {
  let turn = 0;
  return (tree) => {
    const chosen = tree.leastFrom(turn);
    turn = chosen + 1 === replicas ? 0 : chosen + 1;
    return chosen;
  };
}
