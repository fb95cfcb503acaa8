/** View state as Observables, one writer each: every one is a fold over the messages and the person's own events. */
import { filter, map, merge, type Observable, scan, startWith } from 'rxjs';
import type {
  BalanceReport,
  ClassInfo,
  DeletedClass,
  Health,
  Model,
  Prediction,
  SecondLook,
  ServerMessage,
  SessionInfo,
  Training,
  Welcome,
} from '../proto/messages.ts';
import { type LabelEntry, type LabelEvent, reduceLabels } from './state/labels.ts';
import { EMPTY_RIBBON, type Ribbon, reduceRibbon } from './state/ribbon.ts';

export type State = {
  readonly welcome$: Observable<Welcome>;
  readonly classes$: Observable<readonly ClassInfo[]>;
  readonly deleted$: Observable<readonly DeletedClass[]>;
  readonly prediction$: Observable<Prediction>;
  readonly ribbon$: Observable<Ribbon>;
  readonly labels$: Observable<readonly LabelEntry[]>;
  readonly training$: Observable<Training>;
  readonly balance$: Observable<BalanceReport>;
  readonly secondLook$: Observable<SecondLook>;
  readonly model$: Observable<Model>;
  readonly health$: Observable<Health>;
  readonly sessions$: Observable<readonly SessionInfo[]>;
};

type Kind = ServerMessage['type'];

/** Only the messages of one type. */
export function ofType<Type extends Kind>(
  messages$: Observable<ServerMessage>,
  type: Type,
): Observable<Extract<ServerMessage, { type: Type }>> {
  type Wanted = Extract<ServerMessage, { type: Type }>;
  return messages$.pipe(filter((message): message is Wanted => message.type === type));
}

/** @param given$ what this person did: labels given, undos asked for, data deleted. */
export function createState(messages$: Observable<ServerMessage>, given$: Observable<LabelEvent>): State {
  const no: readonly LabelEntry[] = [];
  return {
    welcome$: ofType(messages$, 'welcome'),
    classes$: ofType(messages$, 'classes').pipe(map((message) => message.classes)),
    deleted$: ofType(messages$, 'classes').pipe(map((message) => message.deleted)),
    prediction$: ofType(messages$, 'prediction'),
    ribbon$: merge(messages$, given$).pipe(scan(reduceRibbon, EMPTY_RIBBON), startWith(EMPTY_RIBBON)),
    labels$: merge(messages$, given$).pipe(scan(reduceLabels, no), startWith(no)),
    training$: ofType(messages$, 'training'),
    balance$: ofType(messages$, 'balance'),
    secondLook$: ofType(messages$, 'second-look'),
    model$: ofType(messages$, 'model'),
    health$: ofType(messages$, 'health'),
    sessions$: ofType(messages$, 'sessions').pipe(map((message) => message.sessions)),
  };
}
