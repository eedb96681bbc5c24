/** How to load an experiment. */
export interface LoadOptions {
  /** `path=value` of each `--set`, in order. */
  readonly overrides: readonly string[];
  /** A short look: see `runSettings`. */
  readonly quick: boolean;
  /** Folder of traces, instead of what the file or INFLOW_DATA names. */
  readonly dataFolder?: string;
}
