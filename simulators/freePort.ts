import { connect, createServer } from 'node:net';

/** Below the range that the system uses for outgoing connections, to avoid collisions. */
const FIRST = 15_000;
const COUNT = 17_000;

/** A free port on loopback, drawn at random so that concurrent callers get different ones. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Whether something listens on a port of loopback. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const REST_MS = 50;
const MAX_MS = 10_000;

/** Waits until something listens. @throws Error after ten seconds. */
export async function untilListens(port: number): Promise<void> {
  const endMs = Date.now() + MAX_MS;
  while (!(await listens(port))) {
    if (Date.now() > endMs) throw new Error(`nothing listens on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }
}
