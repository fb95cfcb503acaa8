/**
 * WHIP (RFC 9725): OBS, GStreamer, ffmpeg or any other program pushes one stream of sound and picture.
 *
 * `POST /whip/{stream}` with an SDP offer gives 201, the answer and a Location; `DELETE` of that ends the stream. The same name
 * again goes on in the same session. Candidates come in the offer and the answer, so PATCH (trickle) is not taken.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../../proto/errors.ts';
import { LIMITS } from '../../proto/limits.ts';

export type WhipDeps = {
  /** @throws {SfuError} ERR_SFU_OFFER, ERR_SFU_UNAVAILABLE, ERR_SFU_LIMIT, {SessionError} ERR_SESSION_LIMIT */
  readonly whip: (name: string, sdp: string) => Promise<{ readonly id: string; readonly answer: string }>;
  /** False where there is no such stream. */
  readonly endWhip: (name: string, id: string) => boolean;
  /** Whether a request proves that it may; every one does where no access token is needed. */
  readonly admitted: (request: FastifyRequest) => boolean;
};

type Stream = { readonly stream: string };
type Resource = Stream & { readonly id: string };

/** Offers of one address in a minute: a client that reconnects every second, twice over. */
const OFFERS_PER_MINUTE = 120;
const RETRY_AFTER_S = '5';
const SDP = 'application/sdp';
const METHODS = { stream: 'POST, OPTIONS', resource: 'DELETE, OPTIONS' };

/** The name of a stream in the path. */
const NAME = /^[\w .-]{1,64}$/;

export async function whipRoutes(app: FastifyInstance, deps: WhipDeps): Promise<void> {
  const limits = {
    bodyLimit: 2 * LIMITS.sdp,
    config: { rateLimit: { max: OFFERS_PER_MINUTE, timeWindow: 60_000 } },
  };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(SDP, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  // Whoever has not proved itself learns nothing else, not even whether its offer was well formed.
  app.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS' || deps.admitted(request)) return;
    reply.header('www-authenticate', 'Bearer');
    return say(
      reply,
      401,
      'an access token is needed: send Authorization: Bearer with the token printed at start',
    );
  });
  app.post<{ Params: Stream; Body: unknown }>('/whip/:stream', limits, async (request, reply) => {
    const { stream } = request.params;
    if (!NAME.test(stream))
      return say(reply, 400, 'the name of a stream is 1 to 64 letters, digits, spaces, ., - and _');
    if (typeof request.body !== 'string') return say(reply, 415, `expected a body of type ${SDP}`);
    try {
      const { id, answer } = await deps.whip(stream, request.body);
      const location = `/whip/${encodeURIComponent(stream)}/${id}`;
      return reply.code(201).header('location', location).type(SDP).send(answer);
    } catch (error) {
      return refused(reply, error);
    }
  });
  app.delete<{ Params: Resource }>('/whip/:stream/:id', async (request, reply) => {
    const { stream, id } = request.params;
    return deps.endWhip(stream, id)
      ? reply.code(200).send()
      : say(reply, 404, 'there is no such stream; it may have ended');
  });
  app.route<{ Params: Stream }>({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
    url: '/whip/:stream',
    handler: async (_request, reply) => notAllowed(reply, METHODS.stream),
  });
  app.route<{ Params: Resource }>({
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH'],
    url: '/whip/:stream/:id',
    handler: async (_request, reply) => notAllowed(reply, METHODS.resource),
  });
  app.options('/whip/:stream', async (_request, reply) =>
    reply.code(204).header('allow', METHODS.stream).header('accept-post', SDP).send(),
  );
  app.options('/whip/:stream/:id', async (_request, reply) =>
    reply.code(204).header('allow', METHODS.resource).send(),
  );
}

const say = (reply: FastifyReply, status: number, reason: string): FastifyReply =>
  reply.code(status).type('text/plain').send(`${reason}\n`);

function notAllowed(reply: FastifyReply, allow: string): FastifyReply {
  reply.header('allow', allow);
  return say(reply, 405, `expected ${allow}; candidates come in the offer, so nothing is trickled`);
}

/** What the offer or this server lacks, as a status. Anything else is a fault of ours and goes on to the error handler. */
function refused(reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof CodedError)) throw error;
  switch (error.code) {
    case 'ERR_SFU_OFFER':
      return say(reply, 422, error.message);
    case 'ERR_SFU_UNAVAILABLE':
    case 'ERR_SFU_LIMIT':
    case 'ERR_SESSION_LIMIT':
      reply.header('retry-after', RETRY_AFTER_S);
      return say(reply, 503, error.message);
    default:
      throw error;
  }
}
