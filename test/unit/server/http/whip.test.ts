import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SessionError, SfuError } from '../../../../server/errors.ts';
import { type WhipDeps, whipRoutes } from '../../../../server/http/whip.ts';

const SDP = { 'content-type': 'application/sdp' };
let app: FastifyInstance;
let offers: { name: string; sdp: string }[];
let ended: { name: string; id: string }[];
let whip: WhipDeps['whip'];
let admitted: boolean;

beforeEach(async () => {
  [offers, ended, admitted] = [[], [], true];
  whip = async (name, sdp) => {
    offers.push({ name, sdp });
    return { id: 'id1', answer: 'v=0\r\nanswer' };
  };
  app = Fastify();
  await app.register(rateLimit, { max: 1000 });
  await app.register(whipRoutes, {
    whip: (name, sdp) => whip(name, sdp),
    endWhip: (name, id) => {
      ended.push({ name, id });
      return id === 'id1';
    },
    admitted: () => admitted,
  });
});
afterEach(() => app.close());

const post = (url: string, payload: string, headers: Record<string, string> = SDP) =>
  app.inject({ method: 'POST', url, payload, headers });

describe('POST /whip/{stream}', () => {
  it('answers an offer with 201, the answer and the Location that ends it', async () => {
    const answer = await post('/whip/front%20door', 'v=0\r\noffer');
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['content-type']).toBe('application/sdp');
    expect(answer.headers.location).toBe('/whip/front%20door/id1');
    expect(answer.body).toBe('v=0\r\nanswer');
    expect(offers).toEqual([{ name: 'front door', sdp: 'v=0\r\noffer' }]);
  });

  it('refuses another type of body with 415', async () => {
    expect((await post('/whip/a', '{}', { 'content-type': 'application/json' })).statusCode).toBe(415);
    expect(offers).toEqual([]);
  });

  it('refuses a body beyond any SDP with 413', async () => {
    expect((await post('/whip/a', 'v'.repeat(70_000))).statusCode).toBe(413);
  });

  it.each(['a'.repeat(65), '%F0%9F%9A%AA', '<b>'.replaceAll('<', '%3C')])(
    'refuses the name %s with 400',
    async (name) => {
      expect((await post(`/whip/${name}`, 'v=0')).statusCode).toBe(400);
    },
  );

  it.each([
    [new SfuError('ERR_SFU_OFFER', 'no codec of ours'), 422],
    [new SfuError('ERR_SFU_UNAVAILABLE', 'no worker'), 503],
    [new SfuError('ERR_SFU_LIMIT', 'full'), 503],
    [new SessionError('ERR_SESSION_LIMIT', 'full'), 503],
  ])('says why in words where it cannot: %s', async (error, status) => {
    whip = () => Promise.reject(error);
    const answer = await post('/whip/a', 'v=0');
    expect([answer.statusCode, answer.body]).toEqual([status, `${error.message}\n`]);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
  });

  it('leaves a fault of ours to the error handler', async () => {
    whip = () => Promise.reject(new Error('a bug'));
    expect((await post('/whip/a', 'v=0')).statusCode).toBe(500);
  });

  it('asks for the token first, and then says nothing of the offer', async () => {
    admitted = false;
    const answer = await post('/whip/a', 'rubbish', { 'content-type': 'application/json' });
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(offers).toEqual([]);
  });
});

describe('the stream it made', () => {
  it('ends with DELETE, once', async () => {
    expect((await app.inject({ method: 'DELETE', url: '/whip/a/id1' })).statusCode).toBe(200);
    expect((await app.inject({ method: 'DELETE', url: '/whip/a/id2' })).statusCode).toBe(404);
    expect(ended).toEqual([
      { name: 'a', id: 'id1' },
      { name: 'a', id: 'id2' },
    ]);
  });

  it('cannot be ended without the token', async () => {
    admitted = false;
    expect((await app.inject({ method: 'DELETE', url: '/whip/a/id1' })).statusCode).toBe(401);
    expect(ended).toEqual([]);
  });

  it.each([
    ['PATCH', '/whip/a/id1', 'DELETE, OPTIONS'],
    ['POST', '/whip/a/id1', 'DELETE, OPTIONS'],
    ['GET', '/whip/a', 'POST, OPTIONS'],
    ['DELETE', '/whip/a', 'POST, OPTIONS'],
  ] as const)('answers %s %s with 405 and what is allowed', async (method, url, allow) => {
    const payload = method === 'PATCH' ? { payload: 'a=candidate', headers: SDP } : {};
    const answer = await app.inject({ method, url, ...payload });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, allow]);
  });

  it('tells OPTIONS what it takes, without a token', async () => {
    admitted = false;
    const answer = await app.inject({ method: 'OPTIONS', url: '/whip/a' });
    expect([answer.statusCode, answer.headers['accept-post']]).toEqual([204, 'application/sdp']);
  });
});
