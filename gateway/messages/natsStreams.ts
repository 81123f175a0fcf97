import { AckPolicy, type JetStreamManager, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { NatsBroker } from '../config.ts';
import { MESSAGE_SUBJECTS, STATUS_SUBJECTS } from './natsSubjects.ts';

export const MESSAGE_STREAM = 'MILLWRIGHT';
export const STATUS_STREAM = 'MILLWRIGHT_STATUS';
export const STREAMS = [MESSAGE_STREAM, STATUS_STREAM];
/** One for all gateways: each message goes to one of them. */
export const GATEWAYS = 'gateways';
/**
 * A message that its gateway has not acknowledged goes to another. Longer than a commit takes, and shorter than the 15 s
 * after which an edge sends it again.
 */
export const ACK_WAIT_MS = 10_000;
/** Messages on their way to all gateways; a dead one keeps its share until ACK_WAIT_MS. */
const MOST_UNACKNOWLEDGED = 10_000;
const MEGABYTE = 1024 * 1024;

type OwnConfig = Pick<StreamConfig, 'name' | 'subjects' | 'retention' | 'storage' | 'num_replicas'> &
  Partial<StreamConfig>;

/**
 * The streams of a plant. Messages are removed when they are acknowledged; beyond their bounds the oldest go first, which
 * loses nothing, because edges keep theirs until a gateway has committed them. Of states only the latest are kept.
 */
export function streamsOf({ replicas, maxMegabytes, maxHours }: NatsBroker): OwnConfig[] {
  const common = { storage: StorageType.File, num_replicas: replicas };
  return [
    {
      ...common,
      name: MESSAGE_STREAM,
      subjects: MESSAGE_SUBJECTS,
      retention: RetentionPolicy.Workqueue,
      max_bytes: maxMegabytes * MEGABYTE,
      max_age: nanos(maxHours * 3_600_000),
    },
    {
      ...common,
      name: STATUS_STREAM,
      subjects: STATUS_SUBJECTS,
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: 1,
    },
  ];
}

/** Creates what is missing and adapts what differs from the configuration. @throws if the server refuses. */
export async function ensureStreams(manager: JetStreamManager, broker: NatsBroker): Promise<void> {
  const names = new Set<string>();
  for await (const { config } of manager.streams.list()) names.add(config.name);
  for (const config of streamsOf(broker)) {
    if (names.has(config.name)) await manager.streams.update(config.name, config);
    else await manager.streams.add(config);
  }
  const bounds = { ack_wait: nanos(ACK_WAIT_MS), max_ack_pending: MOST_UNACKNOWLEDGED };
  const consumers = new Set<string>();
  for await (const { name } of manager.consumers.list(MESSAGE_STREAM)) consumers.add(name);
  if (consumers.has(GATEWAYS)) await manager.consumers.update(MESSAGE_STREAM, GATEWAYS, bounds);
  else
    await manager.consumers.add(MESSAGE_STREAM, { durable_name: GATEWAYS, ack_policy: AckPolicy.Explicit, ...bounds });
}
