import { isDeepStrictEqual } from 'node:util';
import {
  AckPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { NatsBroker } from '../config.ts';
import { MESSAGE_SUBJECTS, STATUS_SUBJECTS } from './natsSubjects.ts';

export const MESSAGE_STREAM = 'MILLWRIGHT';
export const STATUS_STREAM = 'MILLWRIGHT_STATUS';
export const STREAMS = [MESSAGE_STREAM, STATUS_STREAM];
/** One for all gateways: each message goes to one of them. */
export const GATEWAYS = 'gateways';
/**
 * A message that its gateway neither acknowledges nor reports as in progress for so long goes to another gateway. A
 * gateway reports after a quarter of it, so a commit may take as long as it needs.
 */
export const ACK_WAIT_MS = 1500;
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

/**
 * Creates what is missing and adapts what differs from the configuration. What is as configured is only read: a change
 * needs a leader of the whole cluster, and after the loss of a server there is none for some seconds.
 * @throws if the server refuses.
 */
export async function ensureStreams({ streams, consumers }: JetStreamManager, broker: NatsBroker): Promise<void> {
  for (const wanted of streamsOf(broker)) {
    const present = await orNull(streams.info(wanted.name), JetStreamApiCodes.StreamNotFound);
    if (present === null) await streams.add(wanted);
    else if (!agrees(present.config, wanted)) await streams.update(wanted.name, wanted);
  }
  const bounds = { ack_wait: nanos(ACK_WAIT_MS), max_ack_pending: MOST_UNACKNOWLEDGED };
  const present = await orNull(consumers.info(MESSAGE_STREAM, GATEWAYS), JetStreamApiCodes.ConsumerNotFound);
  if (present === null)
    await consumers.add(MESSAGE_STREAM, { durable_name: GATEWAYS, ack_policy: AckPolicy.Explicit, ...bounds });
  else if (!agrees(present.config, bounds)) await consumers.update(MESSAGE_STREAM, GATEWAYS, bounds);
}

async function orNull<T>(found: Promise<T>, missing: number): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === missing) return null;
    throw error;
  }
}

/** Whether a configuration has what is wanted; it may have more. */
export function agrees(present: object, wanted: object): boolean {
  const have = new Map(Object.entries(present));
  return Object.entries(wanted).every(([name, value]) => isDeepStrictEqual(have.get(name), value));
}
