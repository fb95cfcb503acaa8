/**
 * A bad network on loopback: a UDP relay between senders and the SFU's port that loses, delays, reorders, doubles, or lets nothing
 * through, and counts what it did. The kernel of a test machine may have no netem; this needs no rights at all.
 *
 * What happens to the packets of one direction follows from the seed and their order alone.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type Random, random } from '../../src/random.ts';

/** Shares are of 1; every packet draws anew. Both directions are shaped alike, each by its own draws. */
export type NetworkShape = {
  readonly loss: number;
  /** Of what is not lost: sent twice, the second time behind the first. */
  readonly duplicate: number;
  /** Every packet waits this long, milliseconds. */
  readonly delayMs: number;
  /** And up to this much longer, uniform: more than the distance of two packets changes their order. */
  readonly jitterMs: number;
  /** Share that is held back for `reorderMs` beyond its turn, so that later ones overtake it. */
  readonly reorder: number;
  readonly reorderMs: number;
  /** Nothing passes. */
  readonly outage: boolean;
};

export const CLEAN: NetworkShape = {
  loss: 0,
  duplicate: 0,
  delayMs: 0,
  jitterMs: 0,
  reorder: 0,
  reorderMs: 20,
  outage: false,
};

/** Totals of one direction since the relay began. */
export type RelayCounts = {
  received: number;
  lost: number;
  duplicated: number;
  heldBack: number;
  /** Copies that went out, duplicates included. */
  sent: number;
};

const noCounts = (): RelayCounts => ({ received: 0, lost: 0, duplicated: 0, heldBack: 0, sent: 0 });

/** Decides the fate of packets, one by one. Pure but for its draws and counts. */
export class PacketFates {
  readonly counts: RelayCounts = noCounts();
  readonly #draw: Random;

  constructor(draw: Random) {
    this.#draw = draw;
  }

  /** After how many milliseconds each copy of the next packet leaves; none: it is lost. */
  next(shape: NetworkShape): readonly number[] {
    // Always the same number of draws, so that a change of one share leaves the other fates as they were.
    const [loses, doubles, holds] = [this.#draw.uniform(), this.#draw.uniform(), this.#draw.uniform()];
    const waits = [this.#draw.uniform(), this.#draw.uniform()];
    this.counts.received++;
    if (shape.outage || loses < shape.loss) {
      this.counts.lost++;
      return [];
    }
    const held = holds < shape.reorder;
    if (held) this.counts.heldBack++;
    const doubled = doubles < shape.duplicate;
    if (doubled) this.counts.duplicated++;
    const delays = waits
      .slice(0, doubled ? 2 : 1)
      .map((wait) => shape.delayMs + wait * shape.jitterMs + (held ? shape.reorderMs : 0));
    this.counts.sent += delays.length;
    return delays.sort((a, b) => a - b);
  }
}

/** One sender, and the socket by which the SFU sees it. */
type Route = { readonly out: Socket };

export class UdpRelay {
  /** From now on; may be changed while packets are under way. */
  shape: NetworkShape = CLEAN;
  /** The SFU's port. */
  target: number;
  readonly #inward: Socket;
  readonly #routes = new Map<string, Route>();
  readonly #up: PacketFates;
  readonly #down: PacketFates;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  private constructor(target: number, inward: Socket, seed: number) {
    this.target = target;
    this.#inward = inward;
    const draw = random(seed);
    this.#up = new PacketFates(draw.fork('up'));
    this.#down = new PacketFates(draw.fork('down'));
    inward.on('message', (packet, from) => this.#toTarget(packet, from));
    inward.on('error', () => undefined); // an ICMP refusal of one sender is nobody else's business
  }

  /** Relays a free loopback port to `target`, by default what `through` finds. The caller closes it. */
  static async open(seed: number, target = 0): Promise<UdpRelay> {
    return new UdpRelay(target, await bound(), seed);
  }

  /** Where senders send to. */
  get port(): number {
    return this.#inward.address().port;
  }

  /** The answer of the SFU, with this relay in its place. */
  readonly through = (answer: string): string => {
    this.target = udpPortOf(answer);
    return rewriteAnswer(answer, this.port);
  };

  /** Towards the SFU and back. */
  get counts(): { readonly up: Readonly<RelayCounts>; readonly down: Readonly<RelayCounts> } {
    return { up: { ...this.#up.counts }, down: { ...this.#down.counts } };
  }

  /** Idempotent. What is still under way is dropped. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { out } of this.#routes.values()) out.close();
    this.#inward.close();
  }

  #toTarget(packet: Buffer, from: RemoteInfo): void {
    const key = `${from.address}:${from.port}`;
    let route = this.#routes.get(key);
    if (!route) {
      route = { out: this.#newOut(from) };
      this.#routes.set(key, route);
    }
    const { out } = route;
    this.#later(this.#up.next(this.shape), () => out.send(packet, this.target, '127.0.0.1'));
  }

  #newOut(from: RemoteInfo): Socket {
    const out = createSocket('udp4');
    out.on('message', (packet) => {
      this.#later(this.#down.next(this.shape), () => this.#inward.send(packet, from.port, from.address));
    });
    out.on('error', () => undefined); // the SFU's worker may have died: its port refuses
    return out;
  }

  #later(delays: readonly number[], send: () => void): void {
    for (const delay of delays) {
      if (delay === 0) {
        send();
        continue;
      }
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        send();
      }, delay);
      this.#timers.add(timer);
    }
  }
}

function bound(): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Stands alone: it also runs in pages, as text. The answer of an ICE-lite server with its UDP candidates at the relay, and without any over TCP, which would go around it. */
export function rewriteAnswer(sdp: string, relayPort: number): string {
  return sdp
    .split(/(?<=\n)/)
    .filter((line) => !/^a=candidate:\S+ \d+ tcp /i.test(line))
    .map((line) => line.replace(/^(a=candidate:\S+ \d+ udp \d+) \S+ \d+ /i, `$1 127.0.0.1 ${relayPort} `))
    .join('');
}

/** The UDP port that an answer names first. @throws {Error} where it names none. */
export function udpPortOf(sdp: string): number {
  const [, port] = /^a=candidate:\S+ \d+ udp \d+ \S+ (\d+) /im.exec(sdp) ?? [];
  if (port === undefined) throw new Error('an answer without a UDP candidate: expected one of the SFU');
  return Number(port);
}

/** For `page.addInitScript`: every answer that the page takes from then on goes through the relay. */
export function relayInitScript(relayPort: number): string {
  return `(() => {
    const rewrite = ${rewriteAnswer.toString()};
    const set = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function ({ type, sdp }) {
      return set.call(this, { type, sdp: rewrite(sdp, ${relayPort}) });
    };
  })();`;
}

/** A port that nothing listens on just now, for a server that has to be told where. */
export async function freePort(): Promise<number> {
  const socket = await bound();
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
