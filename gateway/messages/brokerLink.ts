/** How a gateway handles messages of its broker. */
export interface LinkHandlers {
  /**
   * `settle` is called once: with true when the message is durable or needs no further work, with false if it must be
   * redelivered. Until then the link reserves it for this gateway.
   */
  received(topic: string, payload: Buffer, settle: (isDone: boolean) => void): void;
  /** While true, the link reads no further messages; `resume` ends that. */
  isFull(): boolean;
}

/** A gateway's connection to the broker of its edges. */
export interface BrokerLink {
  /** Whether messages can be sent and received. */
  readonly connected: boolean;
  start(): void;
  stop(): Promise<void>;
  resume(): void;
  /** Resolves once the broker has the message. @throws Error while it is disconnected. */
  publish(topic: string, message: string): Promise<void>;
  /** Publishes without confirmation: the receiver requests it again if it is lost. */
  publishUnconfirmed(topic: string, message: string): void;
}

/** Opens the link of one ingest. */
export type OpenLink = (handlers: LinkHandlers) => BrokerLink;
