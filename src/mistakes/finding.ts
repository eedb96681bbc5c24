/** One thing wrong with a value, told by the schema that read it. */
export interface Finding {
  /** Stable code, E_…, of the kind of mistake. */
  readonly code: string;
  /** What was expected and what was found. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Place below the value; empty: the value itself. */
  readonly path?: readonly (string | number)[];
  /** Points at the key instead of at its value. */
  readonly atKey?: boolean;
  /** Names of which one was probably meant. */
  readonly known?: readonly string[];
}
