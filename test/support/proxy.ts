import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * What happens to traffic: `pass` lets it through, `refuse` takes no connections and cuts those that are there, `hang`
 * takes them and holds everything back, `slow` holds each piece back for a while.
 */
export type Mode = 'pass' | 'refuse' | 'hang' | 'slow';

/** Cuts the connection at a message of the database's protocol, counted over all connections from now on. */
export interface Cut {
  /**
   * The request before it reaches the server; its answer, after the server has done it; or within the bytes
   * of its answer.
   */
  readonly at: 'request' | 'answer' | 'within';
  /** 1 is the next one. */
  readonly nth: number;
  /** Also refuse what comes afterwards, until `heal`. */
  readonly thenRefuse?: boolean;
}

/** Messages of MongoDB's protocol begin with their length; what a monitor asks is not counted. */
class Messages {
  private rest = Buffer.alloc(0);

  take(chunk: Buffer): Buffer[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const whole: Buffer[] = [];
    while (this.rest.length >= 4 && this.rest.length >= this.rest.readInt32LE(0)) {
      const length = this.rest.readInt32LE(0);
      whole.push(this.rest.subarray(0, length));
      this.rest = this.rest.subarray(length);
    }
    return whole;
  }
}

const isHello = (message: Buffer): boolean =>
  /hello|ismaster|isMaster|endSessions/.test(message.subarray(0, 80).toString('latin1'));

/** A reset, unless the socket is ending already: Node would never close it then, and spin at the end of the process. */
function reset(socket: Socket): void {
  if (socket.writableEnded || socket.readableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

class Link {
  private readonly held: (() => void)[] = [];
  private closed = false;
  private readonly asked = new Map<number, boolean>();
  private last = Promise.resolve();

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly proxy: Proxy,
  ) {
    const [requests, answers] = [new Messages(), new Messages()];
    client.on('data', (chunk: Buffer) => {
      for (const message of requests.take(chunk)) {
        const counted = !isHello(message);
        this.asked.set(message.readInt32LE(4), counted);
        if (counted && proxy.counts('request')) return this.cut();
        if (counted) proxy.seen++;
        this.pass(() => void server.write(message));
      }
    });
    server.on('data', (chunk: Buffer): unknown => {
      for (const message of answers.take(chunk)) {
        if (this.asked.get(message.readInt32LE(8)) === true) {
          if (proxy.counts('answer')) return this.cut();
          if (proxy.counts('within'))
            return client.write(message.subarray(0, message.length >> 1), () => this.cut());
        }
        this.pass(() => void client.write(message));
      }
      return undefined;
    });
    // What was on the way when the client went is still delivered, as by a network that comes back.
    client.on('close', () => this.pass(() => this.server.end()));
    server.on('close', () => {
      proxy.forget(this);
      this.pass(() => this.client.destroy());
    });
    for (const socket of [client, server]) socket.on('error', () => undefined);
  }

  private pass(send: () => void): void {
    const { mode, delay } = this.proxy;
    if (this.closed) return;
    if (mode === 'hang') this.held.push(send);
    else if (mode === 'slow')
      this.last = this.last.then(() => new Promise((resolve) => setTimeout(resolve, delay))).then(send);
    else void (this.last = this.last.then(send));
  }

  resume(): void {
    for (const send of this.held.splice(0)) this.pass(send);
  }

  cut(): void {
    this.closed = true;
    reset(this.client);
    // The server keeps what it was given.
    this.server.end();
    setTimeout(() => this.server.destroy(), 500).unref();
  }
}

/** A TCP proxy before a MongoDB server whose failures can be chosen while it runs. */
export class Proxy {
  mode: Mode = 'pass';
  /** Milliseconds for each piece, in mode `slow`. */
  delay = 0;
  /** Requests that were let through, monitors' left out. */
  seen = 0;
  /** How often a cut came to pass. */
  cuts = 0;
  private planned: { at: Cut['at']; left: number; thenRefuse: boolean } | undefined;
  private readonly links = new Set<Link>();
  private server!: Server;
  private port = 0;

  private constructor(private readonly target: URL) {}

  static async before(url: string): Promise<Proxy> {
    const proxy = new Proxy(new URL(url));
    proxy.server = createServer((client) => proxy.accept(client));
    await new Promise<void>((resolve) => proxy.server.listen(0, '127.0.0.1', resolve));
    proxy.port = (proxy.server.address() as AddressInfo).port;
    return proxy;
  }

  /** The address of the database through the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.port}`;
    url.searchParams.set('directConnection', 'true');
    return url.href;
  }

  private accept(client: Socket): void {
    if (this.mode === 'refuse') return reset(client);
    const server = connect(Number(this.target.port || 27017), this.target.hostname);
    for (const socket of [client, server]) socket.setNoDelay(true);
    const link = new Link(client, server, this);
    this.links.add(link);
  }

  forget(link: Link): void {
    this.links.delete(link);
  }

  /** True when the message that was just met is the one to cut at. */
  counts(at: Cut['at']): boolean {
    const { planned } = this;
    if (planned === undefined || planned.at !== at || --planned.left > 0) return false;
    this.planned = undefined;
    this.cuts++;
    if (planned.thenRefuse) setImmediate(() => this.become('refuse'));
    return true;
  }

  become(mode: Mode, delay = 0): void {
    const links = [...this.links];
    this.mode = mode;
    this.delay = delay;
    if (mode === 'refuse') for (const link of links) link.cut();
    else if (mode !== 'hang') for (const link of links) link.resume();
  }

  cutAt({ at, nth, thenRefuse = false }: Cut): void {
    this.planned = { at, left: nth, thenRefuse };
  }

  /** Everything passes again; what was held back is delivered. */
  heal(): void {
    this.planned = undefined;
    this.become('pass');
  }

  async close(): Promise<void> {
    this.become('refuse');
    await new Promise((resolve) => this.server.close(resolve));
  }
}
