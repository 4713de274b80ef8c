import { connect, type Socket } from 'node:net';

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly body?: string;
}

export interface WireReply {
  readonly status: number;
  readonly body: string;
}

const TIMEOUT = 30_000;
const EMPTY: Buffer = Buffer.alloc(0);

/**
 * One connection, one request under way, HTTP/1.1 as far as both servers speak it (`Content-Length` or no body). The
 * generator shares the cores with what it measures: this costs a fraction of the ordinary client.
 */
export class HttpWire {
  readonly #socket: Socket;
  readonly #head: string;
  #received = EMPTY;
  #waiting: { readonly done: (reply: WireReply) => void; readonly failed: (error: Error) => void } | undefined;

  private constructor(socket: Socket, host: string, token: string) {
    this.#socket = socket;
    this.#head = `HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nAccept: application/scim+json\r\n`;
    socket.setNoDelay(true).setTimeout(TIMEOUT, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  static open(url: URL, token: string): Promise<HttpWire> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname).once('error', reject);
      socket.once('connect', () => resolve(new HttpWire(socket, url.host, token)));
    });
  }

  send({ method, path, body }: WireRequest): Promise<WireReply> {
    return new Promise((done, failed) => {
      if (this.#socket.destroyed) return failed(new Error('the connection is closed'));
      this.#waiting = { done, failed };
      const content = body === undefined ? '' : `Content-Type: application/scim+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
      this.#socket.write(`${method} ${path} ${this.#head}${content}\r\n${body ?? ''}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.failed(error);
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (this.#received.length < end + 4 + length) return;
    const reply = { status: Number(head.slice(9, 12)), body: this.#received.toString('utf8', end + 4, end + 4 + length) };
    this.#received = EMPTY;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.done(reply);
  }
}
