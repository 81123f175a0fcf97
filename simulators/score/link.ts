import { connect, createServer, type Server, type Socket } from 'node:net';

/** Limits of a link: none, or a rate in bytes a second each way and a delay. */
export interface LinkLimit {
  bytesPerS: number;
  delayMs: number;
}

/** A network link between two services: connections to its port are forwarded until it is cut or slowed. */
export class Link {
  readonly #server: Server;
  readonly #to: number;
  readonly #sockets = new Set<Socket>();
  #cut = false;
  #strain: LinkLimit | null = null;

  private constructor(to: number) {
    this.#to = to;
    this.#server = createServer((from) => this.#pass(from));
  }

  static async open(port: number): Promise<Link> {
    const link = new Link(port);
    await new Promise<void>((resolve) => link.#server.listen(0, '127.0.0.1', resolve));
    return link;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || !address) throw new Error('the link is closed');
    return address.port;
  }

  /** Ends all connections, and accepts none until it is restored. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#cut = false;
  }

  /** Applies to new connections; existing ones are ended, as on a switched line. */
  limit(strain: LinkLimit | null): void {
    this.#strain = strain;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(from: Socket): void {
    if (this.#cut) {
      from.destroy();
      return;
    }
    const to = connect(this.#to, '127.0.0.1');
    for (const [a, b] of [
      [from, to],
      [to, from],
    ]) {
      this.#sockets.add(a);
      a.setNoDelay(true);
      a.on('error', () => b.destroy());
      a.on('close', () => {
        this.#sockets.delete(a);
        b.destroy();
      });
      if (this.#strain) forwardLimited(a, b, this.#strain);
      else a.pipe(b);
    }
  }
}

/** Forwards one chunk after the other, each delayed by its transmission time. */
function forwardLimited(from: Socket, to: Socket, { bytesPerS, delayMs }: LinkLimit): void {
  from.on('data', (chunk) => {
    from.pause();
    setTimeout(
      () => {
        if (!to.destroyed) to.write(chunk);
        from.resume();
      },
      delayMs + (1000 * chunk.length) / bytesPerS,
    );
  });
}
