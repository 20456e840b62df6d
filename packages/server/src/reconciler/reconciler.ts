/** What the rest of the server knows of the reconciler. */
export interface Reconciler {
  /** Looks at a network or instance soon; returns at once. Calls for one that is being converged lead to one more look. */
  wake(kind: 'network' | 'instance', id: string): void;
}
