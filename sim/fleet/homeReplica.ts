/** The replica that is the home of a session: neighbouring keys are spread over all. */
export function homeReplica(affinityKey: number, replicas: number): number {
  // The finaliser of MurmurHash3 (Appleby, public domain).
  let h = affinityKey ^ (affinityKey >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) % replicas;
}
