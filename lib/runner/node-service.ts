/** What works beside the runner of a process while its node lives. */
export interface NodeService {
  /**
   * @param node - the number of the node; it gets another one when it was given up and lives on
   * @throws what keeps the runner from starting
   */
  start(node: () => number): Promise<void>;
  /** Comes before the node stops. */
  stop(): Promise<void>;
}
