/** A replication stopped with an error: a bug of ours. Carries what is needed to replay it. */
export class SimulationFailed extends Error {
  override readonly name = 'SimulationFailed';
  readonly replication: number;

  constructor(report: {
    readonly replication: number;
    readonly message: string;
    /** Of the thread in which it happened. */
    readonly stack: string;
  }) {
    super(report.message);
    this.replication = report.replication;
    this.stack = report.stack;
  }
}
