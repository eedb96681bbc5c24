/** A replication stopped with an error: a bug of ours. Carries what is needed to replay it. */
export class SimulationFailed extends Error {
  override readonly name = 'SimulationFailed';
  readonly replication: number;
  /** Index of the experiment, where several are simulated together. */
  readonly world: number;

  constructor(report: {
    readonly world: number;
    readonly replication: number;
    readonly message: string;
    /** Of the thread in which it happened. */
    readonly stack: string;
  }) {
    super(report.message);
    this.replication = report.replication;
    this.world = report.world;
    this.stack = report.stack;
  }
}
