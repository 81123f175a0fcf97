import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:net';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import { type BrokerAccount, covers } from './brokerAccess.ts';

export interface EmbeddedBroker {
  port: number;
  /** Messages and subscriptions that were refused to clients, since the start. */
  readonly refused: number;
  close(): Promise<void>;
}

const BAD_CREDENTIALS = 4;

/**
 * A broker in this process, for a laptop: MQTT 3.1.1, on loopback, nothing kept across a restart. With accounts every
 * client signs in and publishes under its own topics alone; one that tries others is disconnected. Without accounts it
 * serves whoever connects.
 */
export async function startBroker(
  host: string,
  port: number,
  accounts: readonly BrokerAccount[] | null = null,
): Promise<EmbeddedBroker> {
  const aedes = await Aedes.createBroker();
  const counts = { refused: 0 };
  if (accounts !== null) restrict(aedes, accounts, () => counts.refused++);
  const server = createServer(aedes.handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    get refused() {
      return counts.refused;
    },
    async close() {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function restrict(aedes: Aedes, accounts: readonly BrokerAccount[], refuse: () => void): void {
  const byName = new Map(accounts.map((account) => [account.username, account]));
  const signedIn = new WeakMap<Client, BrokerAccount>();
  aedes.authenticate = (client, username, password, done) => {
    const account = byName.get(username ?? '');
    // Compared also where there is no such account, so that the time does not reveal it.
    const isRight = isSame(password ?? Buffer.alloc(0), account?.password ?? '');
    if (account !== undefined && isRight) {
      signedIn.set(client, account);
      done(null, true);
      return;
    }
    refuse();
    done(
      Object.assign(new Error('wrong name or password'), { returnCode: BAD_CREDENTIALS }) as AuthenticateError,
      false,
    );
  };
  aedes.authorizePublish = (client, { topic }, done) => {
    // Without a client: a message of the broker itself.
    if (client === null || covers(signedIn.get(client)?.publishes ?? [], topic)) return done(null);
    refuse();
    done(new Error(`may not publish ${topic}`));
  };
  aedes.authorizeSubscribe = (client, subscription, done) => {
    if (client === null || covers(signedIn.get(client)?.receives ?? [], subscription.topic))
      return done(null, subscription);
    refuse();
    done(null, null);
  };
}

function isSame(given: Buffer, expected: string): boolean {
  const digest = (value: Buffer | string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
