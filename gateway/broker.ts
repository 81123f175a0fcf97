import { createServer, type Socket } from 'node:net';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import { listenError } from '#models/configuration/listenError.ts';
import { type BrokerAccount, covers } from './brokerAccess.ts';
import { isBrokerPassword } from './brokerPassword.ts';

/** Finds the account of a name; undefined if it does not exist or was removed. */
export type FindAccount = (username: string) => BrokerAccount | undefined;

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
  find: FindAccount | null = null,
): Promise<EmbeddedBroker> {
  const aedes = await Aedes.createBroker();
  const counts = { refused: 0 };
  if (find !== null) restrict(aedes, find, () => counts.refused++);
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
    server.once('error', (error) => reject(listenError(error, 'embeddedBroker.port')));
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

function restrict(aedes: Aedes, find: FindAccount, refuse: () => void): void {
  /** User names: the permissions are looked up at each use, because an account may be revoked. */
  const signedIn = new WeakMap<Client, string>();
  const accountOf = (client: Client) => {
    const username = signedIn.get(client);
    return username === undefined ? undefined : find(username);
  };
  /** The account of each client id: another account with the same id would end that connection. */
  const holders = new Map<string, Client>();
  aedes.on('clientDisconnect', (client) => {
    if (holders.get(client.id) === client) holders.delete(client.id);
  });
  aedes.authenticate = (client, username, password, done) => {
    const name = username ?? '';
    const account = find(name);
    const decide = (isRight: boolean) => {
      const holder = holders.get(client.id);
      const isInUse = holder !== undefined && !holder.closed && signedIn.get(holder) !== name;
      if (isRight && !isInUse) {
        holders.set(client.id, client);
        signedIn.set(client, name);
        done(null, true);
        return;
      }
      refuse();
      const [why, returnCode] = isRight
        ? ['another account uses this client id', BAD_CLIENT_ID]
        : ['wrong name or password', BAD_CREDENTIALS];
      done(Object.assign(new Error(why), { returnCode }) as AuthenticateError, false);
    };
    // A damaged hash refuses every password.
    isBrokerPassword(password ?? Buffer.alloc(0), account?.secret).then(decide, () => decide(false));
  };
  aedes.authorizePublish = (client, { topic }, done) => {
    // Without a client, the message comes from the broker itself.
    if (client === null || covers(accountOf(client)?.publishes ?? [], topic)) return done(null);
    refuse();
    done(new Error(`may not publish ${topic}`));
  };
  aedes.authorizeSubscribe = (client, subscription, done) => {
    if (client === null || covers(accountOf(client)?.receives ?? [], subscription.topic))
      return done(null, subscription);
    refuse();
    done(null, null);
  };
}
