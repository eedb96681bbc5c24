/** A broken promise of the simulator itself, never of its input. The command line exits with 70 and prints how to replay. */
export class SimulatorBug extends Error {
  override readonly name = 'SimulatorBug';
}

/** Stops the run when something that must hold does not. The message carries the values. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new SimulatorBug(`simulator bug: ${message}`);
}
