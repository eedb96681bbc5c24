// The alea generator of the seedrandom package, which is typed for its main entry only.
declare module 'seedrandom/lib/alea.js' {
  interface AleaGenerator {
    /** In [0, 1), 32 bits. */
    (): number;
    /** In [0, 1), 53 bits. */
    double(): number;
  }
  export default function alea(seed: string): AleaGenerator;
}
