/** What the views read: one signal per thing on the screen, written by `main.ts` and `studio.ts` only. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type {
  BalanceReport,
  ClassInfo,
  DeletedClass,
  Health,
  Model,
  Prediction,
  Scope,
  SecondLook,
  SessionInfo,
  Training,
  Welcome,
} from '../proto/messages.ts';
import { type Micros, micros } from '../proto/units.ts';
import type { CapturePath } from './capture/paths.ts';
import type { RtcAddress } from './capture/rtc-offer.ts';
import type { ConnectionState } from './connection.ts';
import type { DemoClass } from './demo/classes.ts';
import type { Outcome } from './demo/score.ts';
import { type Spoil, UNSPOILT } from './demo/spoil.ts';
import type { ClientError } from './errors.ts';
import type { PingEstimate } from './ping-clock.ts';
import { DEFAULT_SETTINGS, type Settings } from './settings.ts';
import type { LabelEntry } from './state/labels.ts';
import type { Lags } from './state/lag.ts';
import { type LinkState, NO_LINK } from './state/link.ts';
import { type LiveView, liveView } from './state/live.ts';
import { NO_READINGS, type Readings } from './state/preflight.ts';
import { EMPTY_RIBBON, type Ribbon } from './state/ribbon.ts';
import type { Selection, SessionSpan } from './state/selection.ts';
import type { SenseState } from './state/sense.ts';
import type { Toasts } from './state/toasts.ts';

export type SourceKind = 'none' | 'camera' | 'demo';

export type SourceState = {
  readonly kind: SourceKind;
  readonly starting: boolean;
  readonly stream: MediaStream | null;
  /** How its sound and picture go to the server; null until that is settled. */
  readonly path: CapturePath | 'webrtc' | null;
  readonly audio: SenseState;
  readonly video: SenseState;
  /** Why nothing could be started. */
  readonly error: ClientError | null;
  /** Why only one of both could be started. */
  readonly missing: ClientError | null;
};

export type DemoState = {
  readonly truth: DemoClass | null;
  readonly spoil: Spoil;
  readonly audible: boolean;
  readonly teaching: boolean;
  /** 0..1 of the lessons. */
  readonly progress: number;
  readonly outcomes: readonly Outcome[];
};

export type PlaybackState = 'none' | 'loading' | 'playing';
export type Dialog =
  | { readonly kind: 'none' | 'help' | 'settings' | 'preflight' | 'forget-everything' }
  | { readonly kind: 'delete-class' | 'forget-class'; readonly classId: string }
  | { readonly kind: 'forget-span'; readonly span: SessionSpan };

/** A key or button that is held to teach a class. */
export type Holding = { readonly className: string; readonly since: Micros };

/** A prediction older than this on the page is no answer to what is before the camera now. */
export const STALE_US = 1_500_000;

export type ViewModel = {
  /** This page watches another session. */
  readonly watching: boolean;
  readonly connection: Signal<ConnectionState>;
  readonly ping: Signal<PingEstimate | null>;
  readonly waitingLabels: Signal<number>;
  readonly welcome: Signal<Welcome | null>;
  readonly classes: Signal<readonly ClassInfo[]>;
  /** Deleted classes whose data is still stored. */
  readonly deleted: Signal<readonly DeletedClass[]>;
  readonly prediction: Signal<Prediction | null>;
  readonly predictedAt: Signal<Micros>;
  readonly lags: Signal<Lags>;
  readonly ribbon: Signal<Ribbon>;
  readonly labels: Signal<readonly LabelEntry[]>;
  readonly training: Signal<Training | null>;
  readonly balance: Signal<BalanceReport | null>;
  /** Labels that look mislabelled. */
  readonly secondLook: Signal<SecondLook>;
  readonly serving: Signal<Model | null>;
  readonly health: Signal<Health | null>;
  readonly sessions: Signal<readonly SessionInfo[]>;
  readonly source: Signal<SourceState>;
  /** Which way sound and picture go, and why. */
  readonly link: Signal<LinkState>;
  /** Where the server said that media reaches it. */
  readonly addresses: Signal<readonly RtcAddress[]>;
  /** What the check of camera and connection has found. */
  readonly readings: Signal<Readings>;
  readonly clientDropped: Signal<Readonly<Record<string, number>>>;
  readonly demo: Signal<DemoState>;
  readonly holding: Signal<Holding | null>;
  readonly selection: Signal<Selection | null>;
  readonly scope: Signal<Scope>;
  readonly playback: Signal<PlaybackState>;
  readonly toasts: Signal<Toasts>;
  readonly dialog: Signal<Dialog>;
  readonly settings: Signal<Settings>;
  readonly accessError: Signal<string>;
  /** Page time, twice a second. */
  readonly now: Signal<Micros>;
  /** Media time of the session on the screen while a class is held, ten times a second. */
  readonly mediaNow: Signal<Micros>;
  /** The live answer, or null where there is none that is fresh. */
  readonly live: ReadonlySignal<LiveView | null>;
};

export const NO_SOURCE: SourceState = {
  kind: 'none',
  starting: false,
  stream: null,
  path: null,
  audio: 'absent',
  video: 'absent',
  error: null,
  missing: null,
};

export const NO_DEMO: DemoState = {
  truth: null,
  spoil: UNSPOILT,
  audible: false,
  teaching: false,
  progress: 0,
  outcomes: [],
};

export function createModel(watching: boolean): ViewModel {
  const prediction = signal<Prediction | null>(null);
  const predictedAt = signal<Micros>(micros(0));
  const classes = signal<readonly ClassInfo[]>([]);
  const now = signal<Micros>(micros(0));
  const source = signal<SourceState>(NO_SOURCE);
  const fresh = computed(() => now.value - predictedAt.value < STALE_US);
  const shown = computed(() => watching || source.value.kind !== 'none'); // the last answer of a stopped source is history
  return {
    watching,
    prediction,
    predictedAt,
    classes,
    now,
    mediaNow: signal<Micros>(micros(0)),
    live: computed(() =>
      prediction.value === null || !fresh.value || !shown.value
        ? null
        : liveView(prediction.value, classes.value),
    ),
    connection: signal<ConnectionState>({ phase: 'connecting', attempt: 0 }),
    ping: signal<PingEstimate | null>(null),
    waitingLabels: signal(0),
    welcome: signal<Welcome | null>(null),
    deleted: signal<readonly DeletedClass[]>([]),
    lags: signal<Lags>([]),
    ribbon: signal<Ribbon>(EMPTY_RIBBON),
    labels: signal<readonly LabelEntry[]>([]),
    training: signal<Training | null>(null),
    balance: signal<BalanceReport | null>(null),
    secondLook: signal<SecondLook>({ type: 'second-look', suspicions: [], total: 0 }),
    serving: signal<Model | null>(null),
    health: signal<Health | null>(null),
    sessions: signal<readonly SessionInfo[]>([]),
    source,
    link: signal<LinkState>(NO_LINK),
    addresses: signal<readonly RtcAddress[]>([]),
    readings: signal<Readings>(NO_READINGS),
    clientDropped: signal<Readonly<Record<string, number>>>({}),
    demo: signal<DemoState>(NO_DEMO),
    holding: signal<Holding | null>(null),
    selection: signal<Selection | null>(null),
    scope: signal<Scope>('both'),
    playback: signal<PlaybackState>('none'),
    toasts: signal<Toasts>([]),
    dialog: signal<Dialog>({ kind: 'none' }),
    settings: signal<Settings>(DEFAULT_SETTINGS),
    accessError: signal(''),
  };
}
