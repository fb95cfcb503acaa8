/**
 * What a peer may ask once it is in the room: one function for each message.
 *
 * A request that cannot be done is answered with an error that names it; it ends nothing.
 */

import { CodedError, WireError } from '../proto/errors.ts';
import type {
  ClassEdit,
  ClientMessage,
  Forget,
  LabelMessage,
  Ping,
  PlaybackRequest,
  Review,
  Rollback,
  Settle,
  TrainingCommand,
  Undo,
} from '../proto/messages.ts';
import { type Millis, millis } from '../proto/units.ts';
import type { Clock } from '../src/clock.ts';
import type { Log } from './log.ts';
import type { Project } from './project/project.ts';
import type { Room } from './room.ts';
import type { Session } from './session.ts';
import type { Peer } from './signaling/peer.ts';

export type RequestContext = {
  readonly peer: Peer;
  readonly room: Room;
  readonly project: Project;
  readonly clock: Clock;
  readonly log: Log;
  /** Who labels over this connection; may be empty. */
  readonly by: string;
};

/** Playback pauses while the peer's socket holds more than this. */
const PLAYBACK_BACKLOG_BYTES = 512 * 1024;
const PLAYBACK_RETRY_MS = 20;

/** The session that this peer streams to. @throws {WireError} ERR_WIRE_ORDER for a peer that only watches. */
function own({ room, peer }: RequestContext): Session {
  const session = room.sessionOf(peer);
  if (!session)
    throw new WireError(
      'ERR_WIRE_ORDER',
      'media came from a peer that has no session: say hello with role stream',
    );
  return session;
}

async function label(context: RequestContext, message: LabelMessage): Promise<void> {
  const session = context.room.session(context.peer, message.sessionId);
  const samples = await session.samples(message.start, message.end);
  context.peer.send(await context.project.label({ ...message, sessionId: session.id }, context.by, samples));
}

async function undo({ peer, project, by }: RequestContext, message: Undo): Promise<void> {
  peer.send(await project.undo(message, by));
}

async function review({ peer, project, by }: RequestContext, message: Review): Promise<void> {
  peer.send(await project.review(message, by));
}

async function editClass({ peer, project }: RequestContext, { id, change }: ClassEdit): Promise<void> {
  peer.send(await project.edit(id, change));
}

async function rollback({ peer, project }: RequestContext, message: Rollback): Promise<void> {
  peer.send(await project.rollback(message));
}

async function forget({ peer, project }: RequestContext, message: Forget): Promise<void> {
  peer.send(await project.forget(message));
}

async function training({ project }: RequestContext, { paused, policy }: TrainingCommand): Promise<void> {
  project.learning.pause(paused);
  if (policy) await project.choose({ type: 'rebalance', choice: policy });
}

async function settle({ peer, project, clock }: RequestContext, { request, timeout }: Settle): Promise<void> {
  const asked = clock.monotonic();
  const idle = await project.learning.settled(timeout);
  peer.send({ type: 'settled', request, waited: elapsed(clock, asked), idle });
}

async function playback(
  { peer, room }: RequestContext,
  { request, sessionId, start, end }: PlaybackRequest,
): Promise<void> {
  const slice = room.session(peer, sessionId).playback(start, end);
  for (const track of slice.tracks)
    peer.send({ type: 'playback-part', request, part: { type: 'track', track } });
  for (const unit of slice.units) {
    while (peer.bufferedBytes > PLAYBACK_BACKLOG_BYTES) await pause();
    peer.send({ type: 'playback-part', request, part: { type: 'media', unit } });
  }
  peer.send({ type: 'playback-part', request, part: { type: 'end', start: slice.start, end: slice.end } });
}

function ping({ peer, room, clock }: RequestContext, { id, clientUs, media, wall }: Ping): void {
  const session = room.sessionOf(peer);
  if (media !== null) session?.ping(media, wall);
  peer.send({ type: 'pong', id, clientUs, serverUs: clock.monotonic(), media: session?.media() ?? null });
}

function perform(context: RequestContext, message: ClientMessage): void | Promise<void> {
  switch (message.type) {
    case 'media':
      return own(context).push(message.unit);
    case 'track':
      return own(context).open(message.track);
    case 'track-close':
      return own(context).shut(message.modality);
    case 'label':
      return label(context, message);
    case 'undo':
      return undo(context, message);
    case 'review':
      return review(context, message);
    case 'class-edit':
      return editClass(context, message);
    case 'playback':
      return playback(context, message);
    case 'ping':
      return ping(context, message);
    case 'training-command':
      return training(context, message);
    case 'rebalance':
      return context.project.choose(message);
    case 'rollback':
      return rollback(context, message);
    case 'forget':
      return forget(context, message);
    case 'settle':
      return settle(context, message);
    case 'rtc-offer':
      return context.room.offer(context.peer, message);
    case 'rtc-close':
      return context.room.hangUp(context.peer);
    case 'client-health':
      return own(context).countShed(
        'client-queue',
        Object.values(message.dropped).reduce((sum, count) => sum + count, 0),
      );
    case 'hello':
      throw new WireError(
        'ERR_WIRE_ORDER',
        'a second hello came on one connection; open another connection instead',
      );
    default:
      return message satisfies never;
  }
}

/**
 * Carries out one message. A refused request is answered; a fault of ours is logged and answered without detail.
 * @throws {WireError} for a message that breaks the wire's contract: the caller ends that peer.
 */
export async function handle(context: RequestContext, message: ClientMessage): Promise<void> {
  try {
    await perform(context, message);
  } catch (error) {
    if (error instanceof WireError) throw error;
    const regarding = 'id' in message ? String(message.id) : '';
    if (error instanceof CodedError) {
      context.peer.send({ type: 'error', code: error.code, message: error.message, fatal: false, regarding });
      return;
    }
    context.log.error('a request failed', { request: message.type, reason: String(error) });
    const apology = 'the server could not do this; its log says why';
    context.peer.send({ type: 'error', code: 'ERR_INTERNAL', message: apology, fatal: false, regarding });
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PLAYBACK_RETRY_MS));

const elapsed = (clock: Clock, since: number): Millis => millis((clock.monotonic() - since) / 1e3);
