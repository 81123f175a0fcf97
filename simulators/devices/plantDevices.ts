import type { DeviceMessage } from '../deviceMessage.ts';

/** The devices of a plant, in one protocol. */
export interface PlantDevices {
  /** Resolves when there is room for the next message. */
  send(message: DeviceMessage): Promise<void>;
  /** Resolves when all that can be acknowledged is. */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** They lose their power, and have it again after so long. */
  restart(downMs: number): Promise<void>;
}
