import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import { type BrokerAccount, covers } from './brokerAccess.ts';

export interface EmbeddedBroker {
  port: number;
  /** Messages and subscriptions refused to clients since the start. */
  readonly refused: number;
  close(): Promise<void>;
}

const BAD_CREDENTIALS = 4;
const BAD_CLIENT_ID = 2;
/** Before a client has signed in: MQTT's first packet may claim 256 MB, which would be kept until it is whole. */
const MAX_UNKNOWN_BYTES = 1024 * 1024;

/**
 * An in-process broker for a laptop: MQTT 3.1.1, on loopback, without persistence. With accounts, every client signs in
 * and may publish only under its own topics; a violation disconnects it. Without accounts it accepts any client.
 */
export async function startBroker(
  host: string,
  port: number,
  accounts: readonly BrokerAccount[] | null = null,
): Promise<EmbeddedBroker> {
  const aedes = await Aedes.createBroker();
  const counts = { refused: 0 };
  if (accounts !== null) restrict(aedes, accounts, () => counts.refused++);
  const signedIn = new WeakSet<object>();
  aedes.on('client', ({ conn }) => signedIn.add(conn));
  const server = createServer((socket: Socket) => {
    // Beside the broker's own listener, which is the one that reads.
    socket.on('readable', () => {
      if (socket.bytesRead <= MAX_UNKNOWN_BYTES || signedIn.has(socket) || socket.destroyed) return;
      counts.refused++;
      socket.destroy();
    });
    aedes.handle(socket);
  });
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
  /** The account of each client id: another account with the same id would end that connection. */
  const holders = new Map<string, Client>();
  aedes.on('clientDisconnect', (client) => {
    if (holders.get(client.id) === client) holders.delete(client.id);
  });
  aedes.authenticate = (client, username, password, done) => {
    const account = byName.get(username ?? '');
    // Compared even without such an account, so that timing does not reveal whether it exists.
    const isRight = isSame(password ?? Buffer.alloc(0), account?.password ?? '');
    const holder = holders.get(client.id);
    const isTaken = holder !== undefined && !holder.closed && signedIn.get(holder) !== account;
    if (account !== undefined && isRight && !isTaken) {
      holders.set(client.id, client);
      signedIn.set(client, account);
      done(null, true);
      return;
    }
    refuse();
    const [why, returnCode] =
      account !== undefined && isRight
        ? ['another account uses this client id', BAD_CLIENT_ID]
        : ['wrong name or password', BAD_CREDENTIALS];
    done(Object.assign(new Error(why), { returnCode }) as AuthenticateError, false);
  };
  aedes.authorizePublish = (client, { topic }, done) => {
    // Without a client, the message comes from the broker itself.
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
