/** The probe that watches this process, or undefined where it does not run (worker threads, package managers). */
declare const probe: Probe | undefined;

interface Probe {
  /** Collects once and sends, without waiting for the interval. Resolves when the receiver has answered or failed. */
  flush(): Promise<void>;
  /** Ends all measuring and sending. What was not sent is dropped. */
  stop(): void;
}

export = probe;
