import type { Protobuf } from './formatConfig.ts';
import type { Read } from './jsonText.ts';
import type { ProtobufReader } from './protobufFile.ts';
import type { Subscription } from './sourceConfig.ts';

/** By file and message. */
const readers = new Map<string, ProtobufReader>();

const keyOf = ({ file, message }: Protobuf): string => `${file}\n${message}`;

/**
 * Reads the `.proto` files that subscriptions name; the library is loaded only if there are any.
 * @throws Error if a file cannot be read, is invalid, or lacks the message.
 */
export async function openProtobufs(subscriptions: readonly Subscription[]): Promise<void> {
  for (const { payload } of subscriptions) {
    if ((payload.type !== 'scalar' && payload.type !== 'waveform') || payload.protobuf === undefined) continue;
    const { protobufReader } = await import('./protobufFile.ts');
    const { file, message } = payload.protobuf;
    try {
      readers.set(keyOf(payload.protobuf), protobufReader(file, message));
    } catch (error) {
      throw new Error(`payload.protobuf: ${message} of ${file}: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** Reads a message of an opened file. */
export function readProtobuf(payload: Uint8Array, protobuf: Protobuf | undefined): Read<unknown> {
  const reader = protobuf && readers.get(keyOf(protobuf));
  return reader ? reader(payload) : { ok: false, rejection: 'unsupported_type' };
}
