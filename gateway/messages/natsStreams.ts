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
/** The consumer shared by all gateways: each message goes to one of them. */
export const GATEWAYS = 'gateways';
/**
 * A message that its gateway neither acknowledges nor reports as in progress for this long is redelivered to another
 * one. A gateway reports after a quarter of this time, so a commit may take as long as it needs.
 */
export const ACK_WAIT_MS = 1500;
/** Limit on unacknowledged messages of all gateways; those of a dead gateway count until ACK_WAIT_MS. */
const MOST_UNACKNOWLEDGED = 10_000;
const MEGABYTE = 1024 * 1024;

type OwnConfig = Pick<StreamConfig, 'name' | 'subjects' | 'retention' | 'storage' | 'num_replicas'> &
  Partial<StreamConfig>;

/**
 * The streams of a plant. Messages are removed when acknowledged; beyond the limits the oldest are dropped, which loses
 * no data, because edges keep theirs until a gateway has committed them. Only the latest states are kept.
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
 * Creates missing streams and updates those that differ from the configuration. Others are only read: a change needs
 * the cluster's leader, which is absent for some seconds after the loss of a server.
 * @throws if the server refuses.
 */
export async function ensureStreams({ streams, consumers }: JetStreamManager, broker: NatsBroker): Promise<void> {
  for (const expected of streamsOf(broker)) {
    const present = await orNull(streams.info(expected.name), JetStreamApiCodes.StreamNotFound);
    if (present === null) await streams.add(expected);
    else if (!agrees(present.config, expected)) await streams.update(expected.name, expected);
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

/** Whether a configuration has all expected settings; it may have more. */
export function agrees(present: object, expected: object): boolean {
  const have = new Map(Object.entries(present));
  return Object.entries(expected).every(([name, value]) => isDeepStrictEqual(have.get(name), value));
}
