import type { DeviceMessage } from '../deviceMessage.ts';

/** The devices of a plant, in one protocol. */
export interface PlantDevices {
  /** Resolves when there is room for the next message. */
  send(message: DeviceMessage): Promise<void>;
  /** Resolves when everything that can be acknowledged has been. */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** Power failure for `downMs`. */
  restart(downMs: number): Promise<void>;
}
