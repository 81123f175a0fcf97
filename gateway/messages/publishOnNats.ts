import { connect } from '@nats-io/transport-node';
import type { NatsBroker } from '../config.ts';
import { natsOptions } from './natsOptions.ts';
import { subjectOf } from './natsSubjects.ts';

/** Publishes one message; resolves once the server has it. @throws if the cluster cannot be reached. */
export async function publishOnNats(broker: NatsBroker, topic: string, message: string): Promise<void> {
  const options = { ...natsOptions(broker, 'millwright-test-notify'), maxReconnectAttempts: 0 };
  const connection = await connect(options);
  try {
    connection.publish(subjectOf(topic), message);
    await connection.flush();
  } finally {
    await connection.close();
  }
}
