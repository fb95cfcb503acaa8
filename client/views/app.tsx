/** The one screen. */
import { Answer } from './answer.tsx';
import { Balance } from './balance.tsx';
import { Classes } from './classes.tsx';
import { ConnectionPanel } from './connection.tsx';
import { type AppContext, App as Provider, useApp } from './context.ts';
import { Dialogs } from './dialogs.tsx';
import { Header } from './header.tsx';
import { Labels } from './labels.tsx';
import { Learning } from './learning.tsx';
import { Stage } from './stage.tsx';
import { Streams } from './streams.tsx';
import { Storage, System } from './system.tsx';
import { Timeline } from './timeline.tsx';
import { Toasts } from './toasts.tsx';

/** What keeps everything else from working, above everything else. */
function Banner() {
  const { model } = useApp();
  const state = model.connection.value;
  const access = model.accessError.value;
  const text =
    access !== ''
      ? access
      : state.phase === 'refused'
        ? `The server closed this connection: ${state.reason}.`
        : state.phase === 'waiting' && state.attempt > 1
          ? `The server is gone (${state.reason}). This page keeps trying; what you label meanwhile is kept and sent when it is back.`
          : '';
  return text === '' ? null : (
    <p class="banner" role="alert">
      {text}
    </p>
  );
}

export function Screen(app: AppContext) {
  return (
    <Provider value={app}>
      <Header />
      <Banner />
      <main>
        <Stage />
        <Answer />
        <Classes />
        <Timeline />
        <Balance />
        <Learning />
        <Labels />
        <Streams />
        <ConnectionPanel />
        <System />
        <Storage />
      </main>
      <Toasts />
      <Dialogs />
    </Provider>
  );
}
