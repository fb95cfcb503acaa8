/**
 * The page's composition root: wires, subscribes once, mounts. Names that browser tests rely on: `README.md`.
 */
import './styles/page.css';
import { effect, type Signal } from '@preact/signals';
import { h, render } from 'preact';
import { interval, type Observable, Subject, Subscription } from 'rxjs';
import {
  type ClientMessage,
  type Hello,
  PROTOCOL_MAJOR,
  PROTOCOL_MINOR,
  type Prediction,
} from '../proto/messages.ts';
import { type Micros, micros } from '../proto/units.ts';
import { random } from '../src/random.ts';
import { accessProblem, exchangeToken, keepResumeToken, readResumeToken } from './access.ts';
import type { Actions } from './actions.ts';
import { addressesOf } from './capture/rtc-offer.ts';
import { MediaSender } from './capture/sender.ts';
import { Connection } from './connection.ts';
import { Labelling } from './labelling.ts';
import { type MediaClock, mediaClock } from './media-clock.ts';
import { createModel } from './model.ts';
import { keepOutbox, readOutbox } from './outbox-store.ts';
import { pageClock, pageNow } from './page-clock.ts';
import { watchedMediaTime } from './ping-clock.ts';
import { PlaybackControl } from './playback-control.ts';
import { PreflightControl } from './preflight-control.ts';
import { loadSettings, type Settings, saveSettings } from './settings.ts';
import type { LabelEvent } from './state/labels.ts';
import { addLag } from './state/lag.ts';
import { onRibbon } from './state/selection.ts';
import { expireToasts, removeToast } from './state/toasts.ts';
import { createState, ofType } from './state.ts';
import { Studio } from './studio.ts';
import { Screen } from './views/app.tsx';
import { listenToKeys } from './views/keys.ts';
import { labelText } from './views/labels.tsx';

const query = new URLSearchParams(location.search);
const watching = query.has('watch');
const model = createModel(watching);
model.settings.value = loadSettings(localStorage);

let clock: MediaClock | null = null;
let since: Micros = micros(0); // media time at the welcome: what came before is history, not live

/** Media time now of the session on the screen. */
function mediaNow(): Micros | null {
  const page = pageNow();
  if (!watching) return clock === null ? null : clock.fromPage(page);
  const watched = watchedMediaTime(connection.ping, page);
  if (watched !== null) return watched;
  const { newest } = model.ribbon.value;
  return newest === 0 ? null : micros(newest + (page - model.predictedAt.value));
}

function hello(): Hello {
  return {
    type: 'hello',
    protocolMajor: PROTOCOL_MAJOR,
    protocolMinor: PROTOCOL_MINOR,
    role: watching ? 'watch' : 'stream',
    sessionName:
      model.settings.value.name === '' ? 'Browser' : `${model.settings.value.name}'s browser`.slice(0, 64),
    resumeToken: watching ? '' : readResumeToken(sessionStorage),
    watchSessionId: query.get('watch') ?? '',
    pace: 'live',
    by: model.settings.value.name,
  };
}

const socketUrl = new URL('ws', document.baseURI);
socketUrl.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
socketUrl.search = '';
socketUrl.hash = '';

const left = watching ? [] : readOutbox(sessionStorage);
const connection = new Connection({
  url: socketUrl.href,
  hello,
  mediaNow: () => (watching ? null : mediaNow()),
  clock: pageClock,
  draw: random(Date.now()),
  waiting: left,
});
const given = new Subject<LabelEvent>();
const labelling = new Labelling({ model, connection, mediaNow, note: (event) => given.next(event) });
const sender = new MediaSender({
  send: (message) => connection.send(message),
  bufferedBytes: () => connection.bufferedBytes,
  requestKey: () => studio.key(),
  failed: (modality, message) =>
    labelling.say('error', `The ${modality === 'audio' ? 'sound' : 'picture'} encoder failed: ${message}`),
});
const studio = new Studio({
  model,
  sender,
  labelling,
  send: (message) => connection.send(message),
  wantedPath: query.get('path'),
});
const preflight = new PreflightControl(model, studio);
const playback = new PlaybackControl({ model, connection, say: (text) => labelling.say('info', text) });

/** Of now or never: unlike a label it is not kept for later. */
function command(message: ClientMessage): void {
  if (!connection.send(message)) labelling.say('info', 'Not connected: try again when the server is back.');
}

const actions: Actions = {
  startCamera: () => void studio.startCamera(),
  startDemo: () => void studio.startDemo(),
  stopSource: () => studio.stop(),
  enable: (modality, on) => studio.enable(modality, on),
  spoil: (spoil) => studio.spoil(spoil),
  audible: (on) => studio.audible(on),
  teachDemo: (on) => studio.teach(on),
  press: (className) => labelling.press(className),
  release: () => labelling.release(),
  correct: (what) => labelling.correct(what),
  labelSelection: (what) => {
    const selection = model.selection.value;
    if (selection && labelling.label(selection, what)) actions.select(null);
  },
  select: (selection) => {
    model.selection.value = selection;
    if (selection === null) model.scope.value = 'both';
  },
  scope: (scope) => {
    model.scope.value = scope;
  },
  play: () => playback.play(),
  stopPlayback: () => playback.stop(),
  playbackCanvas: (canvas) => playback.canvas(canvas),
  undo: (labelId) => labelling.undo(labelId),
  undoLast: () => labelling.undoLast(),
  edit: (change) => labelling.edit(change),
  rollback: (version) => labelling.rollback(version),
  pauseTraining: (paused) => command({ type: 'training-command', paused }),
  rebalance: (change) => command({ type: 'rebalance', ...change }),
  review: (labelId, classId) => labelling.review(labelId, classId),
  forgetSpan: (span) => {
    actions.select(null);
    labelling.forgetSpan(span);
  },
  forgetClass: (classId) => labelling.forget(classId, false),
  forgetEverything: () => {
    studio.teach(false);
    labelling.forget('', true);
  },
  settings: (settings: Settings) => {
    const renamed = settings.name !== model.settings.value.name;
    model.settings.value = settings;
    saveSettings(localStorage, settings);
    if (renamed) connection.renew(); // labels carry the name of the hello
  },
  dismissToast: (id) => {
    model.toasts.value = removeToast(model.toasts.value, id);
  },
  reconnect: () => connection.open(),
  retryWebrtc: () => studio.link.again(),
  preflight: (on) => (on ? preflight.start() : preflight.stop()),
};

function predicted(prediction: Prediction): void {
  model.prediction.value = prediction;
  const now = mediaNow();
  const live = prediction.end > since && prediction.sessionId === model.ribbon.value.sessionId;
  if (!live && !watching) return;
  model.predictedAt.value = pageNow();
  studio.score(prediction);
  // A watcher has no clock of the capture: the server's figure and half a round trip.
  const lag = watching
    ? prediction.lag + (connection.ping?.rtt ?? 0) / 2
    : ((now ?? prediction.end) - prediction.end) / 1e3;
  model.lags.value = addLag(model.lags.value, lag);
}

/** An acknowledged label tells what it has changed. */
function acknowledged(id: string): void {
  labelling.acknowledged(id);
  const entry = model.labels.value.find((label) => label.id === id);
  if (!entry || labelling.isQuiet(id)) return;
  const { effects } = entry;
  const text =
    entry.samples > 0
      ? `Labelled as ${labelText(entry, model.classes.value)}`
      : `Kept, but no whole window lay inside: ${labelText(entry, model.classes.value)}`;
  labelling.say('label', text, { effects, undoes: id });
}

function report(): void {
  const health = sender.report();
  if (health === null || watching) return;
  connection.send(health);
  const sums = { ...model.clientDropped.value };
  for (const [reason, count] of Object.entries(health.dropped)) sums[reason] = (sums[reason] ?? 0) + count;
  model.clientDropped.value = sums;
}

/** The server answers, but not this browser: says so instead of calling it gone. */
async function askAccess(): Promise<void> {
  model.accessError.value = (await accessProblem()) ?? '';
}

function tick(): void {
  model.now.value = pageNow();
  model.toasts.value = expireToasts(model.toasts.value, pageNow());
  studio.tick();
}

const { messages$ } = connection;
const state = createState(messages$, given);
const running = new Subscription();
/** What is on the screen as it comes. */
const show = <Value>(values$: Observable<Value>, on: Signal<Value>): void => {
  running.add(
    values$.subscribe((value) => {
      on.value = value;
    }),
  );
};
running.add(
  state.ribbon$.subscribe((ribbon) => {
    model.ribbon.value = ribbon;
    const { selection } = model;
    const kept = onRibbon(selection.value, micros(ribbon.newest - ribbon.span));
    if (kept !== selection.value) actions.select(null);
  }),
);
show(state.labels$, model.labels);
running.add(
  state.welcome$.subscribe((welcome) => {
    if (!watching) keepResumeToken(sessionStorage, welcome.resumeToken);
    if (welcome.sessionId !== model.welcome.value?.sessionId) model.selection.value = null;
    model.welcome.value = welcome;
    clock = mediaClock(welcome.media, pageNow());
    since = welcome.media;
    if (!watching) studio.connected(clock, welcome);
  }),
);
running.add(
  connection.state$.subscribe((now) => {
    model.connection.value = now;
    if (now.phase === 'waiting') void askAccess();
    if (now.phase === 'open') model.accessError.value = '';
    if (now.phase !== 'open' && !watching) studio.connected(null, null);
  }),
);
show(connection.ping$, model.ping);
running.add(
  connection.outbox$.subscribe((outbox) => {
    model.waitingLabels.value = outbox.length;
    if (!watching) keepOutbox(sessionStorage, outbox);
  }),
);
show(state.classes$, model.classes);
show(state.deleted$, model.deleted);
running.add(state.prediction$.subscribe(predicted));
show(state.training$, model.training);
show(state.balance$, model.balance);
running.add(
  state.secondLook$.subscribe((look) => {
    const { total } = model.secondLook.value;
    model.secondLook.value = look;
    if (look.total > total)
      labelling.say('info', 'A label looks mislabelled: have a second look, at “Labels”');
  }),
);
show(state.model$, model.serving);
running.add(
  state.health$.subscribe((health) => {
    model.health.value = health;
    if (!watching) studio.heard(health.link);
  }),
);
show(state.sessions$, model.sessions);
running.add(ofType(messages$, 'ack').subscribe(({ id }) => acknowledged(id)));
running.add(ofType(messages$, 'error').subscribe(({ message }) => labelling.say('error', message)));
running.add(
  ofType(messages$, 'rtc-answer').subscribe((answer) => {
    model.addresses.value = addressesOf(answer.sdp);
    studio.link.answered(answer);
  }),
);
running.add(ofType(messages$, 'rtc-gone').subscribe((gone) => studio.link.gone(gone)));
running.add(ofType(messages$, 'playback-part').subscribe((part) => playback.accept(part)));
running.add(interval(500).subscribe(tick));
running.add(interval(1000).subscribe(report));
running.add(
  interval(100).subscribe(() => {
    if (model.holding.value) model.mediaNow.value = mediaNow() ?? micros(0);
  }),
);

effect(() => {
  document.documentElement.dataset.theme = model.settings.value.theme;
});

labelling.restore(left);
const app = { model, actions };
const mount = document.getElementById('app');
if (mount) render(h(Screen, app), mount);
running.add(listenToKeys(app));
addEventListener('pagehide', () => {
  running.unsubscribe();
  preflight.stop();
  studio.close();
  connection.close();
});

exchangeToken(location, history).then(
  () => connection.open(),
  (cause: unknown) => {
    model.accessError.value = cause instanceof Error ? cause.message : String(cause);
  },
);
