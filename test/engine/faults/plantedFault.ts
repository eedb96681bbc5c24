/** A deliberate error in the engine, as a replacement of text in one of its files. */
export interface PlantedFault {
  readonly name: string;
  /** File below the project root. */
  readonly file: string;
  /** What goes wrong in the simulated world. */
  readonly breaks: string;
  /** Text that occurs exactly once in the file. */
  readonly find: string;
  readonly replacement: string;
  /** First world to try, for a fault that chance finds late. Default: 1. */
  readonly firstWorld?: number;
}
